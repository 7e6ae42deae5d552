//! What a rule is.

use toadstone_core::{Bound, Kind};

use crate::Text;

/// A measurement of a text, and what it has to be.
#[derive(Debug)]
pub struct Rule {
    /// Its name in reports and in the policy.
    pub name: &'static str,
    /// What is measured, as a phrase: `words`, `share of lines that end in an ellipsis`.
    pub what: &'static str,
    /// On which side of the limit a text has to be.
    pub bound: Bound,
    /// The limit, unless the policy has another one. What is equal to it passes.
    pub limit: f32,
    /// Whether it is on, unless the policy says otherwise.
    pub on: bool,
    /// What it makes sense for.
    pub kinds: &'static [Kind],
    /// The measurement; `None` where this text cannot be judged by it.
    pub measure: fn(&Text) -> Option<f32>,
}

/// Rules that share a page.
#[derive(Debug)]
pub struct Family {
    /// The page, in Markdown.
    pub page: &'static str,
    /// The rules, in the order in which they are reported.
    pub rules: &'static [Rule],
}

/// Plain documents: what the rules of the papers were made for.
pub(crate) const DOCUMENTS: &[Kind] = &[Kind::Document];
/// Documents and answers.
pub(crate) const WRITTEN: &[Kind] = &[Kind::Document, Kind::Instruction, Kind::Preference];
/// Everything in a natural language.
pub(crate) const PROSE: &[Kind] =
    &[Kind::Document, Kind::Instruction, Kind::Preference, Kind::Classification];
/// Source files.
pub(crate) const CODE: &[Kind] = &[Kind::Code];

/// Words that a text needs before shares of its words are judged: the least that Gopher takes at all.
const LEAST_WORDS: u64 = 50;
/// Words that a text needs before shares of its phrases are judged: in a shorter one, two mentions of a
/// long name reach the limits, which were made for web pages.
const LEAST_PHRASES: u64 = 200;
/// Lines that a text needs before shares of its lines are judged.
pub(crate) const LEAST_LINES: u64 = 5;

/// `part` of `whole`, whatever the size; `None` of nothing.
pub(crate) fn ratio(part: u64, whole: u64) -> Option<f32> {
    (whole > 0).then(|| (part as f64 / whole as f64) as f32)
}

impl Text {
    /// `part` for each word, if there are enough words to tell.
    pub(crate) fn per_word(&self, part: u64) -> Option<f32> {
        self.has_words().then(|| ratio(part, self.words)).flatten()
    }

    /// The share of the lines, if there are enough lines to tell.
    pub(crate) fn of_lines(&self, part: u64) -> Option<f32> {
        (self.lines.items >= LEAST_LINES).then(|| ratio(part, self.lines.items)).flatten()
    }

    /// Whether there are enough words to speak of shares of them.
    pub(crate) fn has_words(&self) -> bool {
        self.words >= LEAST_WORDS
    }

    /// Whether there are enough words to speak of shares of phrases.
    pub(crate) fn has_phrases(&self) -> bool {
        self.words >= LEAST_PHRASES
    }
}
