//! Records that were refused: where they stand, why, and what they hold.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use serde::Serialize;
use toadstone_core::RejectedSummary;

/// Bytes of a refused record that are kept; what is longer is cut and says so.
pub const KEPT_CONTENT: usize = 1 << 20;

/// Why a record was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// Bytes that are no UTF-8.
    #[error("not UTF-8 (byte {at} of the record)")]
    NotUtf8 {
        /// First bad byte of the record, counted from 0.
        at: usize,
    },
    /// Not JSON.
    #[error("invalid JSON (byte {at} of the record)")]
    InvalidJson {
        /// Where the parser gave up, counted from 0.
        at: usize,
    },
    /// JSON that stops in the middle.
    #[error("the JSON is cut off")]
    CutJson,
    /// JSON, but not an object.
    #[error("{found} where an object is needed")]
    NotAnObject {
        /// What it is instead.
        found: &'static str,
    },
    /// JSON that nests too deeply.
    #[error("nested deeper than {limit} levels")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// A record beyond the limit.
    #[error("longer than {limit} bytes")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// A column that occurs twice in one record.
    #[error("column `{column}` occurs twice; which one counts differs between programs")]
    DuplicateColumn {
        /// Its name.
        column: String,
    },
    /// A column that the record does not have.
    #[error("column `{column}` is missing")]
    Missing {
        /// Its name.
        column: String,
    },
    /// A column that is null.
    #[error("column `{column}` is null")]
    Null {
        /// Its name.
        column: String,
    },
    /// A column of another type.
    #[error("column `{column}` is {found}, not {expected}")]
    WrongType {
        /// Its name.
        column: String,
        /// What it is.
        found: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// A record without any text.
    #[error("the record has no text")]
    Empty,
    /// A row with too many or too few cells.
    #[error("{found} cells where the header has {expected}")]
    Ragged {
        /// Cells in this row.
        found: usize,
        /// Cells in the header.
        expected: usize,
    },
    /// A quoted cell that does not end where it should.
    #[error("a quoted cell is not closed properly")]
    OpenQuote,
    /// Compressed data that stops early.
    #[error("the {format} data ends early")]
    Truncated {
        /// The compression.
        format: &'static str,
    },
    /// Data that cannot be decoded.
    #[error("damaged {format} data: {why}")]
    Damaged {
        /// Format or compression.
        format: &'static str,
        /// What its decoder says.
        why: String,
    },
    /// Data that grows beyond all measure when it is decompressed.
    #[error("decompression bomb: more than {ratio} bytes from each byte")]
    Bomb {
        /// The limit.
        ratio: u64,
    },
}

impl Reason {
    /// The reason without the particulars of one record: what a summary counts by.
    pub fn category(&self) -> &'static str {
        match self {
            Reason::NotUtf8 { .. } => "not UTF-8",
            Reason::InvalidJson { .. } => "invalid JSON",
            Reason::CutJson => "JSON that is cut off",
            Reason::NotAnObject { .. } => "not an object",
            Reason::TooDeep { .. } => "nested too deeply",
            Reason::TooLong { .. } => "too long",
            Reason::DuplicateColumn { .. } => "a column occurs twice",
            Reason::Missing { .. } => "a column is missing",
            Reason::Null { .. } => "a column is null",
            Reason::WrongType { .. } => "a column has the wrong type",
            Reason::Empty => "no text",
            Reason::Ragged { .. } => "wrong number of cells",
            Reason::OpenQuote => "a quoted cell is not closed properly",
            Reason::Truncated { .. } => "compressed data ends early",
            Reason::Damaged { .. } => "damaged data",
            Reason::Bomb { .. } => "decompression bomb",
        }
    }
}

/// Where a record stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Place {
    pub(crate) row: u64,
    pub(crate) line: Option<u64>,
    pub(crate) offset: Option<u64>,
}

/// A refused record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Index into the list of input files.
    pub file: u32,
    /// Row, counted from 0; `None` if the damage stands at no row (the end of a cut file).
    pub row: Option<u64>,
    /// Number of rows from `row` on that are lost together, at least 1.
    pub rows: u64,
    /// Line, counted from 1, in formats that have lines.
    pub line: Option<u64>,
    /// Byte offset in the decompressed file, where bytes have a meaning.
    pub offset: Option<u64>,
    /// Why.
    pub reason: Reason,
    /// The first [`KEPT_CONTENT`] bytes of the record (hostile).
    pub content: Vec<u8>,
    /// Whether `content` was cut.
    pub truncated: bool,
}

impl Rejected {
    /// A refused record of a file that is filled in later.
    pub(crate) fn new(place: Option<Place>, reason: Reason, content: &[u8]) -> Self {
        let kept = content.len().min(KEPT_CONTENT);
        Rejected {
            file: 0,
            row: place.map(|p| p.row),
            rows: 1,
            line: place.and_then(|p| p.line),
            offset: place.and_then(|p| p.offset),
            reason,
            content: content[..kept].to_vec(),
            truncated: kept < content.len(),
        }
    }

    /// The same, standing for `rows` rows.
    pub(crate) fn spanning(mut self, rows: u64) -> Self {
        self.rows = rows;
        self
    }
}

/// A line of `rejected.jsonl`.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    row: Option<u64>,
    #[serde(skip_serializing_if = "is_one")]
    rows: u64,
    line: Option<u64>,
    offset: Option<u64>,
    reason: String,
    encoding: &'static str,
    content: std::borrow::Cow<'a, str>,
    truncated: bool,
}

fn is_one(rows: &u64) -> bool {
    *rows == 1
}

/// Collects refused records while several threads read, and writes them in the order of the input.
///
/// What is refused goes to a temporary file at once; memory holds a few bytes for each chunk of
/// input that had any.
#[derive(Debug)]
pub(crate) struct RejectLog(Mutex<Inner>);

#[derive(Debug)]
struct Inner {
    spool: File,
    /// File and chunk, and where its lines stand in the spool.
    index: Vec<((u32, u64), u64, u64)>,
    end: u64,
    counts: BTreeMap<String, u64>,
}

impl RejectLog {
    pub(crate) fn new(temporary: &Path) -> io::Result<Self> {
        let spool = tempfile::tempfile_in(temporary)?;
        Ok(RejectLog(Mutex::new(Inner { spool, index: Vec::new(), end: 0, counts: BTreeMap::new() })))
    }

    /// Adds what was refused in one chunk of one file.
    pub(crate) fn add(&self, file: &str, chunk: (u32, u64), rejected: &[Rejected]) -> io::Result<()> {
        if rejected.is_empty() {
            return Ok(());
        }
        let mut lines = Vec::new();
        for record in rejected {
            write_line(&mut lines, file, record)?;
        }
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for record in rejected {
            *inner.counts.entry(record.reason.category().to_owned()).or_default() += record.rows;
        }
        inner.spool.write_all(&lines)?;
        let start = inner.end;
        inner.end += lines.len() as u64;
        inner.index.push((chunk, start, lines.len() as u64));
        Ok(())
    }

    /// Adds lines that another log gave, in the place of a chunk of a file, and how many there are for each
    /// reason.
    pub(crate) fn append(
        &self,
        chunk: (u32, u64),
        lines: &[u8],
        counts: &BTreeMap<String, u64>,
    ) -> io::Result<()> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (reason, records) in counts {
            *inner.counts.entry(reason.clone()).or_default() += records;
        }
        inner.spool.write_all(lines)?;
        let start = inner.end;
        inner.end += lines.len() as u64;
        inner.index.push((chunk, start, lines.len() as u64));
        Ok(())
    }

    /// How many were refused for each reason.
    pub(crate) fn counts(&self) -> BTreeMap<String, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).counts.clone()
    }

    /// Writes everything, ordered by file and row.
    pub(crate) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.index.sort_unstable();
        let mut out = BufWriter::new(out);
        for at in 0..inner.index.len() {
            let (_, start, length) = inner.index[at];
            inner.spool.seek(SeekFrom::Start(start))?;
            io::copy(&mut (&mut inner.spool).take(length), &mut out)?;
        }
        let end = inner.end;
        inner.spool.seek(SeekFrom::Start(end))?;
        out.flush()
    }

    /// How many were refused for each reason, most first.
    pub(crate) fn summary(&self) -> Vec<RejectedSummary> {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = |(reason, &records): (&String, &u64)| RejectedSummary { reason: reason.clone(), records };
        let mut all: Vec<_> = inner.counts.iter().map(entry).collect();
        all.sort_by_key(|summary| std::cmp::Reverse(summary.records));
        all
    }
}

/// Writes a line of `rejected.jsonl`.
pub(crate) fn write_line(out: &mut Vec<u8>, file: &str, record: &Rejected) -> io::Result<()> {
    // A cut in the middle of a character is ours and not the record's fault.
    let text = match std::str::from_utf8(&record.content) {
        Ok(text) => Some(text),
        Err(error) if record.truncated && error.error_len().is_none() => {
            std::str::from_utf8(&record.content[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    };
    let line = Line {
        file,
        row: record.row,
        rows: record.rows,
        line: record.line,
        offset: record.offset,
        reason: record.reason.to_string(),
        encoding: if text.is_some() { "utf-8" } else { "base64" },
        content: text
            .map(Into::into)
            .unwrap_or_else(|| base64::engine::general_purpose::STANDARD.encode(&record.content).into()),
        truncated: record.truncated,
    };
    serde_json::to_writer(&mut *out, &line)?;
    out.push(b'\n');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_in_the_order_of_the_input_whatever_comes_first() {
        let log = RejectLog::new(&std::env::temp_dir()).unwrap();
        let place = |row| Some(Place { row, line: Some(row + 1), offset: Some(row * 10) });
        let late = Rejected::new(place(7), Reason::Empty, b"\xff");
        let early = Rejected::new(place(1), Reason::CutJson, "{\"a\":\"é".as_bytes());
        log.add("b", (1, 0), std::slice::from_ref(&late)).unwrap();
        log.add("a", (0, 3), &[late.clone(), late.clone().spanning(4)]).unwrap();
        log.add("a", (0, 1), std::slice::from_ref(&early)).unwrap();
        let mut out = Vec::new();
        log.write(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<serde_json::Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        let keys: Vec<_> =
            lines.iter().map(|l| (l["file"].as_str().unwrap(), l["row"].as_u64().unwrap())).collect();
        assert_eq!(keys, [("a", 1), ("a", 7), ("a", 7), ("b", 7)]);
        assert_eq!((lines[0]["content"].as_str(), lines[0]["line"].as_u64()), (Some("{\"a\":\"é"), Some(2)));
        assert_eq!(
            (lines[1]["encoding"].as_str(), lines[1]["content"].as_str()),
            (Some("base64"), Some("/w=="))
        );
        assert_eq!(lines[2]["rows"], 4);
        let summary = log.summary();
        assert_eq!((summary[0].reason.as_str(), summary[0].records), ("no text", 6));
        assert_eq!(summary[1].records, 1);
    }

    #[test]
    fn long_content_is_cut_at_a_character() {
        let long = "é".repeat(KEPT_CONTENT);
        let record = Rejected::new(None, Reason::Empty, &long.as_bytes()[1..]);
        assert!(record.truncated && record.content.len() == KEPT_CONTENT);
        let record = Rejected::new(None, Reason::Empty, format!("x{long}").as_bytes());
        let mut out = Vec::new();
        write_line(&mut out, "f", &record).unwrap();
        let line: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!((line["encoding"].as_str(), line["truncated"].as_bool()), (Some("utf-8"), Some(true)));
    }
}
