//! Lines and paragraphs that stand in a text more than once.

use toadstone_core::Bound;

use crate::rule::{DOCUMENTS, ratio};
use crate::{Family, Repeated, Rule, Text};

/// The rules.
pub static FAMILY: Family = Family {
    page: include_str!("repeated_lines.md"),
    rules: &[
        Rule {
            name: "duplicate-lines",
            what: "share of lines that repeat an earlier one",
            bound: Bound::AtMost,
            limit: 0.3,
            on: true,
            kinds: DOCUMENTS,
            measure: |text| text.of_lines(text.lines.copies),
        },
        Rule {
            name: "duplicate-line-characters",
            what: "share of characters in lines that repeat an earlier one",
            bound: Bound::AtMost,
            limit: 0.1,
            on: true,
            kinds: DOCUMENTS,
            measure: |text| characters(text, text.lines),
        },
        Rule {
            name: "duplicate-paragraphs",
            what: "share of paragraphs that repeat an earlier one",
            bound: Bound::AtMost,
            limit: 0.3,
            on: true,
            kinds: DOCUMENTS,
            measure: |text| ratio(text.paragraphs.copies, text.paragraphs.items),
        },
        Rule {
            name: "duplicate-paragraph-characters",
            what: "share of characters in paragraphs that repeat an earlier one",
            bound: Bound::AtMost,
            limit: 0.2,
            on: true,
            kinds: DOCUMENTS,
            measure: |text| characters(text, text.paragraphs),
        },
    ],
};

fn characters(text: &Text, of: Repeated) -> Option<f32> {
    text.has_words().then(|| ratio(of.copied_chars, of.chars)).flatten()
}
