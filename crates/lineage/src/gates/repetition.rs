//! Outputs that say the same again and again.

use super::Gate;

/// Least words of an output, and the share of its runs of four words that it has said before. Lists and
/// refrains stay below it; see the page.
const WORDS: usize = 24;
const SHARE: f64 = 0.5;

pub(super) const GATE: Gate = Gate {
    name: "repetition",
    about: "that repeat themselves",
    page: include_str!("repetition.md"),
    stops: |measured| {
        measured.repeated.is_some_and(|repeated| repeated.words >= WORDS && repeated.share >= SHARE)
    },
};
