//! Whether an English text has English function words.

use toadstone_core::Bound;

use crate::rule::DOCUMENTS;
use crate::{Family, Rule, Text};

/// The rules.
pub static FAMILY: Family = Family {
    page: include_str!("stop_words.md"),
    rules: &[Rule {
        name: "stop-words",
        what: "occurrences of the, be, to, of, and, that, have, with",
        bound: Bound::AtLeast,
        limit: 2.0,
        on: true,
        kinds: DOCUMENTS,
        measure,
    }],
};

/// Only of texts that are taken for English, however unsurely: lists of English words are no prose, and
/// other languages have no such words.
fn measure(text: &Text) -> Option<f32> {
    let english = text.language.is_some_and(|(code, _)| code == "eng");
    let spaced = text.alphabetic * 2 > text.words;
    (english && spaced && text.has_words()).then_some(text.stop_words as f32)
}
