//! Reports on a red team: one file for each format, one line for each in [`ScorecardFormat::ALL`].

mod curves;
mod html;
mod human;
mod markdown;
mod sentences;

use std::io;

use toadstone_core::scorecard::Scorecard;

use crate::Style;

/// A scorecard, and what to type next.
#[derive(Clone, Copy)]
pub struct Scored<'a> {
    /// What was measured.
    pub scorecard: &'a Scorecard,
    /// Commands to type next.
    pub next: &'a [String],
}

type Write = fn(&Scored<'_>, Style, &mut dyn io::Write) -> io::Result<()>;

/// A way to write a scorecard down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScorecardFormat {
    /// For a person at a terminal.
    Human,
    /// One JSON object.
    Json,
    /// A table for documentation.
    Markdown,
    /// One self-contained page.
    Html,
}

impl ScorecardFormat {
    /// Every format, in the order in which help lists them.
    pub const ALL: [ScorecardFormat; 4] =
        [ScorecardFormat::Human, ScorecardFormat::Json, ScorecardFormat::Markdown, ScorecardFormat::Html];

    /// The registry: name, what it is for, writer.
    fn entry(self) -> (&'static str, &'static str, Write) {
        match self {
            ScorecardFormat::Human => ("human", "for a person at a terminal", human::write),
            ScorecardFormat::Json => ("json", "one JSON object", json),
            ScorecardFormat::Markdown => ("markdown", "a table for documentation", markdown::write),
            ScorecardFormat::Html => ("html", "one self-contained page with curves", html::write),
        }
    }

    /// The name used on the command line.
    pub fn name(self) -> &'static str {
        self.entry().0
    }

    /// What it is for, as a phrase.
    pub fn about(self) -> &'static str {
        self.entry().1
    }

    /// Writes the scorecard to `out`.
    ///
    /// # Errors
    /// Whatever `out` gives.
    pub fn render(self, scored: &Scored<'_>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        self.entry().2(scored, style, out)
    }
}

fn json(scored: &Scored<'_>, _: Style, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, scored.scorecard)?;
    out.write_all(b"\n")
}
