//! Comma- and tab-separated values. The first row is a header unless it holds data. Empty lines are
//! no rows.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use super::cells::Dialect;
use super::jsonl::BOM;
use super::lines::{Item, Items};
use super::{Chunk, Failure, Format, Nature, Reader, Setup, Sink, Work};
use crate::feed::Feed;
use crate::names;
use crate::options::Limits;
use crate::parse::{Wanted, utf8};
use crate::rejected::{Place, Reason, Rejected};
use crate::value::{Fields, Value};

/// Bytes that are looked at to find out how cells are separated and quoted.
const SNIFFED: usize = 256 << 10;
/// A longer cell is not the name of a column.
const LONGEST_NAME: usize = 64;

pub(super) const CSV: Format =
    Format { name: "csv", extensions: &["csv", "psv"], nature: Nature::Table, open };
pub(super) const TSV: Format =
    Format { name: "tsv", extensions: &["tsv", "tab"], nature: Nature::Table, open };

/// The start of a file, and how its cells are separated and quoted.
fn begin(setup: &Setup<'_>) -> io::Result<(Feed, Dialect)> {
    let mut feed = Feed::new(setup.stream()?);
    feed.fill(SNIFFED)?;
    if feed.buffered().starts_with(&BOM) {
        feed.skip(BOM.len());
    }
    let dialect = sniff(feed.buffered(), TSV.extensions.contains(&setup.extension));
    Ok((feed, dialect))
}

/// How the cells of a file are separated and quoted, for whoever writes rows of it.
pub(crate) fn dialect(setup: &Setup<'_>) -> io::Result<Dialect> {
    begin(setup).map(|(_, dialect)| dialect)
}

fn open(setup: &Setup<'_>) -> Result<Box<dyn Reader>, Failure> {
    let (feed, dialect) = begin(setup)?;
    let mut reader =
        CsvReader { feed, dialect, header: Arc::default(), limits: setup.limits, row: 0, line: 0 };
    reader.read_header(setup.named)?;
    Ok(Box::new(reader))
}

/// How the cells of a file are separated and quoted.
pub(super) fn sniff(sample: &[u8], tabs_first: bool) -> Dialect {
    let delimiters = if tabs_first { *b"\t,;|" } else { *b",;\t|" };
    let first = sample.split(|&b| b == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| Dialect { delimiter, quoted: true }.cells(first).len();
    let most = delimiters.iter().map(|&d| count(d)).max().unwrap_or(1);
    let delimiter = delimiters.into_iter().find(|&d| count(d) == most).unwrap_or(b',');
    let quoted = Dialect { delimiter, quoted: true };
    let plain = Dialect { delimiter, quoted: false };
    // Many tools write tabs and quote nothing, and then a quote is just a character.
    if delimiter == b'\t'
        && misfits(sample, plain) <= misfits(sample, quoted)
        && open_quotes(sample, delimiter)
    {
        return plain;
    }
    quoted
}

/// Rows of the sample that do not have as many cells as the first one, or whose quotes do not fit.
fn misfits(sample: &[u8], dialect: Dialect) -> usize {
    let (mut at, mut expected, mut misfits) = (0, None, 0);
    while let Some(extent) = dialect.extent(&sample[at..], false) {
        let cells = dialect.cells(&sample[at..at + extent.end]).len();
        let expected = *expected.get_or_insert(cells);
        misfits += usize::from(cells != expected || extent.suspicious);
        at += extent.next;
    }
    misfits
}

/// Whether some cell begins with a quote and does not end with one on the same line.
fn open_quotes(sample: &[u8], delimiter: u8) -> bool {
    let whole = memchr::memrchr(b'\n', sample).map_or(sample.len(), |at| at);
    let lines = sample[..whole].split(|&b| b == b'\n');
    lines.flat_map(|line| line.split(move |&b| b == delimiter)).any(|cell| {
        let cell = cell.strip_suffix(b"\r").unwrap_or(cell);
        let quotes = memchr::memchr_iter(b'"', cell).count();
        cell.starts_with(b"\"") && (quotes % 2 == 1 || !cell.ends_with(b"\""))
    })
}

struct CsvReader {
    feed: Feed,
    dialect: Dialect,
    header: Arc<Vec<String>>,
    limits: Limits,
    row: u64,
    /// Lines before the first buffered byte.
    line: u64,
}

impl CsvReader {
    /// Takes the header off, or names the columns by their numbers if there is none.
    fn read_header(&mut self, named: &[String]) -> Result<(), Failure> {
        let mut size = SNIFFED;
        let extent = loop {
            if let Some(extent) = self.dialect.extent(self.feed.buffered(), self.feed.ended()) {
                break extent;
            }
            if self.feed.ended() || size > self.limits.record {
                return Err(Failure::Unreadable("the first row does not end; is it a table?".to_owned()));
            }
            size *= 2;
            self.feed.fill(size)?;
        };
        let row = &self.feed.buffered()[..extent.end];
        let cells: Vec<String> = self
            .dialect
            .cells(row)
            .iter()
            .map(|cell| String::from_utf8_lossy(cell).trim().to_owned())
            .collect();
        if is_header(&cells, named) {
            self.line = memchr::memchr_iter(b'\n', &self.feed.buffered()[..extent.next]).count() as u64;
            self.feed.skip(extent.next);
            self.header = Arc::new(cells);
        } else {
            self.header = Arc::new((0..cells.len()).map(|i| i.to_string()).collect());
        }
        Ok(())
    }

    /// Cuts rows from the buffer until a chunk is full. Returns how much of it they are.
    fn cut(&mut self, items: &mut Vec<Item>, rejected: &mut Vec<Rejected>) -> io::Result<usize> {
        let mut at = 0;
        let mut target = self.limits.chunk.max(1);
        self.feed.fill(target)?;
        while at < self.limits.chunk.max(1) && (at < self.feed.buffered().len() || !self.feed.ended()) {
            let rest = &self.feed.buffered()[at..];
            match self.dialect.extent(rest, self.feed.ended()) {
                Some(extent) if !extent.suspicious => {
                    if extent.end > 0 {
                        items.push(Item {
                            start: at,
                            end: at + extent.end,
                            row: self.row,
                            line: self.line + 1,
                        });
                        self.row += 1;
                    }
                    self.line += memchr::memchr_iter(b'\n', &rest[..extent.next]).count() as u64;
                    at += extent.next;
                }
                None if !self.feed.ended() && rest.len() <= self.limits.record => {
                    if at > 0 {
                        return Ok(at);
                    }
                    target = rest.len().max(target) * 2;
                    self.feed.fill(target)?;
                }
                // A quote that was never closed swallows what follows: give up its line only.
                _ => match memchr::memchr(b'\n', rest) {
                    None if !self.feed.ended() && at > 0 => return Ok(at),
                    None if !self.feed.ended() => {
                        rejected.push(self.refuse_long_line()?);
                        return Ok(0);
                    }
                    end => {
                        let line = &rest[..end.unwrap_or(rest.len())];
                        let place = self.place(self.feed.offset() + at as u64);
                        rejected.push(Rejected::new(Some(place), Reason::OpenQuote, line));
                        at += end.map_or(rest.len(), |end| end + 1);
                        self.row += 1;
                        self.line += 1;
                    }
                },
            }
        }
        Ok(at)
    }

    fn place(&self, offset: u64) -> Place {
        Place { row: self.row, line: Some(self.line + 1), offset: Some(offset) }
    }

    /// Refuses the line that starts the buffer and goes to the next one.
    fn refuse_long_line(&mut self) -> io::Result<Rejected> {
        let reason = Reason::TooLong { limit: self.limits.record };
        let mut rejected = Rejected::new(Some(self.place(self.feed.offset())), reason, self.feed.buffered());
        rejected.truncated = true;
        self.feed.skip_past(b'\n')?;
        self.row += 1;
        self.line += 1;
        Ok(rejected)
    }
}

/// Whether the first row names the columns: it has a known or wanted name, or nothing that looks
/// like data.
fn is_header(cells: &[String], named: &[String]) -> bool {
    let known = |cell: &String| named.contains(cell) || names::is_known(cell);
    let data = |cell: &String| cell.is_empty() || cell.len() > LONGEST_NAME || cell.parse::<f64>().is_ok();
    cells.iter().any(known) || !cells.iter().any(data)
}

impl Reader for CsvReader {
    fn next(&mut self) -> Result<Option<Chunk>, Failure> {
        let (mut items, mut rejected) = (Vec::new(), Vec::new());
        let size = self.cut(&mut items, &mut rejected)?;
        let base = self.feed.offset();
        let bytes = self.feed.take(size);
        let at_end = self.feed.ended() && self.feed.buffered().is_empty();
        if let Some(reason) = at_end.then(|| self.feed.damage()).flatten() {
            // The row that the damage cut may look whole, and nobody can tell.
            let cut = items.pop_if(|item| item.end == bytes.len());
            let place = cut.map(|item| Place {
                row: item.row,
                line: Some(item.line),
                offset: Some(base + item.start as u64),
            });
            rejected.push(Rejected::new(place, reason, cut.map_or(&[], |item| &bytes[item.start..item.end])));
        } else if size == 0 && rejected.is_empty() {
            return Ok(None);
        }
        let items = Items { bytes, base, items };
        let work = CsvRows { items, dialect: self.dialect, header: Arc::clone(&self.header) };
        Ok(Some(Chunk { work: Some(Box::new(work)), rejected, disk: self.feed.advanced() }))
    }

    fn finish(&mut self) -> io::Result<Option<u128>> {
        self.feed.finish()
    }
}

struct CsvRows {
    items: Items,
    dialect: Dialect,
    header: Arc<Vec<String>>,
}

impl Work for CsvRows {
    fn parse(self: Box<Self>, wanted: Wanted<'_>, limits: &Limits, sink: &mut dyn Sink) {
        let columns: Vec<(usize, &String)> =
            self.header.iter().enumerate().filter(|(_, name)| wanted.has(name)).collect();
        let expected = self.header.len();
        self.items.each(limits, sink, &mut |sink, place, row| {
            let cells = self.dialect.cells(row);
            let parsed = match cells.len() == expected {
                true => utf8(row).and_then(|_| fields(&columns, &cells)),
                false => Err(Reason::Ragged { found: cells.len(), expected }),
            };
            match parsed {
                Ok(fields) => sink.row(place, &fields, Some(row)),
                Err(reason) => sink.reject(Rejected::new(Some(place), reason, row)),
            }
        });
    }
}

fn fields<'a>(columns: &[(usize, &'a String)], cells: &'a [Cow<'_, [u8]>]) -> Result<Fields<'a>, Reason> {
    let field = |&(at, name): &(usize, &'a String)| {
        let text = utf8(&cells[at])?;
        Ok((Cow::Borrowed(name.as_str()), Value::Text(Cow::Borrowed(text))))
    };
    columns.iter().map(field).collect::<Result<_, Reason>>().map(Fields)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{read, rows};
    use super::*;

    #[test]
    fn quotes_line_ends_and_ragged_rows() {
        let data = b"text,label\r\n\"two\nlines, \"\"q\"\"\",1\r\nragged\r\n\r\nlast,0";
        let out = read("csv", data, 1 << 20);
        assert_eq!(out.rows[0].1, r#"{"text":"two\nlines, \"q\"","label":"1"}"#);
        assert_eq!(out.rows[1].1, r#"{"text":"last","label":"0"}"#);
        assert_eq!((out.rows[1].0.row, out.rows[1].0.line), (2, Some(6)));
        let bad = &out.rejected[0];
        assert_eq!(
            (bad.row, bad.line, &bad.reason),
            (Some(1), Some(4), &Reason::Ragged { found: 1, expected: 2 })
        );
    }

    #[test]
    fn a_quote_that_is_never_closed_costs_its_line_only() {
        let mut data = String::from("text,label\n\"fine\",0\n\"never closed,1\n");
        (0..100).for_each(|i| data.push_str(&format!("\"row {i}\",1\n")));
        for chunk in [1, 50, 300, 1 << 20] {
            let out = read("csv", data.as_bytes(), chunk);
            assert_eq!((out.rows.len(), out.rejected.len()), (101, 1), "{chunk}");
            assert_eq!((out.rejected[0].row, &out.rejected[0].reason), (Some(1), &Reason::OpenQuote));
        }
        let out = read("csv", b"text,label\na,0\n\"open,1\nb,0\n", 1 << 20);
        assert_eq!((out.rows.len(), out.rejected[0].row, out.rows[1].0.row), (2, Some(1), 2));
    }

    #[test]
    fn tabs_are_quoted_only_where_it_works_out() {
        let stray = b"text\tlabel\n\"good\" he said\t1\n\" odd\t0\nplain\t1\n";
        let out = read("tsv", stray, 1 << 20);
        assert_eq!(out.rows[0].1, r#"{"text":"\"good\" he said","label":"1"}"#);
        assert_eq!((out.rows.len(), out.rejected.len()), (3, 0));
        let quoted = b"text\tlabel\n\"a\tb\"\t1\n\"c \"\"d\"\"\"\t0\n";
        let out = read("tsv", quoted, 1 << 20);
        assert_eq!(out.rows[1].1, r#"{"text":"c \"d\"","label":"0"}"#);
    }

    #[test]
    fn a_first_row_of_data_is_no_header() {
        let out = read("csv", b"3,hello there\n1,good bye\n", 1 << 20);
        assert_eq!(out.rows[0].1, r#"{"0":"3","1":"hello there"}"#);
        let out = read("csv", b"satz;klasse\neins;x\n", 1 << 20);
        assert_eq!(out.rows[0].1, r#"{"satz":"eins","klasse":"x"}"#);
    }

    #[test]
    fn long_rows_are_refused() {
        let data = format!("text,label\n{},1\nok,1\n\"{}\n", "x".repeat(900), "y,".repeat(900));
        for chunk in [1, 64, 1 << 20] {
            let out = rows("csv", data.as_bytes(), chunk, 800);
            let refused: Vec<_> = out.rejected.iter().map(|r| r.row).collect();
            assert_eq!(
                (out.rows.len(), out.rows[0].0.row, refused),
                (1, 1, vec![Some(0), Some(2)]),
                "{chunk}"
            );
        }
    }
}
