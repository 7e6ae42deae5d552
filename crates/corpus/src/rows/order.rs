//! Chunks are parsed on many threads and come together again in the order of the file.

use std::io;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use toadstone_core::Control;

use super::taker::Taker;
use super::{MetaColumns, Row, RowsError, RowsRead};
use crate::corpus::{Corpus, Entry};
use crate::parse::Wanted;
use crate::readers::{Chunk, Reader, Sink};

/// The reader, and how many chunks were cut.
struct Cut {
    reader: Box<dyn Reader>,
    chunks: u64,
    over: bool,
}

/// Where the chunks come together again in their order.
struct Line<F> {
    take: F,
    /// The chunk whose turn it is.
    chunk: u64,
    rows: u64,
    failed: Option<RowsError>,
}

/// What is read, and how.
pub(super) struct Reading<'r> {
    pub(super) corpus: &'r Corpus,
    pub(super) entry: &'r Entry,
    pub(super) columns: &'r MetaColumns,
    /// The columns that are parsed; `None` for all.
    pub(super) wanted: Option<Vec<String>>,
    pub(super) control: &'r Control,
}

/// What the threads share.
pub(super) struct Shared<'s, F> {
    reading: Reading<'s>,
    cut: Mutex<Cut>,
    line: Mutex<Line<F>>,
    turn: Condvar,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'s, F> Shared<'s, F> {
    pub(super) fn new(reading: Reading<'s>, reader: Box<dyn Reader>, take: F) -> Self {
        Shared {
            reading,
            cut: Mutex::new(Cut { reader, chunks: 0, over: false }),
            line: Mutex::new(Line { take, chunk: 0, rows: 0, failed: None }),
            turn: Condvar::new(),
        }
    }

    /// The life of one thread.
    pub(super) fn work<T>(&self, make: &impl Fn(&Row<'_>) -> T)
    where
        F: FnMut(Vec<T>) -> io::Result<()>,
    {
        while let Some((number, chunk)) = self.next_chunk() {
            let made = chunk.and_then(|chunk| self.parse(chunk, make));
            let mut line = lock(&self.line);
            while line.chunk != number {
                line = self.turn.wait(line).unwrap_or_else(PoisonError::into_inner);
            }
            line.accept(made);
            if line.failed.is_some() {
                lock(&self.cut).over = true;
            }
            line.chunk += 1;
            self.turn.notify_all();
        }
    }

    /// Cuts the next chunk off the file, with its number.
    fn next_chunk(&self) -> Option<(u64, Result<Chunk, RowsError>)> {
        let mut cut = lock(&self.cut);
        if cut.over {
            return None;
        }
        let chunk = match cut.reader.next() {
            Ok(Some(chunk)) => Ok(chunk),
            Ok(None) => {
                cut.over = true;
                return None;
            }
            Err(failure) => {
                cut.over = true;
                Err(failure.into())
            }
        };
        cut.chunks += 1;
        Some((cut.chunks - 1, chunk))
    }

    /// The rows of a chunk, by their numbers.
    fn parse<T>(&self, chunk: Chunk, make: &impl Fn(&Row<'_>) -> T) -> Result<Vec<(u64, T)>, RowsError> {
        if self.reading.control.stopped() {
            return Err(RowsError::Interrupted);
        }
        let mut taker = Taker::new(self.reading.columns, make);
        chunk.rejected.into_iter().for_each(|rejected| taker.reject(rejected));
        if let Some(work) = chunk.work {
            let wanted = self.reading.wanted.as_deref().map_or(Wanted::All, Wanted::Columns);
            work.parse(wanted, &self.reading.corpus.limits, &mut taker);
        }
        if let Some(error) = self.reading.entry.medium.failure() {
            return Err(error.into());
        }
        self.reading.control.advance(taker.made.len() as u64, chunk.disk);
        if let Some(damage) = taker.damage {
            return Err(RowsError::Unreadable(damage));
        }
        taker.made.sort_by_key(|(row, _)| *row);
        Ok(taker.made)
    }

    /// What came of it, when all threads are done.
    pub(super) fn conclude(self) -> Result<RowsRead, RowsError> {
        let line = self.line.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = line.failed {
            return Err(error);
        }
        let mut cut = self.cut.into_inner().unwrap_or_else(PoisonError::into_inner);
        let digest = cut.reader.finish()?.unwrap_or_default();
        match self.reading.entry.medium.stamp() {
            Ok(stamp) if Some(stamp) == self.reading.entry.stamp => Ok(RowsRead { rows: line.rows, digest }),
            Ok(_) => Err(RowsError::Io(io::Error::other("it changed while it was being read"))),
            Err(error) => Err(error.into()),
        }
    }
}

impl<F> Line<F> {
    fn accept<T>(&mut self, made: Result<Vec<(u64, T)>, RowsError>)
    where
        F: FnMut(Vec<T>) -> io::Result<()>,
    {
        if self.failed.is_some() {
            return;
        }
        let taken = made.and_then(|made| {
            let first = self.rows;
            if made.iter().enumerate().any(|(at, (row, _))| *row != first + at as u64) {
                return Err(RowsError::Unreadable("its rows cannot be numbered".to_owned()));
            }
            self.rows += made.len() as u64;
            Ok((self.take)(made.into_iter().map(|(_, made)| made).collect())?)
        });
        self.failed = taken.err();
    }
}
