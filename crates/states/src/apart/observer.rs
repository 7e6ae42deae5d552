//! One process's part of a job.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Seek, Write};
use std::path::Path;

use arrow_array::RecordBatch;
use serde::{Deserialize, Serialize};
use toadstone_core::Batch;
use toadstone_corpus::{Corpus, MemoryTable, Options, RowsApart};
use toadstone_detect::Pass;
use toadstone_detect::travel::{Piece, Pieces};

use super::job::{Job, JobError};

/// What pieces begin with: the number of a lane, or this for what was read; then the plan's digest.
pub(super) const READ: u16 = u16::MAX;
const HEAD: usize = 18;

/// States of all passes of a job, in one process.
///
/// Takes rows, or pieces of other processes' states, or both. Memory: what the job allows, and one batch.
pub struct Observer {
    job: Job,
    corpus: Corpus,
    lanes: Vec<(Box<dyn Pass>, u128)>,
    read: Read,
    temporary: tempfile::TempDir,
}

/// What was read, and how many pieces of it went on their way and came.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Read {
    pub(super) rows: RowsApart,
    sent: u64,
    received: u64,
}

impl Read {
    /// Adds what another process read.
    pub(super) fn merge(&mut self, other: Read) {
        self.rows.merge(other.rows);
        self.sent += other.sent;
        self.received += other.received;
    }

    /// Whether every piece came, once.
    pub(super) fn is_whole(&self) -> bool {
        self.sent == self.received
    }
}

impl Observer {
    /// States with nothing in them, for a job of a program of version `program`. Temporary files go to
    /// `folder`.
    ///
    /// # Errors
    /// [`JobError`].
    pub fn new(job: &[u8], program: &str, folder: &Path) -> Result<Observer, JobError> {
        let job = Job::decode(job, program)?;
        let temporary = tempfile::Builder::new().prefix("toadstone-").tempdir_in(folder)?;
        let corpus = recognised(&job.tables, &job.sample, &job.map, temporary.path())?;
        let setup = job.setup(temporary.path());
        let mut lanes = Vec::with_capacity(job.lanes.len());
        for planned in &job.lanes {
            lanes.push((planned.revive(&setup)?, planned.plan().digest()));
        }
        Ok(Observer { job, corpus, lanes, read: Read::default(), temporary })
    }

    /// Takes rows of the table with number `table`, which stand at `places` in it.
    ///
    /// # Errors
    /// [`JobError::Damaged`] if there is no such table, or not a place for each row.
    pub fn observe(&mut self, table: u32, rows: RecordBatch, places: &[u64]) -> Result<(), JobError> {
        if rows.num_rows() != places.len() {
            return Err(JobError::Damaged("not as many places as rows".to_owned()));
        }
        let Observer { job, corpus, lanes, .. } = self;
        let observe = |batch: &Batch| {
            let gone = |id| job.gone.binary_search(&id).is_ok();
            let rest = batch.records().any(|record| gone(record.id())).then(|| batch.without(gone));
            let batch = rest.as_ref().unwrap_or(batch);
            lanes.iter_mut().for_each(|(pass, _)| pass.observe(batch));
        };
        let read = corpus.observe_rows(table, rows, places, observe);
        let read =
            read.ok_or_else(|| JobError::Damaged(format!("rows of a table {table} that is not listed")))?;
        self.read.rows.merge(read);
        Ok(())
    }

    /// Adds a piece of another process's states of the same job.
    ///
    /// # Errors
    /// [`JobError`], also if it is of another job.
    pub fn receive(&mut self, piece: &[u8]) -> Result<(), JobError> {
        let (lane, plan, piece) = apart(piece)?;
        self.read.received += 1;
        if lane == READ {
            self.read.merge(read(piece)?);
            return Ok(());
        }
        match self.lanes.get_mut(usize::from(lane)) {
            Some((pass, digest)) if *digest == plan => Ok(pass.receive(piece)?),
            _ => Err(JobError::Damaged("a piece of another job".to_owned())),
        }
    }

    /// Takes the states apart: each piece with its bucket. Rows that say nothing by themselves are left out
    /// if all rows of their keys are here: in a process that got whole buckets. What has no key goes to
    /// `home`.
    ///
    /// # Errors
    /// [`JobError`].
    pub fn pieces(self, whole: bool, buckets: u32, home: u32) -> Result<Spooled, JobError> {
        let mut spool = BufWriter::new(tempfile::tempfile_in(self.temporary.path())?);
        let count = Cell::new(0u64);
        let mut keep = |lane: u16, plan: u128, piece: Piece| -> io::Result<()> {
            let length = u32::try_from(piece.bytes.len() + HEAD).map_err(io::Error::other)?;
            spool.write_all(&piece.bucket.to_le_bytes())?;
            spool.write_all(&length.to_le_bytes())?;
            spool.write_all(&lane.to_le_bytes())?;
            spool.write_all(&plan.to_le_bytes())?;
            spool.write_all(&piece.bytes)?;
            count.set(count.get() + 1);
            Ok(())
        };
        for (lane, (mut pass, plan)) in (0..).zip(self.lanes) {
            if whole {
                pass.prune()?;
            }
            pass.send(&mut Pieces::new(buckets, home, &mut |piece| keep(lane, plan, piece)))?;
        }
        let mut read = self.read;
        // What whole buckets lead to is not counted again: it goes to the one who asks.
        read.sent += if whole { 0 } else { count.get() + 1 };
        let bytes = rmp_serde::to_vec_named(&read).map_err(io::Error::other)?;
        keep(READ, 0, Piece { bucket: home % buckets.max(1), bytes })?;
        let mut file = spool.into_inner().map_err(|error| error.into_error())?;
        file.rewind()?;
        Ok(Spooled { spool: BufReader::new(file), left: count.get(), _temporary: self.temporary })
    }
}

/// The pieces of states, in a temporary file.
pub struct Spooled {
    spool: BufReader<File>,
    left: u64,
    _temporary: tempfile::TempDir,
}

impl Iterator for Spooled {
    type Item = io::Result<Piece>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        Some(self.read())
    }
}

impl Spooled {
    fn read(&mut self) -> io::Result<Piece> {
        let mut number = [0; 4];
        self.spool.read_exact(&mut number)?;
        let bucket = u32::from_le_bytes(number);
        self.spool.read_exact(&mut number)?;
        let mut bytes = vec![0; u32::from_le_bytes(number) as usize];
        self.spool.read_exact(&mut bytes)?;
        Ok(Piece { bucket, bytes })
    }
}

/// The lane, the plan and the rest of a piece.
pub(super) fn apart(piece: &[u8]) -> Result<(u16, u128, &[u8]), JobError> {
    let head = piece.split_at_checked(HEAD).and_then(|(head, rest)| {
        let (lane, plan) = head.split_at(2);
        Some((u16::from_le_bytes(lane.try_into().ok()?), u128::from_le_bytes(plan.try_into().ok()?), rest))
    });
    head.ok_or_else(|| JobError::Damaged("an empty piece".to_owned()))
}

/// What was read, from its piece.
pub(super) fn read(piece: &[u8]) -> Result<Read, JobError> {
    rmp_serde::from_slice(piece).map_err(|error| JobError::Damaged(error.to_string()))
}

/// A data set of tables with the columns of a sample; it reads nothing itself.
pub(super) fn recognised(
    tables: &[String],
    sample: &[u8],
    map: &[(String, String)],
    temporary: &Path,
) -> Result<Corpus, JobError> {
    let damaged = |error: &dyn std::fmt::Display| JobError::Damaged(error.to_string());
    let mut options = Options { map: map.to_vec(), ..Options::default() };
    options.temporary = temporary.to_owned();
    let first = MemoryTable::of_stream("sample", sample).map_err(|error| damaged(&error))?;
    let tables: Vec<MemoryTable> = tables.iter().map(|name| first.renamed(name)).collect();
    let corpus = Corpus::from_tables(&tables, &options);
    corpus.map_err(|error| damaged(&error))
}
