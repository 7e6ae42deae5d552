//! What a fetcher notes of every page that it is done with: a JSON object on a line. The first line says
//! what the file is; a last line without its end was being written when the fetcher was killed.

use std::io::{self, BufRead, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::Encoding;
use serde::{Deserialize, Serialize};
use unicode_script::Script;

use super::Notes;
use crate::page::fingerprint::{SHINGLE_BINS, WORD_BINS};
use crate::page::{Content, Digest, Fingerprint, Page};

/// The first line.
pub(crate) const HEAD: &str = r#"{"toadstone":"fetched pages","version":1}"#;
/// Bytes of a line.
const LINE: u64 = 64 << 10;

#[derive(Serialize, Deserialize)]
struct Line {
    url: String,
    seen: Option<i64>,
    state: State,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    cut: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    print: Option<Print>,
}

#[derive(Serialize, Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
enum State {
    Text,
    Digest,
    Gone,
    Unreachable,
}

/// A fingerprint: the five columns of fixed width one after another in base 64, and the rest.
#[derive(Serialize, Deserialize)]
struct Print {
    fixed: String,
    counts: [u32; 3],
    charset: String,
    script: String,
    links: Vec<String>,
}

const FIXED: usize = 32 + 20 + 32 + 2 * SHINGLE_BINS + 2 * WORD_BINS;

/// The line for a page, with its line feed.
pub(crate) fn line(page: &Page) -> String {
    let (state, why, print) = match &page.content {
        Content::Text(print) => (State::Text, None, Some(pack(print))),
        Content::Gone(why) => (State::Gone, Some(why.to_string()), None),
        Content::Unreachable(why) => (State::Unreachable, Some(why.to_string()), None),
        Content::Digest(_) => (State::Digest, None, None),
    };
    let digest = match &page.content {
        Content::Digest(Digest::Sha256(digest)) => Some(STANDARD.encode(digest)),
        Content::Digest(Digest::Sha1(digest)) => Some(STANDARD.encode(digest)),
        _ => None,
    };
    let line = Line { url: page.url.clone(), seen: page.seen, state, why, cut: page.cut, digest, print };
    // Plain strings and numbers: nothing that could not be written.
    serde_json::to_string(&line).unwrap_or_default() + "\n"
}

fn pack(print: &Fingerprint) -> Print {
    let mut fixed = Vec::with_capacity(FIXED);
    fixed.extend(print.sha256);
    fixed.extend(print.sha1);
    fixed.extend(print.text);
    fixed.extend(print.shingles.iter().chain(&print.words).flat_map(|bin| bin.to_le_bytes()));
    Print {
        fixed: STANDARD.encode(fixed),
        counts: [print.shingle_count, print.word_count, print.length],
        charset: print.charset.to_owned(),
        script: print.script.to_owned(),
        links: print.links.clone(),
    }
}

fn unpack(print: Print) -> Option<Fingerprint> {
    let fixed: [u8; FIXED] = STANDARD.decode(print.fixed).ok()?.try_into().ok()?;
    let (sha256, rest) = fixed.split_first_chunk::<32>()?;
    let (sha1, rest) = rest.split_first_chunk::<20>()?;
    let (text, rest) = rest.split_first_chunk::<32>()?;
    let bins: Vec<u16> = rest.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    let (shingles, words) = bins.split_at(SHINGLE_BINS);
    Some(Fingerprint {
        sha256: *sha256,
        sha1: *sha1,
        text: *text,
        shingles: shingles.try_into().ok()?,
        words: words.try_into().ok()?,
        shingle_count: print.counts[0],
        word_count: print.counts[1],
        length: print.counts[2],
        charset: Encoding::for_label(print.charset.as_bytes()).map_or("UTF-8", Encoding::name),
        script: Script::from_full_name(&print.script).map_or("Common", Script::full_name),
        links: print.links.into_iter().take(64).collect(),
    })
}

/// Whether a file that begins so is a journal.
pub(crate) fn is_journal(head: &str) -> bool {
    head.lines().next() == Some(HEAD)
}

/// Gives every page of a journal to `each`, with the number of its line, counted from 0.
///
/// # Errors
/// The stream's. A line that is none of a journal is counted in `notes`, a last one that is not whole is
/// left out without a word.
pub(crate) fn pages(
    input: &mut dyn BufRead,
    notes: &mut Notes,
    each: &mut dyn FnMut(u64, Page) -> io::Result<()>,
) -> io::Result<()> {
    for number in 0.. {
        let mut line = Vec::new();
        (&mut *input).take(LINE).read_until(b'\n', &mut line)?;
        match line.strip_suffix(b"\n") {
            None if (line.len() as u64) < LINE => break,
            Some(line) if number == 0 && line == HEAD.as_bytes() => {}
            Some(line) => match page(line) {
                Some(page) => each(number, page)?,
                None => notes.refuse("a line that is no fetched page", number),
            },
            None => notes.refuse("a line that is no fetched page", number),
        }
    }
    Ok(())
}

fn digest(text: &str) -> Option<Digest> {
    let bytes = STANDARD.decode(text).ok()?;
    let sha256 = <[u8; 32]>::try_from(bytes.as_slice()).map(Digest::Sha256);
    sha256.or_else(|_| <[u8; 20]>::try_from(bytes).map(Digest::Sha1)).ok()
}

fn page(line: &[u8]) -> Option<Page> {
    let line: Line = serde_json::from_slice(line).ok()?;
    let why = || line.why.as_deref().unwrap_or("").chars().take(200).collect::<String>().into();
    let content = match line.state {
        State::Gone => Content::Gone(why()),
        State::Unreachable => Content::Unreachable(why()),
        State::Digest => Content::Digest(digest(&line.digest?)?),
        State::Text => Content::Text(Box::new(unpack(line.print?)?)),
    };
    Some(Page { url: line.url, seen: line.seen, content, cut: line.cut })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_come_back_and_a_torn_line_does_not() {
        let text = Content::Text(Box::new(Fingerprint::of("déjà vu https://x.example/", "")));
        let page =
            |content| Page { url: "http://a.example/\"\u{1b}".into(), seen: Some(7), content, cut: true };
        let pages = [
            page(text),
            page(Content::Gone("status 404".into())),
            page(Content::Digest(Digest::Sha256([7; 32]))),
            page(Content::Digest(Digest::Sha1([8; 20]))),
        ];
        let mut journal = format!("{HEAD}\n{}not json\n", pages.iter().map(line).collect::<String>());
        journal.push_str(&line(&pages[0])[..40]);
        assert!(is_journal(&journal));
        let (mut back, mut notes) = (Vec::new(), Notes::default());
        super::pages(&mut journal.as_bytes(), &mut notes, &mut |_, page| {
            back.push(page);
            Ok(())
        })
        .unwrap();
        assert_eq!((back.as_slice(), notes.refused()), (&pages[..], 1));
    }
}
