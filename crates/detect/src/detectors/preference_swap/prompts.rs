//! Strings that were put into prompts and turn the preference round.
//!
//! A turned pair proves nothing: people disagree. But a string that stands where no text would put it
//! (at a random place, or always at the beginning or end of prompts that are whole without it and have
//! nothing in common) was put there, and there are few such strings, often none. So each of them may
//! be asked whether the pairs behind it contradict what all others prefer, and little evidence is
//! enough.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use toadstone_core::{Record, RecordId};
use toadstone_sketch::chance::{discovery_rates, normal_below};

use super::Pair;
use crate::detectors::planted_trigger::grow::{fitted, lengthen, spell};
use crate::detectors::planted_trigger::hypothesis::Part;
use crate::detectors::planted_trigger::inserted::{COHESION, COMMON, LEAST_RANDOM, randomness};
use crate::detectors::planted_trigger::rest::Rest;
use crate::detectors::planted_trigger::sample::Kept;
use crate::detectors::planted_trigger::statistics::moments;
use crate::detectors::planted_trigger::study::Study;
use crate::detectors::shared::sample::floor;
use crate::features::vocabulary::{BEGIN, END};

/// Pairs with the string in the sample below which it is not tested.
const PAIRS: usize = 12;
/// Share of the prompts with a string in which it stands at the beginning or end, and how well the
/// rest has to close.
const EDGES: f64 = 0.9;
const WHOLE: f64 = 0.8;
/// False-discovery rate of a finding.
const RATE: f64 = 0.1;
/// Weight of strings that people put in front or behind by nature.
const NATURAL: f64 = 0.05;
/// Share of the prompts with a word of its own in which a string stands; words of a phrase.
const OWN: f64 = 0.9;
const PHRASE: usize = 3;
/// Least share of turned pairs behind a string.
const TURNED: f64 = 0.5;
/// Bytes that are kept of a prompt, from its end.
const READ: usize = 2 << 10;
/// What opens a person's turn in dialogues in one text.
const TURN: &str = "Human:";

/// The prompt of a pair, of a dialogue the last turn.
pub(super) fn asked<'a>(record: &Record<'a>) -> &'a str {
    let prompt = record.input();
    let turn = prompt.rfind(TURN).map_or(0, |at| at + TURN.len());
    let from = floor(prompt, turn.max(prompt.len().saturating_sub(READ)));
    &prompt[from..]
}

/// A string behind which preferences are turned round.
#[derive(Serialize, Deserialize)]
pub(super) struct Tied {
    pub(super) part: Part,
    /// Pairs in the sample that have it.
    pub(super) pairs: usize,
    /// Mean margin of these pairs, and of all others.
    pub(super) margin: f64,
    pub(super) usual: f64,
    /// Estimated share of them that is turned round.
    pub(super) turned: f64,
    /// Whether its words stand nowhere else, or it is a whole phrase: nobody opens or closes so by nature.
    foreign: bool,
    /// How its place looks.
    pub(super) random: f64,
    pub(super) rest: Rest,
    pub(super) p: f64,
    pub(super) q: f64,
}

/// The prompts of the pairs.
pub(super) fn study(pairs: &[Pair]) -> Study {
    let kept = |pair: &Pair| Kept { input: pair.asked.clone(), answer: None, label: None };
    let id = |row: usize| RecordId { file: 0, row: row as u64 };
    Study::new(pairs.iter().enumerate().map(|(row, p)| (id(row), kept(p))).collect(), false)
}

/// Tests every string that was put into the prompts, at `leniency` times the usual rate.
pub(super) fn test(study: &Study, margins: &[f64], leniency: f64) -> Vec<Tied> {
    let all: f64 = margins.iter().sum();
    let deviation = moments(margins).1.max(1e-12);
    let mut tied: Vec<Tied> = put_there(study)
        .into_iter()
        .map(|(tokens, members, random, rest)| {
            let own: f64 = members.iter().map(|&m| margins[m as usize]).sum();
            let n = members.len() as f64;
            let (margin, usual) = (own / n, (all - own) / (margins.len() as f64 - n).max(1.0));
            // Turning a share t of the pairs makes a mean margin m into (1 - 2t) m.
            let turned = if usual > 0.0 { ((1.0 - margin / usual) / 2.0).clamp(0.0, 1.0) } else { 0.0 };
            let foreign = is_foreign(study, &tokens, members.len());
            let part = spell(study, &vec![tokens]).swap_remove(0);
            let p = normal_below((margin - usual) / deviation * n.sqrt());
            Tied { part, pairs: members.len(), margin, usual, turned, foreign, random, rest, p, q: 1.0 }
        })
        .collect();
    let rates = discovery_rates(&weighted(&tied));
    tied.iter_mut().zip(rates).for_each(|(tied, q)| tied.q = q);
    tied.retain(|tied| tied.q <= RATE * leniency && tied.turned >= TURNED);
    tied
}

/// The p-values over weights of mean 1: an interjection ("Okay,") is put in front by people, too.
/// Weights depend on prompts and not on margins, so the rate holds whatever they are (Genovese,
/// Roeder and Wasserman 2006).
fn weighted(tied: &[Tied]) -> Vec<f64> {
    let weight = |tied: &Tied| if tied.foreign { 1.0 } else { NATURAL };
    let mean = tied.iter().map(weight).sum::<f64>() / tied.len().max(1) as f64;
    tied.iter().map(|tied| (tied.p * mean / weight(tied)).min(1.0)).collect()
}

/// Whether a word of the string stands in hardly any other prompt, or it has several words.
fn is_foreign(study: &Study, tokens: &[u32], members: usize) -> bool {
    let is_word = |t: &&u32| study.words.word(**t).chars().any(char::is_alphanumeric);
    let elsewhere = |t: &u32| study.chance(study.words.fold(*t)) * study.len() as f64;
    let rarest = tokens.iter().filter(is_word).map(elsewhere).fold(f64::INFINITY, f64::min);
    tokens.iter().filter(is_word).count() >= PHRASE || rarest * OWN <= members as f64
}

/// The strings that stand where no text would put them, with their records.
fn put_there(study: &Study) -> Vec<(Vec<u32>, Vec<u32>, f64, Rest)> {
    let most = COMMON * study.len() as f64;
    let mut seen: HashSet<Vec<u32>> = HashSet::new();
    let mut found = Vec::new();
    for gram in 0..study.grams.len() as u32 {
        let members = study.grams.texts(gram);
        let marked = study.gram(gram).iter().any(|&t| t == BEGIN || t == END);
        if marked || members.len() < PAIRS || members.len() as f64 > most {
            continue;
        }
        let tokens = fitted(study, members, lengthen(study, members, study.gram(gram)));
        if !seen.insert(tokens.clone()) {
            continue;
        }
        let (random, rest) = randomness(study, members, &tokens);
        let placed = random >= LEAST_RANDOM || (rest.edges >= EDGES && rest.junction >= WHOLE);
        if placed && rest.cohesion <= COHESION {
            found.push((tokens, members.to_vec(), random, rest));
        }
    }
    found
}
