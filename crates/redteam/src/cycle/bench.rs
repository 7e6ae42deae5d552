//! What all copies of a data set have in common: the records to train on, those kept apart, clean models.

use std::borrow::Cow;
use std::sync::OnceLock;

use toadstone_core::{Control, Kind, Record, RecordId};
use toadstone_proxy::{Focus, Proxy, Stopped, Task, TrainOptions};

use super::{CycleError, Gate, Judged};
use crate::Table;
use crate::draw::place;

/// One record in this many is kept apart.
const APART: usize = 10;

/// A data set that is ready to be poisoned again and again.
pub struct Bench {
    /// What copies are made of.
    pub train: Table,
    /// Records kept apart, of the kind that most records have.
    pub held_out: Table,
    /// What is learnt.
    pub task: Task,
    /// What most records are for.
    pub kind: Kind,
    /// What the gate says of the records to train on, as they are.
    pub baseline: Judged,
    seed: u64,
    clean: Vec<OnceLock<Result<Proxy, Stopped>>>,
}

impl Bench {
    /// Keeps one record in ten, at most `held_out`, apart; the gate judges the rest once.
    ///
    /// # Errors
    /// There is nothing to learn from; the gate's errors.
    pub fn new(
        data: &Table,
        held_out: usize,
        (seed, seeds): (u64, u64),
        gate: &dyn Gate,
    ) -> Result<Bench, CycleError> {
        let task = Task::most(data.records()).ok_or(CycleError::Empty)?;
        let fitting: Vec<Record<'_>> =
            data.records().filter(|record| Task::of(record.kind()) == task).collect();
        let kind = fitting.first().ok_or(CycleError::Empty)?.kind();
        // A draw of its own, apart from that of a sample.
        let mut order: Vec<(u64, RecordId)> =
            fitting.iter().map(|record| (place(record, !seed), record.id())).collect();
        order.sort_unstable();
        let most = held_out.min(order.len() / APART);
        let mut apart: Vec<RecordId> = order.into_iter().take(most).map(|(_, id)| id).collect();
        apart.sort_unstable();
        let train = data.without(&apart);
        let baseline = gate.judge(&train)?;
        let clean = (0..seeds).map(|_| OnceLock::new()).collect();
        Ok(Bench { held_out: data.only(&apart), train, task, kind, baseline, seed, clean })
    }

    /// What a model's utility is, as a phrase.
    pub fn measure(&self) -> &'static str {
        match self.task {
            Task::Classify => "share of held-out texts that get their own label",
            Task::Prefer => "share of held-out pairs whose chosen answer is liked better",
            Task::Answer | Task::Continue => "mean log-probability of a token of held-out answers, nats",
        }
    }

    /// The model trained on the data as it is with a seed of this bench; trained when it is first asked for.
    /// One of texts that go on depends on what it is to know about, and is not kept.
    ///
    /// # Errors
    /// [`Stopped`].
    pub(super) fn clean(
        &self,
        focus: &Focus,
        seed: u64,
        control: &Control,
    ) -> Result<Cow<'_, Proxy>, Stopped> {
        let train = || self.fit(&self.train, focus, seed, control);
        if self.task == Task::Continue {
            return train().map(Cow::Owned);
        }
        let place = self.clean.get(seed.wrapping_sub(self.seed) as usize).ok_or(Stopped)?;
        place.get_or_init(train).as_ref().map(Cow::Borrowed).map_err(|stopped| *stopped)
    }

    /// Trains a model on records.
    ///
    /// # Errors
    /// [`Stopped`].
    pub(super) fn fit(
        &self,
        data: &Table,
        focus: &Focus,
        seed: u64,
        control: &Control,
    ) -> Result<Proxy, Stopped> {
        self.task.train(data.records(), focus, &TrainOptions { seed, ..TrainOptions::default() }, control)
    }
}
