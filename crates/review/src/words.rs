//! Words and stretches of three words, for comparing texts.

use toadstone_sketch::mix;
use xxhash_rust::xxh3::xxh3_64;

/// Words in a stretch.
pub const WIDTH: usize = 3;
/// Bytes of a text that are compared.
const COMPARED: usize = 64 << 10;

/// A word: its bytes in the text, and the hash of its small letters.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    pub start: usize,
    pub end: usize,
    hash: u64,
}

/// The words of a text: runs of letters and digits. A character of a script without spaces is a word.
pub fn words(text: &str) -> Vec<Word> {
    let mut out = Vec::new();
    let mut start = None;
    let mut end_word = |start: &mut Option<usize>, end: usize| {
        if let Some(start) = start.take() {
            out.push(Word { start, end, hash: xxh3_64(text[start..end].to_lowercase().as_bytes()) });
        }
    };
    for (at, c) in text.char_indices().take_while(|(at, _)| *at < COMPARED) {
        let alone = matches!(c as u32, 0x0E00..=0x0EFF | 0x1000..=0x109F | 0x2E80..=0xA4CF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF);
        if alone || !c.is_alphanumeric() {
            end_word(&mut start, at);
        }
        if c.is_alphanumeric() {
            start.get_or_insert(at);
            if alone {
                end_word(&mut start, at + c.len_utf8());
            }
        }
    }
    let end = text.char_indices().map(|(at, _)| at).find(|at| *at >= COMPARED).unwrap_or(text.len());
    end_word(&mut start, end);
    out
}

/// The hashes of all stretches of [`WIDTH`] words; of a text with fewer words, the one stretch that it is.
pub fn stretches(words: &[Word]) -> impl Iterator<Item = u64> + '_ {
    let width = WIDTH.min(words.len()).max(1);
    words.windows(width).map(|run| run.iter().fold(run.len() as u64, |all, word| mix(all ^ word.hash)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(text: &str) -> Vec<&str> {
        words(text).iter().map(|word| &text[word.start..word.end]).collect()
    }

    #[test]
    fn words_and_stretches() {
        assert_eq!(cut("It's 5 o’clock, 安全 größer!"), ["It", "s", "5", "o", "clock", "安", "全", "größer"]);
        let count = |text: &str| stretches(&words(text)).count();
        assert_eq!(["", "a", "a b", "a b c", "a b c d"].map(count), [0, 1, 1, 1, 2]);
        let all = |text: &str| stretches(&words(text)).collect::<Vec<_>>();
        assert_eq!(all("One TWO three"), all("one, two\nthree"));
        assert_ne!(all("one two three"), all("three two one"));
        assert!(words(&"word ".repeat(100_000)).last().unwrap().end <= COMPARED + 5);
    }

    proptest! {
        #[test]
        fn any_text_is_cut_at_characters(text in any::<String>()) {
            for word in words(&text) {
                prop_assert!(text.get(word.start..word.end).is_some_and(|w| !w.is_empty()));
            }
        }
    }
}
