//! Rows as comma-separated values.

use std::io;

use super::Row;

const HEADER: [&str; 10] =
    ["file", "row", "finding", "detector", "score", "excerpt", "decision", "note", "who", "digest"];

/// What a spreadsheet may take for the start of a formula (OWASP, "CSV Injection").
const STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Whether a cell, or what stands behind its quotes, begins like a formula.
fn like_a_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(STARTS)
}

/// A cell that no spreadsheet takes for a formula: it gets a `'` in front, and so does one that has some
/// already, so that one can be taken off again.
fn safe(text: &str) -> String {
    if like_a_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// The text of a safe cell.
fn unsafe_again(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| like_a_formula(rest)).unwrap_or(cell)
}

pub(super) fn write(out: &mut dyn io::Write, rows: impl Iterator<Item = io::Result<Row>>) -> io::Result<()> {
    let mut writer = ::csv::Writer::from_writer(out);
    writer.write_record(HEADER)?;
    for row in rows {
        let row = row?;
        let number = row.row.map(|n| n.to_string()).unwrap_or_default();
        let score = row.score.map(|score| score.to_string()).unwrap_or_default();
        let texts = [&row.file, &number, &row.finding, &row.detector, &score, &row.excerpt, &row.decision];
        writer.write_record(
            texts.into_iter().chain([&row.note, &row.who, &row.digest]).map(|text| safe(text)),
        )?;
    }
    writer.flush()
}

/// The rows of a file, each with its line. Columns may be in any order, and more than ours.
///
/// # Errors
/// In the place of all rows if there is no header that names what is needed.
pub(super) fn parse(bytes: &[u8]) -> Vec<(u64, Result<Row, String>)> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let delimiter = delimiter(bytes);
    let mut reader = ::csv::ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(bytes);
    let header: Vec<String> = match reader.byte_headers() {
        Ok(header) => header.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_lowercase()).collect(),
        Err(error) => return vec![(1, Err(error.to_string()))],
    };
    let missing = ["decision", "digest"].into_iter().find(|name| !header.iter().any(|cell| cell == name));
    if let Some(missing) = missing {
        return vec![(1, Err(format!("the header has no column `{missing}`")))];
    }
    let mut out = Vec::new();
    let mut record = ::csv::ByteRecord::new();
    loop {
        let line = reader.position().line();
        match reader.read_byte_record(&mut record) {
            Ok(true) => out.push((record.position().map_or(line, |at| at.line()), row(&header, &record))),
            Ok(false) => return out,
            Err(error) => out.push((line, Err(error.to_string()))),
        }
    }
}

/// Spreadsheets of some countries write semicolons.
fn delimiter(bytes: &[u8]) -> u8 {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |wanted: u8| first.iter().filter(|byte| **byte == wanted).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|d| count(*d)).unwrap_or(b',')
}

fn row(header: &[String], record: &::csv::ByteRecord) -> Result<Row, String> {
    if record.len() != header.len() {
        return Err(format!("it has {} cells and the header {}", record.len(), header.len()));
    }
    let mut row = Row::default();
    for (name, cell) in header.iter().zip(record) {
        let cell = std::str::from_utf8(cell).map_err(|_| format!("`{name}` is not UTF-8"))?;
        let text = unsafe_again(cell).to_owned();
        match name.as_str() {
            "file" => row.file = text,
            "row" if text.trim().is_empty() => row.row = None,
            "row" => row.row = Some(text.trim().parse().map_err(|_| "`row` is not a number".to_owned())?),
            "finding" => row.finding = text,
            "decision" => row.decision = text,
            "note" => row.note = text,
            "who" => row.who = text,
            "digest" => row.digest = text,
            _ => {}
        }
    }
    Ok(row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_are_defused_and_come_back() {
        for text in ["=1+1", "+x", "-1", "@a", "'=1", "''=1", "plain", "'plain", "", "\tx", "it's"] {
            let cell = safe(text);
            assert!(!cell.starts_with(STARTS), "{cell}");
            assert_eq!(unsafe_again(&cell), text);
        }
    }

    proptest! {
        #[test]
        fn cells_come_back(text in any::<String>()) {
            let cell = safe(&text);
            prop_assert!(!cell.starts_with(STARTS));
            prop_assert_eq!(unsafe_again(&cell), text.as_str());
        }

        #[test]
        fn rows_come_back(note in "[^\u{0}]{0,12}", file in "\\PC{0,8}", number in any::<u64>(), decision in "fine|") {
            let row = Row { file, row: Some(number), note, decision, digest: "d".into(), ..Row::default() };
            let mut out = Vec::new();
            write(&mut out, std::iter::once(Ok(row.clone()))).unwrap();
            prop_assert_eq!(parse(&out).pop().unwrap().1, Ok(row));
        }

        #[test]
        fn any_bytes_are_read(bytes in any::<Vec<u8>>()) {
            let _ = parse(&[&b"decision,digest\n"[..], &bytes].concat());
            let _ = parse(&bytes);
        }
    }
}
