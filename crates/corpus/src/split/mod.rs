//! Splits a file in two of the same format: records that stay, and records that are set aside.
//!
//! What stays is copied, not written anew: in formats of text every byte of it is the same, in tables
//! of Arrow every value and the schema. A file that loses nothing is copied as it is on disk.
//! Compressed files are compressed anew in the same way.

pub(crate) mod copier;
mod document;
mod extents;
mod lines;
mod memory;
pub(crate) mod packer;
pub(crate) mod table;
mod tar;

use std::fs::File;
use std::io;
use std::path::Path;

use crate::corpus::{Corpus, Entry};
use crate::medium::Medium;
use crate::readers::Failure;
use crate::stream::{Packing, Stream};

pub use memory::Divided;

/// Why a file could not be split. Nothing that could be taken for a result is left behind.
#[derive(Debug, thiserror::Error)]
pub enum SplitError {
    /// The system's reason.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The file is not what it was when it was scanned.
    #[error("it changed since it was scanned")]
    Changed,
    /// A table cannot be decoded, or not be written.
    #[error("{0}")]
    Table(String),
}

impl From<Failure> for SplitError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Io(error) => SplitError::Io(error),
            Failure::Unreadable(why) => SplitError::Table(why),
        }
    }
}

impl Corpus {
    /// Writes the records of one file to `kept`, except the rows in `out` (ascending), which go to
    /// `aside` in the order of the input. `aside` is not made if `out` is empty, and `kept` is not made
    /// if the file was one record, which goes.
    ///
    /// Refused records stay where they are. Both files are on disk when this returns; neither may
    /// exist before. Memory: one chunk of the input, or one batch of a table.
    ///
    /// # Errors
    /// [`SplitError`]; what was written is to be thrown away then.
    pub fn split(&self, file: u32, out: &[u64], kept: &Path, aside: &Path) -> Result<(), SplitError> {
        let Some(entry) = self.files.get(file as usize) else { return Err(SplitError::Changed) };
        if entry.medium.stamp().ok() != entry.stamp {
            return Err(SplitError::Changed);
        }
        if let Medium::Table(batches) = &entry.medium {
            return memory::split(batches, out, kept, aside);
        }
        if out.is_empty() {
            return copy(entry, kept);
        }
        let split = match entry.format {
            "parquet" => table::parquet(entry, out, kept, aside),
            "arrow" => table::arrow(self, entry, out, kept, aside),
            "tar" => tar::split(self, entry, out, kept, aside),
            "json" => document::split(self, entry, out, kept, aside),
            _ => lines::split(self, entry, out, kept, aside),
        };
        // What a store could not give must not pass for the end of the file.
        match entry.medium.failure() {
            Some(error) => Err(error.into()),
            None => split,
        }
    }

    /// The decompressed bytes of a file.
    pub(crate) fn stream(&self, entry: &Entry) -> io::Result<Stream> {
        Stream::new(entry.medium.open()?, entry.packing, self.limits, false)
    }
}

/// Copies the bytes on disk.
pub(crate) fn copy(entry: &Entry, to: &Path) -> Result<(), SplitError> {
    let mut out = File::create_new(to)?;
    io::copy(&mut entry.medium.open()?, &mut out)?;
    out.sync_all()?;
    Ok(())
}

/// A new file that is compressed like the input.
pub(crate) fn create(path: &Path, packing: Packing) -> io::Result<packer::Packer> {
    packer::Packer::new(File::create_new(path)?, packing)
}

#[cfg(test)]
mod tests;
