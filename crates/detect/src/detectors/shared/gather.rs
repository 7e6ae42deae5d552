//! A last reading that fetches samples and counts for what earlier readings found.

use std::collections::BTreeMap;
use std::sync::Arc;

use ahash::AHashMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use toadstone_core::{Batch, Record, RecordId, Sample};

use super::position::pack;
use crate::travel::{Pieces, Plan as Travelling, Received, TravelError, in_order};
use crate::{DetectError, Next, Outcome, Pass};

/// Samples shown with a finding.
pub(crate) const SAMPLES: usize = 8;

/// The pass, see [`Travelling::pass`].
pub(crate) const FETCH: &str = "fetch";

/// What is still to be learnt, and what is made of it.
pub(crate) trait Plan: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The sample of a record that group `group` asked for.
    fn sample(&self, group: u32, record: &Record<'_>) -> Sample;

    /// What the outcome needs of every record.
    fn tally(&self, _record: &Record<'_>, _tally: &mut Tally) {}

    /// The outcome.
    fn write(&self, gathered: &Gathered) -> Outcome;
}

/// Counts, and texts, by a name of the plan's own.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Tally {
    #[serde(serialize_with = "in_order")]
    counts: AHashMap<u64, u64>,
    #[serde(serialize_with = "in_order")]
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
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Gathered {
    samples: BTreeMap<(u32, RecordId), Sample>,
    tally: Tally,
}

impl Gathered {
    /// The samples of a group, in the order of the input.
    pub(crate) fn samples(&self, group: u32) -> Vec<Sample> {
        let first = RecordId { file: 0, row: 0 };
        let last = RecordId { file: u32::MAX, row: u64::MAX };
        self.samples.range((group, first)..=(group, last)).map(|(_, sample)| sample.clone()).collect()
    }

    fn merge(&mut self, other: Gathered) {
        self.samples.extend(other.samples);
        for (name, count) in other.tally.counts {
            *self.tally.counts.entry(name).or_default() += count;
        }
        self.tally.texts.extend(other.tally.texts);
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
pub(crate) struct Gather<P> {
    plan: Arc<P>,
    wanted: Arc<Wanted>,
    gathered: Gathered,
}

/// For each wanted record, as a packed place, the groups that want it.
type Wanted = AHashMap<u64, Vec<u32>>;

impl<P: Plan> Gather<P> {
    /// Fetches samples for (group, record) pairs, then lets the plan write the outcome.
    pub(crate) fn start(plan: P, wanted: impl Iterator<Item = (u32, u64)>) -> Next {
        let mut by_record = Wanted::default();
        for (group, position) in wanted {
            by_record.entry(position).or_default().push(group);
        }
        Next::Again(Box::new(Gather::new(Arc::new(plan), Arc::new(by_record))))
    }

    /// The pass of a plan that travelled.
    pub(crate) fn revive(plan: &Travelling) -> Result<Box<dyn Pass>, TravelError> {
        let (plan, wanted): (P, Vec<(u64, Vec<u32>)>) = plan.read()?;
        Ok(Box::new(Gather::new(Arc::new(plan), Arc::new(wanted.into_iter().collect()))))
    }

    fn new(plan: Arc<P>, wanted: Arc<Wanted>) -> Gather<P> {
        Gather { plan, wanted, gathered: Gathered::default() }
    }
}

impl<P: Plan> Pass for Gather<P> {
    fn fresh(&self) -> Box<dyn Pass> {
        Box::new(Gather::new(Arc::clone(&self.plan), Arc::clone(&self.wanted)))
    }

    fn observe(&mut self, batch: &Batch) {
        for record in batch.records() {
            self.plan.tally(&record, &mut self.gathered.tally);
            // A place that cannot be packed was an error of the pass before.
            let Ok(position) = pack(record.id()) else { continue };
            for &group in self.wanted.get(&position).into_iter().flatten() {
                let sample = self.plan.sample(group, &record);
                self.gathered.samples.insert((group, record.id()), sample);
            }
        }
    }

    fn merge(&mut self, other: Box<dyn Pass>) {
        self.gathered.merge(other.same::<Gather<P>>().gathered);
    }

    fn conclude(self: Box<Self>) -> Result<Next, DetectError> {
        Ok(Next::Done(self.plan.write(&self.gathered)))
    }

    fn plan(&self) -> Result<Travelling, TravelError> {
        // In order, so that equal plans are equal bytes.
        let wanted: BTreeMap<&u64, &Vec<u32>> = self.wanted.iter().collect();
        Travelling::of(FETCH, &(&*self.plan, wanted.into_iter().collect::<Vec<_>>()))
    }

    fn send(self: Box<Self>, pieces: &mut Pieces<'_>) -> Result<(), DetectError> {
        pieces.of(FETCH).whole(&self.gathered)
    }

    fn receive(&mut self, piece: &[u8]) -> Result<(), TravelError> {
        self.gathered.merge(Received::new(FETCH, piece)?.whole()?);
        Ok(())
    }
}
