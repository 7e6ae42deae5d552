//! Cuts a text into lines and paragraphs.

use toadstone_sketch::mix;
use xxhash_rust::xxh3::xxh3_64;

use super::scripts::{closes, columns, ends_sentence};
use super::table::Table;
use super::words::{KEPT, Words};
use super::{Repeated, Text};

/// Columns of a short line, as in FineWeb.
const SHORT: u64 = 30;
/// Words of a line that has a sentence, as in C4.
const SENTENCE: u64 = 5;
/// What lists begin with.
const BULLETS: [char; 9] = ['•', '‣', '◦', '▪', '●', '○', '·', '-', '*'];

/// Lines and paragraphs of a text, at most [`KEPT`] of each.
#[derive(Debug, Default)]
pub struct Lines {
    lines: Vec<(u64, u64)>,
    paragraphs: Vec<(u64, u64)>,
    table: Table,
}

impl Lines {
    /// Reads a text in a natural language; `boilerplate` are the byte offsets of phrases of boilerplate,
    /// ascending.
    pub fn prose(&mut self, text: &str, boilerplate: &[usize], words: &mut Words, out: &mut Text) {
        self.lines.clear();
        self.paragraphs.clear();
        words.kept.clear();
        let mut phrases = boilerplate.iter().copied().peekable();
        let mut paragraph = (0, 0);
        let mut unpunctuated = 0;
        // Whether the line before may go on in this one.
        let mut open = false;
        let mut start = 0;
        for raw in split(text) {
            let end = start + raw.len();
            let is_boilerplate = phrases.next_if(|at| *at <= end).is_some();
            while phrases.next_if(|at| *at <= end).is_some() {}
            start = end + 1;
            let line = raw.trim();
            if line.is_empty() {
                self.paragraph(std::mem::take(&mut paragraph), out);
                open = false;
                continue;
            }
            let ascii = line.is_ascii();
            let found = words.line(line, ascii, out);
            unpunctuated += found.unpunctuated;
            if found.words >= SENTENCE && !is_boilerplate {
                out.sentences += found.ends + u64::from(found.open);
            }
            out.wrapped += u64::from(open && line.starts_with(char::is_lowercase));
            let punctuated = out.punctuated;
            let chars = self.line(line, ascii, out);
            open = out.punctuated == punctuated;
            let (hash, length) = paragraph;
            paragraph = (mix(hash ^ xxh3_64(line.as_bytes())), length + chars);
        }
        self.paragraph(paragraph, out);
        let letters = || text.chars().filter(|c| c.is_alphanumeric()).count() as u64;
        out.has_sentences = unpunctuated == 0 || unpunctuated * 2 < letters();
        repeats(&self.lines, &mut self.table, &mut out.lines);
        repeats(&self.paragraphs, &mut self.table, &mut out.paragraphs);
    }

    /// Counts a line. Returns its characters.
    fn line(&mut self, line: &str, ascii: bool, out: &mut Text) -> u64 {
        let (chars, wide) = match ascii {
            true => (line.len() as u64, line.len() as u64),
            false => (line.chars().count() as u64, line.chars().map(columns).sum()),
        };
        let mut after = line.chars();
        let bullet = after.next().is_some_and(|c| BULLETS.contains(&c));
        out.bullets += u64::from(bullet && after.next().is_none_or(char::is_whitespace));
        let mut marks = line.chars().rev();
        let last = marks.next();
        let quoted = last.is_some_and(|c| matches!(c, '"' | '\''));
        let end = if last.is_some_and(closes) { marks.find(|c| !closes(*c)) } else { last };
        out.punctuated += u64::from(quoted || end.is_some_and(ends_sentence));
        out.trailing_off += u64::from(line.ends_with("...") || line.ends_with('…'));
        out.short += u64::from(wide <= SHORT);
        out.lines.items += 1;
        out.lines.chars += chars;
        if self.lines.len() < KEPT {
            self.lines.push((xxh3_64(line.as_bytes()), chars));
        }
        chars
    }

    fn paragraph(&mut self, (hash, chars): (u64, u64), out: &mut Text) {
        if chars == 0 {
            return;
        }
        out.paragraphs.items += 1;
        out.paragraphs.chars += chars;
        if self.paragraphs.len() < KEPT {
            self.paragraphs.push((hash, chars));
        }
    }

    /// Reads a source file.
    pub fn code(&mut self, text: &str, out: &mut Text) {
        for line in split(text) {
            let chars = if line.is_ascii() { line.len() } else { line.chars().count() } as u64;
            out.longest_line = out.longest_line.max(chars);
            out.chars += chars + 1;
            out.alphanumeric += match line.is_ascii() {
                true => line.bytes().filter(u8::is_ascii_alphanumeric).count() as u64,
                false => line.chars().filter(|c| c.is_alphanumeric()).count() as u64,
            };
            out.lines.items += 1;
        }
        out.chars = out.chars.saturating_sub(1);
        out.breaks = out.lines.items.saturating_sub(1);
    }
}

/// The text between line feeds.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        match memchr::memchr(b'\n', text.as_bytes()) {
            Some(at) => {
                rest = Some(&text[at + 1..]);
                Some(&text[..at])
            }
            None => {
                rest = None;
                Some(text)
            }
        }
    })
}

/// Counts the items that stood in the text before.
fn repeats(items: &[(u64, u64)], table: &mut Table, out: &mut Repeated) {
    table.clear(items.len());
    for (hash, chars) in items {
        let entry = table.entry(*hash);
        if entry.count > 0 {
            out.copies += 1;
            out.copied_chars += chars;
        }
        entry.count += 1;
    }
}
