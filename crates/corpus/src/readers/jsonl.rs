//! JSON Lines: an object on each line. Lines of white space are no rows.

use std::io;

use super::lines::{Item, Items, JsonRows, TextRows};
use super::{Chunk, Failure, Format, Nature, Reader, Setup, Work};
use crate::feed::Feed;
use crate::options::Limits;
use crate::parse::{Wanted, parse_object};
use crate::rejected::{Place, Reason, Rejected};
use crate::stream::Stream;

pub(super) static BOM: [u8; 3] = [0xef, 0xbb, 0xbf];

pub(super) const FORMAT: Format =
    Format { name: "jsonl", extensions: &["jsonl", "ndjson", "jsonlines"], nature: Nature::Table, open };

fn open(setup: &Setup<'_>) -> Result<Box<dyn Reader>, Failure> {
    Ok(Box::new(LineReader::new(setup.stream()?, setup.limits, Lines::Json)))
}

/// What a line holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    Json,
    Text,
}

/// Cuts a stream at line feeds.
pub(super) struct LineReader {
    feed: Feed,
    limits: Limits,
    lines: Lines,
    row: u64,
    /// Lines before the first buffered byte.
    line: u64,
    started: bool,
}

impl LineReader {
    pub(super) fn new(stream: Stream, limits: Limits, lines: Lines) -> Self {
        LineReader::resume(Feed::new(stream), limits, lines)
    }

    /// Goes on from a feed of which nothing was cut yet.
    pub(super) fn resume(feed: Feed, limits: Limits, lines: Lines) -> Self {
        LineReader { feed, limits, lines, row: 0, line: 0, started: false }
    }

    /// Bytes of whole lines that make up the next chunk; `None` if one line is beyond the limit.
    fn measure(&mut self) -> io::Result<Option<usize>> {
        let mut target = self.limits.chunk.max(1);
        loop {
            self.feed.fill(target)?;
            if self.feed.ended() && self.feed.buffered().len() <= target {
                return Ok(Some(self.feed.buffered().len()));
            }
            let buffered = self.feed.buffered();
            if let Some(at) = memchr::memrchr(b'\n', buffered) {
                return Ok(Some(at + 1));
            }
            if buffered.len() > self.limits.record {
                return Ok(None);
            }
            target = buffered.len() * 2;
        }
    }

    /// Refuses the line that starts the buffer and goes to the next one.
    fn refuse_line(&mut self) -> io::Result<Rejected> {
        let place = Place { row: self.row, line: Some(self.line + 1), offset: Some(self.feed.offset()) };
        let reason = Reason::TooLong { limit: self.limits.record };
        let mut rejected = Rejected::new(Some(place), reason, self.feed.buffered());
        rejected.truncated = true;
        self.feed.skip_past(b'\n')?;
        self.row += 1;
        self.line += 1;
        Ok(rejected)
    }

    /// The rows of a buffer of whole lines.
    fn cut(&mut self, bytes: &[u8]) -> Vec<Item> {
        let mut items = Vec::new();
        let mut start = 0;
        while start < bytes.len() {
            let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |at| start + at);
            self.line += 1;
            let line = &bytes[start..end];
            if !line.iter().all(u8::is_ascii_whitespace) {
                let end = end - usize::from(line.ends_with(b"\r"));
                items.push(Item { start, end, row: self.row, line: self.line });
                self.row += 1;
            }
            start = end + 1;
        }
        items
    }

    /// What is to be said of a stream that ended before its time. The line that it ended in is kept
    /// if it is a whole object, and refused otherwise.
    fn damaged_tail(&mut self, reason: Reason, bytes: &[u8], base: u64, items: &mut Vec<Item>) -> Rejected {
        let cut = items.last().copied().filter(|item| !bytes[item.end..].contains(&b'\n'));
        let Some(item) = cut else {
            return Rejected::new(None, reason, &[]);
        };
        let tail = &bytes[item.start..item.end];
        if self.lines == Lines::Json && parse_object(tail, Wanted::Columns(&[]), self.limits.depth).is_ok() {
            return Rejected::new(None, reason, &[]);
        }
        items.pop();
        let place = Place { row: item.row, line: Some(item.line), offset: Some(base + item.start as u64) };
        Rejected::new(Some(place), reason, tail)
    }
}

impl Reader for LineReader {
    fn next(&mut self) -> Result<Option<Chunk>, Failure> {
        if !std::mem::replace(&mut self.started, true) {
            self.feed.fill(BOM.len())?;
            if self.feed.buffered().starts_with(&BOM) {
                self.feed.skip(BOM.len());
            }
        }
        let Some(size) = self.measure()? else {
            let rejected = vec![self.refuse_line()?];
            return Ok(Some(Chunk { work: None, rejected, disk: self.feed.advanced() }));
        };
        let base = self.feed.offset();
        let bytes = self.feed.take(size);
        let mut items = self.cut(&bytes);
        let mut chunk = Chunk { work: None, rejected: Vec::new(), disk: self.feed.advanced() };
        if self.feed.ended() && self.feed.buffered().is_empty() {
            if let Some(reason) = self.feed.damage() {
                chunk.rejected.push(self.damaged_tail(reason, &bytes, base, &mut items));
            } else if size == 0 {
                return Ok(None);
            }
        }
        let items = Items { bytes, base, items };
        let work: Box<dyn Work> = match self.lines {
            Lines::Json => Box::new(JsonRows(items)),
            Lines::Text => Box::new(TextRows(items)),
        };
        chunk.work = Some(work);
        Ok(Some(chunk))
    }

    fn finish(&mut self) -> io::Result<Option<u128>> {
        self.feed.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{read, rows};
    use crate::rejected::Reason;

    #[test]
    fn rows_lines_and_offsets() {
        let data = b"\xef\xbb\xbf{\"a\":1}\r\n\n  \n{\"a\":2}\n{\"a\":\n{\"a\":3}";
        let out = read("jsonl", data, 1 << 20);
        let places: Vec<_> =
            out.rows.iter().map(|(p, _)| (p.row, p.line.unwrap(), p.offset.unwrap())).collect();
        assert_eq!(places, [(0, 1, 3), (1, 4, 16), (3, 6, 30)]);
        let bad = &out.rejected[0];
        assert_eq!(
            (bad.row, bad.line, bad.offset, &bad.reason),
            (Some(2), Some(5), Some(24), &Reason::CutJson)
        );
        assert_eq!(bad.content, b"{\"a\":");
    }

    #[test]
    fn a_line_beyond_the_limit_is_refused_and_the_next_is_read() {
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(5000));
        let data = format!("{{\"a\":1}}\n{long}\n{{\"a\":2}}\n{long}");
        for chunk in [1, 16, 1000, 4096, 1 << 20] {
            let out = rows("jsonl", data.as_bytes(), chunk, 4000);
            assert_eq!(out.rows.iter().map(|(p, _)| p.row).collect::<Vec<_>>(), [0, 2], "{chunk}");
            let refused: Vec<_> = out.rejected.iter().map(|r| (r.row, r.line)).collect();
            assert_eq!(refused, [(Some(1), Some(2)), (Some(3), Some(4))], "{chunk}");
            assert!(out.rejected.iter().all(|r| r.reason == Reason::TooLong { limit: 4000 }));
        }
    }
}
