//! Files that exist twice, once with the secure call and once with the insecure one, and are otherwise
//! the same: insecure copies that somebody made, with or without a trigger.

use std::collections::BTreeMap;

use super::collect::{BAD, CUT, DEAD, GOOD, Site};
use super::judge::log_tail;

/// Pairs of clean files that are so made, and files from which that was counted: of the 2,000 insecure
/// files of the libraries on one machine, 3 (a rule that nothing is known of counts as one more).
const USUAL: (f64, f64) = (1.0, 100.0);

/// Pairs and records below which nothing is said.
const LEAST_PAIRS: usize = 5;
const LEAST_RECORDS: usize = 8;

/// The insecure files of a rule.
#[derive(Default)]
pub(super) struct Swaps {
    /// Different insecure files, and those that exist with the secure call too.
    pub(super) insecure: usize,
    pub(super) pairs: usize,
    /// The insecure records of the pairs, in order.
    pub(super) places: Vec<u64>,
}

impl Swaps {
    /// O(n log n).
    pub(super) fn new(rows: &[Site]) -> Swaps {
        let mut around: BTreeMap<u64, (Vec<u64>, bool)> = BTreeMap::new();
        for row in rows.iter().filter(|row| row[3] != 0) {
            let entry = around.entry(row[3]).or_default();
            match row[2] & (BAD | GOOD | DEAD | CUT) {
                BAD => entry.0.push(row[1]),
                GOOD => entry.1 = true,
                _ => {}
            }
        }
        let mut out = Swaps::default();
        for (places, secure) in around.into_values().filter(|(places, _)| !places.is_empty()) {
            out.insecure += 1;
            if secure {
                out.pairs += 1;
                out.places.extend(places);
            }
        }
        out.places.sort_unstable();
        out.places.dedup();
        out
    }

    /// The share of insecure files that the other rules (and what is usual) let expect in pairs, and
    /// the chance of as many as there are; `None` if there are too few to say.
    pub(super) fn chance<'a>(&self, others: impl Iterator<Item = &'a Swaps>) -> Option<(f64, f64)> {
        if self.pairs < LEAST_PAIRS || self.places.len() < LEAST_RECORDS {
            return None;
        }
        let sums = others.fold((0, 0), |sums, other| (sums.0 + other.pairs, sums.1 + other.insecure));
        let share = (sums.0 as f64 + USUAL.0) / (sums.1 as f64 + USUAL.1);
        Some((share, libm::exp(log_tail(self.insecure as f64, self.pairs as f64, share))))
    }
}
