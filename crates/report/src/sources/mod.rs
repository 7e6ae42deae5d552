//! Reports on the sources of a data set: one file for each format, one line for each in [`SourcesFormat::ALL`].

pub(crate) mod charts;
mod html;
mod human;
mod provenance;
mod sentences;

use std::io;

use toadstone_core::Ledger;

use crate::Style;

/// A ledger, and what to type next.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// What is known of the sources.
    pub ledger: &'a Ledger,
    /// Commands to type next.
    pub next: &'a [String],
}

type Write = fn(&Sources<'_>, Style, &mut dyn io::Write) -> io::Result<()>;

/// A way to write a ledger down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourcesFormat {
    /// For a person at a terminal.
    Human,
    /// One JSON object.
    Json,
    /// One self-contained page.
    Html,
}

impl SourcesFormat {
    /// Every format, in the order in which help lists them.
    pub const ALL: [SourcesFormat; 3] = [SourcesFormat::Human, SourcesFormat::Json, SourcesFormat::Html];

    /// The registry: name, what it is for, writer.
    fn entry(self) -> (&'static str, &'static str, Write) {
        match self {
            SourcesFormat::Human => ("human", "for a person at a terminal", human::write),
            SourcesFormat::Json => ("json", "one JSON object", json),
            SourcesFormat::Html => ("html", "one self-contained page with charts", html::write),
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

    /// Writes the ledger to `out`.
    ///
    /// # Errors
    /// Whatever `out` gives.
    pub fn render(self, sources: &Sources<'_>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        self.entry().2(sources, style, out)
    }
}

fn json(sources: &Sources<'_>, _: Style, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, sources.ledger)?;
    out.write_all(b"\n")
}
