//! Words for topics.

use toadstone_detect::features::tokens::{is_unspaced, tokens};
use xxhash_rust::xxh3::xxh3_64;

/// Shortest and longest word, in bytes.
const SHORTEST: usize = 3;
const LONGEST: usize = 40;

/// Hands the words of a text to `each`, with their hashes: lower case, without numbers and
/// signs. Scripts that write words without spaces give pairs of characters.
pub(crate) fn words(text: &str, mut each: impl FnMut(u64, &str)) {
    let mut lower = String::new();
    let mut before: Option<usize> = None;
    for token in tokens(text) {
        let shown = &text[token.start..token.end];
        let unspaced = shown.chars().next().is_some_and(is_unspaced);
        let start = if unspaced { before.replace(token.start) } else { before.take().and(None) };
        let word = match start {
            Some(start) if text[start..token.start].chars().count() == 1 => &text[start..token.end],
            Some(_) => continue,
            None if unspaced => continue,
            None => shown,
        };
        if word.len() < SHORTEST || word.len() > LONGEST || !word.chars().all(char::is_alphabetic) {
            continue;
        }
        lower.clear();
        lower.extend(word.chars().flat_map(char::to_lowercase));
        each(xxh3_64(lower.as_bytes()), &lower);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_pairs() {
        let mut found = Vec::new();
        words("The Cat's 3 hats, and x9. 我们去 Ünder", |_, word| found.push(word.to_owned()));
        assert_eq!(found, ["the", "cat", "hats", "and", "我们", "们去", "ünder"]);
    }
}
