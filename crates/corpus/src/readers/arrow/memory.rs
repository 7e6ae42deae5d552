//! The batches of a table in memory, in slices: nothing is copied.

use std::io;

use super::{Batch, Chunk, Failure, Reader};
use crate::memory::Batches;

/// Bytes that the rows of a slice should have.
const SLICE_BYTES: u64 = 4 << 20;
/// Most rows of a slice: one batch may hold the whole table, and every worker wants some of it.
const SLICE_ROWS: u64 = 16 << 10;

/// Hands out the slices of a table in their order.
pub(super) struct MemoryReader {
    batches: Batches,
    /// The batch under way, and its rows that were handed out.
    at: (usize, usize),
    row: u64,
    digest: bool,
}

impl MemoryReader {
    pub(super) fn new(batches: &Batches, digest: bool) -> Self {
        MemoryReader { batches: batches.clone(), at: (0, 0), row: 0, digest }
    }
}

impl Reader for MemoryReader {
    fn next(&mut self) -> Result<Option<Chunk>, Failure> {
        let (number, from) = self.at;
        let Some((batch, bytes)) = self.batches.get(number) else { return Ok(None) };
        let rows = batch.num_rows();
        let per_row = (bytes / rows.max(1) as u64).max(1);
        let most = (SLICE_BYTES / per_row).clamp(1, SLICE_ROWS) as usize;
        let taken = most.min(rows - from);
        let to = from + taken;
        let share = |end: usize| (bytes as u128 * end as u128 / rows.max(1) as u128) as u64;
        let disk = if to == rows { bytes } else { share(to) } - share(from);
        let work = Batch { batch: batch.slice(from, taken), row: self.row };
        self.row += taken as u64;
        self.at = if to == rows { (number + 1, 0) } else { (number, to) };
        Ok(Some(Chunk { work: Some(Box::new(work)), rejected: Vec::new(), disk }))
    }

    fn finish(&mut self) -> io::Result<Option<u128>> {
        self.digest.then(|| self.batches.digest()).transpose()
    }
}
