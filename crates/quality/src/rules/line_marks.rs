//! How lines begin and end.

use toadstone_core::Bound;

use crate::rule::DOCUMENTS;
use crate::{Family, Rule};

/// The rules.
pub static FAMILY: Family = Family {
    page: include_str!("line_marks.md"),
    rules: &[
        Rule {
            name: "bullet-lines",
            what: "share of lines that begin with a bullet",
            bound: Bound::AtMost,
            limit: 0.9,
            on: true,
            kinds: DOCUMENTS,
            measure: |text| text.of_lines(text.bullets),
        },
        Rule {
            name: "ellipsis-lines",
            what: "share of lines that end in an ellipsis",
            bound: Bound::AtMost,
            limit: 0.3,
            on: true,
            kinds: DOCUMENTS,
            measure: |text| text.of_lines(text.trailing_off),
        },
    ],
};
