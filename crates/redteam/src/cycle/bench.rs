//! What all copies of a data set have in common: the records to train on, those kept apart, clean models.

use std::sync::OnceLock;

use toadstone_core::{Control, Kind, RecordId};
use toadstone_proxy::{Proxy, Stopped, Task, TrainOptions};
use toadstone_sketch::mix;
use xxhash_rust::xxh3::xxh3_64;

use super::{CycleError, Judged};
use crate::Table;

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
    /// Takes at most `records` of the data, drawn by content and seed, so that their order is of no account and
    /// copies of a text stay together, and keeps one in ten of them, at most `held_out`, apart. The gate judges the rest once.
    ///
    /// # Errors
    /// There is nothing to learn from; the gate's errors.
    pub fn new(
        data: &Table,
        (records, held_out): (usize, usize),
        (seed, seeds): (u64, u64),
        judge: impl FnOnce(&Table) -> Result<Judged, toadstone_core::SourceError>,
    ) -> Result<Bench, CycleError> {
        let task = Task::most(data.records()).ok_or(CycleError::Empty)?;
        let mut order: Vec<(u64, RecordId, Kind)> = data
            .records()
            .map(|record| {
                (mix(xxh3_64(record.input().as_bytes()) ^ seed), record.id(), record.kind())
            })
            .collect();
        order.sort_unstable_by_key(|(draw, id, _)| (*draw, *id));
        order.truncate(records);
        let fits = |kind: Kind| Task::of(kind) == task;
        let most = held_out.min(order.len() / APART);
        let mut apart: Vec<RecordId> =
            order.iter().filter(|(.., kind)| fits(*kind)).map(|(_, id, _)| *id).take(most).collect();
        apart.sort_unstable();
        let mut used: Vec<RecordId> =
            order.iter().map(|(_, id, _)| *id).filter(|id| apart.binary_search(id).is_err()).collect();
        used.sort_unstable();
        let kind = order.iter().map(|(.., kind)| *kind).find(|kind| fits(*kind)).ok_or(CycleError::Empty)?;
        let train = data.only(&used);
        let baseline = judge(&train)?;
        let clean = (0..seeds).map(|_| OnceLock::new()).collect();
        Ok(Bench { held_out: data.only(&apart), train, task, kind, baseline, seed, clean })
    }

    /// The model trained on the data as it is with a seed of this bench; trained when it is first asked for.
    ///
    /// # Errors
    /// [`Stopped`].
    pub(super) fn clean(&self, seed: u64, control: &Control) -> Result<&Proxy, Stopped> {
        let train = || self.fit(&self.train, seed, control);
        let place = self.clean.get(seed.wrapping_sub(self.seed) as usize).ok_or(Stopped)?;
        place.get_or_init(train).as_ref().map_err(|stopped| *stopped)
    }

    /// Trains a model on records.
    ///
    /// # Errors
    /// [`Stopped`].
    pub(super) fn fit(&self, data: &Table, seed: u64, control: &Control) -> Result<Proxy, Stopped> {
        self.task.train(data.records(), &TrainOptions { seed, ..TrainOptions::default() }, control)
    }
}
