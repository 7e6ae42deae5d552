//! How long the words are.

use toadstone_core::Bound;

use crate::rule::{DOCUMENTS, PROSE, ratio};
use crate::{Family, Rule, Text};

/// The rules.
pub static FAMILY: Family = Family {
    page: include_str!("word_length.md"),
    rules: &[
        Rule {
            name: "short-words",
            what: "mean characters of a word",
            bound: Bound::AtLeast,
            limit: 3.0,
            on: true,
            kinds: DOCUMENTS,
            measure: |text| mean(text, text.alphabetic),
        },
        Rule {
            name: "long-words",
            what: "mean characters of a word",
            bound: Bound::AtMost,
            limit: 10.0,
            on: true,
            kinds: DOCUMENTS,
            measure: |text| mean(text, text.spaced),
        },
        Rule {
            name: "longest-word",
            what: "characters of the longest word",
            bound: Bound::AtMost,
            limit: 1000.0,
            on: true,
            kinds: PROSE,
            measure: |text| Some(text.longest_word as f32),
        },
    ],
};

/// The mean length of spaced words, where more than half of all words are of the `fitting` sort.
fn mean(text: &Text, fitting: u64) -> Option<f32> {
    let tells = text.has_words() && fitting * 2 > text.words;
    tells.then(|| ratio(text.spaced_chars, text.spaced)).flatten()
}
