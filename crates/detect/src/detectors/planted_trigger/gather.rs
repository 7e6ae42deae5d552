//! Second pass: gathers the records to look at closely, and looks.

use std::sync::Arc;

use toadstone_core::Batch;

use super::count::Counts;
use super::mark::MarkPass;
use super::sample::{BUDGET, Sample};
use super::study::Study;
use super::{labels, repeats, select};
use crate::{DetectError, Next, Outcome, Pass};

/// The second pass. State: [`BUDGET`] bytes of text.
pub struct Gather {
    counts: Arc<Counts>,
    sample: Sample,
}

impl Gather {
    /// An empty state.
    pub fn new(counts: Counts) -> Gather {
        Gather { counts: Arc::new(counts), sample: Sample::default() }
    }
}

impl Pass for Gather {
    fn fresh(&self) -> Box<dyn Pass> {
        Box::new(Gather { counts: Arc::clone(&self.counts), sample: Sample::default() })
    }

    fn observe(&mut self, batch: &Batch) {
        for record in batch.records() {
            self.sample.observe(&record, &self.counts);
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
                "looked closely at {} of {seen} records ({} MiB of text); a trigger in too few of these can be missed",
                kept.len(),
                BUDGET >> 20
            ));
        }
        let study = Study::new(kept, self.counts.labels().is_some());
        let mut hypotheses = labels::test(&study);
        hypotheses.extend(repeats::test(&study));
        let rules = select::distinct(hypotheses);
        if rules.is_empty() {
            return Ok(Next::Done(Outcome { notes, ..Outcome::default() }));
        }
        Ok(Next::Again(Box::new(MarkPass::new(rules, notes))))
    }
}
