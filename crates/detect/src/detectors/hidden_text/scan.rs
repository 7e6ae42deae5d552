//! Finds in one text whatever hides.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use toadstone_core::Span;

use super::chars::{self, Hidden, hidden};
use super::{payload, words};

/// How far a word is followed to either side. Longer ones are no words, and hostile text must not
/// make the scan quadratic.
const REACH: usize = 64;

/// What a hidden thing amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(u8)]
pub(super) enum Class {
    /// Tag characters that spell text.
    Tags = 1,
    /// Variation selectors that carry bytes.
    Selectors,
    /// Zero-width characters that spell bits.
    Bits,
    /// Bidirectional controls that show code in another order than it runs.
    Reorder,
    /// Several kinds of invisible characters in a row.
    Sequence,
    /// Invisible characters between two letters of a word.
    InWord,
    /// Letters of one script posing as those of another.
    Disguise,
    /// Anything else invisible outside the scripts in which it is at home.
    Loose,
}

impl Class {
    pub(super) const ALL: [Class; 8] = [
        Class::Tags,
        Class::Selectors,
        Class::Bits,
        Class::Reorder,
        Class::Sequence,
        Class::InWord,
        Class::Disguise,
        Class::Loose,
    ];

    /// Whether one record is enough: nothing but intent explains it.
    pub(super) fn speaks_for_itself(self) -> bool {
        self <= Class::Reorder
    }
}

/// A hidden thing in a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Trace {
    pub(super) class: Class,
    pub(super) span: Span,
    /// What it is, whatever the word it stands in: the characters, or how a word is disguised.
    pub(super) what: String,
    /// The word that it stands in.
    pub(super) word: Option<String>,
}

/// Everything that hides in `text`, in its order. `code`: the text is source code.
///
/// O(n); text without suspects is skipped at several GB/s.
pub(super) fn scan(text: &str, code: bool) -> Vec<Trace> {
    let mut scanner = Scanner { text, code, traces: Vec::new(), right_to_left: None, line_done: 0 };
    let mut at = 0;
    while let Some(start) = next_suspect(text.as_bytes(), at) {
        let Some(c) = text[start..].chars().next() else { break };
        at = if hidden(c).is_some() {
            scanner.run(start)
        } else if words::foreign(c) {
            scanner.word(start)
        } else {
            start + c.len_utf8()
        };
    }
    scanner.spread();
    scanner.traces
}

/// The next place from `at` on that could hold a control character, an invisible or a foreign one.
fn next_suspect(bytes: &[u8], mut at: usize) -> Option<usize> {
    let harmless = |b: u8| (0x20..0x7F).contains(&b) || matches!(b, b'\n' | b'\t' | b'\r' | 0x0C);
    loop {
        while let Some(chunk) = bytes.get(at..at + 32) {
            // No early exit, so that the compiler makes vector code of it.
            if !chunk.iter().fold(true, |all, &b| all & harmless(b)) {
                break;
            }
            at += 32;
        }
        at += bytes.get(at..)?.iter().position(|&b| !harmless(b))?;
        let second = bytes.get(at + 1).copied().unwrap_or(0);
        at += match bytes[at] {
            // Latin letters with marks, and marks; CJK ideographs; Hangul syllables.
            0xC2 if second >= 0xA0 && second != 0xAD => 2,
            0xC3..=0xCC => 2,
            0xE4..=0xE9 | 0xEB..=0xED => 3,
            _ => return Some(at),
        };
    }
}

struct Scanner<'a> {
    text: &'a str,
    code: bool,
    traces: Vec<Trace>,
    right_to_left: Option<bool>,
    line_done: usize,
}

impl<'a> Scanner<'a> {
    /// A run of invisible characters that begins at `start`; returns its end.
    fn run(&mut self, start: usize) -> usize {
        let text: &'a str = self.text;
        let run = leading(&text[start..], |c| hidden(c).is_some());
        let end = start + run.len();
        let before = text[..start].chars().next_back();
        let after = text[end..].chars().next();
        // The flags of England, Scotland and Wales are a black flag with a region in tags.
        let flag = before == Some('\u{1F3F4}') && run.ends_with('\u{E007F}') && run.chars().count() <= 7;
        if flag {
            return end;
        }
        if let Some(class) = spells(run) {
            self.add(class, start..end, String::new(), None);
        } else if !self.at_home(run, before, after) {
            if run.chars().any(reorders) && self.reordered_line(start) {
                self.add(Class::Reorder, start..end, String::new(), None);
            } else {
                self.plain_run(start..end, before, after);
            }
        }
        end
    }

    fn plain_run(&mut self, range: Range<usize>, before: Option<char>, after: Option<char>) {
        let run = &self.text[range.clone()];
        let what: String = run.chars().take(16).collect();
        let within = before.is_some_and(chars::plain_letter) && after.is_some_and(chars::plain_letter);
        let dirt = |c| c != '\u{FEFF}' && matches!(hidden(c), Some(Hidden::Dirt | Hidden::Space));
        if run.chars().nth(2).is_some() && kinds(run) > 1 {
            self.add(Class::Sequence, range, what, None);
        } else if within && !run.chars().any(dirt) {
            let left = trailing(&self.text[..range.start], char::is_alphanumeric);
            let right = leading(&self.text[range.end..], char::is_alphanumeric);
            self.add(Class::InWord, range, what, Some(format!("{left}{run}{right}")));
        } else {
            self.add(Class::Loose, range, what, None);
        }
    }

    /// A word around `start` that holds a letter which is not Latin; returns its end.
    fn word(&mut self, start: usize) -> usize {
        let left = trailing(&self.text[..start], char::is_alphanumeric);
        let right = leading(&self.text[start..], char::is_alphanumeric);
        let span = start - left.len()..start + right.len();
        let word = &self.text[span.clone()];
        if let Some(what) = words::disguise(word) {
            self.add(Class::Disguise, span.clone(), what.to_owned(), Some(word.to_lowercase()));
        }
        // A foreign character that is no letter (a symbol of mathematics) still moves on.
        span.end.max(start + self.text[start..].chars().next().map_or(1, char::len_utf8))
    }

    /// Whether every character of a run stands where its script or emoji needs it.
    fn at_home(&mut self, run: &str, before: Option<char>, after: Option<char>) -> bool {
        let near = |home: fn(char) -> bool| before.is_some_and(home) || after.is_some_and(home);
        let picture = |c: char| chars::pictograph(c) && !c.is_ascii();
        let braille = |c: char| matches!(c, '\u{2801}'..='\u{28FF}');
        let hangul = |c: char| matches!(c, '\u{1100}'..='\u{11FF}' | '\u{3131}'..='\u{318E}' | '\u{AC00}'..='\u{D7FB}');
        if (run == "\u{FEFF}" && before.is_none()) || run.chars().nth(3).is_some() {
            return run == "\u{FEFF}";
        }
        let mut previous = before;
        run.chars().all(|c| {
            let last = previous.replace(c);
            match c {
                '\u{200C}' => near(chars::joins),
                '\u{200D}' => near(chars::joins) || (near(picture) && after.is_some_and(picture)),
                '\u{200B}' => near(chars::joins) || near(chars::east_asian),
                '\u{061C}' | '\u{200E}' | '\u{200F}' => self.has_right_to_left(),
                '\u{202A}'..='\u{202C}' | '\u{2066}'..='\u{2069}' => self.has_right_to_left(),
                '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' => near(hangul),
                '\u{2800}' => near(braille),
                '\u{034F}' => {
                    after.is_some_and(|c| chars::right_to_left(c) || matches!(c, '\u{300}'..='\u{36F}'))
                }
                '\u{180E}' => near(chars::joins),
                c if hidden(c) == Some(Hidden::Selector) => last.is_some_and(|b| chars::takes_selector(b, c)),
                _ => false,
            }
        })
    }

    fn has_right_to_left(&mut self) -> bool {
        let text = self.text;
        *self.right_to_left.get_or_insert_with(|| text.chars().any(chars::right_to_left))
    }

    /// Whether the line at `at` is code that is shown in another order than it runs: an override, or
    /// an embedding or isolate that is not closed on its line (Boucher and Anderson 2021). One
    /// answer a line.
    fn reordered_line(&mut self, at: usize) -> bool {
        if at < self.line_done {
            return false;
        }
        let from = self.text[..at].rfind('\n').map_or(0, |i| i + 1);
        let to = self.text[at..].find('\n').map_or(self.text.len(), |i| at + i);
        self.line_done = to;
        let line = &self.text[from..to];
        let marks = line.chars().filter(|c| "{}()[];=<>#*\"'".contains(*c)).count();
        let letters = line.chars().any(|c| c.is_ascii_alphabetic());
        let code = self.code || (marks >= 3 && letters);
        code && !line.chars().any(chars::right_to_left) && out_of_order(line)
    }

    /// Payloads that are spread over the text, a character at a time.
    fn spread(&mut self) {
        let loose = self.traces.iter().filter(|t| matches!(t.class, Class::Loose | Class::InWord));
        let all: String = loose.flat_map(|t| t.what.chars()).collect();
        let selectors: String = all.chars().filter(|&c| hidden(c) == Some(Hidden::Selector)).collect();
        let zero_width: String = all.chars().filter(|&c| hidden(c) == Some(Hidden::ZeroWidth)).collect();
        let bytes = payload::selectors(&selectors);
        let class = if bytes.len() >= 4 && distinct(&bytes) > 2 && payload::readable(&bytes).is_some() {
            Class::Selectors
        } else if zero_width.chars().nth(31).is_some() && payload::bits(&zero_width).is_some() {
            Class::Bits
        } else {
            return;
        };
        if let (Some(first), Some(last)) = (self.traces.first(), self.traces.last()) {
            let range = first.span.start..last.span.end;
            self.add(class, range, String::new(), None);
        }
    }

    fn add(&mut self, class: Class, range: Range<usize>, what: String, word: Option<String>) {
        let span = Span { start: range.start, end: range.end };
        self.traces.push(Trace { class, span, what, word });
    }
}

/// How a run spells text by itself, if it does.
fn spells(run: &str) -> Option<Class> {
    let count = |kind| run.chars().filter(|&c| hidden(c) == Some(kind)).count();
    if count(Hidden::Tag) >= 3 {
        return Some(Class::Tags);
    }
    let bytes = payload::selectors(run);
    let written = bytes.len() >= 4 && payload::readable(&bytes).is_some();
    if distinct(&bytes) > 1 && (written || (bytes.len() >= 8 && distinct(&bytes) >= 4)) {
        return Some(Class::Selectors);
    }
    let long = run.chars().nth(20).is_some() && kinds(run) > 1;
    (long && payload::bits(run).is_some()).then_some(Class::Bits)
}

/// The text that a trace of this class spells, from the characters at its place.
pub(super) fn read(class: Class, place: &str) -> Option<String> {
    let only = |kind| place.chars().filter(|&c| hidden(c) == Some(kind)).collect::<String>();
    match class {
        Class::Tags => Some(payload::tags(place)).filter(|text| !text.is_empty()),
        Class::Selectors => payload::readable(&payload::selectors(place)),
        Class::Bits => payload::bits(&only(Hidden::ZeroWidth)),
        _ => None,
    }
}

fn reorders(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn out_of_order(line: &str) -> bool {
    let (mut embeddings, mut isolates) = (0i32, 0i32);
    for c in line.chars() {
        match c {
            '\u{202D}' | '\u{202E}' => return true,
            '\u{202A}' | '\u{202B}' => embeddings += 1,
            '\u{202C}' => embeddings -= 1,
            '\u{2066}'..='\u{2068}' => isolates += 1,
            '\u{2069}' => isolates -= 1,
            _ => {}
        }
    }
    embeddings > 0 || isolates > 0
}

fn kinds(run: &str) -> usize {
    let mut seen: Vec<char> = Vec::new();
    for c in run.chars().take(4 * REACH) {
        if !seen.contains(&c) {
            seen.push(c);
        }
    }
    seen.len()
}

fn distinct(bytes: &[u8]) -> usize {
    let mut seen = [false; 256];
    bytes.iter().for_each(|&b| seen[usize::from(b)] = true);
    seen.iter().filter(|&&s| s).count()
}

/// The characters at the start of `text` that satisfy `is`.
fn leading(text: &str, is: impl Fn(char) -> bool) -> &str {
    let end = text.char_indices().find(|&(_, c)| !is(c)).map_or(text.len(), |(at, _)| at);
    &text[..end]
}

/// The last characters of `text` that satisfy `is`, at most [`REACH`].
fn trailing(text: &str, is: impl Fn(char) -> bool) -> &str {
    let start = text.char_indices().rev().take(REACH).take_while(|&(_, c)| is(c)).last();
    &text[start.map_or(text.len(), |(at, _)| at)..]
}

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;
