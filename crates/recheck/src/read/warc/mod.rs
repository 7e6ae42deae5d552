//! Web archives: WARC 1.0 and 1.1 (ISO 28500), plain or as gzip or zstd members.
//!
//! Written here because the crates for it are not kept up, or bring a second zstd along. Pages are in
//! `response` records (HTTP messages), `resource` records (contents) and `conversion` records (texts).

mod block;
mod http;
mod record;

use std::io::{self, BufRead};

use toadstone_core::instant;

pub(crate) use block::unpacked;

use super::Notes;
use crate::page::{Content, Page, by_status};
use record::{Header, Records};

/// Bytes of the block of a record that are looked at; the rest is skipped, and the page counts as cut.
pub(crate) const BLOCK: usize = 16 << 20;

/// Gives every page of an archive to `each`, with the offset of its record in the unpacked stream.
/// Memory: one record of at most 16 MiB, and what it unpacks to, at most as much again.
///
/// # Errors
/// The stream's. What is malformed is counted in `notes`, and reading goes on at the next record.
pub fn pages(
    input: &mut dyn BufRead,
    notes: &mut Notes,
    each: &mut dyn FnMut(u64, Page) -> io::Result<()>,
) -> io::Result<()> {
    let mut records = Records::new(input);
    while let Some(record) = records.next(notes)? {
        let offset = record.offset;
        match page(&record.header, record.block, record.cut) {
            Ok(Some(page)) => each(offset, page)?,
            Ok(None) => {}
            Err(why) => notes.refuse(why, offset),
        }
    }
    Ok(())
}

/// The page that a record holds; `None` for other kinds of records.
fn page(header: &Header, block: Vec<u8>, cut: bool) -> Result<Option<Page>, &'static str> {
    let kind = header.get("WARC-Type").unwrap_or("").to_ascii_lowercase();
    if !matches!(kind.as_str(), "response" | "resource" | "conversion") {
        return Ok(None);
    }
    let url = header.get("WARC-Target-URI").ok_or("a record without WARC-Target-URI")?;
    let url = url.trim_start_matches('<').trim_end_matches('>').to_owned();
    if !(url.starts_with("http://") || url.starts_with("https://")) {
        return Ok(None);
    }
    let mut cut = cut || header.get("WARC-Truncated").is_some();
    let seen = header.get("WARC-Date").and_then(instant);
    let content = if kind == "response" {
        let message = http::parse(&block)?;
        cut |= message.cut;
        let text = || Content::of(&message.body, message.content_type.as_deref(), &url);
        by_status(message.status).unwrap_or_else(text)
    } else {
        Content::of(&block, header.get("Content-Type"), &url)
    };
    Ok(Some(Page { url, seen, content, cut }))
}

#[cfg(test)]
mod tests;
