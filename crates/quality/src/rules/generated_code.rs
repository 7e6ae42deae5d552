//! Whether a program wrote a source file.

use toadstone_core::Bound;

use crate::rule::CODE;
use crate::{Family, Rule};

/// The rules.
pub static FAMILY: Family = Family {
    page: include_str!("generated_code.md"),
    rules: &[Rule {
        name: "generated-code",
        what: "of the first 5 lines, those that say that a program wrote the file",
        bound: Bound::AtMost,
        limit: 0.0,
        on: true,
        kinds: CODE,
        measure: |text| Some(text.generated as f32),
    }],
};
