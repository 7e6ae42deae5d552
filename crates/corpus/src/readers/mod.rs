//! Readers: one file for each format, and the list of them.
//!
//! A reader runs on one thread at a time and only cuts a file into chunks; what costs time (parsing,
//! decoding) is in [`Work::parse`], which runs on any worker. A chunk says everything about its rows,
//! so chunks can be parsed in any order.

pub(crate) mod arrow;
pub(crate) mod cells;
pub(crate) mod csv;
mod json;
mod jsonl;
mod lines;
mod mark;
mod parquet;
mod scan;
pub(crate) mod tar;
mod text;

use std::io;

use crate::medium::Medium;
use crate::options::Limits;
use crate::parse::Wanted;
use crate::rejected::{Place, Rejected};
use crate::stream::{Packing, Stream};
use crate::value::Fields;

/// What a reader is opened with.
pub(crate) struct Setup<'a> {
    pub(crate) medium: &'a Medium,
    pub(crate) packing: Packing,
    pub(crate) limits: Limits,
    /// Columns that the user named, to tell a header from a row.
    pub(crate) named: &'a [String],
    /// Extension without the compression's, lower case.
    pub(crate) extension: &'a str,
    /// Whether to digest the bytes on disk.
    pub(crate) digest: bool,
}

impl Setup<'_> {
    fn stream(&self) -> io::Result<Stream> {
        Stream::new(self.medium.open()?, self.packing, self.limits, self.digest)
    }
}

/// A part of a file.
#[derive(Default)]
pub(crate) struct Chunk {
    /// Rows to parse.
    pub(crate) work: Option<Box<dyn Work>>,
    /// What the reader itself refused, all of it before or among those rows.
    pub(crate) rejected: Vec<Rejected>,
    /// Bytes read from disk for it.
    pub(crate) disk: u64,
}

/// Rows that are still to be parsed.
pub(crate) trait Work: Send {
    /// Parses every row and hands it, or the reason why it is refused, to the sink, in order.
    fn parse(self: Box<Self>, wanted: Wanted<'_>, limits: &Limits, sink: &mut dyn Sink);
}

/// Takes parsed rows.
pub(crate) trait Sink {
    /// A row; `raw` is what stands in the file, if that can be shown.
    fn row(&mut self, place: Place, fields: &Fields<'_>, raw: Option<&[u8]>);
    /// A refused row.
    fn reject(&mut self, rejected: Rejected);
    /// Whether no more rows are wanted; asked now and then.
    fn full(&self) -> bool;
}

/// Cuts a file into chunks.
pub(crate) trait Reader: Send {
    /// The next chunk; `None` at the end.
    fn next(&mut self) -> Result<Option<Chunk>, Failure>;
    /// The digest of the bytes on disk, if it was asked for; called once, after the last chunk.
    fn finish(&mut self) -> io::Result<Option<u128>>;
}

/// Why a file cannot be read at all.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The system says no.
    Io(io::Error),
    /// The content is not of this format.
    Unreadable(String),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Io(error)
    }
}

/// What the text of a format is when it has no columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nature {
    /// Rows with named columns.
    Table,
    /// Prose or markup.
    Prose,
    /// Source code.
    Source,
}

/// A format.
pub(crate) struct Format {
    /// Its name in reports.
    pub(crate) name: &'static str,
    /// Its extensions, lower case.
    pub(crate) extensions: &'static [&'static str],
    /// What it holds.
    pub(crate) nature: Nature,
    /// Opens a file.
    pub(crate) open: fn(&Setup<'_>) -> Result<Box<dyn Reader>, Failure>,
}

/// Every format, in the order in which extensions are looked up.
pub(crate) static FORMATS: [Format; 9] = [
    jsonl::FORMAT,
    json::FORMAT,
    csv::CSV,
    csv::TSV,
    parquet::FORMAT,
    arrow::FORMAT,
    tar::FORMAT,
    text::TEXT,
    text::CODE,
];

/// The format of that name. Names come from [`FORMATS`]; an unknown one reads as text.
pub(crate) fn format(name: &str) -> &'static Format {
    FORMATS.iter().find(|f| f.name == name).unwrap_or(&FORMATS[7])
}

/// The format that has an extension.
pub(crate) fn by_extension(extension: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|f| f.extensions.contains(&extension))
}

#[cfg(test)]
pub(crate) mod testing;
