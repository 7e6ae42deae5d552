//! Writes a file again in its own format with some records changed and others added.
//!
//! In formats of text everything but the changed cells and members is copied byte by byte; in tables of
//! Arrow every other value and the schema stay the same. Each record that was changed is read back before
//! it is written, and has to be what was asked for.

mod arrays;
mod lines;
mod record;
mod table;

use std::io;
use std::path::Path;

use toadstone_core::Role;

use crate::corpus::{Corpus, Entry};
use crate::readers::{self, Failure, Nature};
use crate::split::{SplitError, copy};

/// What becomes of a row, or which row is added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowEdit {
    /// The row that is changed, or behind which one is added. It holds a record.
    pub row: u64,
    /// The row whose copy is added; `None` if the row itself is changed.
    pub like: Option<u64>,
    /// New texts. Of [`Role::CONTENT`] they replace the last part of the role, of other roles everything.
    pub fields: Vec<(Role, String)>,
}

/// Why a file could not be written again. Nothing that could be taken for a result is left behind.
#[derive(Debug, thiserror::Error)]
pub enum RewriteError {
    /// The system's reason.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The file is not what it was when it was read.
    #[error("it changed since it was read")]
    Changed,
    /// A table cannot be decoded, or not be written.
    #[error("{0}")]
    Table(String),
    /// The format cannot be changed in this way.
    #[error("{0}")]
    Format(&'static str),
    /// A record cannot hold what was asked for.
    #[error("row {row}: {why}")]
    Record {
        /// The row.
        row: u64,
        /// What is in the way.
        why: String,
    },
}

impl From<Failure> for RewriteError {
    fn from(failure: Failure) -> Self {
        SplitError::from(failure).into()
    }
}

impl From<SplitError> for RewriteError {
    fn from(error: SplitError) -> Self {
        match error {
            SplitError::Io(error) => RewriteError::Io(error),
            SplitError::Changed => RewriteError::Changed,
            SplitError::Table(why) => RewriteError::Table(why),
        }
    }
}

impl Corpus {
    /// Whether a record can be added to a file: not where the file is the record, nor to an archive.
    pub fn grows(&self, file: u32) -> bool {
        let Some(entry) = self.files.get(file as usize) else { return false };
        match readers::format(entry.format).nature {
            Nature::Table => entry.format != "tar",
            Nature::Prose | Nature::Source => false,
        }
    }

    /// Writes a file with edits applied to `to`, which may not exist before. Refused records stay where
    /// they are, and count in the numbers of rows. The file is on disk when this returns.
    ///
    /// Edits of one row: at most one changes it; those that add are carried out in their order. Memory:
    /// the rows that are changed or copied, and a chunk or a batch of the file. Time: two readings.
    ///
    /// # Errors
    /// [`RewriteError`]; what was written is to be thrown away then.
    pub fn rewrite(&self, file: u32, edits: &[RowEdit], to: &Path) -> Result<(), RewriteError> {
        let Some(entry) = self.files.get(file as usize) else { return Err(RewriteError::Changed) };
        if entry.medium.stamp().ok() != entry.stamp {
            return Err(RewriteError::Changed);
        }
        if edits.is_empty() {
            return Ok(copy(entry, to)?);
        }
        if edits.iter().any(|edit| edit.like.is_some()) && !self.grows(file) {
            return Err(RewriteError::Format(
                "no record can be added: the file is one record, or an archive",
            ));
        }
        let edits = in_order(edits);
        match entry.format {
            "tar" => Err(RewriteError::Format("an archive cannot be changed; unpack it first")),
            "parquet" => table::parquet(self, entry, &edits, to),
            "arrow" => table::arrow(self, entry, &edits, to),
            _ => lines::rewrite(self, entry, &edits, to),
        }
    }
}

/// Edits in the order of the file: the change of a row before what is added behind it.
fn in_order(edits: &[RowEdit]) -> Vec<&RowEdit> {
    let mut edits: Vec<&RowEdit> = edits.iter().collect();
    edits.sort_by_key(|edit| (edit.row, edit.like.is_some()));
    edits
}

/// The rows whose content is needed, ascending.
fn touched(edits: &[&RowEdit]) -> Vec<u64> {
    let mut rows: Vec<u64> = edits.iter().flat_map(|edit| [Some(edit.row), edit.like]).flatten().collect();
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// A record cannot be written.
fn unwritable(row: u64, why: impl Into<String>) -> RewriteError {
    RewriteError::Record { row, why: why.into() }
}

#[cfg(test)]
mod tests;

/// What the edits of one row need of the corpus.
#[derive(Clone, Copy)]
struct Format<'c> {
    entry: &'c Entry,
    depth: usize,
}
