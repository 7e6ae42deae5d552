//! Formats of text: rows are stretches of bytes, and everything between them is copied.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use super::{Format, RewriteError, RowEdit, record, touched, unwritable};
use crate::corpus::{Corpus, Entry};
use crate::parse::{Wanted, parse_object};
use crate::readers::cells::Dialect;
use crate::readers::{self, Sink};
use crate::rejected::{Place, Rejected};
use crate::split::copier::Copier;
use crate::split::create;
use crate::value::{Fields, Value};

/// A row that is changed, copied or followed by another.
struct Found {
    start: u64,
    raw: Vec<u8>,
    fields: Fields<'static>,
}

pub(super) fn rewrite(
    corpus: &Corpus,
    entry: &Entry,
    edits: &[&RowEdit],
    to: &Path,
) -> Result<(), RewriteError> {
    let found = find(corpus, entry, &touched(edits))?;
    let writer = Writer::new(corpus, entry)?;
    let mut copier = Copier::new(corpus.stream(entry)?);
    let mut out = create(to, entry.packing)?;
    for edit in edits {
        let row = found.get(&edit.row).ok_or(RewriteError::Changed)?;
        let like = found.get(&edit.like.unwrap_or(edit.row)).ok_or(RewriteError::Changed)?;
        let bytes = writer.encode(edit, like)?;
        let end = row.start + row.raw.len() as u64;
        if edit.like.is_none() {
            copier.copy_to(row.start, &mut out)?;
            copier.pass_to(end)?;
            out.write_all(&bytes)?;
        } else {
            copier.copy_to(end, &mut out)?;
            let [before, behind] = writer.around(&mut copier)?;
            [before, bytes, behind].iter().try_for_each(|part| out.write_all(part))?;
        }
    }
    copier.copy_rest(&mut out)?;
    out.finish()?;
    Ok(())
}

/// Reads the rows whose content is needed.
fn find(corpus: &Corpus, entry: &Entry, rows: &[u64]) -> Result<BTreeMap<u64, Found>, RewriteError> {
    let mut reader = corpus.open_reader(entry, false)?;
    let mut finder = Finder { rows, found: BTreeMap::new() };
    while let Some(chunk) = reader.next()? {
        if let Some(work) = chunk.work {
            work.parse(Wanted::All, &corpus.limits, &mut finder);
        }
    }
    Ok(finder.found)
}

struct Finder<'f> {
    rows: &'f [u64],
    found: BTreeMap<u64, Found>,
}

impl Sink for Finder<'_> {
    fn row(&mut self, place: Place, fields: &Fields<'_>, raw: Option<&[u8]>) {
        if let (Ok(_), Some(start), Some(raw)) = (self.rows.binary_search(&place.row), place.offset, raw) {
            let found = Found { start, raw: raw.to_owned(), fields: fields.to_static() };
            self.found.insert(place.row, found);
        }
    }

    fn reject(&mut self, _: Rejected) {}

    fn full(&self) -> bool {
        false
    }
}

/// How rows of a file are written.
struct Writer<'c> {
    format: Format<'c>,
    /// Of tables of cells.
    dialect: Option<Dialect>,
}

impl<'c> Writer<'c> {
    fn new(corpus: &'c Corpus, entry: &'c Entry) -> io::Result<Writer<'c>> {
        let dialect = match entry.format {
            "csv" | "tsv" => Some(readers::csv::dialect(&entry.setup(corpus.limits, false))?),
            _ => None,
        };
        Ok(Writer { format: Format { entry, depth: corpus.limits.depth }, dialect })
    }

    /// The bytes of a row with new texts.
    fn encode(&self, edit: &RowEdit, like: &Found) -> Result<Vec<u8>, RewriteError> {
        let no = |why: String| unwritable(edit.row, why);
        let changed = record::change(self.format, &like.fields, &edit.fields).map_err(no)?;
        let bytes = match (self.dialect, self.format.entry.format) {
            (Some(dialect), _) => {
                let texts =
                    cells(&like.fields, &changed).ok_or_else(|| no("a cell holds only text".to_owned()))?;
                let quoted = dialect.replace(&like.raw, &texts);
                quoted.map_err(|_| {
                    no("the table quotes nothing, and the new text has a separator".to_owned())
                })?
            }
            (None, "json" | "jsonl") => members(like, &changed, self.format.depth).map_err(no)?,
            _ => self.plain(&changed).map_err(no)?,
        };
        Ok(bytes)
    }

    /// A file or line of text.
    fn plain(&self, changed: &Fields<'_>) -> Result<Vec<u8>, String> {
        match changed.0.as_slice() {
            [(_, Value::Text(text))] => Ok(text.as_bytes().to_vec()),
            _ => Err("it holds only text".to_owned()),
        }
    }

    /// What stands before a row that is added behind another, and behind it: a comma in an array, the end
    /// of a line elsewhere. White space that follows is taken off the input.
    fn around(&self, copier: &mut Copier) -> io::Result<[Vec<u8>; 2]> {
        if self.format.entry.format != "json" {
            let line_end = if copier.peek()? == Some(b'\r') { "\r\n" } else { "\n" };
            return Ok([line_end.into(), Vec::new()]);
        }
        let mut blank = Vec::new();
        while let Some(byte) = copier.peek()?.filter(u8::is_ascii_whitespace) {
            copier.pass();
            blank.push(byte);
        }
        // Elements of an array end at a comma or a bracket; objects one after the other at neither.
        let in_array = matches!(copier.peek()?, Some(b',' | b']'));
        Ok([if in_array { ",\n" } else { "\n" }.into(), blank])
    }
}

/// The cells that changed.
fn cells<'f>(old: &Fields<'static>, new: &'f Fields<'static>) -> Option<Vec<(usize, &'f str)>> {
    let changed = old.0.iter().zip(&new.0).enumerate().filter(|(_, (old, new))| old != new);
    changed
        .map(|(at, (_, (_, new)))| match new {
            Value::Text(text) => Some((at, text.as_ref())),
            _ => None,
        })
        .collect()
}

/// A JSON object with other values in the members that changed; every other byte stays.
fn members(like: &Found, changed: &Fields<'static>, depth: usize) -> Result<Vec<u8>, String> {
    let text = std::str::from_utf8(&like.raw).map_err(|error| error.to_string())?;
    let mut out = Vec::with_capacity(text.len());
    let mut copied = 0;
    let pairs = like.fields.0.iter().zip(&changed.0);
    for (member, (old, new)) in sonic_rs::to_object_iter(text).zip(pairs) {
        let (_, value) = member.map_err(|error| error.to_string())?;
        if old == new {
            continue;
        }
        let raw = value.as_raw_str();
        // The value is a part of the text, so its place follows from where it lies.
        let start = (raw.as_ptr() as usize).checked_sub(text.as_ptr() as usize);
        let start = start.filter(|at| text.get(*at..at + raw.len()) == Some(raw) && *at >= copied);
        let start = start.ok_or("its members cannot be told apart")?;
        out.extend_from_slice(&text.as_bytes()[copied..start]);
        serde_json::to_writer(&mut out, &new.1).map_err(|error| error.to_string())?;
        copied = start + raw.len();
    }
    out.extend_from_slice(&text.as_bytes()[copied..]);
    match parse_object(&out, Wanted::All, depth) {
        Ok(fields) if fields == *changed => Ok(out),
        _ => Err("its numbers would not be the same when it is written again".to_owned()),
    }
}
