//! The rows of one file in their order, as they stand there: for whoever needs the bytes of a record
//! and not what they mean.

use std::borrow::Cow;
use std::io;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use toadstone_core::{Control, Role};

use crate::corpus::{Corpus, Entry};
use crate::encode::encode;
use crate::find::by_name;
use crate::parse::Wanted;
use crate::plan::Column;
use crate::readers::{Chunk, Failure, Nature, Reader, Sink};
use crate::rejected::{Place, Rejected};
use crate::value::{Fields, Value};

/// Whether a file of that name holds records that stand on their own, as far as the name tells.
///
/// Text and code are one record a file, so their digest says all; samples of a tar file are members,
/// of which a part may not be text.
pub fn is_table(name: &str) -> bool {
    by_name(name).is_some_and(|format| format.nature == Nature::Table && format.name != "tar")
}

/// The columns that say something about a record and are no part of what is learnt from it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetaColumns {
    /// The class label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Where the record came from, in the order in which they are joined.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source: Vec<String>,
    /// The part of the data set, such as `train`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
    /// The data set's own identifier of a record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// What a row holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content<'a> {
    /// The bytes in the file, without what ends the row.
    Bytes(&'a [u8]),
    /// A canonical encoding of the cells, in formats whose rows are no stretch of bytes.
    Cells(&'a [u8]),
    /// The first [`crate::KEPT_CONTENT`] bytes of a row that no reader takes for a record.
    Refused(&'a [u8]),
}

/// A row of a file.
#[derive(Debug)]
pub struct Row<'a> {
    /// Number of the row, counted from 0; refused rows count.
    pub row: u64,
    /// What it holds.
    pub content: Content<'a>,
    /// Its label, if there is such a column and it holds text, a number or a boolean.
    pub label: Option<Cow<'a, str>>,
    /// Its sources, one for each column of [`MetaColumns::source`].
    pub source: Vec<Option<Cow<'a, str>>>,
    /// Its part of the data set.
    pub split: Option<Cow<'a, str>>,
    /// Its identifier.
    pub key: Option<Cow<'a, str>>,
}

/// What a reading of rows gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowsRead {
    /// Rows, refused ones included.
    pub rows: u64,
    /// xxh3-128 of the bytes on disk, to compare with another reading of the same file.
    pub digest: u128,
}

/// Why the rows of a file cannot be told apart.
#[derive(Debug, thiserror::Error)]
pub enum RowsError {
    /// The user asked to stop.
    #[error("interrupted")]
    Interrupted,
    /// The system's reason, or that of whoever takes the rows.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is no table, or a part of it cannot be read, so that rows have no certain number.
    #[error("{0}")]
    Unreadable(String),
}

impl Corpus {
    /// The columns that a file is recognised to have, which may be none; `None` if it holds no rows
    /// that can be read.
    pub fn meta_columns(&self, file: u32) -> Option<MetaColumns> {
        let entry = self.files.get(file as usize).filter(|entry| entry.error.is_none() || entry.nameless)?;
        if entry.nameless && entry.error.is_some() {
            return Some(MetaColumns::default());
        }
        let plan = &entry.plan;
        let name = |column: &Column| column.name.clone();
        let origin = |role: Role| plan.origins.iter().find(|(r, _)| *r == role).map(|(_, c)| name(c));
        let source = [Role::Source, Role::Url, Role::Author, Role::Annotator, Role::Generator];
        Some(MetaColumns {
            label: plan.label.as_ref().map(name),
            source: source.into_iter().filter_map(origin).take(1).collect(),
            split: None,
            key: origin(Role::Key),
        })
    }

    /// The format that a file is read as, with its compression.
    pub fn format_of(&self, file: u32) -> Option<String> {
        self.inputs().get(file as usize).map(|input| input.format.clone())
    }

    /// Why a file cannot be read, if so.
    pub fn error_of(&self, file: u32) -> Option<&str> {
        self.files.get(file as usize)?.error.as_deref()
    }

    /// Reads the rows of a file on `workers` threads: `make` turns each into something small, on any
    /// thread; `take` is given those in the order of the file, a chunk at a time. One chunk for each
    /// worker is in memory.
    ///
    /// # Errors
    /// [`RowsError`]. What `take` was given before is void then.
    pub fn rows<T: Send>(
        &self,
        file: u32,
        columns: &MetaColumns,
        workers: usize,
        control: &Control,
        make: impl Fn(&Row<'_>) -> T + Sync,
        take: impl FnMut(Vec<T>) -> io::Result<()> + Send,
    ) -> Result<RowsRead, RowsError> {
        let no_file = || RowsError::Unreadable("there is no such file".to_owned());
        let entry = self.files.get(file as usize).ok_or_else(no_file)?;
        if let Some(error) = entry.error.as_ref().filter(|_| !entry.nameless) {
            return Err(RowsError::Unreadable(error.clone()));
        }
        let reader = self.open_reader(entry, true)?;
        let shared = Shared {
            corpus: self,
            entry,
            columns,
            wanted: wanted(entry, columns),
            control,
            cut: Mutex::new(Cut { reader, chunks: 0, over: false }),
            line: Mutex::new(Line { take, chunk: 0, rows: 0, failed: None }),
            turn: Condvar::new(),
        };
        std::thread::scope(|scope| {
            for _ in 1..workers.max(1) {
                scope.spawn(|| shared.work(&make));
            }
            shared.work(&make);
        });
        shared.conclude()
    }
}

/// The columns that a reader has to parse; `None` for all, where the cells are the content.
fn wanted(entry: &Entry, columns: &MetaColumns) -> Option<Vec<String>> {
    if matches!(entry.format, "parquet" | "arrow") {
        return None;
    }
    let named = columns.label.iter().chain(&columns.source).chain(&columns.split).chain(&columns.key);
    let mut names: Vec<String> = named
        .flat_map(|name| [Some(name.clone()), name.split_once('.').map(|(first, _)| first.to_owned())])
        .flatten()
        .collect();
    names.sort_unstable();
    names.dedup();
    Some(names)
}

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

struct Shared<'s, F> {
    corpus: &'s Corpus,
    entry: &'s Entry,
    columns: &'s MetaColumns,
    wanted: Option<Vec<String>>,
    control: &'s Control,
    cut: Mutex<Cut>,
    line: Mutex<Line<F>>,
    turn: Condvar,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<F> Shared<'_, F> {
    fn work<T>(&self, make: &impl Fn(&Row<'_>) -> T)
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
        if self.control.stopped() {
            return Err(RowsError::Interrupted);
        }
        let mut taker =
            Taker { columns: self.columns, make, made: Vec::new(), damage: None, buffer: Vec::new() };
        chunk.rejected.into_iter().for_each(|rejected| taker.reject(rejected));
        if let Some(work) = chunk.work {
            let wanted = self.wanted.as_deref().map_or(Wanted::All, Wanted::Columns);
            work.parse(wanted, &self.corpus.limits, &mut taker);
        }
        self.control.advance(taker.made.len() as u64, chunk.disk);
        if let Some(damage) = taker.damage {
            return Err(RowsError::Unreadable(damage));
        }
        taker.made.sort_by_key(|(row, _)| *row);
        Ok(taker.made)
    }

    fn conclude(self) -> Result<RowsRead, RowsError> {
        let line = self.line.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = line.failed {
            return Err(error);
        }
        let mut cut = self.cut.into_inner().unwrap_or_else(PoisonError::into_inner);
        let digest = cut.reader.finish()?.unwrap_or_default();
        match self.entry.medium.stamp() {
            Ok(stamp) if Some(stamp) == self.entry.stamp => Ok(RowsRead { rows: line.rows, digest }),
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

impl From<Failure> for RowsError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Io(error) => RowsError::Io(error),
            Failure::Unreadable(why) => RowsError::Unreadable(why),
        }
    }
}

struct Taker<'t, T, M: Fn(&Row<'_>) -> T> {
    columns: &'t MetaColumns,
    make: &'t M,
    made: Vec<(u64, T)>,
    /// What makes the numbers of rows uncertain.
    damage: Option<String>,
    buffer: Vec<u8>,
}

impl<T, M: Fn(&Row<'_>) -> T> Sink for Taker<'_, T, M> {
    fn row(&mut self, place: Place, fields: &Fields<'_>, raw: Option<&[u8]>) {
        let content = match raw {
            Some(raw) => Content::Bytes(raw),
            None => {
                self.buffer.clear();
                encode(fields, &mut self.buffer);
                Content::Cells(&self.buffer)
            }
        };
        let find = |name: &String| look_up(fields, name);
        let row = Row {
            row: place.row,
            content,
            label: self.columns.label.as_ref().and_then(find),
            source: self.columns.source.iter().map(find).collect(),
            split: self.columns.split.as_ref().and_then(find),
            key: self.columns.key.as_ref().and_then(find),
        };
        self.made.push((place.row, (self.make)(&row)));
    }

    fn reject(&mut self, rejected: Rejected) {
        let Some(row) = rejected.row.filter(|_| rejected.rows == 1) else {
            self.damage.get_or_insert(rejected.reason.to_string());
            return;
        };
        let refused = Row {
            row,
            content: Content::Refused(&rejected.content),
            label: None,
            source: vec![None; self.columns.source.len()],
            split: None,
            key: None,
        };
        self.made.push((row, (self.make)(&refused)));
    }

    fn full(&self) -> bool {
        false
    }
}

/// The text of a column; of a repeated name the first counts.
fn look_up<'f>(fields: &'f Fields<'_>, name: &str) -> Option<Cow<'f, str>> {
    if let Some(value) = fields.first(name) {
        return value.scalar();
    }
    let mut steps = name.split('.');
    let mut found = fields.first(steps.next()?)?;
    for step in steps {
        found = match found {
            Value::Object(inner) => inner.first(step)?,
            Value::List(items) => items.get(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    found.scalar()
}
