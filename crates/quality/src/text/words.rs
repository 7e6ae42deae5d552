//! Cuts a line into words and sentences.

use xxhash_rust::xxh3::xxh3_64;

use super::Text;
use super::scripts::{closes, ends_sentence, full_stop, korean, unpunctuated, unspaced};

/// Words in which repetition is looked for.
pub const KEPT: usize = 1 << 16;

/// A word: its digest, and its characters.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    pub hash: u64,
    pub chars: u32,
}

/// The words of a text, at most [`KEPT`] of them.
#[derive(Debug, Default)]
pub struct Words {
    pub kept: Vec<Word>,
}

/// What one line holds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Found {
    pub words: u64,
    /// Ends of sentences.
    pub ends: u64,
    /// Whether words follow the last of them.
    pub open: bool,
    /// Characters of scripts that do not mark the ends of sentences.
    pub unpunctuated: u64,
}

impl Words {
    /// Cuts a line and counts its words in `text`.
    pub fn line(&mut self, line: &str, ascii: bool, text: &mut Text) -> Found {
        let mut found = Found::default();
        if ascii {
            for token in line.as_bytes().split(u8::is_ascii_whitespace).filter(|token| !token.is_empty()) {
                self.ascii(token, text, &mut found);
            }
        } else {
            self.unicode(line, text, &mut found);
        }
        found
    }

    fn ascii(&mut self, token: &[u8], text: &mut Text, found: &mut Found) {
        let Some(start) = token.iter().position(u8::is_ascii_alphanumeric) else {
            return ended(token.iter().rev().map(|b| *b as char), found);
        };
        let end = token.iter().rposition(u8::is_ascii_alphanumeric).unwrap_or(start);
        let word = &token[start..=end];
        let lettered = word.iter().any(u8::is_ascii_alphabetic);
        text.alphabetic += 1;
        self.spaced(word, word.len(), lettered, text, found);
        if end + 1 < token.len() {
            ended(token[end + 1..].iter().rev().map(|b| *b as char), found);
        }
    }

    /// A line with characters beyond ASCII: cut at white space, at marks that end a sentence anywhere,
    /// and where a script without spaces begins or ends.
    fn unicode(&mut self, line: &str, text: &mut Text, found: &mut Found) {
        let mut token = 0;
        let mut run: Option<(usize, u8)> = None;
        for (at, c) in line.char_indices() {
            let now = unspaced(c);
            if let Some((from, size)) = run
                && now != Some(size)
            {
                self.pieces(&line[from..at], size, text, found);
                run = None;
                token = at;
            }
            if let Some(size) = now {
                if run.is_none() {
                    self.token(&line[token..at], text, found);
                    run = Some((at, size));
                }
            } else if c.is_whitespace() || full_stop(c) {
                self.token(&line[token..at], text, found);
                token = at + c.len_utf8();
                if full_stop(c) {
                    ended(std::iter::once(c), found);
                }
            }
        }
        match run {
            Some((from, size)) => self.pieces(&line[from..], size, text, found),
            None => self.token(&line[token..], text, found),
        }
    }

    fn token(&mut self, token: &str, text: &mut Text, found: &mut Found) {
        let word = token.trim_matches(|c: char| !c.is_alphanumeric());
        if !word.is_empty() {
            let lettered = word.chars().any(char::is_alphabetic);
            text.alphabetic += u64::from(!word.chars().any(korean));
            self.spaced(word.as_bytes(), word.chars().count(), lettered, text, found);
        }
        ended(token.chars().rev().take_while(|c| !c.is_alphanumeric()), found);
    }

    fn spaced(&mut self, word: &[u8], chars: usize, lettered: bool, text: &mut Text, found: &mut Found) {
        text.spaced += 1;
        text.spaced_chars += chars as u64;
        text.longest_word = text.longest_word.max(chars as u64);
        self.push(word, chars, lettered, text, found);
    }

    /// Words of a script without spaces: `size` characters each, the last one what is left.
    fn pieces(&mut self, run: &str, size: u8, text: &mut Text, found: &mut Found) {
        found.unpunctuated += run.chars().filter(|c| unpunctuated(*c)).count() as u64;
        let mut rest = run;
        while !rest.is_empty() {
            let end = rest.char_indices().nth(usize::from(size)).map_or(rest.len(), |(at, _)| at);
            let (piece, after) = rest.split_at(end);
            self.push(piece.as_bytes(), piece.chars().count(), true, text, found);
            rest = after;
        }
    }

    fn push(&mut self, word: &[u8], chars: usize, lettered: bool, text: &mut Text, found: &mut Found) {
        found.words += 1;
        found.open = true;
        text.words += 1;
        text.lettered += u64::from(lettered);
        if self.kept.len() < KEPT {
            self.kept.push(Word { hash: xxh3_64(word), chars: chars as u32 });
        }
    }
}

/// Notes whether the marks after a word, the last one first, end a sentence.
fn ended(mut marks: impl Iterator<Item = char>, found: &mut Found) {
    if found.open && marks.find(|mark| !closes(*mark)).is_some_and(ends_sentence) {
        found.ends += 1;
        found.open = false;
    }
}
