//! The third reading: how many records of each topic every source has.

use toadstone_core::{Batch, Topic};
use toadstone_sketch::chance::binomial_tail;

use super::model::{Model, Scratch};
use crate::axis::Axis;
use crate::members::texts;

/// Least records of a topic for which it is asked who owns it.
const LEAST: u64 = 25;
/// Share from which on a topic hangs on one source, and level of the test.
const MONOPOLY: f64 = 0.5;
const LEVEL: f64 = 1e-6;

/// The state of the reading. Memory: four bytes for each topic and source that is looked at.
pub(crate) struct Tally<'s> {
    axis: Axis,
    files: &'s [String],
    places: &'s ahash::AHashMap<u64, usize>,
    model: &'s Model,
    scratch: Scratch,
    /// By topic.
    records: Vec<u64>,
    /// By topic, then by source.
    owned: Vec<u32>,
}

impl<'s> Tally<'s> {
    pub(crate) fn new(
        axis: Axis,
        files: &'s [String],
        places: &'s ahash::AHashMap<u64, usize>,
        model: &'s Model,
    ) -> Self {
        let records = vec![0; model.len()];
        let owned = vec![0; model.len() * places.len()];
        Tally { axis, files, places, model, scratch: Scratch::default(), records, owned }
    }

    pub(crate) fn fresh(&self) -> Self {
        Tally::new(self.axis, self.files, self.places, self.model)
    }

    pub(crate) fn observe(&mut self, batch: &Batch) {
        for record in batch.records() {
            let Some(topic) = self.model.topic(texts(&record), &mut self.scratch) else { continue };
            self.records[topic] += 1;
            if let Some(place) = self.places.get(&self.axis.key(&record, self.files)) {
                self.owned[topic * self.places.len() + place] += 1;
            }
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.records.iter_mut().zip(other.records).for_each(|(a, b)| *a += b);
        self.owned.iter_mut().zip(other.owned).for_each(|(a, b)| *a += b);
    }

    /// The topics, largest first. `sources` gives each source's name and records; `total` is the
    /// number of all records.
    pub(crate) fn conclude(self, sources: &[(&str, u64)], total: u64) -> Vec<Topic> {
        let width = self.places.len();
        let tries = (self.model.len() * width.max(1)) as f64;
        let mut topics: Vec<Topic> = (0..self.model.len())
            .map(|topic| {
                let owned = &self.owned[topic * width..(topic + 1) * width];
                let owner = (0..width).max_by_key(|&at| (owned[at], std::cmp::Reverse(at)));
                let records = self.records[topic];
                let (name, all) = owner.map_or(("", 0), |at| sources[at]);
                let owned = owner.map_or(0, |at| u64::from(owned[at]));
                let share = all as f64 / total.max(1) as f64;
                let n = records.max(1) as f64;
                let chance = (binomial_tail(n, owned as f64, share) * tries).min(1.0);
                let monopoly = records >= LEAST && owned as f64 > MONOPOLY * n && chance < LEVEL;
                Topic {
                    words: self.model.words(topic).to_vec(),
                    records,
                    owner: name.to_owned(),
                    owned,
                    expected: n * share,
                    chance,
                    monopoly,
                }
            })
            .filter(|topic| topic.records > 0)
            .collect();
        topics.sort_by(|a, b| b.records.cmp(&a.records).then_with(|| a.words.cmp(&b.words)));
        topics
    }
}
