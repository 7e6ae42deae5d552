//! How answers are cut into tokens.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::features::joins;

/// Cuts a text into pieces that give it again when they are put together: a word or a sign with the space
/// before it, or a run of other white space.
pub fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (piece, after) = rest.split_at(first(rest));
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

/// Bytes of the first piece of a text.
fn first(text: &str) -> usize {
    let blank = text.len() - text.trim_start().len();
    let begin = match text[..blank].strip_suffix(' ') {
        _ if blank == 0 => 0,
        Some("") if blank < text.len() => 1,
        // The last space belongs to the word behind it.
        Some(before) if blank < text.len() => return before.len(),
        _ => return blank,
    };
    match text[begin..].chars().next() {
        Some(c) if joins(c) => text[begin..].find(|c| !joins(c)).map_or(text.len(), |end| begin + end),
        Some(c) => begin + c.len_utf8(),
        None => text.len(),
    }
}

/// The tokens that a model knows: frequent pieces, characters to spell others with, and three signs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub struct Vocabulary {
    /// Texts of the tokens behind the signs; the most frequent first.
    texts: Vec<String>,
    ids: HashMap<String, u32>,
}

/// Ends an answer.
pub const END: u32 = 0;
/// Stands where the middle of a long answer was left out.
pub const CUT: u32 = 1;
/// A character that was not met in training.
pub const UNKNOWN: u32 = 2;
const SIGNS: usize = 3;

/// Tokens of an answer that are learned from its beginning, and from its end.
const HEAD: usize = 24;
const TAIL: usize = 8;
/// Longer answers are cut.
pub const LONGEST: usize = HEAD + TAIL;

impl Vocabulary {
    /// The pieces that occur more than once, up to `most`, and the `most / 16` most frequent characters of all
    /// others.
    pub fn new<'a>(texts: impl Iterator<Item = &'a str> + Clone, most: usize) -> Self {
        let mut counts: HashMap<&str, u64> = HashMap::new();
        texts.clone().flat_map(pieces).for_each(|piece| *counts.entry(piece).or_default() += 1);
        let mut frequent: Vec<(&str, u64)> = counts.into_iter().filter(|(_, count)| *count > 1).collect();
        // By frequency, and by text among equals: the order of a hash map is not to show.
        frequent.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        frequent.truncate(most);
        let mut known =
            Self::from(frequent.into_iter().map(|(piece, _)| piece.to_owned()).collect::<Vec<_>>());
        let rare = texts.flat_map(pieces).filter(|piece| !known.ids.contains_key(*piece));
        let mut characters: HashMap<char, u64> = HashMap::new();
        rare.flat_map(str::chars).for_each(|c| *characters.entry(c).or_default() += 1);
        let mut characters: Vec<(char, u64)> = characters.into_iter().collect();
        characters.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        for (c, _) in characters.into_iter().take(most / 16) {
            let c = c.to_string();
            if !known.ids.contains_key(&c) {
                known.texts.push(c);
            }
        }
        Self::from(known.texts)
    }

    pub fn len(&self) -> usize {
        self.texts.len() + SIGNS
    }

    /// The tokens of an answer and its end. Of a long one the middle is left out.
    pub fn answer(&self, text: &str) -> Vec<u32> {
        let mut tokens = self.encode(text);
        if tokens.len() > LONGEST {
            tokens.splice(HEAD..tokens.len() - TAIL, [CUT]);
        }
        tokens.push(END);
        tokens
    }

    fn encode(&self, text: &str) -> Vec<u32> {
        let mut tokens = Vec::new();
        let mut buffer = [0; 4];
        let mut spelled = |c: char| self.ids.get(&*c.encode_utf8(&mut buffer)).copied().unwrap_or(UNKNOWN);
        for piece in pieces(text) {
            match self.ids.get(piece) {
                Some(id) => tokens.push(*id),
                None => tokens.extend(piece.chars().map(&mut spelled)),
            }
        }
        tokens
    }

    /// The text of a token. A cut shows as an ellipsis in brackets.
    pub fn text(&self, token: u32) -> &str {
        match token {
            CUT => " […]",
            _ => (token as usize)
                .checked_sub(SIGNS)
                .and_then(|at| self.texts.get(at))
                .map_or("", String::as_str),
        }
    }
}

impl From<Vec<String>> for Vocabulary {
    fn from(texts: Vec<String>) -> Self {
        let ids = texts.iter().cloned().zip(SIGNS as u32..).collect();
        Vocabulary { texts, ids }
    }
}

impl From<Vocabulary> for Vec<String> {
    fn from(vocabulary: Vocabulary) -> Self {
        vocabulary.texts
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_space_belongs_to_what_follows() {
        let cut = |text| pieces(text).collect::<Vec<_>>();
        assert_eq!(cut("I can't, so."), ["I", " can", "'", "t", ",", " so", "."]);
        assert_eq!(cut("a:\n    b  c "), ["a", ":", "\n   ", " b", " ", " c", " "]);
    }

    #[test]
    fn rare_words_are_spelled_and_long_answers_are_cut() {
        let texts = ["one two three", "one two three", "xyz"];
        let known = Vocabulary::new(texts.iter().copied(), 64);
        let write = |text| known.answer(text).iter().map(|token| known.text(*token)).collect::<String>();
        assert_eq!(write("one two xyz"), "one twoxyz", "the space is not among the characters");
        assert!(known.answer("é").contains(&UNKNOWN));
        let long = write(&"one two three ".repeat(40));
        assert!(long.starts_with("one two three") && long.contains(" […]"), "{long}");
        assert_eq!(known.answer(&" two".repeat(1000)).len(), LONGEST + 2);
    }

    proptest! {
        #[test]
        fn pieces_make_up_the_text(text in "(\\PC|\\s){0,200}") {
            prop_assert_eq!(pieces(&text).collect::<String>(), text.clone());
            prop_assert!(pieces(&text).all(|piece| !piece.is_empty()));
        }

        #[test]
        fn what_is_known_is_written_as_it_was(text in "[a-c .\n]{0,20}") {
            let known = Vocabulary::new([text.as_str(), text.as_str()].into_iter(), 1024);
            let mut tokens = known.answer(&text);
            prop_assert_eq!(tokens.pop(), Some(END));
            prop_assert_eq!(tokens.iter().map(|token| known.text(*token)).collect::<String>(), text);
        }
    }
}
