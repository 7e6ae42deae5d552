//! Reports on trials of models: one file for each format, one line for each in [`TrialFormat::ALL`].

mod html;
mod human;
mod junit;
mod markdown;
mod sentences;

use std::io;

use toadstone_core::Trial;

use crate::{Style, wire};

/// A trial, and what to type next.
#[derive(Clone, Copy)]
pub struct TrialReport<'a> {
    /// The trial.
    pub trial: &'a Trial,
    /// Commands to type next.
    pub next: &'a [String],
}

type Write = fn(&TrialReport<'_>, Style, &mut dyn io::Write) -> io::Result<()>;

/// A way to write a trial down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrialFormat {
    /// For a person at a terminal.
    Human,
    /// One JSON object.
    Json,
    /// For a continuous-integration server.
    Junit,
    /// For a comment on a pull request or a job summary.
    Markdown,
    /// One self-contained page.
    Html,
}

impl TrialFormat {
    /// Every format, in the order in which help lists them.
    pub const ALL: [TrialFormat; 5] =
        [TrialFormat::Human, TrialFormat::Json, TrialFormat::Junit, TrialFormat::Markdown, TrialFormat::Html];

    /// The registry: name, what it is for, writer.
    fn entry(self) -> (&'static str, &'static str, Write) {
        match self {
            TrialFormat::Human => ("human", "for a person at a terminal", human::write),
            TrialFormat::Json => ("json", "one JSON object", json),
            TrialFormat::Junit => ("junit", "JUnit XML: a test case for each trigger", junit::write),
            TrialFormat::Markdown => ("markdown", "for a pull request or a job summary", markdown::write),
            TrialFormat::Html => ("html", "one self-contained page", html::write),
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

    /// Writes the trial to `out`.
    ///
    /// # Errors
    /// Whatever `out` gives.
    pub fn render(self, report: &TrialReport<'_>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        self.entry().2(report, style, out)
    }
}

fn json(report: &TrialReport<'_>, _: Style, out: &mut dyn io::Write) -> io::Result<()> {
    wire::write(report.trial, out)
}
