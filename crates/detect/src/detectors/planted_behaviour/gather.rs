//! First pass: gathers a sample of the records with an answer, and looks for triggers in it.

use toadstone_core::{Batch, Role};

use super::mark::MarkPass;
use super::tie::test;
use crate::detectors::planted_trigger::sample::Kept;
use crate::detectors::shared::sample::{Sample, priority};
use crate::{DetectError, Next, Outcome, Pass};

/// Bytes of text that the sample may hold.
const BUDGET: usize = 16 << 20;

/// The first pass. State: [`BUDGET`] bytes of text; the tests need about fifteen times as much.
pub struct Gather(Sample<Kept>);

impl Gather {
    /// An empty state.
    pub fn new() -> Gather {
        Gather(Sample::new(BUDGET))
    }
}

impl Pass for Gather {
    fn fresh(&self) -> Box<dyn Pass> {
        Box::new(Gather(self.0.fresh()))
    }

    fn observe(&mut self, batch: &Batch) {
        for record in batch.records() {
            if record.get(Role::Output).is_some() && record.get(Role::Rejected).is_none() {
                self.0.observe(priority(&record), record.id(), || Kept::of(&record));
            }
        }
    }

    fn merge(&mut self, other: Box<dyn Pass>) {
        self.0.merge(other.same::<Gather>().0);
    }

    fn conclude(self: Box<Self>) -> Result<Next, DetectError> {
        let (kept, seen) = self.0.conclude();
        let mut notes = Vec::new();
        if (kept.len() as u64) < seen {
            notes.push(format!(
                "looked closely at {} of {seen} answers ({} MiB of text); a trigger in too few of these can be missed",
                kept.len(),
                BUDGET >> 20
            ));
        }
        let ties = test(kept);
        if ties.is_empty() {
            return Ok(Next::Done(Outcome { notes, ..Outcome::default() }));
        }
        Ok(Next::Again(Box::new(MarkPass::new(ties, notes))))
    }
}
