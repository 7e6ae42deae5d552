//! Phrases that stand in a text more than once.

use toadstone_core::Bound;

use crate::rule::DOCUMENTS;
use crate::{Family, Rule};

/// The rules.
pub static FAMILY: Family = Family {
    page: include_str!("duplicate_ngrams.md"),
    rules: &[
        Rule {
            name: "duplicate-5-grams",
            what: "share of characters in 5 words that stood there before",
            bound: Bound::AtMost,
            limit: 0.15,
            on: true,
            kinds: DOCUMENTS,
            measure: |text| text.has_phrases().then_some(text.duplicate[0]),
        },
        Rule {
            name: "duplicate-6-grams",
            what: "share of characters in 6 words that stood there before",
            bound: Bound::AtMost,
            limit: 0.14,
            on: true,
            kinds: DOCUMENTS,
            measure: |text| text.has_phrases().then_some(text.duplicate[1]),
        },
        Rule {
            name: "duplicate-7-grams",
            what: "share of characters in 7 words that stood there before",
            bound: Bound::AtMost,
            limit: 0.13,
            on: true,
            kinds: DOCUMENTS,
            measure: |text| text.has_phrases().then_some(text.duplicate[2]),
        },
        Rule {
            name: "duplicate-8-grams",
            what: "share of characters in 8 words that stood there before",
            bound: Bound::AtMost,
            limit: 0.12,
            on: true,
            kinds: DOCUMENTS,
            measure: |text| text.has_phrases().then_some(text.duplicate[3]),
        },
        Rule {
            name: "duplicate-9-grams",
            what: "share of characters in 9 words that stood there before",
            bound: Bound::AtMost,
            limit: 0.11,
            on: true,
            kinds: DOCUMENTS,
            measure: |text| text.has_phrases().then_some(text.duplicate[4]),
        },
        Rule {
            name: "duplicate-10-grams",
            what: "share of characters in 10 words that stood there before",
            bound: Bound::AtMost,
            limit: 0.1,
            on: true,
            kinds: DOCUMENTS,
            measure: |text| text.has_phrases().then_some(text.duplicate[5]),
        },
    ],
};
