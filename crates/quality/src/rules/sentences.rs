//! How many sentences there are.

use toadstone_core::Bound;

use crate::rule::DOCUMENTS;
use crate::{Family, Rule};

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
        measure: |text| (text.has_sentences && text.has_words()).then_some(text.sentences as f32),
    }],
};
