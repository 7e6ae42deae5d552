//! The rows of one file in their order, as they stand there: for whoever needs the bytes of a record
//! and not what they mean.

mod order;
mod taker;

use std::borrow::Cow;
use std::io;

use serde::{Deserialize, Serialize};
use toadstone_core::{Control, Role};

use crate::corpus::{Corpus, Entry};
use crate::encode::encode_without;
use crate::find::by_name;
use crate::plan::Column;
use crate::readers::{Failure, Nature};
use crate::value::Fields;
use order::{Reading, Shared};

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

impl MetaColumns {
    /// The columns that say something about a record.
    fn said(&self) -> Vec<&str> {
        self.label.iter().chain(&self.source).chain(&self.split).map(String::as_str).collect()
    }
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
    /// Its cells, unless it is refused.
    cells: Option<(&'a Fields<'a>, &'a MetaColumns)>,
}

impl Row<'_> {
    /// Appends a canonical encoding of what is learnt from: all cells but label, source and split. It
    /// needs [`Parse::All`]. Of a refused row it is the content.
    pub fn body(&self, out: &mut Vec<u8>) {
        match (self.cells, self.content) {
            (Some((fields, columns)), _) => encode_without(fields, &columns.said(), out),
            (None, Content::Bytes(bytes) | Content::Cells(bytes) | Content::Refused(bytes)) => {
                out.extend(bytes)
            }
        }
    }
}

/// Which cells are parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parse {
    /// Those of [`MetaColumns`].
    Meta,
    /// All.
    All,
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
        (columns, parse): (&MetaColumns, Parse),
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
        let reading =
            Reading { corpus: self, entry, columns, wanted: wanted(entry, columns, parse), control };
        let shared = Shared::new(reading, reader, take);
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
fn wanted(entry: &Entry, columns: &MetaColumns, parse: Parse) -> Option<Vec<String>> {
    if parse == Parse::All || matches!(entry.format, "parquet" | "arrow") {
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

impl From<Failure> for RowsError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Io(error) => RowsError::Io(error),
            Failure::Unreadable(why) => RowsError::Unreadable(why),
        }
    }
}
