//! Tar archives. In a WebDataset, members with the same name up to the first dot of the last part
//! are one record (`00017.jpg`, `00017.txt`, `00017.cls`); any other file of text is a record alone.
//! Members without text are passed over.

mod header;
pub(crate) mod outline;

use std::borrow::Cow;
use std::io::{self, Read};

use super::{Chunk, Failure, Format, Nature, Reader, Setup, Sink, Work, by_extension};
use crate::options::Limits;
use crate::parse::{Wanted, parse_object, utf8};
use crate::rejected::{Place, Reason, Rejected};
use crate::stream::{Fault, Stream};
use crate::value::{Fields, Value};
use header::{checksum_fits, number, padding, pax, short_name, text_until_nul};

const BLOCK: usize = 512;
/// Longest name that an extension header may give a member.
const LONGEST_NAME: u64 = 64 << 10;

/// Extensions of members that are a column of their sample, and the column.
const COLUMNS: [(&str, &str); 14] = [
    ("txt", "text"),
    ("text", "text"),
    ("caption", "caption"),
    ("transcript", "text"),
    ("cls", "label"),
    ("label", "label"),
    ("prompt", "prompt"),
    ("instruction", "instruction"),
    ("input", "input"),
    ("output", "output"),
    ("response", "response"),
    ("completion", "completion"),
    ("chosen", "chosen"),
    ("rejected", "rejected"),
];

pub(super) const FORMAT: Format =
    Format { name: "tar", extensions: &["tar", "tgz"], nature: Nature::Table, open };

fn open(setup: &Setup<'_>) -> Result<Box<dyn Reader>, Failure> {
    Ok(Box::new(TarReader::over(setup.stream()?, setup.limits)))
}

/// What a member is in its record.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Column(String),
    /// An object whose members are columns.
    Json,
    /// A record of its own.
    Whole,
}

/// One member of the archive.
struct Member {
    name: String,
    size: u64,
    /// Offset of its content.
    offset: u64,
}

/// A record in the making.
struct Sample {
    key: String,
    place: Place,
    parts: Vec<(Part, Vec<u8>)>,
    /// Set if a part is beyond the limit.
    refused: Option<Reason>,
}

/// Splits a member's name into the key of its record and its part; `None` if it has no text.
fn classify(name: &str) -> Option<(&str, Part)> {
    let base = name.rfind('/').map_or(0, |slash| slash + 1);
    if name[base..].starts_with('.') {
        return None;
    }
    let dot = base + name[base..].find('.')?;
    let extension = name[dot + 1..].to_ascii_lowercase();
    let stem = extension.strip_suffix(".txt").unwrap_or(&extension);
    if stem == "json" {
        return Some((&name[..dot], Part::Json));
    }
    if let Some((_, column)) = COLUMNS.iter().find(|(known, _)| *known == stem) {
        return Some((&name[..dot], Part::Column((*column).to_owned())));
    }
    let last = extension.rsplit('.').next().unwrap_or_default();
    by_extension(last).filter(|format| format.nature != Nature::Table).map(|_| (name, Part::Whole))
}

struct TarReader {
    stream: Stream,
    limits: Limits,
    offset: u64,
    row: u64,
    /// The record that the last members belong to.
    sample: Option<Sample>,
    done: bool,
}

/// Why the archive cannot be read on.
enum Stop {
    Io(io::Error),
    Damaged(Reason),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Io(error) => Stop::Io(error),
            Fault::Damaged(reason) => Stop::Damaged(reason),
        }
    }
}

fn damaged(why: &str) -> Stop {
    Stop::Damaged(Reason::Damaged { format: "tar", why: why.to_owned() })
}

impl TarReader {
    fn over(stream: Stream, limits: Limits) -> Self {
        TarReader { stream, limits, offset: 0, row: 0, sample: None, done: false }
    }

    /// Reads `size` bytes; fewer only at the end.
    fn read(&mut self, size: u64) -> Result<Vec<u8>, Stop> {
        let mut bytes = Vec::new();
        let result = (&mut self.stream).take(size).read_to_end(&mut bytes);
        self.offset += bytes.len() as u64;
        result.map_err(|error| self.stream.fault(error))?;
        Ok(bytes)
    }

    fn skip(&mut self, size: u64) -> Result<(), Stop> {
        let copied = io::copy(&mut (&mut self.stream).take(size), &mut io::sink());
        let copied = copied.map_err(|error| self.stream.fault(error))?;
        self.offset += copied;
        if copied < size { Err(Stop::Damaged(Reason::Truncated { format: "tar" })) } else { Ok(()) }
    }

    /// The content of a member, and over the padding behind it.
    fn content(&mut self, size: u64) -> Result<Vec<u8>, Stop> {
        let bytes = self.read(size)?;
        if (bytes.len() as u64) < size {
            return Err(Stop::Damaged(Reason::Truncated { format: "tar" }));
        }
        self.skip(padding(size))?;
        Ok(bytes)
    }

    /// The header of the next regular file; `None` at the end of the archive.
    fn member(&mut self) -> Result<Option<Member>, Stop> {
        let (mut long_name, mut long_size) = (None, None);
        loop {
            let header = self.read(BLOCK as u64)?;
            if header.is_empty() || header.iter().all(|b| *b == 0) {
                return Ok(None);
            }
            if header.len() < BLOCK {
                return Err(Stop::Damaged(Reason::Truncated { format: "tar" }));
            }
            if !checksum_fits(&header) {
                return Err(damaged("a member's header has the wrong checksum"));
            }
            let size = number(&header[124..136]).ok_or_else(|| damaged("a member's size is no number"))?;
            match header[156] {
                b'L' | b'x' if size > LONGEST_NAME => return Err(damaged("a member's name is too long")),
                b'L' => long_name = Some(text_until_nul(&self.content(size)?)),
                b'x' => {
                    let records = self.content(size)?;
                    long_name = pax(&records, "path").or(long_name);
                    long_size = pax(&records, "size").and_then(|size| size.parse().ok()).or(long_size);
                }
                b'0' | 0 | b'7' => {
                    let name = long_name.unwrap_or_else(|| short_name(&header));
                    let name = name.strip_prefix("./").map(str::to_owned).unwrap_or(name);
                    return Ok(Some(Member { name, size: long_size.unwrap_or(size), offset: self.offset }));
                }
                _ => {
                    self.skip(size.saturating_add(padding(size)))?;
                    (long_name, long_size) = (None, None);
                }
            }
        }
    }

    /// Reads one member. Returns the record before it if this one begins another.
    fn step(&mut self) -> Result<Option<Sample>, Stop> {
        let Some(member) = self.member()? else {
            self.done = true;
            return Ok(self.sample.take());
        };
        let whole = member.size.saturating_add(padding(member.size));
        let Some((key, part)) = classify(&member.name) else {
            self.skip(whole)?;
            return Ok(None);
        };
        let before = self.begin(key, member.offset);
        if member.size > self.limits.record as u64 {
            if let Some(sample) = &mut self.sample {
                sample.refused = Some(Reason::TooLong { limit: self.limits.record });
            }
            self.skip(whole)?;
            return Ok(before);
        }
        let content = self.content(member.size);
        if let (Some(sample), Ok(bytes)) = (&mut self.sample, &content) {
            sample.parts.push((part, bytes.clone()));
        }
        // What was cut off is refused with the record that it belongs to.
        match content {
            Err(Stop::Damaged(reason)) => {
                if let Some(sample) = &mut self.sample {
                    sample.refused = Some(reason);
                }
                self.done = true;
                Ok(before)
            }
            Err(stop) => Err(stop),
            Ok(_) => Ok(before),
        }
    }

    /// Makes sure that the record in the making is that of `key`; returns the one before.
    fn begin(&mut self, key: &str, offset: u64) -> Option<Sample> {
        if self.sample.as_ref().is_some_and(|sample| sample.key == key) {
            return None;
        }
        let place = Place { row: self.row, line: None, offset: Some(offset) };
        self.row += 1;
        self.sample.replace(Sample { key: key.to_owned(), place, parts: Vec::new(), refused: None })
    }
}

impl Reader for TarReader {
    fn next(&mut self) -> Result<Option<Chunk>, Failure> {
        let (mut samples, mut size, mut rejected) = (Vec::new(), 0, Vec::new());
        while !self.done && size < self.limits.chunk.max(1) {
            match self.step() {
                Ok(Some(sample)) => {
                    size += sample.parts.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() + BLOCK;
                    samples.push(sample);
                }
                Ok(None) => {}
                Err(Stop::Io(error)) => return Err(error.into()),
                Err(Stop::Damaged(reason)) => {
                    rejected.push(Rejected::new(None, reason, &[]));
                    self.done = true;
                }
            }
        }
        if self.done {
            samples.extend(self.sample.take());
        }
        if samples.is_empty() && rejected.is_empty() {
            return Ok(None);
        }
        Ok(Some(Chunk { work: Some(Box::new(Samples(samples))), rejected, disk: self.stream.advanced() }))
    }

    fn finish(&mut self) -> io::Result<Option<u128>> {
        self.stream.finish()
    }
}

struct Samples(Vec<Sample>);

impl Work for Samples {
    fn parse(self: Box<Self>, wanted: Wanted<'_>, limits: &Limits, sink: &mut dyn Sink) {
        for sample in &self.0 {
            if sink.full() {
                return;
            }
            let parsed = match &sample.refused {
                Some(reason) => Err(reason.clone()),
                None => fields(sample, wanted, limits),
            };
            match parsed {
                Ok(fields) => sink.row(sample.place, &fields, None),
                Err(reason) => {
                    let content = sample.parts.first().map_or(&[][..], |(_, bytes)| bytes);
                    sink.reject(Rejected::new(Some(sample.place), reason, content));
                }
            }
        }
    }
}

fn fields<'a>(sample: &'a Sample, wanted: Wanted<'_>, limits: &Limits) -> Result<Fields<'a>, Reason> {
    let text = |bytes| Ok::<_, Reason>(Value::Text(Cow::Borrowed(utf8(bytes)?)));
    let mut fields =
        Fields(vec![(Cow::Borrowed("__key__"), Value::Text(Cow::Borrowed(sample.key.as_str())))]);
    for (part, bytes) in &sample.parts {
        match part {
            Part::Column(name) => {
                // A label or a caption that an editor wrote ends with a line feed that is not part of it.
                let bytes = if name == "label" { bytes.trim_ascii() } else { bytes };
                fields.0.push((Cow::Borrowed(name.as_str()), text(bytes)?));
            }
            Part::Json => fields.0.extend(parse_object(bytes, wanted, limits.depth)?.0),
            Part::Whole => fields.0.push((Cow::Borrowed("content"), text(bytes)?)),
        }
    }
    fields.0.retain(|(name, _)| wanted.has(name));
    Ok(fields)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::testing::{read, rows};
    use super::*;

    pub(crate) fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut out = Vec::new();
        for (name, content) in members {
            let mut header = [0u8; BLOCK];
            header[..name.len()].copy_from_slice(name.as_bytes());
            header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
            header[156] = b'0';
            header[148..156].fill(b' ');
            let sum: u32 = header.iter().map(|b| u32::from(*b)).sum();
            header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
            out.extend(header);
            out.extend_from_slice(content);
            out.resize(out.len().next_multiple_of(BLOCK), 0);
        }
        out.resize(out.len() + 2 * BLOCK, 0);
        out
    }

    #[test]
    fn members_of_one_key_are_one_record() {
        let data = archive(&[
            ("d/0.jpg", b"\xff\xd8"),
            ("d/0.txt", b"a cat"),
            ("d/0.cls", b"3\n"),
            ("d/1.json", br#"{"caption":"a dog","author":"x"}"#),
            ("src/main.py", b"print()"),
            ("src/main.js", b"f()"),
            ("d/2.npy", b"123"),
        ]);
        for chunk in [1, 1 << 20] {
            let out = read("tar", &data, chunk);
            let texts: Vec<&str> = out.rows.iter().map(|(_, text)| text.as_str()).collect();
            let expected = [
                r#"{"__key__":"d/0","text":"a cat","label":"3"}"#,
                r#"{"__key__":"d/1","caption":"a dog","author":"x"}"#,
                r#"{"__key__":"src/main.py","content":"print()"}"#,
                r#"{"__key__":"src/main.js","content":"f()"}"#,
            ];
            assert_eq!(texts, expected);
            assert_eq!((out.rows[3].0.row, out.rows[0].0.offset), (3, Some(1536)));
        }
    }

    #[test]
    fn cut_and_damaged_archives_keep_what_came_before() {
        let data = archive(&[("0.txt", b"zero"), ("1.txt", &[b'x'; 2000]), ("2.txt", b"two")]);
        let out = read("tar", &data[..2500], 1 << 20);
        assert_eq!((out.rows.len(), out.rejected.len(), out.rejected[0].row), (1, 1, Some(1)));
        let mut bad = data.clone();
        bad[BLOCK * 2 + 3] ^= 1;
        let out = read("tar", &bad, 1 << 20);
        assert_eq!((out.rows.len(), out.rejected[0].reason.category()), (1, "damaged data"));
        let out = rows("tar", &data, 1 << 20, 1000);
        assert_eq!((out.rows.len(), out.rejected[0].row), (2, Some(1)));
    }
}
