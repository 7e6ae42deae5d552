//! First pass: a sample of the corpus, to learn from.

use std::sync::Arc;

use toadstone_core::Batch;

use super::corpus::{BUDGET, Chunk, Corpus};
use super::spot::Spot;
use super::text;
use crate::detectors::shared::sample::{Sample, priority};
use crate::travel::{Pieces, Plan, Received, TravelError};
use crate::{DetectError, Next, Pass, Setup};

/// The pass, see [`Plan::pass`].
pub(super) const LEARN: &str = "learn";

/// The first pass. State: [`BUDGET`] bytes of text.
pub struct Learn {
    setup: Setup,
    leniency: f64,
    sample: Sample<Chunk>,
}

impl Learn {
    /// An empty state.
    pub fn new(setup: &Setup, leniency: f64) -> Learn {
        Learn { setup: setup.clone(), leniency, sample: Sample::new(BUDGET) }
    }
}

impl Pass for Learn {
    fn fresh(&self) -> Box<dyn Pass> {
        Box::new(Learn::new(&self.setup, self.leniency))
    }

    fn observe(&mut self, batch: &Batch) {
        for record in batch.records() {
            if let Some(text) = text(&record) {
                let priority = priority(&record);
                self.sample.observe(priority, record.id(), || Chunk::of(text, priority));
            }
        }
    }

    fn merge(&mut self, other: Box<dyn Pass>) {
        self.sample.merge(other.same::<Learn>().sample);
    }

    fn conclude(self: Box<Self>) -> Result<Next, DetectError> {
        let corpus = Arc::new(Corpus::learn(self.sample.conclude().0));
        Ok(Next::Again(Box::new(Spot::new(&self.setup, corpus, self.leniency))))
    }

    fn plan(&self) -> Result<Plan, TravelError> {
        Plan::of(LEARN, &self.leniency)
    }

    fn send(self: Box<Self>, pieces: &mut Pieces<'_>) -> Result<(), DetectError> {
        pieces.of(LEARN).whole(&self.sample)
    }

    fn receive(&mut self, piece: &[u8]) -> Result<(), TravelError> {
        self.sample.merge(Received::new(LEARN, piece)?.whole()?);
        Ok(())
    }
}
