//! Plain text, markup and source code: a file is a record. A large `.txt` is a record for each line.

use std::io;

use super::jsonl::{BOM, LineReader, Lines};
use super::lines::{Item, Items, TextRows};
use super::{Chunk, Failure, Format, Nature, Reader, Setup};
use crate::feed::Feed;
use crate::rejected::{Place, Reason, Rejected};

/// A file of plain text with more bytes than this holds a document on each line.
pub(crate) const LARGE_TEXT: usize = 1 << 20;

const LINE_EXTENSIONS: [&str; 2] = ["txt", "text"];

pub(super) const TEXT: Format = Format {
    name: "text",
    extensions: &[
        "txt", "text", "md", "markdown", "rst", "tex", "html", "htm", "xml", "xhtml", "org", "adoc",
    ],
    nature: Nature::Prose,
    open,
};

pub(super) const CODE: Format = Format {
    name: "code",
    extensions: &[
        "py",
        "pyi",
        "js",
        "mjs",
        "cjs",
        "jsx",
        "ts",
        "tsx",
        "java",
        "c",
        "h",
        "cc",
        "cpp",
        "cxx",
        "hpp",
        "hh",
        "cs",
        "go",
        "php",
        "rs",
        "rb",
        "swift",
        "kt",
        "kts",
        "scala",
        "sh",
        "bash",
        "ps1",
        "pl",
        "pm",
        "lua",
        "r",
        "jl",
        "hs",
        "ml",
        "ex",
        "exs",
        "erl",
        "clj",
        "dart",
        "sql",
        "vue",
        "svelte",
        "css",
        "scss",
        "m",
        "mm",
        "sol",
        "vb",
        "groovy",
        "f90",
        "asm",
        "s",
        "yaml",
        "yml",
        "toml",
        "ini",
        "cfg",
        "dockerfile",
        "makefile",
        "cmake",
        "tf",
    ],
    nature: Nature::Source,
    open,
};

fn open(setup: &Setup<'_>) -> Result<Box<dyn Reader>, Failure> {
    let mut feed = Feed::new(setup.stream()?);
    if LINE_EXTENSIONS.contains(&setup.extension) {
        feed.fill(LARGE_TEXT + 1)?;
        if feed.buffered().len() > LARGE_TEXT {
            return Ok(Box::new(LineReader::resume(feed, setup.limits, Lines::Text)));
        }
    }
    Ok(Box::new(WholeReader { feed, limit: setup.limits.record, done: false }))
}

/// Reads a file as one record.
struct WholeReader {
    feed: Feed,
    limit: usize,
    done: bool,
}

impl Reader for WholeReader {
    fn next(&mut self) -> Result<Option<Chunk>, Failure> {
        if std::mem::replace(&mut self.done, true) {
            return Ok(None);
        }
        self.feed.fill(self.limit.saturating_add(BOM.len() + 1))?;
        if self.feed.buffered().starts_with(&BOM) {
            self.feed.skip(BOM.len());
        }
        let base = self.feed.offset();
        let reason = self.feed.damage();
        let mut bytes = self.feed.take(usize::MAX);
        let mut chunk = Chunk { disk: self.feed.advanced(), ..Chunk::default() };
        let reason =
            reason.or_else(|| (bytes.len() > self.limit).then_some(Reason::TooLong { limit: self.limit }));
        if let Some(reason) = reason {
            let place = Place { row: 0, line: Some(1), offset: Some(base) };
            let mut rejected = Rejected::new(Some(place), reason, &bytes);
            rejected.truncated |= bytes.len() > self.limit;
            chunk.rejected.push(rejected);
            bytes.clear();
        } else if !bytes.is_empty() {
            let items = vec![Item { start: 0, end: bytes.len(), row: 0, line: 1 }];
            chunk.work = Some(Box::new(TextRows(Items { bytes, base, items })));
        }
        Ok(Some(chunk))
    }

    fn finish(&mut self) -> io::Result<Option<u128>> {
        self.feed.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{read, rows};
    use super::*;

    #[test]
    fn a_file_is_a_record_unless_it_is_large() {
        let out = read("text", b"one\n\ntwo\n", 16);
        assert_eq!((out.rows.len(), out.rows[0].1.as_str()), (1, r#"{"text":"one\n\ntwo\n"}"#));
        let large = "a line of text\n\n".repeat(LARGE_TEXT / 16 + 1);
        let out = read("text", large.as_bytes(), 4096);
        assert_eq!(out.rows.len(), LARGE_TEXT / 16 + 1);
        assert_eq!(out.rows[5].0, Place { row: 5, line: Some(11), offset: Some(80) });
        assert_eq!(read("text", b"", 16).rows.len(), 0);
    }

    #[test]
    fn too_long_or_not_text_is_refused() {
        let out = rows("code", &[b'x'; 101], 16, 100);
        assert_eq!(out.rejected[0].reason, Reason::TooLong { limit: 100 });
        assert_eq!(read("code", b"a\xff", 16).rejected[0].reason, Reason::NotUtf8 { at: 1 });
        assert_eq!(rows("code", &[b'x'; 100], 16, 100).rows.len(), 1);
    }
}
