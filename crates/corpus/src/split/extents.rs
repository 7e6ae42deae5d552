//! Where in a file of text the records stand that are to go.

use toadstone_core::{BatchBuilder, RecordId};

use super::SplitError;
use crate::corpus::{Corpus, Entry};
use crate::parse::Wanted;
use crate::readers::Sink;
use crate::rejected::{Place, Rejected};
use crate::value::Fields;

/// A record's bytes in the decompressed file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) start: u64,
    pub(super) length: u64,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Extents {
    /// Of the rows that are to go, in the order of the file.
    pub(super) out: Vec<Extent>,
    /// Where the first row begins, refused or not.
    pub(super) first: u64,
    /// Rows of the file, refused ones included.
    pub(super) rows: u64,
}

/// Finds the rows `out` of a file. Reads the file once.
///
/// # Errors
/// [`SplitError::Changed`] if a row is not there, or cannot be read any more.
pub(super) fn find(corpus: &Corpus, entry: &Entry, out: &[u64]) -> Result<Extents, SplitError> {
    let mut reader = corpus.open_reader(entry, false)?;
    let mut finder =
        Finder { entry, out, depth: corpus.limits.depth, found: Vec::new(), first: u64::MAX, rows: 0 };
    while let Some(chunk) = reader.next()? {
        chunk.rejected.iter().for_each(|rejected| finder.begins(rejected.offset));
        if let Some(work) = chunk.work {
            work.parse(Wanted::Columns(&entry.wanted), &corpus.limits, &mut finder);
        }
    }
    finder.found.sort_unstable_by_key(|extent| extent.start);
    if finder.found.len() != out.len() {
        return Err(SplitError::Changed);
    }
    Ok(Extents { out: finder.found, first: finder.first, rows: finder.rows })
}

struct Finder<'f> {
    entry: &'f Entry,
    out: &'f [u64],
    depth: usize,
    found: Vec<Extent>,
    first: u64,
    rows: u64,
}

impl Finder<'_> {
    fn begins(&mut self, offset: Option<u64>) {
        self.first = self.first.min(offset.unwrap_or(u64::MAX));
        self.rows += 1;
    }
}

impl Sink for Finder<'_> {
    fn row(&mut self, place: Place, fields: &Fields<'_>, raw: Option<&[u8]>) {
        self.begins(place.offset);
        if self.out.binary_search(&place.row).is_err() {
            return;
        }
        // Only what the scan took for a record can go.
        let mut builder = BatchBuilder::new();
        let id = RecordId { file: 0, row: place.row };
        let taken = self.entry.plan.fill(fields, &mut builder, self.depth).is_ok()
            && builder.finish(id, place.offset, self.entry.plan.kind);
        if let (true, Some(start), Some(raw)) = (taken, place.offset, raw) {
            self.found.push(Extent { start, length: raw.len() as u64 });
        }
    }

    fn reject(&mut self, rejected: Rejected) {
        self.begins(rejected.offset);
    }

    fn full(&self) -> bool {
        false
    }
}
