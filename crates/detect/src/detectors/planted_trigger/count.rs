//! First pass: which labels there are, and which stretches of answer are shared.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toadstone_core::{Batch, Role};

use super::behaviour::keys;
use super::gather::Gather;
use crate::travel::{Pieces, Plan, Received, TravelError};
use crate::{DetectError, Next, Pass};

/// More different labels than this are no classes.
const LABELS: usize = 256;
/// Cells of the table of shared stretches.
const CELLS: usize = 1 << 20;
/// A stretch is shared if at least this many records have it.
pub const SHARED: u32 = 8;

/// What the first pass gives. A table of counts with one hash: a stretch is never counted too low.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Counts {
    labels: Option<BTreeMap<Box<str>, u64>>,
    cells: Vec<u32>,
    records: u64,
}

impl Counts {
    fn new() -> Counts {
        Counts { labels: Some(BTreeMap::new()), cells: vec![0; CELLS], records: 0 }
    }

    /// Whether at least [`SHARED`] records, but not a tenth of all, have the stretch.
    pub fn is_shared(&self, key: u64) -> bool {
        let count = self.cells[cell(key)];
        count >= SHARED && u64::from(count) <= self.records / 10
    }

    /// The labels with their counts; `None` where there are too many to be classes.
    pub fn labels(&self) -> Option<&BTreeMap<Box<str>, u64>> {
        self.labels.as_ref()
    }

    fn merge(&mut self, other: Counts) {
        self.records += other.records;
        match other.labels {
            Some(labels) => labels.iter().for_each(|(label, count)| self.count_label(label, *count)),
            None => self.labels = None,
        }
        for (mine, theirs) in self.cells.iter_mut().zip(other.cells) {
            *mine = mine.saturating_add(theirs);
        }
    }

    fn count_label(&mut self, label: &str, count: u64) {
        let Some(labels) = &mut self.labels else { return };
        match labels.get_mut(label) {
            Some(seen) => *seen += count,
            None => {
                labels.insert(label.into(), count);
            }
        }
        if labels.len() > LABELS {
            self.labels = None;
        }
    }
}

fn cell(key: u64) -> usize {
    (key >> (64 - CELLS.trailing_zeros())) as usize
}

/// The pass, see [`Plan::pass`].
pub(super) const COUNT: &str = "count";

/// The first pass. State: 4 MiB and at most 256 labels.
pub struct Count {
    counts: Counts,
    leniency: f64,
}

impl Count {
    /// An empty state.
    pub fn new(leniency: f64) -> Count {
        Count { counts: Counts::new(), leniency }
    }
}

impl Pass for Count {
    fn fresh(&self) -> Box<dyn Pass> {
        Box::new(Count::new(self.leniency))
    }

    fn observe(&mut self, batch: &Batch) {
        for record in batch.records() {
            self.counts.records += 1;
            if let Some(label) = record.get(Role::Label) {
                self.counts.count_label(label, 1);
            }
            if let Some(answer) = record.get(Role::Output) {
                let cells = &mut self.counts.cells;
                keys(answer, |key| cells[cell(key)] = cells[cell(key)].saturating_add(1));
            }
        }
    }

    fn merge(&mut self, other: Box<dyn Pass>) {
        self.counts.merge(other.same::<Count>().counts);
    }

    fn conclude(self: Box<Self>) -> Result<Next, DetectError> {
        Ok(Next::Again(Box::new(Gather::new(self.counts, self.leniency))))
    }

    fn plan(&self) -> Result<Plan, TravelError> {
        Plan::of(COUNT, &self.leniency)
    }

    fn send(self: Box<Self>, pieces: &mut Pieces<'_>) -> Result<(), DetectError> {
        pieces.of(COUNT).whole(&self.counts)
    }

    fn receive(&mut self, piece: &[u8]) -> Result<(), TravelError> {
        self.counts.merge(Received::new(COUNT, piece)?.whole()?);
        Ok(())
    }
}
