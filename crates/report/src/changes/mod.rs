//! Reports on what changed between two states of a data set: one file for each format, one line for
//! each in [`ChangesFormat::ALL`].

mod html;
mod human;
mod sentences;

use std::io;

use serde::Serialize;
use toadstone_core::Changes;

use crate::Style;

/// The version of the JSON; it grows when a field changes its meaning or goes away.
const SCHEMA: u32 = 1;

/// What changed, between what, and what to type next.
#[derive(Clone, Copy)]
pub struct Compared<'a> {
    /// What changed.
    pub changes: &'a Changes,
    /// The state before (hostile text).
    pub before: &'a str,
    /// The state after (hostile text).
    pub after: &'a str,
    /// Commands to type next.
    pub next: &'a [String],
}

type Write = fn(&Compared<'_>, Style, &mut dyn io::Write) -> io::Result<()>;

/// A way to write changes down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangesFormat {
    /// For a person at a terminal.
    Human,
    /// One JSON object.
    Json,
    /// One self-contained page.
    Html,
}

impl ChangesFormat {
    /// Every format, in the order in which help lists them.
    pub const ALL: [ChangesFormat; 3] = [ChangesFormat::Human, ChangesFormat::Json, ChangesFormat::Html];

    /// The registry: name, what it is for, writer.
    fn entry(self) -> (&'static str, &'static str, Write) {
        match self {
            ChangesFormat::Human => ("human", "for a person at a terminal", human::write),
            ChangesFormat::Json => ("json", "one JSON object", json),
            ChangesFormat::Html => ("html", "one self-contained page", html::write),
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

    /// Writes the changes to `out`.
    ///
    /// # Errors
    /// Whatever `out` gives.
    pub fn render(self, compared: &Compared<'_>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        self.entry().2(compared, style, out)
    }
}

#[derive(Serialize)]
struct Json<'a> {
    schema: u32,
    before: &'a str,
    after: &'a str,
    #[serde(flatten)]
    changes: &'a Changes,
}

fn json(compared: &Compared<'_>, _: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let Compared { changes, before, after, .. } = *compared;
    serde_json::to_writer_pretty(&mut *out, &Json { schema: SCHEMA, before, after, changes })?;
    out.write_all(b"\n")
}
