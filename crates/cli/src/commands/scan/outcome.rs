//! What a scan gave, and the files that are made of it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use toadstone_core::Run;
use toadstone_corpus::{
    Corpus, LowQuality, SuspiciousRecord, write_atomically, write_duplicates, write_quality, write_records,
};
use toadstone_detect::Cluster;
use toadstone_report::{Context, Format, Style, json};

use super::{Args, QUALITY, REJECTED, REPORT, RUN, account, tables};
use crate::Exit;
use crate::config::{Config, Diagnostic};
use crate::data::Session;
use crate::failure::Failure;
use crate::out::{OutFolder, Space};

/// A scan that is done.
pub struct Outcome {
    pub(super) args: Args,
    /// The account of the run.
    pub run: Run,
    /// How the command ends.
    pub exit: Exit,
    pub(super) results: Results,
    pub(super) corpus: Corpus,
    pub(super) config: Config,
    pub(super) space: Space,
}

/// What goes into tables and not into the account.
pub(super) struct Results {
    /// Every record that a finding names, in the order of the input.
    pub(super) records: Vec<SuspiciousRecord>,
    clusters: Vec<Cluster>,
    /// The table of records that fail rules of quality, in the temporary folder: it may be a long one.
    low_quality: Option<PathBuf>,
}

impl Results {
    /// # Errors
    /// `low_quality` cannot be written to the folder.
    pub(super) fn new(
        records: Vec<SuspiciousRecord>,
        clusters: Vec<Cluster>,
        low_quality: Option<impl Iterator<Item = io::Result<LowQuality>>>,
        temporary: &Path,
    ) -> Result<Results, Failure> {
        let table = |rows| {
            let path = temporary.join("low-quality");
            match write_quality(&path, rows) {
                Ok(()) => Ok(path),
                Err(error) => Err(Failure::new(format!("cannot write {QUALITY}: {error}"))),
            }
        };
        Ok(Results { records, clusters, low_quality: low_quality.map(table).transpose()? })
    }
}

impl Outcome {
    /// Every record that a finding names, in the order of the input.
    pub fn records(&self) -> &[SuspiciousRecord] {
        &self.results.records
    }

    /// One warning for each waiver that does nothing.
    pub fn stale_waivers(&self) -> Vec<Diagnostic> {
        self.config.stale_waivers(&self.run.decision)
    }

    /// The report in a format.
    ///
    /// # Errors
    /// The format's; none where memory is written to.
    pub fn report(&self, format: Format, style: Style) -> Result<Vec<u8>, Failure> {
        let mut text = Vec::new();
        format.render(&self.run, &context(style), &mut text).map_err(Failure::new)?;
        Ok(text)
    }

    /// Writes the files of a run to `dir`, as `--out` would have.
    ///
    /// # Errors
    /// `dir` holds something else, or cannot be written to.
    pub fn save(&self, dir: &Path, session: &Session) -> Result<(), Failure> {
        let mut out = OutFolder::prepare(dir, RUN, &session.control)?;
        let mut run = self.run.clone();
        if self.exit != Exit::NothingScanned {
            run.next = account::commands(&self.args, Some(dir), &self.corpus, &self.run);
        }
        write(&mut out, &self.corpus, &run, &self.results)?;
        session.interrupt.publish(|| out.publish())
    }

    /// Writes the files of `--out` beside the place where they will be.
    pub(super) fn write(&mut self) -> Result<(), Failure> {
        match &mut self.space {
            Space::Out(out) => write(out, &self.corpus, &self.run, &self.results),
            Space::Temporary(_) => Ok(()),
        }
    }

    /// Moves them there.
    pub(super) fn put(&mut self) -> Result<(), Failure> {
        match &mut self.space {
            Space::Out(out) => out.put(),
            Space::Temporary(_) => Ok(()),
        }
    }
}

/// Writes every file of the run beside the place where it will be.
fn write(out: &mut OutFolder, corpus: &Corpus, run: &Run, results: &Results) -> Result<(), Failure> {
    let context = context(Style::default());
    let duplicates = tables::duplicates(&results.clusters, corpus);
    out.file("findings.json", |p| write_atomically(p, |f| json::write_findings(run, f)))?;
    out.file("records.parquet", |p| write_records(p, &results.records))?;
    out.file("duplicates.parquet", |p| write_duplicates(p, duplicates).map(drop))?;
    if let Some(table) = &results.low_quality {
        out.file(QUALITY, |p| fs::copy(table, p).map(drop))?;
    }
    out.file(REJECTED, |p| corpus.write_rejected(p))?;
    out.file(REPORT, |p| write_atomically(p, |f| Format::Html.render(run, &context, f)))?;
    out.file(RUN.name, |p| write_atomically(p, |f| json::write_run(run, f)))
}

/// What formats need beside the run.
pub(in crate::commands) fn context(style: Style) -> Context<'static> {
    Context { pages: &|name| toadstone_detect::find(name).map(|d| d.card().page), style }
}
