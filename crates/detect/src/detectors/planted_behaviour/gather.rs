//! First pass: gathers a sample of the records with an answer, and looks for triggers in it.

use toadstone_core::{Batch, Role};

use super::mark::MarkPass;
use super::tie::test;
use crate::detectors::planted_trigger::sample::Kept;
use crate::detectors::shared::sample::{Sample, priority};
use crate::travel::{Pieces, Plan, Received, TravelError};
use crate::{DetectError, Next, Outcome, Pass};

/// The pass, see [`Plan::pass`].
pub(super) const GATHER: &str = "gather";

/// Bytes of text that the sample may hold.
const BUDGET: usize = 16 << 20;

/// The first pass. State: [`BUDGET`] bytes of text; the tests need about fifteen times as much.
pub struct Gather {
    sample: Sample<Kept>,
    leniency: f64,
}

impl Gather {
    /// An empty state; for `leniency` see [`crate::Setup`].
    pub fn new(leniency: f64) -> Gather {
        Gather { sample: Sample::new(BUDGET), leniency }
    }
}

impl Pass for Gather {
    fn fresh(&self) -> Box<dyn Pass> {
        Box::new(Gather::new(self.leniency))
    }

    fn observe(&mut self, batch: &Batch) {
        for record in batch.records() {
            if record.get(Role::Output).is_some() && record.get(Role::Rejected).is_none() {
                self.sample.observe(priority(&record), record.id(), || Kept::of(&record));
            }
        }
    }

    fn merge(&mut self, other: Box<dyn Pass>) {
        self.sample.merge(other.same::<Gather>().sample);
    }

    fn conclude(self: Box<Self>) -> Result<Next, DetectError> {
        let (kept, seen) = self.sample.conclude();
        let mut notes = Vec::new();
        if (kept.len() as u64) < seen {
            notes.push(format!(
                "looked closely at {} of {seen} answers ({} MiB of text); a trigger in too few of these can be missed",
                kept.len(),
                BUDGET >> 20
            ));
        }
        let ties = test(kept, self.leniency);
        if ties.is_empty() {
            return Ok(Next::Done(Outcome { notes, ..Outcome::default() }));
        }
        Ok(Next::Again(Box::new(MarkPass::new(ties, notes))))
    }

    fn plan(&self) -> Result<Plan, TravelError> {
        Plan::of(GATHER, &self.leniency)
    }

    fn send(self: Box<Self>, pieces: &mut Pieces<'_>) -> Result<(), DetectError> {
        pieces.of(GATHER).whole(&self.sample)
    }

    fn receive(&mut self, piece: &[u8]) -> Result<(), TravelError> {
        self.sample.merge(Received::new(GATHER, piece)?.whole()?);
        Ok(())
    }
}
