//! One phrase that is everywhere.

use toadstone_core::Bound;

use crate::rule::DOCUMENTS;
use crate::{Family, Rule};

/// The rules.
pub static FAMILY: Family = Family {
    page: include_str!("top_ngrams.md"),
    rules: &[
        Rule {
            name: "top-2-gram",
            what: "share of characters in the 2 words that recur most",
            bound: Bound::AtMost,
            limit: 0.2,
            on: true,
            kinds: DOCUMENTS,
            measure: |text| text.has_phrases().then_some(text.top[0]),
        },
        Rule {
            name: "top-3-gram",
            what: "share of characters in the 3 words that recur most",
            bound: Bound::AtMost,
            limit: 0.18,
            on: true,
            kinds: DOCUMENTS,
            measure: |text| text.has_phrases().then_some(text.top[1]),
        },
        Rule {
            name: "top-4-gram",
            what: "share of characters in the 4 words that recur most",
            bound: Bound::AtMost,
            limit: 0.16,
            on: true,
            kinds: DOCUMENTS,
            measure: |text| text.has_phrases().then_some(text.top[2]),
        },
    ],
};
