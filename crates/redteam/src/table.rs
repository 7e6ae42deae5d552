//! Records in memory.

use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use toadstone_core::{
    Batch, Control, Kind, Observe, Profile, ReadSummary, Record, RecordId, Source, SourceError,
};

/// Why a data set cannot be held in memory.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// It has more text than allowed.
    #[error("the data has more text than the {limit} bytes of memory that it may take")]
    TooLarge {
        /// Bytes allowed.
        limit: usize,
    },
    /// It cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
}

/// The records of a data set, in the order of their places.
///
/// Memory: the text, about 150 bytes a record for its fields, and 16 for its place.
#[derive(Debug, Clone, Default)]
pub struct Table {
    batches: Vec<Batch>,
    /// Batch and index of each record, in the order of their places.
    order: Vec<(RecordId, u32, u32)>,
    profile: Profile,
    fixed: Vec<u32>,
}

impl Table {
    /// Reads all records of `source` on one thread.
    ///
    /// # Errors
    /// [`TableError::TooLarge`] beyond `limit` bytes of text; [`TableError::Source`].
    pub fn read(source: &dyn Source, limit: usize, control: &Control) -> Result<Table, TableError> {
        let (batches, size) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
        let observe: Observe<'_> = Box::new(|batch: &Batch| {
            let so_far = size.fetch_add(batch.text_bytes(), Ordering::Relaxed) + batch.text_bytes();
            if so_far <= limit
                && let Ok(mut batches) = batches.lock()
            {
                batches.push(batch.clone());
            }
        });
        source.read(vec![observe], control)?;
        if size.into_inner() > limit {
            return Err(TableError::TooLarge { limit });
        }
        Ok(Table::of(batches.into_inner().unwrap_or_default(), source.profile().clone()))
    }

    /// A table of these records, which have different places.
    pub fn of(batches: Vec<Batch>, profile: Profile) -> Table {
        let mut order: Vec<(RecordId, u32, u32)> = Vec::new();
        for (number, batch) in batches.iter().enumerate() {
            let place = |(at, record): (usize, Record<'_>)| (record.id(), number as u32, at as u32);
            order.extend(batch.records().enumerate().map(place));
        }
        order.sort_unstable();
        Table { batches, order, profile, fixed: Vec::new() }
    }

    /// The same with files to which no record can be added.
    #[must_use]
    pub fn with_fixed(self, fixed: Vec<u32>) -> Table {
        Table { fixed, ..self }
    }

    /// The same without some records, given ascending.
    #[must_use]
    pub fn without(&self, gone: &[RecordId]) -> Table {
        self.filter(|id| gone.binary_search(&id).is_err())
    }

    /// The same with only some records, given ascending.
    #[must_use]
    pub fn only(&self, kept: &[RecordId]) -> Table {
        self.filter(|id| kept.binary_search(&id).is_ok())
    }

    fn filter(&self, stays: impl Fn(RecordId) -> bool) -> Table {
        let batches = self.batches.iter().map(|batch| batch.without(|id| !stays(id))).collect();
        Table { fixed: self.fixed.clone(), ..Table::of(batches, self.profile.clone()) }
    }

    /// Whether a record can be added to a file.
    pub fn grows(&self, file: u32) -> bool {
        !self.fixed.contains(&file)
    }

    /// Indices of the records of a file.
    pub(crate) fn of_file(&self, file: u32) -> Range<usize> {
        let before = |end: u32| self.order.partition_point(|(id, ..)| id.file < end);
        before(file)..before(file.saturating_add(1))
    }

    /// Number of records.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The record at `index` in the order of places.
    pub fn get(&self, index: usize) -> Option<Record<'_>> {
        let (_, batch, at) = self.order.get(index)?;
        self.batches.get(*batch as usize)?.get(*at as usize)
    }

    /// The record at a place. Time: logarithmic.
    pub fn find(&self, id: RecordId) -> Option<Record<'_>> {
        self.get(self.order.binary_search_by_key(&id, |(id, ..)| *id).ok()?)
    }

    /// The records in the order of their places.
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> + Clone {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// The records of some kinds.
    pub fn of_kinds(&self, kinds: &'static [Kind]) -> impl Iterator<Item = Record<'_>> + Clone {
        self.records().filter(move |record| kinds.contains(&record.kind()))
    }
}

impl Source for Table {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn read(&self, workers: Vec<Observe<'_>>, control: &Control) -> Result<ReadSummary, SourceError> {
        hand_out(&self.batches, workers, control)
    }
}

/// Gives each batch to one of the workers, each on a thread of its own.
pub(crate) fn hand_out(
    batches: &[Batch],
    workers: Vec<Observe<'_>>,
    control: &Control,
) -> Result<ReadSummary, SourceError> {
    let step = workers.len().max(1);
    std::thread::scope(|scope| {
        for (first, mut observe) in workers.into_iter().enumerate() {
            scope.spawn(move || {
                for batch in batches.iter().skip(first).step_by(step) {
                    if control.stopped() {
                        return;
                    }
                    observe(batch);
                    control.advance(batch.len() as u64, batch.text_bytes() as u64);
                }
            });
        }
    });
    if control.stopped() {
        return Err(SourceError::Interrupted);
    }
    let records = batches.iter().map(|batch| batch.len() as u64).sum();
    let text_bytes = batches.iter().map(|batch| batch.text_bytes() as u64).sum();
    Ok(ReadSummary { records, rejected: 0, text_bytes })
}
