//! How many sentences there are.

use toadstone_core::Bound;

use crate::rule::DOCUMENTS;
use crate::{Family, Rule, Text};

/// The rules.
pub static FAMILY: Family = Family {
    page: include_str!("sentences.md"),
    rules: &[Rule {
        name: "few-sentences",
        what: "sentences outside boilerplate",
        bound: Bound::AtLeast,
        limit: 3.0,
        on: true,
        kinds: DOCUMENTS,
        measure,
    }],
};

/// Words from which on a text is judged: in a shorter one, two long sentences are a whole news report.
const LEAST: u64 = 100;

fn measure(text: &Text) -> Option<f32> {
    (text.has_sentences && text.words >= LEAST).then_some(text.sentences as f32)
}
