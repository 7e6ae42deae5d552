//! Whether a string is a keyword of its class, as "(documentation)" is of manuals.
//!
//! Short texts that one word sorts into classes look planted: the rest of "image library
//! (documentation)" speaks for libraries. Two signs tell such words. They are what most records of the
//! class have, in one form or another. Or their records are about one thing: the rests share more than
//! records of the classes that these rests speak for share anyway.

use super::labels::MOST;
use super::model::Model;
use super::rest::{Parts, look};
use super::study::Study;

/// What the classes are about.
pub struct Keywords {
    /// For each class its (lower-cased) words, ascending.
    own: Vec<Vec<u32>>,
    /// How much more records of a class share than any records.
    pub shared: Vec<f64>,
}

impl Keywords {
    /// Time and memory: tokens of all records.
    pub fn new(study: &Study, model: &Model) -> Keywords {
        let classes = 0..model.sizes.len() as u32;
        let members = |class| -> Vec<u32> {
            model.rows.iter().filter(|row| row.1 == class).map(|&(record, _)| record).collect()
        };
        let (own, shared) = classes
            .map(|class| {
                let members = members(class);
                let share = look(study, &members, &Vec::new()).cohesion;
                (own_words(study, &members, model.share(class)), share)
            })
            .unzip();
        Keywords { own, shared }
    }

    /// Whether one of the `parts` has a word that most records of `class` have.
    pub fn has_own(&self, study: &Study, parts: &Parts, class: u32) -> bool {
        let own = &self.own[class as usize];
        parts.iter().flatten().any(|&token| own.binary_search(&study.words.fold(token)).is_ok())
    }

    /// How much the rests of `records` share (see [`super::rest::Rest::cohesion`]) over what records share of the
    /// classes that the rests speak for; at the favourable end for few records.
    pub fn likeness(&self, cohesion: f64, spoken_for: &[u32], records: usize) -> f64 {
        let few = 1.0 + 1.0 / (records.max(1) as f64).sqrt();
        cohesion / (few * self.expected(spoken_for))
    }

    /// How much records share that are drawn from `classes`; records of different ones as much as any.
    fn expected(&self, classes: &[u32]) -> f64 {
        let mut counts = vec![0u32; self.shared.len()];
        classes.iter().for_each(|&class| counts[class as usize] += 1);
        let all = classes.len().max(1) as f64;
        let same = counts.iter().zip(&self.shared);
        let more: f64 = same.map(|(&n, share)| (f64::from(n) / all).powi(2) * (share - 1.0)).sum();
        1.0 + more.max(0.0)
    }
}

/// The words that most records of a class have, and others seldom: of the records with such a word more
/// are of the class than halfway from its share of all records to all.
fn own_words(study: &Study, members: &[u32], share: f64) -> Vec<u32> {
    let mut words: Vec<u32> = Vec::new();
    for &member in members {
        let input = &study.inputs[member as usize];
        let mut distinct: Vec<u32> = input.iter().map(|&token| study.words.fold(token)).collect();
        distinct.sort_unstable();
        distinct.dedup();
        words.extend(distinct);
    }
    words.sort_unstable();
    let runs = words.chunk_by(|a, b| a == b).filter(|run| {
        let count = run.len() as f64;
        !study.is_edge(run[0])
            && count > MOST * members.len() as f64
            && count >= (1.0 + share) / 2.0 * study.records_with(run[0])
    });
    runs.map(|run| run[0]).collect()
}
