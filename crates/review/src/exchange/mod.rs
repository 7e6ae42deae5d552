//! Decisions of people who have no access to the run: a file goes out, and comes back filled in.
//!
//! A row has `file`, `row`, `finding`, `detector`, `score`, `excerpt`, `decision`, `note`, `who` and
//! `digest`; a row without `file` and `row` is about a finding as a whole. People fill in `decision`
//! (`poison`, `fine`, `unsure`, or nothing) and `note`. Text of records is made visible, so it is inert
//! in a terminal and an editor; in CSV a cell that a spreadsheet would take for a formula gets a `'`.

mod csv;
mod export;
mod import;
mod jsonl;

use std::path::Path;

use serde::{Deserialize, Serialize};

pub use export::export;
pub use import::{ImportError, Imported, import, parse_rows};

/// How rows are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// A JSON object a line.
    JsonLines,
    /// Comma-separated values with a header.
    Csv,
}

impl Layout {
    /// What the name of a file promises.
    pub fn of(path: &Path) -> Option<Layout> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "jsonl" | "ndjson" => Some(Layout::JsonLines),
            "csv" => Some(Layout::Csv),
            _ => None,
        }
    }
}

/// A row.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Row {
    /// The record's file (made visible); empty for a finding as a whole.
    pub file: String,
    /// The record's row.
    pub row: Option<u64>,
    /// The finding, or the worst one that names the record.
    pub finding: String,
    /// Its detector.
    pub detector: String,
    /// The record's score.
    pub score: Option<f32>,
    /// What the record says, or the finding's title (made visible).
    pub excerpt: String,
    /// `poison`, `fine`, `unsure`, `withdrawn`, or nothing.
    pub decision: String,
    /// Why.
    pub note: String,
    /// Who decided; the person who imports it if empty.
    pub who: String,
    /// The digest of the content that the row is about.
    pub digest: String,
}
