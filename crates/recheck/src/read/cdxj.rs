//! CDXJ, the index of web archives: `key timestamp {json}` on each line (IIPC, pywb). No contents, only
//! digests and statuses.

use std::io::{self, BufRead, Read};

use serde::Deserialize;
use toadstone_core::instant;

use super::Notes;
use crate::page::{Content, Digest, Page, by_status};

/// Bytes of a line.
const LINE: u64 = 64 << 10;

#[derive(Deserialize)]
struct Fields {
    url: Option<String>,
    #[serde(default)]
    status: Option<serde_json::Value>,
    digest: Option<String>,
}

/// Gives every capture of an index to `each`, with the number of its line, counted from 0.
///
/// # Errors
/// The stream's. A line that is none of an index is counted in `notes`.
pub fn pages(
    input: &mut dyn BufRead,
    notes: &mut Notes,
    each: &mut dyn FnMut(u64, Page) -> io::Result<()>,
) -> io::Result<()> {
    for number in 0.. {
        let mut line = Vec::new();
        (&mut *input).take(LINE).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            break;
        }
        if line.len() as u64 == LINE && line.last() != Some(&b'\n') {
            skip_line(input)?;
            notes.refuse("a line of more than 64 KiB", number);
            continue;
        }
        match std::str::from_utf8(&line) {
            Ok(line) if line.trim().is_empty() || line.starts_with('!') => {}
            Ok(line) => match capture(line.trim_end()) {
                Ok(page) => each(number, page)?,
                Err(why) => notes.refuse(why, number),
            },
            Err(_) => notes.refuse("a line that is not UTF-8", number),
        }
    }
    Ok(())
}

fn skip_line(input: &mut dyn BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        let (used, ended) = match memchr::memchr(b'\n', buffer) {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        input.consume(used);
        if ended {
            return Ok(());
        }
    }
}

/// One line of an index.
pub(super) fn capture(line: &str) -> Result<Page, &'static str> {
    let mut parts = line.splitn(3, ' ');
    let (Some(key), Some(stamp), Some(json)) = (parts.next(), parts.next(), parts.next()) else {
        return Err("a line that is not `key timestamp {json}`");
    };
    let seen = moment(stamp).ok_or("a timestamp that is not 14 digits")?;
    let fields: Fields = serde_json::from_str(json).map_err(|_| "a line whose fields are no JSON object")?;
    let url = fields.url.or_else(|| unsort(key)).ok_or("a line without an address")?;
    let status = match fields.status {
        None => None,
        Some(serde_json::Value::String(text)) if matches!(text.as_str(), "" | "-") => None,
        Some(serde_json::Value::String(text)) => {
            Some(text.parse().map_err(|_| "a status that is no number")?)
        }
        Some(value) => {
            Some(value.as_u64().and_then(|n| u16::try_from(n).ok()).ok_or("a status that is no number")?)
        }
    };
    let content = match status.and_then(by_status) {
        Some(content) => content,
        None => {
            let digest = fields.digest.as_deref().and_then(Digest::read);
            Content::Digest(digest.ok_or("a capture without a digest that can be read")?)
        }
    };
    Ok(Page { url, seen: Some(seen), content, cut: false })
}

/// `20240309120000`.
fn moment(stamp: &str) -> Option<i64> {
    if stamp.len() != 14 || !stamp.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| &stamp[from..to];
    instant(&format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4),
        part(4, 6),
        part(6, 8),
        part(8, 10),
        part(10, 12),
        part(12, 14)
    ))
}

/// The address behind a sort-friendly one: `org,example,www)/path`.
fn unsort(key: &str) -> Option<String> {
    let (host, path) = key.split_once(')')?;
    let (host, port) = host.split_once(':').map_or((host, String::new()), |(h, p)| (h, format!(":{p}")));
    let host: Vec<&str> = host.split(',').rev().collect();
    Some(format!("http://{}{port}{path}", host.join(".")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"org,example)/a?b=1 20240309120000 {"url": "https://example.org/a?b=1", "mime": "text/html", "status": "200", "digest": "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", "length": "1"}"#;

    #[test]
    fn captures_are_read() {
        let page = capture(LINE).unwrap();
        assert_eq!((page.url.as_str(), page.seen), ("https://example.org/a?b=1", Some(1_709_985_600)));
        assert!(matches!(page.content, Content::Digest(Digest::Sha1(_))));
        let gone = capture(r#"org,example,www:81)/x 20240309120000 {"status": 404}"#).unwrap();
        assert_eq!(gone.url, "http://www.example.org:81/x");
        assert!(matches!(gone.content, Content::Gone(_)));
    }

    #[test]
    fn what_is_none_is_counted() {
        let long = format!("{} 20240309120000 {{}}", "x".repeat(70_000));
        let lines = [
            LINE,
            "!meta",
            "",
            "one two",
            r#"k 2024 {"digest":"x"}"#,
            r#"org,example)/ 20240309120000 {"digest":"x"}"#,
            r#"org,example)/ 20240309120000 {"url":"a","url":"b"}"#,
            r#"org,example)/ 20241309120000 {}"#,
            &long,
            LINE,
        ]
        .join("\n");
        let (mut rows, mut notes) = (Vec::new(), Notes::default());
        pages(&mut lines.as_bytes(), &mut notes, &mut |row, _| {
            rows.push(row);
            Ok(())
        })
        .unwrap();
        assert_eq!((rows, notes.refused()), (vec![0, 9], 6), "{notes:?}");
    }

    proptest::proptest! {
        #[test]
        fn any_line_is_taken(line in "[a-z,]{0,9}\\)?/? ?[0-9é]{12,15} \\{?\\PC{0,60}") {
            let _ = capture(&line);
        }
    }
}
