//! The looks of the report for pages that a server makes: the same style, signs and escaping.

use maud::Markup;
use serde::Serialize;
use toadstone_core::{Evidence, Run, Span, Verdict};

pub use crate::shown::Piece;

use crate::html::{self, svg};
use crate::view::View;
use crate::{shown, words};

/// A page and the policy that it is to be served with.
#[derive(Debug)]
pub struct LivePage {
    /// The document.
    pub html: String,
    /// The value of `Content-Security-Policy`: this style, this script, requests to its own origin.
    pub policy: String,
}

/// A page in the looks of the report, with a style of its own on top, whose script may talk to where
/// the page came from and to nowhere else.
pub fn page(title: &str, body: &Markup, style: &str, script: &str) -> LivePage {
    let style = format!("{}{style}", html::STYLE);
    let frame = html::Frame { style: &style, script: Some(script), connects: true };
    LivePage { html: frame.page(title, body).into_string(), policy: frame.policy() }
}

/// The sign of toadstone.
pub fn mark() -> Markup {
    svg::mark()
}

/// The sign beside a verdict.
pub fn verdict_sign(verdict: Verdict) -> Markup {
    svg::verdict(Some(verdict))
}

/// A severity by shape and word.
pub fn severity(severity: toadstone_core::Severity) -> Markup {
    html::severity(severity)
}

/// Text of a record made inert, in pieces that look alike, at most `limit` characters around the first
/// span. Costs as much as the text is long.
pub fn pieces(text: &str, spans: &[Span], limit: usize) -> Vec<Piece> {
    shown::pieces(&shown::around(&shown::cells(text, spans), limit))
}

/// `1234567` as `1,234,567`.
pub fn count(n: u64) -> String {
    words::count(n)
}

/// A measurement in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Measured {
    /// What was measured (inert).
    pub what: String,
    /// Observed, expected, how many times that.
    pub against: String,
    /// The test and the chance; empty if it has none.
    pub test: String,
}

/// A measurement in the words of the report.
pub fn measured(evidence: &Evidence) -> Measured {
    Measured {
        what: shown::plain(&evidence.what, 300),
        against: words::against(evidence),
        test: shown::plain(&words::test(evidence), 200),
    }
}

/// What the policy makes of each finding of a run, in the run's order: `blocks`, `needs review`, ...
pub fn standings(run: &Run) -> Vec<&'static str> {
    let view = View::new(run);
    run.findings.iter().map(|finding| view.standing(finding).word()).collect()
}

/// The verdict of a run as a sentence.
pub fn verdict(run: &Run) -> String {
    words::verdict(&View::new(run))
}
