//! What the user can set.

use std::path::PathBuf;

/// How a corpus is opened and read.
#[derive(Debug, Clone)]
pub struct Options {
    /// Columns that the user names: `(field, column)`. A field is a role (`input`, `output`, `label`,
    /// `source`, ...), one of their other names (`text`, `prompt`, `response`, `chosen`, ...) or
    /// `messages`; a column may be a path with dots (`meta.author`, `turns.0.text`).
    pub map: Vec<(String, String)>,
    /// Bounds on hostile input.
    pub limits: Limits,
    /// An existing folder for temporary files (standard input, refused records).
    pub temporary: PathBuf,
}

impl Default for Options {
    fn default() -> Self {
        Options { map: Vec::new(), limits: Limits::default(), temporary: std::env::temp_dir() }
    }
}

/// Bounds on hostile input. What is beyond them is refused, not an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one record (a line, an element, a row, a file of text): 16 MiB.
    pub record: usize,
    /// Levels of nesting in JSON: 128.
    pub depth: usize,
    /// Bytes that one compressed byte may become, once a file has grown beyond
    /// [`Limits::free`]: 1000.
    pub ratio: u64,
    /// Decompressed bytes below which the ratio does not matter: 64 MiB.
    pub free: u64,
    /// Bytes of input that are parsed together: 1 MiB. No result depends on it.
    pub chunk: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { record: 16 << 20, depth: 128, ratio: 1000, free: 64 << 20, chunk: 1 << 20 }
    }
}
