//! What pages have that are not finished, or not prose.

use toadstone_core::Bound;

use crate::rule::DOCUMENTS;
use crate::{Family, Rule};

/// The rules.
pub static FAMILY: Family = Family {
    page: include_str!("fillers.md"),
    rules: &[
        Rule {
            name: "lorem-ipsum",
            what: "occurrences of lorem ipsum",
            bound: Bound::AtMost,
            limit: 0.0,
            on: true,
            kinds: DOCUMENTS,
            measure: |text| Some(text.fillers as f32),
        },
        Rule {
            name: "curly-brackets",
            what: "opening curly brackets",
            bound: Bound::AtMost,
            limit: 0.0,
            on: false,
            kinds: DOCUMENTS,
            measure: |text| Some(text.braces as f32),
        },
    ],
};
