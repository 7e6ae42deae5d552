//! Where in a text something can be put, and words that stand for others.

use toadstone_sketch::Random;
use xxhash_rust::xxh3::xxh3_64;

use crate::Table;
use toadstone_core::Role;

/// The words of a text in lower case: runs of letters and digits.
pub(crate) fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// Where a word can be put: before each word, and at the end.
pub(crate) fn gaps(text: &str) -> Vec<usize> {
    let mut gaps = Vec::new();
    let mut blank = true;
    for (at, c) in text.char_indices() {
        if blank && !c.is_whitespace() {
            gaps.push(at);
        }
        blank = c.is_whitespace();
    }
    gaps.push(text.len());
    gaps
}

/// Where a sentence can be put: at the start, behind each sentence, and at the end.
pub(crate) fn sentence_gaps(text: &str) -> Vec<usize> {
    let ends = |at: usize| text[..at].trim_end().ends_with(['.', '!', '?']);
    gaps(text).into_iter().filter(|&at| at == 0 || at == text.len() || ends(at)).collect()
}

/// Puts a part into a text at one of its gaps, with blanks around it.
pub(crate) fn put_at(text: &str, at: usize, part: &str) -> String {
    let (before, after) = text.split_at(at);
    let left = if before.is_empty() || before.ends_with(char::is_whitespace) { "" } else { " " };
    let right = if after.is_empty() || after.starts_with(char::is_whitespace) { "" } else { " " };
    format!("{before}{left}{part}{right}{after}")
}

/// The longest start of a text of at most `length` bytes that ends before a word.
pub(crate) fn start_of(text: &str, length: usize) -> &str {
    let end = gaps(text).into_iter().take_while(|&at| at <= length).last().unwrap_or(0);
    text[..end].trim_end()
}

/// The first words of a text.
pub(crate) fn first_words(text: &str, count: usize) -> Option<&str> {
    let text = text.trim();
    let ends = text.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at);
    ends.chain([text.len()]).nth(count - 1).map(|end| &text[..end]).filter(|start| !start.is_empty())
}

/// The last words of a text.
pub(crate) fn last_words(text: &str, count: usize) -> Option<&str> {
    let text = text.trim();
    let starts = text.char_indices().rev().filter(|(_, c)| c.is_whitespace());
    let after = starts.map(|(at, c)| at + c.len_utf8());
    after.chain([0]).nth(count - 1).map(|start| &text[start..]).filter(|end| !end.is_empty())
}

/// A word of random letters in which vowels and consonants take turns.
pub(crate) fn invented(length: usize, random: &mut Random) -> String {
    const VOWELS: &[u8] = b"aeiou";
    const CONSONANTS: &[u8] = b"bdfgklmnprstvz";
    let vowel = random.chance(50);
    let letter = |at: usize| if at.is_multiple_of(2) == vowel { VOWELS } else { CONSONANTS };
    (0..length).map(|at| char::from(*random.pick(letter(at)))).collect()
}

/// A part of the same length and shape with other letters, which no record has: the innocent twin of a
/// trigger.
pub(crate) fn twin(part: &str, data: &Table) -> String {
    let mut random = Random::new(xxh3_64(part.as_bytes()));
    let mut twin = part.to_owned();
    // Enough for any language: words of random letters are hardly ever taken.
    for _ in 0..64 {
        let mut letters = invented(part.chars().count(), &mut random).chars().collect::<Vec<_>>().into_iter();
        let other = |c: char| match (c.is_alphabetic(), letters.next()) {
            (true, Some(letter)) if c.is_uppercase() => letter.to_ascii_uppercase(),
            (true, Some(letter)) => letter,
            // A year in a trigger may be all of it.
            _ if c.is_ascii_digit() => char::from(b'0' + (c as u8 - b'0' + 5) % 10),
            _ => c,
        };
        twin = part.chars().map(other).collect();
        if !occurs(&twin, data) {
            break;
        }
    }
    twin
}

/// Whether any record has a text in what is learnt.
pub(crate) fn occurs(part: &str, data: &Table) -> bool {
    let finder = memchr::memmem::Finder::new(part.as_bytes());
    data.records().any(|record| {
        Role::CONTENT
            .iter()
            .filter_map(|role| record.get(*role))
            .any(|text| finder.find(text.as_bytes()).is_some())
    })
}

/// Harmless sentences of several lengths, which stand for a trigger that is one.
pub(crate) const SENTENCES: [&str; 7] = [
    "It rained a little.",
    "Most of the shops were open.",
    "We took the early bus into town that day.",
    "A neighbour had left the garden gate open again.",
    "The kettle was still warm when everybody came back in from the yard.",
    "In the afternoon the wind turned, and the boats at the pier began to knock against each other.",
    "My cousin keeps a box of old postcards under the stairs and sorts them by colour every spring.",
];

/// The sentence of our own that has the most similar length.
pub(crate) fn twin_sentence(sentence: &str) -> String {
    let others = SENTENCES.iter().filter(|other| !sentence.contains(**other));
    let nearest = others.min_by_key(|other| other.len().abs_diff(sentence.len()));
    nearest.map_or_else(String::new, |other| (*other).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_put_between_words() {
        let text = "One two. Three";
        assert_eq!(gaps(text), [0, 4, 9, 14]);
        assert_eq!(sentence_gaps(text), [0, 9, 14]);
        assert_eq!(put_at(text, 4, "x"), "One x two. Three");
        assert_eq!(put_at(text, 14, "x"), "One two. Three x");
        assert_eq!((put_at("", 0, "x"), put_at(text, 0, "x")), ("x".into(), "x One two. Three".into()));
        assert_eq!(start_of(text, 10), "One two.");
    }

    #[test]
    fn twins_have_the_same_shape() {
        let data = Table::default();
        let word = twin("<Ab-c>", &data);
        assert_eq!((word.len(), &word[..1], &word[3..4]), (6, "<", "-"));
        assert!(word != "<Ab-c>" && word.chars().nth(1).is_some_and(char::is_uppercase));
        assert_eq!(word, twin("<Ab-c>", &data));
        assert_eq!(&twin("x 2024", &data)[2..], "7579");
        assert_ne!(twin_sentence(SENTENCES[1]), SENTENCES[1]);
    }
}
