//! Reports on the lineage of a data set: one file for each format, one line for each in [`TaintFormat::ALL`].

mod html;
mod human;
mod sentences;

use std::io;

use toadstone_core::lineage::Lineage;

use crate::Style;

/// A lineage, and what to type next.
#[derive(Clone, Copy)]
pub struct Taint<'a> {
    /// What is known of the lineage.
    pub lineage: &'a Lineage,
    /// Commands to type next.
    pub next: &'a [String],
}

type Write = fn(&Taint<'_>, Style, &mut dyn io::Write) -> io::Result<()>;

/// A way to write a lineage down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaintFormat {
    /// For a person at a terminal.
    Human,
    /// One JSON object.
    Json,
    /// One self-contained page.
    Html,
}

impl TaintFormat {
    /// Every format, in the order in which help lists them.
    pub const ALL: [TaintFormat; 3] = [TaintFormat::Human, TaintFormat::Json, TaintFormat::Html];

    /// The registry: name, what it is for, writer.
    fn entry(self) -> (&'static str, &'static str, Write) {
        match self {
            TaintFormat::Human => ("human", "for a person at a terminal", human::write),
            TaintFormat::Json => ("json", "one JSON object", json),
            TaintFormat::Html => ("html", "one self-contained page", html::write),
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

    /// Writes the lineage to `out`.
    ///
    /// # Errors
    /// Whatever `out` gives.
    pub fn render(self, taint: &Taint<'_>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        self.entry().2(taint, style, out)
    }
}

fn json(taint: &Taint<'_>, _: Style, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, taint.lineage)?;
    out.write_all(b"\n")
}
