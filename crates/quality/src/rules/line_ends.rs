//! Whether lines end like sentences.

use toadstone_core::Bound;

use crate::rule::{DOCUMENTS};
use crate::{Family, Rule};

/// The rules.
pub static FAMILY: Family = Family {
    page: include_str!("line_ends.md"),
    rules: &[
        Rule {
            name: "punctuated-lines",
            what: "share of lines that end like a sentence",
            bound: Bound::AtLeast,
            limit: 0.12,
            on: true,
            kinds: DOCUMENTS,
            measure: |text| text.has_sentences.then(|| text.of_lines(text.punctuated)).flatten(),
        },
    ],
};
