//! Whether lines end like sentences.

use toadstone_core::Bound;

use crate::rule::{DOCUMENTS, LEAST_LINES, ratio};
use crate::{Family, Rule, Text};

/// The rules.
pub static FAMILY: Family = Family {
    page: include_str!("line_ends.md"),
    rules: &[Rule {
        name: "punctuated-lines",
        what: "share of lines that end like a sentence",
        bound: Bound::AtLeast,
        limit: 0.12,
        on: true,
        kinds: DOCUMENTS,
        measure,
    }],
};

/// Of the lines that do not go on in the next one.
fn measure(text: &Text) -> Option<f32> {
    let ends = text.lines.items - text.wrapped;
    let tells = text.has_sentences && ends >= LEAST_LINES;
    tells.then(|| ratio(text.punctuated, ends)).flatten()
}
