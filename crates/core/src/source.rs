//! What detectors read from: anything that can hand out all its records, more than once.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use crate::{Batch, Kind, RecordId, RoleSet};

/// What is known of a data set before its records are read.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Profile {
    /// Roles that at least one file has.
    pub roles: RoleSet,
    /// Kinds of the files, each once.
    pub kinds: Vec<Kind>,
    /// Bytes on disk.
    pub bytes: u64,
}

/// Takes the batches that one worker thread reads, in no particular order.
pub type Observe<'a> = Box<dyn FnMut(&Batch) + Send + 'a>;

/// A data set that can be read several times with the same result.
pub trait Source: Sync {
    /// What is known before reading.
    fn profile(&self) -> &Profile;

    /// Reads every record once and hands each batch to exactly one of the `workers`, each of which
    /// runs on a thread of its own. Which worker gets which batch, and in what order, is not defined.
    ///
    /// # Errors
    /// [`SourceError`]; a malformed record is not an error but a rejected record.
    fn read(&self, workers: Vec<Observe<'_>>, control: &Control) -> Result<ReadSummary, SourceError>;
}

/// A source without some of its records, which keep their places.
pub struct Without<'s> {
    /// The source.
    pub source: &'s dyn Source,
    /// Records that are not handed out, ascending.
    pub gone: &'s [RecordId],
}

impl Source for Without<'_> {
    fn profile(&self) -> &Profile {
        self.source.profile()
    }

    fn read(&self, workers: Vec<Observe<'_>>, control: &Control) -> Result<ReadSummary, SourceError> {
        let (records, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
        let filtered = workers.into_iter().map(|mut observe| {
            let count = |batch: &Batch| {
                records.fetch_add(batch.len() as u64, Ordering::Relaxed);
                bytes.fetch_add(batch.text_bytes() as u64, Ordering::Relaxed);
            };
            let gone = |id: RecordId| self.gone.binary_search(&id).is_ok();
            Box::new(move |batch: &Batch| {
                if !batch.records().any(|record| gone(record.id())) {
                    count(batch);
                    return observe(batch);
                }
                let rest = batch.without(gone);
                count(&rest);
                observe(&rest);
            }) as Observe<'_>
        });
        let read = self.source.read(filtered.collect(), control)?;
        Ok(ReadSummary {
            records: records.load(Ordering::Relaxed),
            text_bytes: bytes.load(Ordering::Relaxed),
            ..read
        })
    }
}

/// What one reading of a source gave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadSummary {
    /// Records handed out.
    pub records: u64,
    /// Records refused.
    pub rejected: u64,
    /// Bytes of text in the records handed out.
    pub text_bytes: u64,
}

/// Why a source could not be read to its end.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The user asked to stop.
    #[error("interrupted")]
    Interrupted,
    /// A file could not be read.
    #[error("cannot read {file}: {reason}")]
    File {
        /// The file, as the user named it.
        file: String,
        /// What the system said.
        reason: String,
    },
    /// A file is not the one that was read in the pass before.
    #[error("{file} changed while it was being scanned; run again when nothing writes to it")]
    Changed {
        /// The file, as the user named it.
        file: String,
    },
    /// Temporary space could not be written.
    #[error("cannot write temporary files: {0}")]
    Temporary(#[from] std::io::Error),
    /// Whoever reads in place of this process gave up.
    #[error("{0}")]
    Elsewhere(String),
}

/// Shared between a long run and whoever watches it.
#[derive(Debug, Default)]
pub struct Control {
    stop: AtomicBool,
    records: AtomicU64,
    bytes: AtomicU64,
    bytes_per_pass: AtomicU64,
}

impl Control {
    /// Asks the run to stop as soon as it can.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Whether the run was asked to stop.
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Counts progress: records handed out and bytes read from disk.
    pub fn advance(&self, records: u64, bytes: u64) {
        self.records.fetch_add(records, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Says how many bytes one pass over the data reads.
    pub fn expect(&self, bytes_per_pass: u64) {
        self.bytes_per_pass.store(bytes_per_pass, Ordering::Relaxed);
    }

    /// How many bytes one pass over the data reads; 0 if that is not known.
    pub fn expected(&self) -> u64 {
        self.bytes_per_pass.load(Ordering::Relaxed)
    }

    /// Records and bytes so far, over all passes.
    pub fn progress(&self) -> (u64, u64) {
        (self.records.load(Ordering::Relaxed), self.bytes.load(Ordering::Relaxed))
    }
}
