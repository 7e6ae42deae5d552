//! Reports on pages that were looked at twice, and on edits around snapshots: one file for each format.

mod html;
mod human;
mod sentences;

use std::io;

use toadstone_core::{Recheck, Revisions};

use crate::Style;

/// What was found out.
#[derive(Clone, Copy)]
pub enum Rechecked<'a> {
    /// What became of pages.
    Pages(&'a Recheck),
    /// What edits around snapshots say.
    Revisions(&'a Revisions),
}

/// An account, and what to type next.
#[derive(Clone, Copy)]
pub struct RecheckReport<'a> {
    /// The account.
    pub found: Rechecked<'a>,
    /// Commands to type next.
    pub next: &'a [String],
}

type Write = fn(&RecheckReport<'_>, Style, &mut dyn io::Write) -> io::Result<()>;

/// A way to write such an account down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecheckFormat {
    /// For a person at a terminal.
    Human,
    /// One JSON object.
    Json,
    /// One self-contained page.
    Html,
}

impl RecheckFormat {
    /// Every format, in the order in which help lists them.
    pub const ALL: [RecheckFormat; 3] = [RecheckFormat::Human, RecheckFormat::Json, RecheckFormat::Html];

    /// The registry: name, what it is for, writer.
    fn entry(self) -> (&'static str, &'static str, Write) {
        match self {
            RecheckFormat::Human => ("human", "for a person at a terminal", human::write),
            RecheckFormat::Json => ("json", "one JSON object", json),
            RecheckFormat::Html => ("html", "one self-contained page", html::write),
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

    /// Writes the account to `out`.
    ///
    /// # Errors
    /// Whatever `out` gives.
    pub fn render(self, report: &RecheckReport<'_>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        self.entry().2(report, style, out)
    }
}

fn json(report: &RecheckReport<'_>, _: Style, out: &mut dyn io::Write) -> io::Result<()> {
    match report.found {
        Rechecked::Pages(pages) => serde_json::to_writer_pretty(&mut *out, pages)?,
        Rechecked::Revisions(revisions) => serde_json::to_writer_pretty(&mut *out, revisions)?,
    }
    out.write_all(b"\n")
}
