//! Rows that an engine of a cluster reads and hands over, batch by batch, in many processes.

use std::collections::BTreeMap;

use arrow_array::RecordBatch;
use serde::{Deserialize, Serialize};
use toadstone_core::{Batch, ReadSummary, Record, Role, SourceError};
use xxhash_rust::xxh3::Xxh3;

use crate::corpus::{Corpus, Seen};
use crate::pool;
use crate::readers::arrow::Batch as Rows;
use crate::rejected::{RejectLog, write_line};

/// What was read of the rows that some processes were given. Merges; small but for what was refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowsApart {
    /// Records and bytes.
    pub summary: ReadSummary,
    /// Records by the number of their file.
    records: BTreeMap<u32, u64>,
    /// How many were refused for each reason.
    refused: BTreeMap<String, u64>,
    /// Lines of `rejected.jsonl` by file and first row.
    lines: BTreeMap<(u32, u64), Vec<u8>>,
    /// The sum of the hashes of all records with their places: equal for equal data, however it was dealt out.
    fingerprint: u64,
}

impl RowsApart {
    /// Adds what another process was given.
    pub fn merge(&mut self, other: RowsApart) {
        self.summary.records += other.summary.records;
        self.summary.rejected += other.summary.rejected;
        self.summary.text_bytes += other.summary.text_bytes;
        for (file, records) in other.records {
            *self.records.entry(file).or_default() += records;
        }
        for (reason, records) in other.refused {
            *self.refused.entry(reason).or_default() += records;
        }
        self.lines.extend(other.lines);
        self.fingerprint = self.fingerprint.wrapping_add(other.fingerprint);
    }

    /// Whether both read the same records in the same places.
    pub fn is_same(&self, other: &RowsApart) -> bool {
        (self.summary, self.fingerprint) == (other.summary, other.fingerprint)
    }

    /// Adds a record to the fingerprint.
    fn note(&mut self, record: &Record<'_>) {
        let mut digest = Xxh3::with_seed(u64::from(record.id().file));
        digest.update(&record.id().row.to_le_bytes());
        for role in Role::ALL {
            let text = record.get(role);
            digest.update(&text.map_or(u64::MAX, |text| text.len() as u64).to_le_bytes());
            digest.update(text.unwrap_or_default().as_bytes());
        }
        self.fingerprint = self.fingerprint.wrapping_add(digest.digest());
    }
}

impl Corpus {
    /// Hands the records of `batch` to `observe`: rows of the table with number `file`, at the places `rows`
    /// (one for each row of the batch). They are read as the table's columns were recognised. `None` if
    /// there is no such table.
    pub fn observe_rows(
        &self,
        file: u32,
        batch: RecordBatch,
        rows: &[u64],
        mut observe: impl FnMut(&Batch) + Send,
    ) -> Option<RowsApart> {
        let entry = self.files.get(file as usize)?;
        let mut read = RowsApart::default();
        let each = |batch: &Batch| {
            batch.records().for_each(|record| read.note(&record));
            observe(batch);
        };
        let work = Box::new(Rows { batch, row: 0 });
        let (summary, rejected) = pool::take(self, file as usize, work, rows, Box::new(each));
        read.summary = summary;
        read.records.insert(file, summary.records);
        for record in &rejected {
            *read.refused.entry(record.reason.category().to_owned()).or_default() += record.rows;
            let line = read.lines.entry((file, record.row.unwrap_or(u64::MAX))).or_default();
            // Memory takes whatever is written to it.
            let _ = write_line(line, &entry.name, record);
        }
        Some(read)
    }

    /// Takes what all processes read for the first reading of the data set.
    ///
    /// # Errors
    /// Temporary files could not be written.
    pub fn admit_rows(&self, read: &RowsApart) -> Result<ReadSummary, SourceError> {
        let log = RejectLog::new(&self.options.temporary)?;
        for (place, line) in &read.lines {
            log.append(*place, line, &BTreeMap::new())?;
        }
        log.append((u32::MAX, 0), &[], &read.refused)?;
        let records = (0..self.files.len() as u32).map(|file| read.records.get(&file).copied().unwrap_or(0));
        let digests = vec![None; self.files.len()];
        self.seen().get_or_insert(Seen { summary: read.summary, digests, records: records.collect(), log });
        Ok(read.summary)
    }
}
