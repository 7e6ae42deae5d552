//! Outputs that say what they were given.

use super::Gate;

/// Least words of an output, and the share of its runs of four words that the input has, too. Answers
/// that quote what they were asked about stay below it; see the page.
const WORDS: usize = 12;
const SHARE: f64 = 0.7;

pub(super) const GATE: Gate = Gate {
    name: "echo",
    about: "that repeat what they were given",
    page: include_str!("echo.md"),
    stops: |measured| measured.echoed.is_some_and(|echoed| echoed.words >= WORDS && echoed.share >= SHARE),
};
