//! Whether a source file was written by hand.

use toadstone_core::Bound;

use crate::rule::{CODE, ratio};
use crate::{Family, Rule};

/// The rules.
pub static FAMILY: Family = Family {
    page: include_str!("code_lines.md"),
    rules: &[
        Rule {
            name: "longest-line",
            what: "characters of the longest line",
            bound: Bound::AtMost,
            limit: 1000.0,
            on: true,
            kinds: CODE,
            measure: |text| Some(text.longest_line as f32),
        },
        Rule {
            name: "mean-line",
            what: "mean characters of a line",
            bound: Bound::AtMost,
            limit: 100.0,
            on: true,
            kinds: CODE,
            measure: |text| ratio(text.chars - text.breaks, text.lines.items),
        },
        Rule {
            name: "alphanumeric",
            what: "share of characters that are letters or digits",
            bound: Bound::AtLeast,
            limit: 0.25,
            on: true,
            kinds: CODE,
            measure: |text| ratio(text.alphanumeric, text.chars),
        },
    ],
};
