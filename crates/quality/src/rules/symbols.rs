//! Signs that stand for missing words.

use toadstone_core::Bound;

use crate::rule::DOCUMENTS;
use crate::{Family, Rule};

/// The rules.
pub static FAMILY: Family = Family {
    page: include_str!("symbols.md"),
    rules: &[
        Rule {
            name: "hash-signs",
            what: "hash signs for each word",
            bound: Bound::AtMost,
            limit: 0.1,
            on: true,
            kinds: DOCUMENTS,
            measure: |text| text.per_word(text.hashes),
        },
        Rule {
            name: "ellipses",
            what: "ellipses for each word",
            bound: Bound::AtMost,
            limit: 0.1,
            on: true,
            kinds: DOCUMENTS,
            measure: |text| text.per_word(text.ellipses),
        },
    ],
};
