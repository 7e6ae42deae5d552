//! Report formats: one file each, one line each in [`Format::ALL`].
//!
//! Every format is a function of a [`Run`]: it writes to a sink that the caller chose, and nothing
//! here prints, opens a file or exits. Text of records, file names and reasons are hostile; each
//! format makes them inert for its own reader, on top of [`toadstone_core::visible`].

mod changes;
mod columns;
pub mod frameworks;
mod github;
mod html;
mod human;
pub mod json;
mod junit;
mod layout;
pub mod live;
mod markdown;
mod notebook;
mod quality;
mod read;
mod recheck;
mod sarif;
mod scorecard;
mod shown;
mod sources;
mod taint;
mod trial;
mod view;
mod wire;
mod words;

pub use changes::{ChangesFormat, Compared};
pub use notebook::notebook;
pub use read::read_run;
pub use recheck::{RecheckFormat, RecheckReport, Rechecked};
pub use scorecard::{ScorecardFormat, Scored};
pub use sources::{Sources, SourcesFormat};
pub use taint::{Taint, TaintFormat};
pub use trial::{TrialFormat, TrialReport};

use std::io;
use std::str::FromStr;

use toadstone_core::Run;

/// How a terminal is to be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether to use ANSI colours. Without them marked text stands in `[[ ]]`.
    pub color: bool,
    /// Columns. Values below 40 count as 40.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Style { color: false, width: 100 }
    }
}

/// Gives the public page of a detector, in Markdown; `None` for a name it does not know.
pub type Pages<'a> = &'a dyn Fn(&str) -> Option<&'static str>;

/// What formats need beside the run.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The detectors' pages (used by `sarif`).
    pub pages: Pages<'a>,
    /// The terminal (used by `human`).
    pub style: Style,
}

type Write = fn(&Run, &Context<'_>, &mut dyn io::Write) -> io::Result<()>;

/// A way to write a run down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// For a person at a terminal.
    Human,
    /// The run and its findings as one JSON object.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
    /// For a comment on a pull request or a job summary.
    Markdown,
    /// One self-contained page.
    Html,
    /// For a continuous-integration server.
    Junit,
}

impl Format {
    /// Every format, in the order in which help lists them.
    pub const ALL: [Format; 7] = [
        Format::Human,
        Format::Json,
        Format::Sarif,
        Format::Github,
        Format::Markdown,
        Format::Html,
        Format::Junit,
    ];

    /// The registry: name, what it is for, writer.
    fn entry(self) -> (&'static str, &'static str, Write) {
        match self {
            Format::Human => ("human", "for a person at a terminal", human::write),
            Format::Json => ("json", "the run and its findings as one JSON object", json::write),
            Format::Sarif => ("sarif", "SARIF 2.1.0, for code scanning", sarif::write),
            Format::Github => ("github", "annotations of a GitHub workflow", github::write),
            Format::Markdown => ("markdown", "for a pull request or a job summary", markdown::write),
            Format::Html => ("html", "one self-contained page", html::write),
            Format::Junit => ("junit", "JUnit XML, for a continuous-integration server", junit::write),
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

    /// Writes `run` to `out`.
    ///
    /// # Errors
    /// Whatever `out` gives.
    pub fn render(self, run: &Run, context: &Context<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        self.entry().2(run, context, out)
    }
}

/// The name of a format that does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownFormat(pub String);

impl std::fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = Format::ALL.map(Format::name).join(", ");
        write!(f, "no format is called `{}`; there are {names}", toadstone_core::visible(&self.0))
    }
}

impl std::error::Error for UnknownFormat {}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Format::ALL.into_iter().find(|f| f.name() == name).ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}
