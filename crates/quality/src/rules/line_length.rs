//! Whether a text is a list.

use toadstone_core::Bound;

use crate::rule::DOCUMENTS;
use crate::{Family, Rule};

/// The rules.
pub static FAMILY: Family = Family {
    page: include_str!("line_length.md"),
    rules: &[
        Rule {
            name: "short-lines",
            what: "share of lines of at most 30 columns",
            bound: Bound::AtMost,
            limit: 0.67,
            on: true,
            kinds: DOCUMENTS,
            measure: |text| text.of_lines(text.short),
        },
        Rule {
            name: "line-breaks",
            what: "line breaks for each word",
            bound: Bound::AtMost,
            limit: 0.3,
            on: true,
            kinds: DOCUMENTS,
            measure: |text| text.per_word(text.lines.items.saturating_sub(1)),
        },
    ],
};
