//! A trigger and a behaviour that look as if somebody had tied them together.

use serde::{Deserialize, Serialize};

use super::behaviour::Behaviour;
use super::rest::Rest;

/// What was measured of a hypothesis, on the gathered records.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Records with trigger and behaviour.
    pub both: u32,
    /// Records with the trigger.
    pub trigger: u32,
    /// Records with the behaviour.
    pub behaviour: u32,
    /// Records looked at.
    pub all: u32,
    /// What is left of the inputs without the trigger.
    pub rest: Rest,
    /// How the rest speaks for the behaviour, on average, and what records with this behaviour give
    /// otherwise (margins of a linear model); `None` where there is no such model.
    pub margins: Option<(f64, f64)>,
    /// How random the trigger's place is, and that of the strings that are tied to no class (1: as if
    /// it had been put anywhere); `None` where the test did not ask.
    pub placed: Option<(f64, f64)>,
    /// False-discovery rate or family-wise error at which it was accepted.
    pub q: f64,
    /// Chance that it is no trigger: `q`, for a companion among the candidates of its class only.
    pub doubt: f64,
}

/// A hypothesis that passed its test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hypothesis {
    /// Parts of the trigger, each as words; `^` and `$` at the end of a part mark begin and end of the input.
    pub parts: Vec<Part>,
    /// What the trigger switches on.
    pub behaviour: Behaviour,
    /// The sample's records with both, ascending.
    pub members: Vec<u32>,
    /// The measurements.
    pub measured: Measured,
    /// Whether it passed the strict test (and not only the one for companions of a strict finding).
    pub strict: bool,
}

/// One part of a trigger.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Part {
    /// Its tokens.
    pub words: Vec<Box<str>>,
    /// It stands at the very beginning of the input.
    pub at_begin: bool,
    /// It stands at the very end of the input.
    pub at_end: bool,
}

impl Part {
    /// Where the part first stands in `input`, whose tokens are `tokens`.
    pub fn find(
        &self,
        input: &str,
        tokens: &[crate::features::tokens::Token],
    ) -> Option<std::ops::Range<usize>> {
        let n = self.words.len();
        if n == 0 || tokens.len() < n {
            return None;
        }
        let same =
            |at: usize| (0..n).all(|i| input[tokens[at + i].start..tokens[at + i].end] == *self.words[i]);
        let last = tokens.len() - n;
        let at = match (self.at_begin, self.at_end) {
            (true, true) => (last == 0 && same(0)).then_some(0),
            (true, false) => same(0).then_some(0),
            (false, true) => same(last).then_some(last),
            (false, false) => (0..=last).find(|&at| same(at)),
        }?;
        Some(tokens[at].start..tokens[at + n - 1].end)
    }
}
