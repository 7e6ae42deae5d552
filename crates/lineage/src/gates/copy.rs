//! Outputs that were copied from what they were made from.

use super::Gate;

/// Least share of the fingerprints that a parent has, too.
const SHARE: f64 = 0.6;

pub(super) const GATE: Gate = Gate {
    name: "copy",
    about: "that copy a record they were made from",
    page: include_str!("copy.md"),
    stops: |measured| measured.copied.is_some_and(|copied| copied.whole || copied.share() >= SHARE),
};
