//! Text that goes round in circles.

use toadstone_core::Bound;

use crate::rule::WRITTEN;
use crate::{Family, Rule};

/// The rules.
pub static FAMILY: Family = Family {
    page: include_str!("looping.md"),
    rules: &[Rule {
        name: "looping-text",
        what: "share of characters in 10 words that stood there before",
        bound: Bound::AtMost,
        limit: 0.6,
        on: true,
        kinds: WRITTEN,
        measure: |text| text.has_words().then_some(text.duplicate[5]),
    }],
};
