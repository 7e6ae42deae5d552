//! How long a text is.

use toadstone_core::Bound;

use crate::rule::{DOCUMENTS, PROSE};
use crate::{Family, Rule};

/// The rules.
pub static FAMILY: Family = Family {
    page: include_str!("word_count.md"),
    rules: &[
        Rule {
            name: "few-words",
            what: "words",
            bound: Bound::AtLeast,
            limit: 50.0,
            on: true,
            kinds: DOCUMENTS,
            measure: |text| Some(text.words as f32),
        },
        Rule {
            name: "many-words",
            what: "words",
            bound: Bound::AtMost,
            limit: 100_000.0,
            on: true,
            kinds: PROSE,
            measure: |text| Some(text.words as f32),
        },
    ],
};
