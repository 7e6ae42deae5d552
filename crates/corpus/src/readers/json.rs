//! JSON documents that hold many records: an array, an object with arrays (`{"data": [...]}`), or
//! objects one after the other. Never loaded whole.
//!
//! One broken element must not cost its neighbours. Elements of one file are written alike, so the
//! bytes between two elements up to the first key of the second (`,\n  {"instruction"`) mark where an
//! element begins: that is where reading goes on behind an element that does not end where it should.

use std::io;

use super::lines::{Item, Items, JsonRows};
use super::mark::Mark;
use super::scan::{Scan, Step};
use super::{Chunk, Failure, Format, Nature, Reader, Setup};
use crate::feed::Feed;
use crate::names;
use crate::options::Limits;
use crate::parse::{Wanted, parse_object};
use crate::rejected::{Place, Reason, Rejected};
use crate::value::Value;

/// Bytes that are looked at to tell an object that holds records from one that is a record.
const LOOKAHEAD: usize = 1 << 20;
/// Bytes that may be read again for the sake of recovery before the rest of a file is given up,
/// beside four times what was read.
const PATIENCE: u64 = 64 << 20;

pub(super) const FORMAT: Format = Format { name: "json", extensions: &["json"], nature: Nature::Table, open };

fn open(setup: &Setup<'_>) -> Result<Box<dyn Reader>, Failure> {
    let mut feed = Feed::new(setup.stream()?);
    feed.fill(LOOKAHEAD)?;
    if feed.buffered().starts_with(&super::jsonl::BOM) {
        feed.skip(super::jsonl::BOM.len());
    }
    let wrapped = holds_records(feed.buffered());
    let limits = setup.limits;
    let position = Position::Root;
    Ok(Box::new(JsonReader {
        feed,
        limits,
        wrapped,
        position,
        row: 0,
        scan: Scan::default(),
        mark: Mark::default(),
        wasted: 0,
    }))
}

/// Whether a document that begins so is an object with records inside and not a record itself.
fn holds_records(sample: &[u8]) -> bool {
    let start = sample.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(sample.len());
    let object = &sample[start..];
    if object.first() != Some(&b'{') {
        return false;
    }
    match Scan::default().run(object) {
        Step::More => true,
        Step::Broken(_) => false,
        Step::End(end) => {
            let more = object[end..].contains(&b'{');
            let fields =
                parse_object(&object[..end], Wanted::All, Limits::default().depth).unwrap_or_default();
            let records = |value: &Value<'_>| matches!(value, Value::List(items) if matches!(items.first(), Some(Value::Object(_))));
            !more && fields.0.iter().any(|(key, value)| records(value) && !names::is_chat(key))
        }
    }
}

/// Where in the document the reader stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Position {
    Root,
    /// In an object that holds records, before a member.
    Member,
    /// In an array of records, which stands in an object or not.
    Array {
        wrapped: bool,
    },
    /// Nothing more can be read.
    Done,
}

struct JsonReader {
    feed: Feed,
    limits: Limits,
    /// Whether objects at the root hold records.
    wrapped: bool,
    position: Position,
    row: u64,
    /// The value at the cursor, as far as it was scanned.
    scan: Scan,
    mark: Mark,
    wasted: u64,
}

/// A chunk in the making.
#[derive(Default)]
struct Cut {
    at: usize,
    items: Vec<Item>,
    rejected: Vec<Rejected>,
}

impl Cut {
    fn is_empty(&self) -> bool {
        self.items.is_empty() && self.rejected.is_empty()
    }
}

/// The extent of the value at the cursor.
enum Extent {
    Ends(usize),
    /// A bracket closes another kind of bracket.
    Broken,
    /// The document ends within it.
    Unfinished,
    TooLong,
    /// What was cut must be handed over before more can be read.
    Full,
}

impl JsonReader {
    /// The next byte that is neither white space nor a comma, left in place.
    fn peek(&mut self, cut: &mut Cut) -> io::Result<Option<u8>> {
        loop {
            let rest = self.feed.buffered().get(cut.at..).unwrap_or_default();
            let space = |b: &u8| b.is_ascii_whitespace() || *b == b',';
            let found = rest.iter().position(|b| !space(b));
            let passed = found.unwrap_or(rest.len());
            self.mark.passed(&rest[..passed]);
            let byte = found.map(|at| rest[at]);
            cut.at += passed;
            if byte.is_some() || self.feed.ended() {
                return Ok(byte);
            }
            if cut.is_empty() {
                self.feed.skip(cut.at);
                cut.at = 0;
            }
            self.feed.fill(self.feed.buffered().len() + 1)?;
        }
    }

    /// One step through the document. Returns `false` when the chunk is to be handed over.
    fn step(&mut self, cut: &mut Cut) -> io::Result<bool> {
        if self.position == Position::Done {
            return Ok(false);
        }
        let Some(byte) = self.peek(cut)? else {
            self.end(cut);
            return Ok(false);
        };
        match (self.position, byte) {
            (Position::Root, b'[') => self.enter(cut, Position::Array { wrapped: false }),
            (Position::Root, b'{') if self.wrapped => self.enter(cut, Position::Member),
            (Position::Member, b'}') => self.enter(cut, Position::Root),
            (Position::Member, b'"') => return self.member(cut),
            (Position::Array { wrapped }, b']') => {
                self.mark.gap = None;
                self.enter(cut, if wrapped { Position::Member } else { Position::Root });
            }
            (Position::Array { .. }, _) | (Position::Root, b'{') => return self.element(cut),
            _ => self.give_up(cut, Reason::InvalidJson { at: 0 }),
        }
        Ok(true)
    }

    fn enter(&mut self, cut: &mut Cut, position: Position) {
        cut.at += 1;
        self.position = position;
    }

    /// The end of the data.
    fn end(&mut self, cut: &mut Cut) {
        let unfinished = (self.position != Position::Root).then_some(Reason::CutJson);
        if let Some(reason) = self.feed.damage().or(unfinished) {
            cut.rejected.push(Rejected::new(None, reason, &[]));
        }
        self.position = Position::Done;
    }

    /// Refuses everything from the cursor on.
    fn give_up(&mut self, cut: &mut Cut, reason: Reason) {
        let rest = self.feed.buffered().get(cut.at..).unwrap_or_default();
        let rejected = Rejected::new(Some(self.place(cut)), reason, rest);
        cut.rejected.push(rejected);
        self.row += 1;
        self.position = Position::Done;
    }

    fn place(&self, cut: &Cut) -> Place {
        Place { row: self.row, line: None, offset: Some(self.feed.offset() + cut.at as u64) }
    }

    /// Finds the extent of the value at the cursor, reading on as needed.
    fn extent(&mut self, cut: &Cut) -> io::Result<Extent> {
        loop {
            let rest = &self.feed.buffered()[cut.at..];
            match self.scan.run(rest) {
                Step::End(end) => {
                    self.scan = Scan::default();
                    let long = end > self.limits.record;
                    return Ok(if long { Extent::TooLong } else { Extent::Ends(end) });
                }
                Step::Broken(_) => return Ok(Extent::Broken),
                Step::More if rest.len() > self.limits.record => return Ok(Extent::TooLong),
                Step::More if self.feed.ended() => return Ok(Extent::Unfinished),
                Step::More if !cut.is_empty() => return Ok(Extent::Full),
                Step::More => {
                    let size = self.feed.buffered().len().max(self.limits.chunk) * 2;
                    self.feed.fill(size.max(4096))?;
                }
            }
        }
    }

    /// A member of an object that holds records: its array is entered, anything else passed over.
    fn member(&mut self, cut: &mut Cut) -> io::Result<bool> {
        // The key and what follows it must be seen together; keys are short.
        let scanned = std::mem::take(&mut self.scan);
        match self.extent(cut)? {
            Extent::Full => return Ok(false),
            Extent::Ends(end) => cut.at += end,
            _ => {
                self.give_up(cut, Reason::InvalidJson { at: scanned.at });
                return Ok(true);
            }
        }
        self.position = Position::Root;
        if self.peek(cut)? == Some(b':') {
            cut.at += 1;
            if self.peek(cut)? == Some(b'[') && self.opens_records(cut)? {
                self.enter(cut, Position::Array { wrapped: true });
                return Ok(true);
            }
            if let Extent::Ends(end) = self.value(cut)? {
                cut.at += end;
                self.position = Position::Member;
                return Ok(true);
            }
        }
        self.give_up(cut, Reason::InvalidJson { at: 0 });
        Ok(true)
    }

    /// The extent of a value that is no record, without handing over in between.
    fn value(&mut self, cut: &Cut) -> io::Result<Extent> {
        loop {
            match self.extent(cut)? {
                Extent::Full => self.feed.fill(self.feed.buffered().len() * 2)?,
                extent => return Ok(extent),
            }
        }
    }

    /// Whether the array at the cursor begins with an object.
    fn opens_records(&mut self, cut: &Cut) -> io::Result<bool> {
        let mut ahead = cut.at + 1;
        loop {
            match self.feed.buffered().get(ahead) {
                Some(b) if b.is_ascii_whitespace() => ahead += 1,
                Some(b) => return Ok(*b == b'{'),
                None if self.feed.ended() => return Ok(false),
                None => self.feed.fill(ahead + 1)?,
            }
        }
    }

    /// Cuts the element at the cursor.
    fn element(&mut self, cut: &mut Cut) -> io::Result<bool> {
        let extent = self.extent(cut)?;
        let rest = &self.feed.buffered()[cut.at..];
        let reason = match extent {
            Extent::Full => return Ok(false),
            Extent::Ends(end) => match self.swallowed(&rest[..end]) {
                None => {
                    self.mark.learn(&rest[..end]);
                    cut.items.push(Item { start: cut.at, end: cut.at + end, row: self.row, line: 0 });
                    self.row += 1;
                    cut.at += end;
                    return Ok(true);
                }
                Some(reason) => reason,
            },
            Extent::Broken => Reason::InvalidJson { at: self.scan.at },
            Extent::Unfinished => self.feed.damaged().cloned().unwrap_or(Reason::CutJson),
            Extent::TooLong => Reason::TooLong { limit: self.limits.record },
        };
        self.recover(cut, reason)
    }

    /// Why an element is broken, if it seems to have swallowed the next one.
    fn swallowed(&self, element: &[u8]) -> Option<Reason> {
        self.mark.find(element)?;
        parse_object(element, Wanted::Columns(&[]), self.limits.depth).err()
    }

    /// Refuses the element at the cursor and goes on at the next one.
    fn recover(&mut self, cut: &mut Cut, reason: Reason) -> io::Result<bool> {
        let rest = &self.feed.buffered()[cut.at..];
        let within = &rest[..rest.len().min(self.limits.record)];
        let patient = self.wasted <= PATIENCE + 4 * (self.feed.offset() + cut.at as u64);
        if let Some(next) = self.mark.find(within).filter(|_| patient) {
            self.wasted += (self.scan.at.max(next) - next) as u64;
            // What is wrong with it shows when it is read alone.
            let alone = parse_object(&rest[..next], Wanted::Columns(&[]), self.limits.depth).err();
            cut.rejected.push(Rejected::new(Some(self.place(cut)), alone.unwrap_or(reason), &rest[..next]));
            self.row += 1;
            cut.at += next;
            self.scan = Scan::default();
            return Ok(true);
        }
        if !cut.is_empty() {
            // Found again after the hand-over, when it begins the buffer.
            self.scan = Scan::default();
            return Ok(false);
        }
        self.feed.skip(cut.at);
        cut.at = 0;
        let mut rejected = Rejected::new(Some(self.place(cut)), reason.clone(), self.feed.buffered());
        self.row += 1;
        let found = match reason {
            Reason::TooLong { .. } => self.pass_long()?,
            _ => patient && self.pass_broken()?,
        };
        if !found {
            self.position = Position::Done;
        }
        rejected.truncated |= found;
        cut.rejected.push(rejected);
        self.scan = Scan::default();
        Ok(true)
    }

    /// Drops the element that starts the buffer, which is beyond the limit. `false` at the end.
    fn pass_long(&mut self) -> io::Result<bool> {
        loop {
            match self.scan.run(self.feed.buffered()) {
                Step::End(end) => {
                    self.feed.skip(end);
                    return Ok(true);
                }
                Step::Broken(_) => return self.pass_broken(),
                Step::More if self.feed.ended() => return Ok(false),
                Step::More => {
                    let passed = self.scan.at;
                    self.feed.skip(passed);
                    self.scan.dropped(passed);
                    self.feed.fill(self.limits.chunk.max(4096))?;
                }
            }
        }
    }

    /// Drops everything up to the next mark. `false` if there is none.
    fn pass_broken(&mut self) -> io::Result<bool> {
        let Some(length) = self.mark.bytes.as_ref().map(Vec::len) else { return Ok(false) };
        loop {
            if let Some(next) = self.mark.find(self.feed.buffered()) {
                self.feed.skip(next);
                return Ok(true);
            }
            if self.feed.ended() {
                return Ok(false);
            }
            let keep = self.feed.buffered().len().saturating_sub(length);
            self.feed.skip(keep);
            self.feed.fill(self.limits.chunk.max(4096) + length)?;
        }
    }
}

impl Reader for JsonReader {
    fn next(&mut self) -> Result<Option<Chunk>, Failure> {
        let mut cut = Cut::default();
        self.feed.fill(self.limits.chunk.max(1))?;
        while cut.at < self.limits.chunk.max(1) && self.step(&mut cut)? {}
        if cut.is_empty() && self.position == Position::Done {
            return Ok(None);
        }
        let base = self.feed.offset();
        let bytes = self.feed.take(cut.at);
        let work = JsonRows(Items { bytes, base, items: cut.items });
        Ok(Some(Chunk { work: Some(Box::new(work)), rejected: cut.rejected, disk: self.feed.advanced() }))
    }

    fn finish(&mut self) -> io::Result<Option<u128>> {
        self.feed.finish()
    }
}

#[cfg(test)]
mod tests;
