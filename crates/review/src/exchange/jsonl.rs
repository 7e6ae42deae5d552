//! Rows as JSON lines.

use std::io;

use super::Row;

pub(super) fn write(out: &mut dyn io::Write, rows: impl Iterator<Item = io::Result<Row>>) -> io::Result<()> {
    rows.into_iter().try_for_each(|row| out.write_all(&toadstone_report::json::line(&row?)))
}

/// The rows of a file, each with its line. Lines of white space are none.
pub(super) fn parse(bytes: &[u8]) -> Vec<(u64, Result<Row, String>)> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let lines = (1..).zip(bytes.split(|byte| *byte == b'\n'));
    let said = lines.filter(|(_, line)| !line.iter().all(u8::is_ascii_whitespace));
    said.map(|(number, line)| (number, serde_json::from_slice(line).map_err(|error| error.to_string())))
        .collect()
}
