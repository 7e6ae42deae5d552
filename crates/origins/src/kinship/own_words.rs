//! The words of a source's own, counted over all records.

use ahash::{AHashMap, AHashSet};
use toadstone_core::{Batch, Remark};

use super::{Kinship, MOST, Own};
use crate::axis::Axis;
use crate::members::texts;
use crate::topics::words;

/// Counts, over all records, those that have a source's own words: the state of a reading.
pub(crate) struct OwnWords<'s> {
    axis: Axis,
    files: &'s [String],
    places: &'s AHashMap<u64, usize>,
    kinship: &'s Kinship,
    /// By source in [`Kinship::own`]: its records with all of the words, and those of others.
    counts: Vec<(u64, u64)>,
    seen: AHashSet<u64>,
}

impl<'s> OwnWords<'s> {
    pub(crate) fn new(
        axis: Axis,
        files: &'s [String],
        places: &'s AHashMap<u64, usize>,
        kinship: &'s Kinship,
    ) -> Self {
        let counts = vec![(0, 0); kinship.own.len()];
        OwnWords { axis, files, places, kinship, counts, seen: AHashSet::new() }
    }

    pub(crate) fn fresh(&self) -> Self {
        OwnWords::new(self.axis, self.files, self.places, self.kinship)
    }

    pub(crate) fn observe(&mut self, batch: &Batch) {
        if self.counts.is_empty() {
            return;
        }
        for record in batch.records() {
            self.seen.clear();
            for text in texts(&record) {
                words(text, |hash, _| {
                    self.seen.insert(hash);
                });
            }
            let place = self.places.get(&self.axis.key(&record, self.files));
            for (Own { place: owner, words, .. }, count) in self.kinship.own.iter().zip(&mut self.counts) {
                if words.iter().all(|(hash, _)| self.seen.contains(hash)) {
                    let own = place == Some(owner);
                    *(if own { &mut count.0 } else { &mut count.1 }) += 1;
                }
            }
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        for (a, b) in self.counts.iter_mut().zip(other.counts) {
            *a = (a.0 + b.0, a.1 + b.1);
        }
    }

    /// What is to be said of the sources; `sources` gives each source's name and records.
    pub(crate) fn conclude(self, sources: &[(&str, u64)]) -> Vec<Remark> {
        let own = self.kinship.own.iter().zip(self.counts).map(
            |(Own { place, others, words }, (records, elsewhere))| {
                let (name, of) = sources[*place];
                Remark::OwnWords {
                    source: name.to_owned(),
                    words: words.iter().map(|(_, word)| word.clone()).collect(),
                    records,
                    of,
                    elsewhere,
                    others: *others,
                }
            },
        );
        let most = |remark: &Remark| match remark {
            Remark::OwnWords { records, of, elsewhere, .. } => {
                *records as f64 >= MOST * *of as f64 && elsewhere < records
            }
            _ => true,
        };
        let alike = self.kinship.alike.iter().map(|&(place, share, median)| Remark::Alike {
            source: sources[place].0.to_owned(),
            share,
            median,
        });
        own.filter(most).chain(alike).collect()
    }
}
