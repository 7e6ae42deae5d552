//! What the page is told, and what it asks for. Texts are inert pieces, never markup.

use serde::{Deserialize, Serialize};
use toadstone_core::Span;
use toadstone_report::live::{self, Measured};

use crate::decision::{Call, Decision};

/// Inert text: each piece with 1 if it is highlighted, plus 2 if it stands for what cannot be shown.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Text {
    pieces: Vec<(String, u8)>,
    /// Bytes of the text that are not among the pieces.
    #[serde(skip_serializing_if = "is_zero")]
    more: usize,
}

fn is_zero(n: &usize) -> bool {
    *n == 0
}

impl Text {
    /// At most `limit` characters of a text around the first span. Costs nothing for what is left out.
    pub fn new(text: &str, spans: &[Span], limit: usize) -> Text {
        let floor =
            |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let first = spans.first().map_or(0, |span| span.start);
        let from = if first > limit { floor(first - limit / 4) } else { 0 };
        let to = text[from..].char_indices().nth(limit).map_or(text.len(), |(at, _)| from + at);
        let inside = |span: &&Span| span.end > from && span.start < to;
        let moved = |span: &Span| Span { start: span.start.saturating_sub(from), end: span.end - from };
        let spans: Vec<Span> = spans.iter().filter(inside).map(moved).collect();
        let piece = |p: live::Piece| (p.text, u8::from(p.marked) | u8::from(p.escaped) << 1);
        let mut pieces: Vec<(String, u8)> = Vec::new();
        pieces.extend((from > 0).then(|| ("…".to_owned(), 0)));
        pieces.extend(live::pieces(&text[from..to], &spans, usize::MAX).into_iter().map(piece));
        pieces.extend((to < text.len()).then(|| ("…".to_owned(), 0)));
        Text { pieces, more: text.len() - (to - from) }
    }

    /// A short text without highlights.
    pub fn plain(text: &str) -> Text {
        Text::new(text, &[], 400)
    }
}

/// How far the data has been read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Progress {
    /// From 0 to 1.
    pub share: f64,
    /// Whether all of it was.
    pub done: bool,
}

/// A decision, as shown.
#[derive(Debug, Clone, Serialize)]
pub struct Judged {
    pub call: Call,
    pub who: Text,
    pub at: String,
    pub note: Text,
    /// The note as it may be edited.
    pub raw: String,
}

impl Judged {
    pub fn new(decision: &Decision) -> Judged {
        Judged {
            call: decision.call,
            who: Text::plain(&decision.who),
            at: toadstone_core::visible(&decision.at),
            note: Text::new(&decision.note, &[], crate::LONGEST_NOTE),
            raw: toadstone_core::visible(&decision.note),
        }
    }
}

/// What changes of a finding as people decide.
#[derive(Debug, Clone, Serialize)]
pub struct Standing {
    pub n: u32,
    pub judged: Option<Judged>,
    /// Records that were called poison, fine and unsure one by one.
    pub counts: [u64; 3],
}

/// A finding.
#[derive(Debug, Serialize)]
pub struct FindingView {
    pub n: u32,
    pub id: String,
    pub detector: String,
    pub severity: &'static str,
    pub confidence: &'static str,
    pub standing: &'static str,
    pub title: Text,
    pub trigger: Option<(String, Vec<Text>)>,
    pub behaviour: Option<(String, Text)>,
    pub origin: Option<(String, Text, u64)>,
    pub evidence: Vec<Measured>,
    pub records: u64,
    pub quarantine: bool,
}

/// Everything that the page begins with.
#[derive(Debug, Serialize)]
pub struct Overview {
    pub findings: Vec<FindingView>,
    /// Findings that are not listed.
    pub more: usize,
    /// Suspicious records.
    pub suspicious: u64,
    pub who: Text,
    #[serde(flatten)]
    pub update: Update,
}

/// What has changed.
#[derive(Debug, Serialize)]
pub struct Update {
    /// To be given back with the next question.
    cursor: u64,
    progress: Progress,
    problems: Vec<Text>,
    /// Records that were decided on one by one, in all.
    decided: u64,
    standings: Vec<Standing>,
    records: Vec<(u32, Option<Judged>)>,
}

impl Update {
    pub(super) fn new(
        cursor: u64,
        progress: Progress,
        problems: &[String],
        decided: u64,
        standings: Vec<Standing>,
        records: Vec<(u32, Option<Judged>)>,
    ) -> Update {
        let problems = problems.iter().map(|problem| Text::plain(problem)).collect();
        Update { cursor, progress, problems, decided, standings, records }
    }
}

/// A record in a list.
#[derive(Debug, Serialize)]
pub struct RowView {
    pub n: u32,
    pub file: Text,
    pub row: u64,
    pub score: f32,
    pub quarantine: bool,
    /// Whether it is one of the finding's own; `None` without a finding.
    pub member: Option<bool>,
    pub judged: Option<Judged>,
    /// What holds because of its findings.
    pub whole: Option<Call>,
    /// Input and output or label; `None` if it was not read.
    pub texts: Option<(Text, Option<Text>)>,
}

/// A page of a list.
#[derive(Debug, Serialize)]
pub struct Page {
    /// Records that match.
    pub total: usize,
    /// Place of the first one of this page among them.
    pub from: usize,
    pub rows: Vec<RowView>,
}

/// A record in full.
#[derive(Debug, Serialize)]
pub struct RecordView {
    #[serde(flatten)]
    pub row: RowView,
    pub roles: Vec<(&'static str, Text)>,
    /// Findings that name it: number, score, whether it is one of theirs.
    pub findings: Vec<(u32, f32, bool)>,
    /// What was decided on other content in its place.
    pub outdated: Option<Judged>,
    pub digest: Option<String>,
}

/// A record that is like another.
#[derive(Debug, Serialize)]
pub struct SimilarView {
    pub row: RowView,
    pub similarity: f64,
    pub shared: usize,
    pub either: usize,
    /// What both say the same, as role and text.
    pub same: Vec<(&'static str, Text)>,
    /// Numbers of findings that name both.
    pub findings: Vec<u32>,
}

/// What a person decides.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The number of a record, or else of a finding.
    pub record: Option<u32>,
    /// The number of the finding, or of that under which the record is looked at.
    pub finding: Option<u32>,
    pub call: Call,
    #[serde(default)]
    pub note: String,
    /// The cursor that the page has.
    pub cursor: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn joined(text: &Text) -> String {
        text.pieces.iter().map(|(piece, _)| piece.as_str()).collect()
    }

    #[test]
    fn long_texts_are_cut_around_the_first_span() {
        let text = format!("{}TRIGGER{}", "a".repeat(100_000), "b".repeat(100_000));
        let shown = Text::new(&text, &[Span { start: 100_000, end: 100_007 }], 400);
        assert_eq!(shown.pieces[2], ("TRIGGER".to_owned(), 1));
        assert_eq!(shown.more, text.len() - 400);
        assert!(joined(&shown).starts_with("…aaa") && joined(&shown).ends_with("bbb…"));
    }

    proptest! {
        #[test]
        fn any_text_with_any_spans_is_inert(text in any::<String>(), a in 0usize..300, b in 0usize..300, limit in 0usize..50) {
            let span = Span { start: a.min(b), end: a.max(b) };
            let shown = joined(&Text::new(&text, &[span], limit));
            prop_assert_eq!(toadstone_core::visible(&shown), shown);
        }
    }
}
