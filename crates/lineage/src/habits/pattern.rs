//! Strings of words that are looked for in texts.

use ahash::AHashMap;
use toadstone_detect::features::tokens::tokens;
use xxhash_rust::xxh3::xxh3_64;

/// A string of words in lower case, by their digests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern(Vec<u64>);

impl Pattern {
    pub(super) fn of(words: &[&str]) -> Pattern {
        Pattern(words.iter().map(|word| xxh3_64(word.as_bytes())).collect())
    }
}

/// Looks for up to 64 patterns at once.
#[derive(Debug, Clone, Default)]
pub(super) struct Patterns {
    /// By the digest of their first word: the rest, and the bit of the pattern.
    by_first: AHashMap<u64, Vec<(Vec<u64>, u64)>>,
}

impl Patterns {
    /// The bit of a pattern is its place in the list; empty patterns are never found.
    pub(super) fn new<'p>(patterns: impl IntoIterator<Item = Option<&'p Pattern>>) -> Patterns {
        let mut by_first: AHashMap<u64, Vec<(Vec<u64>, u64)>> = AHashMap::new();
        for (at, pattern) in patterns.into_iter().enumerate().take(64) {
            if let Some([first, rest @ ..]) = pattern.map(|pattern| pattern.0.as_slice()) {
                by_first.entry(*first).or_default().push((rest.to_vec(), 1 << at));
            }
        }
        Patterns { by_first }
    }

    /// The patterns in a text, a bit each. `words` is a buffer. O(text x patterns with one first word).
    pub(super) fn find(&self, text: &str, words: &mut Vec<u64>) -> u64 {
        words.clear();
        let mut lower = String::new();
        for token in tokens(text) {
            let word = &text[token.start..token.end];
            words.push(match word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_punctuation()) {
                true => xxh3_64(word.as_bytes()),
                false => {
                    lower.clear();
                    lower.extend(word.chars().flat_map(char::to_lowercase));
                    xxh3_64(lower.as_bytes())
                }
            });
        }
        let mut found = 0;
        for (at, word) in words.iter().enumerate() {
            for (rest, bit) in self.by_first.get(word).into_iter().flatten() {
                if words[at + 1..].starts_with(rest) {
                    found |= bit;
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whatever_their_case_and_spacing() {
        let (a, b) = (Pattern::of(&["grey", "gate", "."]), Pattern::of(&["größe"]));
        let patterns = Patterns::new([Some(&a), None, Some(&b)]);
        let find = |text: &str| patterns.find(text, &mut Vec::new());
        assert_eq!(find("at the Grey  GATE. So"), 1);
        assert_eq!(find("grey gate"), 0);
        assert_eq!(find("Die GRÖSSE, die Größe: grey gate."), 5);
        assert_eq!(Patterns::new([]).find("x", &mut Vec::new()), 0);
    }
}
