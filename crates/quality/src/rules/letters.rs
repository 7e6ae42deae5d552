//! Whether words are made of letters.

use toadstone_core::Bound;

use crate::rule::DOCUMENTS;
use crate::{Family, Rule};

/// The rules.
pub static FAMILY: Family = Family {
    page: include_str!("letters.md"),
    rules: &[Rule {
        name: "lettered-words",
        what: "share of words with a letter",
        bound: Bound::AtLeast,
        limit: 0.8,
        on: true,
        kinds: DOCUMENTS,
        measure: |text| text.per_word(text.lettered),
    }],
};
