//! Records of a WARC file: a version line, named fields, an empty line, a block of a stated length.

use std::io::{self, BufRead, Read};

use super::BLOCK;
use crate::read::Notes;

/// Bytes of a line of a header, and lines of a header.
const LINE: u64 = 64 << 10;
const LINES: usize = 1000;

/// The named fields of a record.
#[derive(Debug, Default)]
pub(super) struct Header(Vec<(String, String)>);

impl Header {
    /// The first value of a field, whose name is compared without regard to case.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(field, _)| field.eq_ignore_ascii_case(name))?;
        Some(value)
    }
}

/// A record.
pub(super) struct Record {
    pub(super) offset: u64,
    pub(super) header: Header,
    pub(super) block: Vec<u8>,
    /// Whether the block was longer than is looked at, or the file ended in it.
    pub(super) cut: bool,
}

/// Reads records one after another.
pub(super) struct Records<'r> {
    input: &'r mut dyn BufRead,
    offset: u64,
}

impl<'r> Records<'r> {
    pub(super) fn new(input: &'r mut dyn BufRead) -> Self {
        Records { input, offset: 0 }
    }

    /// The next record; bytes that are none are skipped and noted once.
    pub(super) fn next(&mut self, notes: &mut Notes) -> io::Result<Option<Record>> {
        let mut lost = false;
        loop {
            let offset = self.offset;
            let line = self.line()?;
            if line.is_empty() {
                return Ok(None);
            }
            let text = trimmed(&line);
            if !is_version(text) {
                if !text.is_empty() && !std::mem::replace(&mut lost, true) {
                    notes.refuse("bytes that are no WARC record", offset);
                }
                continue;
            }
            match self.record(offset)? {
                Ok(record) => return Ok(Some(record)),
                Err(why) => {
                    notes.refuse(why, offset);
                    // What follows the header belongs to the record that was refused.
                    lost = true;
                }
            }
        }
    }

    fn record(&mut self, offset: u64) -> io::Result<Result<Record, &'static str>> {
        let mut header = Header::default();
        loop {
            let line = self.line()?;
            let text = trimmed(&line);
            if text.is_empty() {
                break;
            }
            if header.0.len() >= LINES {
                return Ok(Err("a WARC header with too many lines"));
            }
            let text = String::from_utf8_lossy(text);
            match (text.starts_with([' ', '\t']), header.0.last_mut(), text.split_once(':')) {
                (true, Some((_, value)), _) => {
                    value.push(' ');
                    value.push_str(text.trim());
                }
                (false, _, Some((name, value))) => {
                    header.0.push((name.trim().to_owned(), value.trim().to_owned()));
                }
                _ => return Ok(Err("a WARC header with a line that is no field")),
            }
        }
        let Some(length) = header.get("Content-Length").and_then(|value| value.parse::<u64>().ok()) else {
            return Ok(Err("a WARC record without Content-Length"));
        };
        let mut block = Vec::new();
        let wanted = length.min(BLOCK as u64);
        (&mut *self.input).take(wanted).read_to_end(&mut block)?;
        let skipped = io::copy(&mut (&mut *self.input).take(length - wanted), &mut io::sink())?;
        self.offset += block.len() as u64 + skipped;
        let cut = length > BLOCK as u64 || (block.len() as u64) < wanted;
        Ok(Ok(Record { offset, header, block, cut }))
    }

    /// The next line with its line feed; empty at the end. A longer one comes in parts.
    fn line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        (&mut *self.input).take(LINE).read_until(b'\n', &mut line)?;
        self.offset += line.len() as u64;
        Ok(line)
    }
}

fn is_version(line: &[u8]) -> bool {
    line.strip_prefix(b"WARC/").is_some_and(|rest| {
        rest.len() <= 8
            && rest.iter().all(|c| c.is_ascii_digit() || *c == b'.')
            && rest.first() == Some(&b'1')
            || rest.starts_with(b"0.1") && rest.len() <= 4
    })
}

fn trimmed(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
