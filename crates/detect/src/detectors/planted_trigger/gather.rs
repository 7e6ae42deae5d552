//! Second pass: gathers the records to look at closely, and looks.

use std::sync::Arc;

use toadstone_core::{Batch, Record, Role};

use super::behaviour::keys;
use super::count::Counts;
use super::mark::MarkPass;
use super::sample::{BUDGET, Kept};
use super::study::Study;
use super::{labels, repeats, select};
use crate::detectors::shared::sample::{Sample, priority};
use crate::detectors::shared::show::several;
use crate::travel::{Pieces, Plan, Received, TravelError};
use crate::{DetectError, Next, Outcome, Pass};

/// The pass, see [`Plan::pass`].
pub(super) const GATHER: &str = "gather";

/// The second pass. State: [`BUDGET`] bytes of text.
pub struct Gather {
    counts: Arc<Counts>,
    sample: Sample<Kept>,
    leniency: f64,
}

impl Gather {
    /// An empty state.
    pub fn new(counts: Counts, leniency: f64) -> Gather {
        Gather { counts: Arc::new(counts), sample: Sample::new(BUDGET), leniency }
    }

    /// Records whose answer has a stretch that some, but not most, others share are drawn sixteen
    /// times as often.
    fn priority(&self, record: &Record<'_>) -> u64 {
        let mut shared = false;
        if let Some(answer) = record.get(Role::Output) {
            keys(answer, |key| shared |= self.counts.is_shared(key));
        }
        priority(record) >> if shared { 4 } else { 0 }
    }
}

impl Pass for Gather {
    fn fresh(&self) -> Box<dyn Pass> {
        Box::new(Gather {
            counts: Arc::clone(&self.counts),
            sample: self.sample.fresh(),
            leniency: self.leniency,
        })
    }

    fn observe(&mut self, batch: &Batch) {
        for record in batch.records() {
            self.sample.observe(self.priority(&record), record.id(), || Kept::of(&record));
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
        let (mut hypotheses, sorted) = labels::test(&study, self.leniency);
        let sorted: Vec<String> =
            sorted.into_iter().map(|class| study.class_names[class as usize].shown().text).collect();
        if !sorted.is_empty() {
            let classes = several(&sorted);
            notes.push(format!(
                "keywords sort texts into {classes}: a trigger at one place would look like these"
            ));
        }
        hypotheses.extend(repeats::test(&study, self.leniency));
        let rules = select::distinct(hypotheses);
        if rules.is_empty() {
            return Ok(Next::Done(Outcome { notes, ..Outcome::default() }));
        }
        Ok(Next::Again(Box::new(MarkPass::new(rules, notes))))
    }

    fn plan(&self) -> Result<Plan, TravelError> {
        Plan::of(GATHER, &(&*self.counts, self.leniency))
    }

    fn send(self: Box<Self>, pieces: &mut Pieces<'_>) -> Result<(), DetectError> {
        pieces.of(GATHER).whole(&self.sample)
    }

    fn receive(&mut self, piece: &[u8]) -> Result<(), TravelError> {
        self.sample.merge(Received::new(GATHER, piece)?.whole()?);
        Ok(())
    }
}
