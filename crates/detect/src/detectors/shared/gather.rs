//! A last reading that fetches samples and counts for what earlier readings found.

use std::collections::BTreeMap;
use std::sync::Arc;

use ahash::AHashMap;
use toadstone_core::{Batch, Record, Sample};

use super::position::pack;
use crate::{DetectError, Next, Outcome, Pass};

/// Samples shown with a finding.
pub(crate) const SAMPLES: usize = 8;

/// What is still to be learnt, and what is made of it.
pub(crate) trait Plan: Send + Sync + 'static {
    /// The sample of a record that group `group` asked for.
    fn sample(&self, group: u32, record: &Record<'_>) -> Sample;

    /// What the outcome needs of every record.
    fn tally(&self, _record: &Record<'_>, _tally: &mut Tally) {}

    /// The outcome.
    fn write(&self, gathered: &Gathered) -> Outcome;
}

/// Counts, and texts, by a name of the plan's own.
#[derive(Default)]
pub(crate) struct Tally {
    counts: AHashMap<u64, u64>,
    texts: AHashMap<u64, String>,
}

impl Tally {
    /// Counts one.
    pub(crate) fn count(&mut self, name: u64) {
        *self.counts.entry(name).or_default() += 1;
    }

    /// Keeps the text that has this name.
    pub(crate) fn text(&mut self, name: u64, text: &str) {
        self.texts.entry(name).or_insert_with(|| text.to_owned());
    }
}

/// What [`Gather`] fetched.
#[derive(Default)]
pub(crate) struct Gathered {
    samples: BTreeMap<(u32, u64), Sample>,
    tally: Tally,
}

impl Gathered {
    /// The samples of a group, in the order of the input.
    pub(crate) fn samples(&self, group: u32) -> Vec<Sample> {
        self.samples.range((group, 0)..=(group, u64::MAX)).map(|(_, sample)| sample.clone()).collect()
    }

    /// A count of [`Plan::tally`].
    pub(crate) fn count(&self, name: u64) -> u64 {
        self.tally.counts.get(&name).copied().unwrap_or(0)
    }

    /// A text of [`Plan::tally`]; empty if there was none.
    pub(crate) fn text(&self, name: u64) -> &str {
        self.tally.texts.get(&name).map_or("", String::as_str)
    }
}

/// The pass. Holds what the plan asks for and nothing else.
pub(crate) struct Gather {
    plan: Arc<dyn Plan>,
    wanted: Arc<AHashMap<u64, Vec<u32>>>,
    gathered: Gathered,
}

impl Gather {
    /// Fetches samples for (group, record) pairs, then lets the plan write the outcome.
    pub(crate) fn start(plan: impl Plan, wanted: impl Iterator<Item = (u32, u64)>) -> Next {
        let mut by_record: AHashMap<u64, Vec<u32>> = AHashMap::new();
        for (group, position) in wanted {
            by_record.entry(position).or_default().push(group);
        }
        let gathered = Gathered::default();
        Next::Again(Box::new(Gather { plan: Arc::new(plan), wanted: Arc::new(by_record), gathered }))
    }
}

impl Pass for Gather {
    fn fresh(&self) -> Box<dyn Pass> {
        let (plan, wanted) = (Arc::clone(&self.plan), Arc::clone(&self.wanted));
        Box::new(Gather { plan, wanted, gathered: Gathered::default() })
    }

    fn observe(&mut self, batch: &Batch) {
        for record in batch.records() {
            self.plan.tally(&record, &mut self.gathered.tally);
            // A place that cannot be packed was an error of the pass before.
            let Ok(position) = pack(record.id()) else { continue };
            for &group in self.wanted.get(&position).into_iter().flatten() {
                let sample = self.plan.sample(group, &record);
                self.gathered.samples.insert((group, position), sample);
            }
        }
    }

    fn merge(&mut self, other: Box<dyn Pass>) {
        let other: Box<Gather> = other.same();
        self.gathered.samples.extend(other.gathered.samples);
        for (name, count) in other.gathered.tally.counts {
            *self.gathered.tally.counts.entry(name).or_default() += count;
        }
        self.gathered.tally.texts.extend(other.gathered.tally.texts);
    }

    fn conclude(self: Box<Self>) -> Result<Next, DetectError> {
        Ok(Next::Done(self.plan.write(&self.gathered)))
    }
}
