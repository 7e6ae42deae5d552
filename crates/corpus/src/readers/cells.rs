//! Rows of cells: where a row ends and what its cells hold (RFC 4180, read as the `csv` crate does).

use std::borrow::Cow;

/// How cells are separated and quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(super) delimiter: u8,
    /// Whether a cell that begins with `"` is quoted.
    pub(super) quoted: bool,
}

/// The extent of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    /// One past its last byte, the line end excluded.
    pub(super) end: usize,
    /// Where the next row begins.
    pub(super) next: usize,
    /// Whether a quoted cell holds a line end and another quoted cell goes on after its quote: the
    /// sign of a quote that was never closed.
    pub(super) suspicious: bool,
}

impl Dialect {
    /// The extent of the row that begins `bytes`; `None` if it goes on behind them. `last`: nothing
    /// comes after them.
    pub(super) fn extent(self, bytes: &[u8], last: bool) -> Option<Extent> {
        let (mut at, mut many_lines, mut improper) = (0, false, false);
        loop {
            let found = match self.quoted {
                true => memchr::memchr2(b'"', b'\n', &bytes[at..]),
                false => memchr::memchr(b'\n', &bytes[at..]),
            };
            let Some(found) = found.map(|f| at + f) else {
                let (end, next) = (bytes.len(), bytes.len());
                return last.then_some(Extent { end, next, suspicious: many_lines && improper });
            };
            if bytes[found] == b'\n' {
                let end = found - usize::from(found > 0 && bytes[found - 1] == b'\r');
                return Some(Extent { end, next: found + 1, suspicious: many_lines && improper });
            }
            at = found + 1;
            if found == 0 || bytes[found - 1] == self.delimiter {
                let close = closing_quote(bytes, at, last)?;
                many_lines |= memchr::memchr(b'\n', &bytes[at..close]).is_some();
                let after = bytes.get(close + 1).copied().unwrap_or(b'\n');
                improper |= after != self.delimiter && after != b'\n' && after != b'\r';
                at = close + 1;
            }
        }
    }

    /// The cells of a row.
    pub(super) fn cells(self, row: &[u8]) -> Vec<Cow<'_, [u8]>> {
        let mut cells = Vec::new();
        let mut at = 0;
        loop {
            let (cell, next) = self.cell(row, at);
            cells.push(cell);
            match next {
                Some(next) => at = next,
                None => return cells,
            }
        }
    }

    /// The cell that begins at `at`, and where the next one does.
    fn cell(self, row: &[u8], at: usize) -> (Cow<'_, [u8]>, Option<usize>) {
        if !self.quoted || row.get(at) != Some(&b'"') {
            let end = memchr::memchr(self.delimiter, &row[at..]).map(|d| at + d);
            return (Cow::Borrowed(&row[at..end.unwrap_or(row.len())]), end.map(|e| e + 1));
        }
        let close = closing_quote(row, at + 1, true).unwrap_or(row.len());
        let inner = &row[at + 1..close];
        let rest = (close + 1).min(row.len());
        let end = memchr::memchr(self.delimiter, &row[rest..]).map(|d| rest + d);
        let tail = &row[rest..end.unwrap_or(row.len())];
        let next = end.map(|e| e + 1);
        if tail.is_empty() && memchr::memchr(b'"', inner).is_none() {
            return (Cow::Borrowed(inner), next);
        }
        let mut text = Vec::with_capacity(inner.len() + tail.len());
        let mut escaped = false;
        for &b in inner {
            escaped = b == b'"' && !escaped;
            if !escaped {
                text.push(b);
            }
        }
        text.extend_from_slice(tail);
        (Cow::Owned(text), next)
    }
}

/// A cell that cannot be written: quotes mean nothing in such a table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unquotable;

impl Dialect {
    /// A row with other text in some cells, given ascending; all other bytes stay.
    ///
    /// # Errors
    /// [`Unquotable`] if a text has a delimiter or a line end, and the table quotes nothing.
    pub(crate) fn replace(self, row: &[u8], texts: &[(usize, &str)]) -> Result<Vec<u8>, Unquotable> {
        let mut out = Vec::with_capacity(row.len() + texts.iter().map(|(_, text)| text.len()).sum::<usize>());
        let (mut at, mut copied, mut texts) = (0, 0, texts.iter().peekable());
        for number in 0.. {
            let (_, next) = self.cell(row, at);
            let end = next.map_or(row.len(), |next| next - 1);
            if let Some((_, text)) = texts.next_if(|(cell, _)| *cell == number) {
                out.extend_from_slice(&row[copied..at]);
                self.quote(text, &mut out)?;
                copied = end;
            }
            let Some(next) = next else { break };
            at = next;
        }
        out.extend_from_slice(&row[copied..]);
        Ok(out)
    }

    fn quote(self, text: &str, out: &mut Vec<u8>) -> Result<(), Unquotable> {
        let bytes = text.as_bytes();
        let special =
            |b: &u8| *b == self.delimiter || matches!(b, b'\n' | b'\r') || (self.quoted && *b == b'"');
        if !bytes.iter().any(special) {
            out.extend_from_slice(bytes);
            return Ok(());
        }
        if !self.quoted {
            return Err(Unquotable);
        }
        out.push(b'"');
        out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        out.push(b'"');
        Ok(())
    }
}

/// The quote that closes a cell whose text begins at `at`; a doubled quote does not.
fn closing_quote(bytes: &[u8], mut at: usize, last: bool) -> Option<usize> {
    loop {
        let quote = at + memchr::memchr(b'"', bytes.get(at..)?)?;
        match bytes.get(quote + 1) {
            Some(b'"') => at = quote + 2,
            None if !last => return None,
            _ => return Some(quote),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CSV: Dialect = Dialect { delimiter: b',', quoted: true };

    fn ours(bytes: &[u8]) -> Vec<Vec<Vec<u8>>> {
        let (mut rows, mut at) = (Vec::new(), 0);
        while at < bytes.len() {
            let Some(extent) = CSV.extent(&bytes[at..], true) else { break };
            let row = &bytes[at..at + extent.end];
            if !row.is_empty() {
                rows.push(CSV.cells(row).into_iter().map(Cow::into_owned).collect());
            }
            at += extent.next;
        }
        rows
    }

    fn theirs(bytes: &[u8]) -> Vec<Vec<Vec<u8>>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        reader.byte_records().map(|r| r.unwrap().iter().map(<[u8]>::to_vec).collect()).collect()
    }

    proptest! {
        #[test]
        fn reads_as_the_csv_crate_does(text in "[ab,\"\n]{0,40}") {
            // An open quote at the end is ours to refuse; the crate takes it as closed.
            let mut at = 0;
            while let Some(extent) = CSV.extent(&text.as_bytes()[at..], true) {
                at += extent.next;
                if at >= text.len() { break }
            }
            prop_assume!(at >= text.len());
            prop_assert_eq!(ours(text.as_bytes()), theirs(text.as_bytes()));
        }

        #[test]
        fn written_rows_come_back(rows in prop::collection::vec(prop::collection::vec(any::<String>(), 3), 1..6)) {
            let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
            rows.iter().for_each(|r| writer.write_record(r).unwrap());
            let bytes = writer.into_inner().unwrap();
            let back = ours(&bytes);
            let expected: Vec<Vec<Vec<u8>>> =
                rows.iter().map(|r| r.iter().map(|c| c.as_bytes().to_vec()).collect()).collect();
            prop_assert_eq!(back, expected);
        }

        #[test]
        fn replaced_cells_come_back_and_others_stay(
            cells in prop::collection::vec("[ab,\" \n\r]{0,6}", 3), at in 0usize..3, text in "[ab,\" \n\r]{0,6}"
        ) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(&cells).unwrap();
            let row = writer.into_inner().unwrap();
            let extent = CSV.extent(&row, true).unwrap();
            let mut expected: Vec<Vec<u8>> = cells.iter().map(|c| c.clone().into_bytes()).collect();
            expected[at] = text.clone().into_bytes();
            let new = CSV.replace(&row[..extent.end], &[(at, &text)]).unwrap();
            let found: Vec<Vec<u8>> = CSV.cells(&new).into_iter().map(Cow::into_owned).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn a_row_ends_in_one_place_however_much_is_seen(text in "[ab,\"\n]{0,40}", cut in 0usize..40) {
            let bytes = text.as_bytes();
            let cut = cut.min(bytes.len());
            if let Some(extent) = CSV.extent(&bytes[..cut], false) {
                prop_assert_eq!(Some(extent), CSV.extent(bytes, true));
            }
        }
    }

    #[test]
    fn a_table_without_quotes_holds_no_line_ends() {
        let plain = Dialect { delimiter: b'\t', quoted: false };
        assert_eq!(plain.replace(b"a\tb", &[(1, "\"c")]).unwrap(), b"a\t\"c");
        assert_eq!(plain.replace(b"a\tb", &[(0, "x\ny")]), Err(Unquotable));
    }

    #[test]
    fn a_quote_that_was_never_closed_shows() {
        let text = b"a,\"open\nb,\"closed\"\n";
        assert!(CSV.extent(text, true).unwrap().suspicious);
        assert!(!CSV.extent(b"a,\"two\nlines\",\"x\"\n", true).unwrap().suspicious);
        assert!(!CSV.extent(b"a,\"5\" disk\"\n", true).unwrap().suspicious);
    }
}
