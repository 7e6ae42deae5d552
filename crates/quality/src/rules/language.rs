//! Whether a text is in a language that is expected.

use toadstone_core::Bound;

use crate::rule::PROSE;
use crate::{Family, Rule};

/// The rules.
pub static FAMILY: Family = Family {
    page: include_str!("language.md"),
    rules: &[Rule {
        name: "language",
        what: "sureness that the language is not an expected one",
        bound: Bound::AtMost,
        limit: 0.9,
        on: true,
        kinds: PROSE,
        measure: |text| text.unexpected,
    }],
};
