//! Families of near copies: what one template wrote has one vote.
//!
//! Fifty inputs made from one form, each with another number in it, are no fifty observations. They
//! are told by what is left of them without the string: digits and words that no other input has
//! (the values of slots) do not count, the others count by how rare they are.

use crate::detectors::planted_trigger::rest::{Parts, covered};
use crate::detectors::planted_trigger::study::Study;
use crate::features::linear::Features as Words;

/// Least weighted overlap (Jaccard) of near copies.
const COPIES: f64 = 0.5;

/// Records of a string, dealt out to families.
#[derive(Debug, Clone)]
pub struct Families {
    /// The family of each record, numbered from 0 in the order in which they come.
    of: Vec<u32>,
    /// Records of each family.
    sizes: Vec<u32>,
}

impl Families {
    /// Groups `records`: each joins the first family whose first record it nearly copies. Time:
    /// records x families x words.
    pub fn group(study: &Study, records: &[u32], parts: &Parts) -> Families {
        let mut leaders: Vec<Words> = Vec::new();
        let mut families = Families { of: Vec::with_capacity(records.len()), sizes: Vec::new() };
        for &record in records {
            let rest = rest(study, record, parts);
            let family = leaders.iter().position(|leader| overlap(study, leader, &rest) >= COPIES);
            let family = family.unwrap_or(leaders.len());
            if family == leaders.len() {
                leaders.push(rest);
                families.sizes.push(0);
            }
            families.sizes[family] += 1;
            families.of.push(family as u32);
        }
        families
    }

    /// The number of families.
    pub fn len(&self) -> usize {
        self.sizes.len()
    }

    /// The sum over families of the mean of a value of their records, given in the order of
    /// [`Families::group`].
    pub fn sum(&self, values: impl Iterator<Item = f64>) -> f64 {
        self.of
            .iter()
            .zip(values)
            .map(|(&family, value)| value / f64::from(self.sizes[family as usize]))
            .sum()
    }

    /// The first of `records`, the argument of [`Families::group`], in each family.
    pub fn first(&self, records: &[u32]) -> Vec<u32> {
        let mut fresh = 0;
        let is_first = |&(&family, _): &(&u32, &u32)| {
            let first = family == fresh;
            fresh += u32::from(first);
            first
        };
        self.of.iter().zip(records).filter(is_first).map(|(_, &record)| record).collect()
    }
}

/// The words that tell one template from another.
fn rest(study: &Study, record: u32, parts: &Parts) -> Words {
    let input = &study.inputs[record as usize];
    let hidden = covered(study, input, parts);
    let shown = (1..input.len() - 1).filter(|&at| !hidden[at]).map(|at| study.words.fold(input[at]));
    let alone = 1.5 / study.len() as f64;
    let is_slot = |w: u32| study.chance(w) < alone || study.words.word(w).contains(|c: char| c.is_numeric());
    let mut words: Words = shown.filter(|&w| !is_slot(w)).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// Shared over all words of two ascending lists, weighted by how rare they are.
fn overlap(study: &Study, a: &[u32], b: &[u32]) -> f64 {
    let weight = |words: &[u32]| words.iter().map(|&w| study.rarity(w)).sum::<f64>();
    let mut others = b.iter().peekable();
    let mut shared = 0.0;
    for &word in a {
        while others.next_if(|&&other| other < word).is_some() {}
        if others.next_if(|&&other| other == word).is_some() {
            shared += study.rarity(word);
        }
    }
    shared / (weight(a) + weight(b) - shared).max(1e-9)
}
