//! A sample of a data set that is too large to be held.

use std::collections::BinaryHeap;
use std::sync::{Mutex, PoisonError};

use toadstone_core::{Batch, Control, Observe, Record, RecordId, Source, SourceError};
use toadstone_sketch::mix;
use xxhash_rust::xxh3::xxh3_64;

use crate::Table;

/// A sample, and what it is one of.
pub struct Drawn {
    /// The records, in the places that they have in the data.
    pub table: Table,
    /// Records of the data.
    pub records: u64,
}

/// Draws at most about `most` records by content and seed: copies of a text come together or not at all, and
/// neither the order of the records nor the number of workers has a part in it.
///
/// Reads the data twice, on one thread each time. Memory: the records drawn, and 8 bytes for each.
///
/// # Errors
/// The data cannot be read.
pub fn draw(source: &dyn Source, most: usize, seed: u64, control: &Control) -> Result<Drawn, SourceError> {
    let least = Mutex::new(BinaryHeap::<u64>::new());
    let observe: Observe<'_> = Box::new(|batch: &Batch| {
        let mut least = least.lock().unwrap_or_else(PoisonError::into_inner);
        for record in batch.records() {
            let place = place(&record, seed);
            if least.len() < most {
                least.push(place);
            } else if least.peek().is_some_and(|&last| place < last) {
                least.pop();
                least.push(place);
            }
        }
    });
    let records = source.read(vec![observe], control)?.records;
    let last = least.into_inner().unwrap_or_else(PoisonError::into_inner).peek().copied();
    let batches = Mutex::new(Vec::new());
    let observe: Observe<'_> = Box::new(|batch: &Batch| {
        let beyond = |record: &Record<'_>| last.is_none_or(|last| place(record, seed) > last);
        let mut out: Vec<RecordId> = batch.records().filter(beyond).map(|record| record.id()).collect();
        out.sort_unstable();
        let mut batches = batches.lock().unwrap_or_else(PoisonError::into_inner);
        match out.len() {
            0 => batches.push(batch.clone()),
            n if n == batch.len() => {}
            _ => batches.push(batch.without(|id| out.binary_search(&id).is_ok())),
        }
    });
    source.read(vec![observe], control)?;
    let batches = batches.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Drawn { table: Table::of(batches, source.profile().clone()), records })
}

/// Where a record stands in the draw.
pub(crate) fn place(record: &Record<'_>, seed: u64) -> u64 {
    mix(xxh3_64(record.input().as_bytes()) ^ seed)
}

#[cfg(test)]
mod tests {
    use toadstone_core::{BatchBuilder, Kind, Profile, Role};

    use super::*;

    fn data(texts: impl Iterator<Item = usize>) -> Table {
        let mut builder = BatchBuilder::new();
        for (row, text) in texts.enumerate() {
            builder.add(Role::Input, &format!("text number {text}"));
            assert!(builder.finish(RecordId { file: 0, row: row as u64 }, None, Kind::Document));
        }
        Table::of(vec![builder.take()], Profile::default())
    }

    fn texts(table: &Table) -> Vec<String> {
        let mut texts: Vec<String> = table.records().map(|record| record.input().to_owned()).collect();
        texts.sort();
        texts
    }

    #[test]
    fn the_order_of_the_records_has_no_part_in_it() {
        let control = Control::default();
        let sample = |data: &Table, seed| draw(data, 100, seed, &control).unwrap();
        let forth = sample(&data(0..1000), 7);
        assert_eq!((forth.table.len(), forth.records), (100, 1000));
        assert_eq!(texts(&forth.table), texts(&sample(&data((0..1000).rev()), 7).table));
        assert_ne!(texts(&forth.table), texts(&sample(&data(0..1000), 8).table));
        assert_eq!(sample(&data(0..50), 7).table.len(), 50, "all of fewer");
    }
}
