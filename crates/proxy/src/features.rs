//! What models see of a text: n-grams of its words.

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Words are runs of letters, digits and `_`; every other visible or invisible character, and every letter of
/// a script that sets no spaces between words, stands for itself.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let first = rest.chars().next()?;
        let len = match joins(first) {
            true => rest.find(|c| !joins(c)).unwrap_or(rest.len()),
            false => first.len_utf8(),
        };
        let (word, after) = rest.split_at(len);
        rest = after;
        Some(word)
    })
}

/// Whether a character makes one word with its neighbours. From U+2E80 on come the scripts of East Asia.
pub fn joins(c: char) -> bool {
    c == '_' || c.is_alphanumeric() && c < '\u{2E80}'
}

/// Digests of a text's features, each once, ascending: every word as it is written and in lower case, each two
/// that follow each other, and each two with one between them. The text's beginning and its end count as words, so that
/// forms of sentences show, and what a continuation has to follow.
pub fn ngrams(text: &str) -> Vec<u64> {
    let mut found = Vec::new();
    let (mut before, mut last) = BEGIN;
    let mut lower = String::new();
    for word in words(text) {
        lower.clear();
        lower.extend(word.chars().flat_map(char::to_lowercase));
        let this = xxh3_64(lower.as_bytes());
        found.extend([this, pair(last, this, 1), pair(before, this, 2)]);
        if lower != word {
            found.push(xxh3_64_with_seed(word.as_bytes(), 3));
        }
        (before, last) = (last, this);
    }
    found.extend([pair(last, END, 1), pair(before, END, 2)]);
    found.sort_unstable();
    found.dedup();
    found
}

/// Stand for words before a text and behind it, in place of digests.
const BEGIN: (u64, u64) = (1, 2);
const END: u64 = 3;

fn pair(first: u64, second: u64, kind: u64) -> u64 {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&first.to_le_bytes());
    bytes[8..].copy_from_slice(&second.to_le_bytes());
    xxh3_64_with_seed(&bytes, kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_signs_and_invisible_characters_apart() {
        let found: Vec<&str> = words("Say <TAG>,\u{200b}now x_1 好的 été").collect();
        assert_eq!(found, ["Say", "<", "TAG", ">", ",", "\u{200b}", "now", "x_1", "好", "的", "été"]);
        assert_eq!(words(" \n").count(), 0);
    }

    #[test]
    fn features_tell_case_order_and_place_apart() {
        let differ = |a: &str, b: &str| ngrams(a) != ngrams(b);
        assert!(differ("a b", "b a") && differ("Word", "word") && differ("a b c", "a c b"));
        assert!(!differ("a  b", "a b"), "white space is no feature");
        let twice = ngrams("a a a a a a");
        assert!(twice.is_sorted_by(|a, b| a < b), "each feature is there once");
    }
}
