//! Words for comparing texts: letters and digits in lower case, punctuation left out.

use unicode_script::{Script, UnicodeScript};
use xxhash_rust::xxh3::xxh3_64;

/// Splits texts into tokens; reused, it allocates nothing.
///
/// A token is a run of letters and digits, or one character of a script written without spaces.
#[derive(Default)]
pub struct Tokens {
    text: Vec<u8>,
    starts: Vec<u32>,
}

impl Tokens {
    /// Forgets all texts.
    pub fn clear(&mut self) {
        self.text.clear();
        self.starts.clear();
    }

    /// Adds a text. Beyond 4 GiB nothing more is added.
    pub fn add(&mut self, text: &str) {
        if u32::try_from(self.text.len() + 3 * text.len() + 8).is_err() {
            return;
        }
        self.close();
        let mut rest = text;
        while !rest.is_empty() {
            let foreign = ascii_prefix(rest);
            self.ascii(&rest.as_bytes()[..foreign]);
            rest = &rest[foreign..];
            let end = rest.bytes().position(|b| b.is_ascii()).unwrap_or(rest.len());
            rest[..end].chars().for_each(|c| self.push(c));
            rest = &rest[end..];
        }
        self.close();
    }

    /// Number of tokens.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// All tokens with a space after each.
    pub fn joined(&self) -> &[u8] {
        &self.text
    }

    /// A hash of every `width` tokens in a row.
    pub fn shingles(&self, width: usize, out: &mut Vec<u64>) {
        out.clear();
        let ends = self.starts.iter().copied().skip(width).chain([self.text.len() as u32]);
        let ranges = self.starts.iter().zip(ends);
        out.extend(ranges.map(|(&from, to)| xxh3_64(&self.text[from as usize..to as usize])));
    }

    fn open(&self) -> bool {
        self.text.last().is_some_and(|&last| last != b' ')
    }

    fn close(&mut self) {
        if self.open() {
            self.text.push(b' ');
        }
    }

    fn ascii(&mut self, bytes: &[u8]) {
        let (start, tokens) = (self.text.len(), self.starts.len());
        self.text.resize(start + bytes.len(), 0);
        self.starts.resize(tokens + bytes.len() / 2 + 1, 0);
        let mut after_space = start.checked_sub(1).is_none_or(|last| self.text[last] == b' ');
        let (out, starts) = (&mut self.text[start..], &mut self.starts[tokens..]);
        let (mut length, mut found) = (0, 0);
        for &byte in bytes {
            let byte = LETTER[usize::from(byte)];
            let space = byte == b' ';
            // Written whether kept or not, as branches here would be guessed wrong at every word.
            out[length] = byte;
            starts[found] = (start + length) as u32;
            found += usize::from(after_space & !space);
            length += usize::from(!(after_space & space));
            after_space = space;
        }
        self.text.truncate(start + length);
        self.starts.truncate(tokens + found);
    }

    fn push(&mut self, c: char) {
        if !c.is_alphanumeric() {
            return self.close();
        }
        let alone = alone(c);
        if alone {
            self.close();
        }
        if !self.open() {
            self.starts.push(self.text.len() as u32);
        }
        for c in c.to_lowercase() {
            self.text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        if alone {
            self.close();
        }
    }
}

/// Bytes of ASCII at the start of `text`.
pub(crate) fn ascii_prefix(text: &str) -> usize {
    let chunks = text.as_bytes().chunks(64).take_while(|chunk| chunk.is_ascii()).count();
    let checked = (chunks * 64).min(text.len());
    let rest = &text.as_bytes()[checked..];
    checked + rest.iter().position(|b| !b.is_ascii()).unwrap_or(rest.len())
}

/// Whether `c` is of a script written without spaces.
fn alone(c: char) -> bool {
    use Script::*;
    (c as u32) >= 0xE00
        && matches!(c.script(), Han | Hiragana | Katakana | Thai | Lao | Khmer | Myanmar | Tibetan)
}

/// Letters in lower case, digits; anything else is a space.
const LETTER: [u8; 256] = {
    let mut table = [b' '; 256];
    let mut byte = 0usize;
    while byte < 128 {
        if (byte as u8).is_ascii_alphanumeric() {
            table[byte] = (byte as u8).to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn joined(text: &str) -> String {
        let mut tokens = Tokens::default();
        tokens.add(text);
        String::from_utf8(tokens.joined().to_vec()).unwrap()
    }

    #[test]
    fn words_and_characters() {
        assert_eq!(joined("Hello, WORLD!  it's 4.5"), "hello world it s 4 5 ");
        assert_eq!(joined("größe 安全です ok"), "größe 安 全 で す ok ");
        assert_eq!(joined("naÏve"), "naïve ");
        assert_eq!(joined(""), "");
    }

    #[test]
    fn shingles_are_runs_of_tokens() {
        let shingles = |text: &str| {
            let (mut tokens, mut out) = (Tokens::default(), Vec::new());
            tokens.add(text);
            tokens.shingles(2, &mut out);
            out
        };
        assert_eq!(shingles("a b c d").len(), 3);
        assert_eq!(shingles("a b c d")[1], shingles("B, C")[0]);
        assert_eq!(shingles("a b c")[1], shingles("b c")[0]);
    }

    proptest! {
        #[test]
        fn starts_are_the_starts(texts in prop::collection::vec(any::<String>(), 0..4)) {
            let mut tokens = Tokens::default();
            texts.iter().for_each(|text| tokens.add(text));
            let joined = String::from_utf8(tokens.joined().to_vec()).unwrap();
            let expected: Vec<&str> = joined.split_terminator(' ').collect();
            prop_assert_eq!(tokens.len(), expected.len());
            for (start, word) in tokens.starts.iter().zip(expected) {
                prop_assert!(!word.is_empty() && joined[*start as usize..].starts_with(word));
            }
        }
    }
}
