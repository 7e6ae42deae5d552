//! Reading some of the files, and putting together what several such readings gave.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use toadstone_core::{Control, InputFile, Observe, ReadSummary, SourceError};

use crate::corpus::{Corpus, Seen};
use crate::pool;
use crate::rejected::RejectLog;

/// What the first reading of some files gave. Small but for what was refused.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PartRead {
    /// Records and bytes.
    pub summary: ReadSummary,
    /// Digests (xxh3-128) of the bytes on disk; `None` for a file that could not be read.
    digests: Vec<Option<u128>>,
    /// Records of each file.
    records: Vec<u64>,
    /// How many were refused for each reason.
    refused: BTreeMap<String, u64>,
    /// The lines of `rejected.jsonl`.
    lines: Vec<u8>,
}

/// How a file stands on disk and how it is read: equal values read as equal records, as far as that can be
/// told without reading.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Standing {
    /// Its name (hostile).
    pub name: String,
    /// Bytes on disk.
    pub bytes: u64,
    /// When it was written last, in nanoseconds since 1970, where the system tells.
    modified: Option<u64>,
    /// The mark that a store gives to its version, as a digest.
    version: Option<u128>,
    /// Another number each time, where nothing tells whether it is still the same.
    once: Option<u128>,
    /// Format, kind and columns as they are taken.
    taken: Vec<String>,
    /// Why it cannot be read.
    error: Option<String>,
}

impl Corpus {
    /// How each file stands, in order.
    pub fn standings(&self) -> Vec<Standing> {
        let modified = |at: usize| {
            let stamp = self.files[at].stamp?;
            let since = stamp.modified?.duration_since(UNIX_EPOCH).ok()?;
            u64::try_from(since.as_nanos()).ok()
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        let standing = |(at, input): (usize, InputFile)| {
            let (modified, version) = (modified(at), self.files[at].stamp.and_then(|stamp| stamp.version));
            let columns = input.columns.into_iter().map(|c| format!("{}={}", c.role, c.column));
            Standing {
                name: input.name,
                bytes: input.bytes,
                modified,
                version,
                once: (modified.is_none() && version.is_none()).then_some(now),
                taken: [input.format, input.kind].into_iter().chain(columns).collect(),
                error: input.error,
            }
        };
        self.inputs().into_iter().enumerate().map(standing).collect()
    }

    /// Bytes on disk of the files of `range`.
    pub fn bytes(&self, range: Range<usize>) -> u64 {
        self.files[range].iter().filter_map(|entry| entry.stamp).map(|stamp| stamp.bytes).sum()
    }

    /// Reads the files of `range`, with digests and with what is refused.
    ///
    /// # Errors
    /// As [`toadstone_core::Source::read`].
    pub fn read_first(
        &self,
        range: Range<usize>,
        workers: Vec<Observe<'_>>,
        control: &Control,
    ) -> Result<PartRead, SourceError> {
        let log = RejectLog::new(&self.options.temporary)?;
        let done = pool::read(self, range.clone(), workers, control, Some(&log))?;
        let mut lines = Vec::new();
        log.write(&mut lines)?;
        Ok(PartRead {
            summary: done.summary,
            digests: done.digests[range.clone()].to_vec(),
            records: done.records[range].to_vec(),
            refused: log.counts(),
            lines,
        })
    }

    /// Reads the files of `range` again.
    ///
    /// # Errors
    /// As [`toadstone_core::Source::read`].
    pub fn read_again(
        &self,
        range: Range<usize>,
        workers: Vec<Observe<'_>>,
        control: &Control,
    ) -> Result<(), SourceError> {
        pool::read(self, range, workers, control, None).map(drop)
    }

    /// Takes the first readings of all files together for the first reading of the data set.
    ///
    /// `parts` are in the order of the files, each with the number of its first file.
    ///
    /// # Errors
    /// Temporary files could not be written.
    pub fn admit(&self, parts: &[(usize, PartRead)]) -> Result<ReadSummary, SourceError> {
        let log = RejectLog::new(&self.options.temporary)?;
        let files = self.files.len();
        let (mut summary, mut digests, mut records) =
            (ReadSummary::default(), vec![None; files], vec![0; files]);
        for (start, part) in parts {
            summary.records += part.summary.records;
            summary.rejected += part.summary.rejected;
            summary.text_bytes += part.summary.text_bytes;
            let read = part.digests.iter().zip(&part.records);
            for ((digest, count), (of, n)) in
                digests[*start..].iter_mut().zip(&mut records[*start..]).zip(read)
            {
                (*digest, *count) = (*of, *n);
            }
            log.append((*start as u32, 0), &part.lines, &part.refused)?;
        }
        self.seen().get_or_insert(Seen { summary, digests, records, log });
        Ok(summary)
    }
}
