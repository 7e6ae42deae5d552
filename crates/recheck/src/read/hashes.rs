//! Lists of addresses and digests in CSV, as data sets of links are published.

use std::io::{self, Read};

use toadstone_core::instant;

use super::Notes;
use crate::page::{Content, Digest, Page};

/// Bytes of a row: the rest of a row that never ends is not kept.
const ROW: usize = 64 << 10;

const URLS: [&str; 5] = ["url", "uri", "link", "address", "page_url"];
const DIGESTS: [&str; 8] =
    ["sha256", "sha-256", "sha1", "hash", "digest", "checksum", "content_digest", "warc_digest"];
const TIMES: [&str; 6] = ["time", "timestamp", "date", "seen", "fetched", "crawled"];

/// Where the columns of a list stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Columns {
    url: usize,
    digest: usize,
    time: Option<usize>,
    separator: u8,
}

/// The columns of a list of digests, told from its first line; `None` if it is none.
pub(super) fn columns(head: &str) -> Option<Columns> {
    let separator = if head.contains('\t') { b'\t' } else { b',' };
    let name = |cell: &str| cell.trim().trim_matches('"').trim_start_matches('\u{feff}').to_ascii_lowercase();
    let names: Vec<String> = head.trim_end().split(char::from(separator)).map(name).collect();
    let find = |of: &[&str]| of.iter().find_map(|wanted| names.iter().position(|name| name == wanted));
    // A table with a text is a data set, whatever else it has.
    if ["text", "content", "body", "html", "document"]
        .iter()
        .any(|text| names.iter().any(|name| name == text))
    {
        return None;
    }
    Some(Columns { url: find(&URLS)?, digest: find(&DIGESTS)?, time: find(&TIMES), separator })
}

/// Gives every row of a list to `each`, with its number, counted from 0 without the head.
///
/// # Errors
/// The stream's. A row that cannot be used is counted in `notes`.
pub(super) fn pages(
    input: &mut dyn Read,
    columns: Columns,
    notes: &mut Notes,
    each: &mut dyn FnMut(u64, Page) -> io::Result<()>,
) -> io::Result<()> {
    let mut builder = csv::ReaderBuilder::new();
    let mut reader = builder.delimiter(columns.separator).flexible(true).from_reader(input);
    let mut row = csv::ByteRecord::new();
    for number in 0.. {
        match reader.read_byte_record(&mut row) {
            Ok(false) => break,
            Ok(true) if row.as_slice().len() > ROW => notes.refuse("a row of more than 64 KiB", number),
            Ok(true) => match page(&row, columns) {
                Ok(page) => each(number, page)?,
                Err(why) => notes.refuse(why, number),
            },
            Err(error) => match error.into_kind() {
                csv::ErrorKind::Io(error) => return Err(error),
                _ => notes.refuse("a malformed row", number),
            },
        }
    }
    Ok(())
}

fn page(row: &csv::ByteRecord, columns: Columns) -> Result<Page, &'static str> {
    let cell = |at: usize| row.get(at).and_then(|cell| std::str::from_utf8(cell).ok());
    let url = cell(columns.url).filter(|url| !url.trim().is_empty()).ok_or("a row without an address")?;
    let digest = cell(columns.digest).and_then(Digest::read).ok_or("a row without a SHA-256 or SHA-1")?;
    let seen = columns.time.and_then(cell).and_then(instant);
    Ok(Page { url: url.trim().to_owned(), seen, content: Content::Digest(digest), cut: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_told_and_read() {
        assert_eq!(columns("id,text,url,sha256"), None);
        assert_eq!(columns("url,width"), None);
        let list = format!(
            "id,\"URL\",hash\n1,https://a.example/,{}\n2,,x\n3,https://b.example/,md5\n",
            "0f".repeat(32)
        );
        let columns = columns(list.lines().next().unwrap()).unwrap();
        let (mut urls, mut notes) = (Vec::new(), Notes::default());
        pages(&mut list.as_bytes(), columns, &mut notes, &mut |row, page| {
            urls.push((row, page.url));
            Ok(())
        })
        .unwrap();
        assert_eq!((urls, notes.refused()), (vec![(0, "https://a.example/".to_owned())], 2));
    }
}
