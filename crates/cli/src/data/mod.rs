//! What every command that reads data sets has in common: its arguments, opening, scanning, Ctrl-C.

mod axis;
mod effort;
mod elsewhere;
mod found;
mod interrupt;
mod kept;
mod progress;
mod quality;
mod recognised;
mod session;
mod steps;
pub mod units;

use std::path::Path;
use std::sync::Arc;

use toadstone_core::{Control, Policy, ReadSummary, Source, SourceError};
use toadstone_corpus::{Corpus, MemoryTable, Options};
use toadstone_detect::engine::{Engine, Threads};
use toadstone_detect::{ScanOptions, registry, scan_on};
use toadstone_origins::weigh;
use toadstone_quality::{AssessOptions, Assessment, Standards, assess};
use toadstone_redteam::{ConfirmOptions, confirm};

pub use axis::axis;
pub use effort::Effort;
pub use elsewhere::Elsewhere;
pub use found::{Found, Suspicious};
pub use interrupt::{Interrupt, MESSAGE};
pub use kept::{Kept, STATES};
pub use progress::{Mode, Progress, grouped};
pub use quality::low_quality;
pub use recognised::recognised;
pub use session::Session;
pub use steps::Steps;
pub use units::{bytes, mapping};

use crate::commands::explain::unknown;
use crate::failure::Failure;

/// What a scan is done with.
pub struct Settings<'s> {
    /// Names of the input files.
    pub files: &'s [String],
    /// What the team accepts.
    pub policy: &'s Policy,
    /// An existing folder for temporary files.
    pub temporary: &'s Path,
    /// Stops the scan.
    pub control: &'s Arc<Control>,
}

/// Which data to read, and how.
#[derive(Debug, Clone, clap::Args)]
pub struct Data {
    /// Files, folders, globs and addresses (s3://, gs://, az://, https://, hf://); `-` is standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<String>,

    /// Tables that a program hands over, in place of files; `paths` are their names then
    #[arg(skip)]
    pub tables: Vec<MemoryTable>,

    /// Say which column is what, if it is not recognised: `input=question`, `label=meta.class`
    #[arg(long, value_name = "FIELD=COLUMN", value_parser = units::mapping)]
    map: Vec<(String, String)>,

    /// Run only this detector; may be repeated
    #[arg(long, value_name = "DETECTOR", conflicts_with = "skip")]
    only: Vec<String>,

    /// Do not run this detector; may be repeated
    #[arg(long, value_name = "DETECTOR")]
    skip: Vec<String>,

    /// Go on without files that cannot be read; the report names them
    #[arg(long)]
    allow_unreadable: bool,

    /// Seed of whatever is drawn
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    #[command(flatten)]
    effort: Effort,
}

impl Data {
    /// Makes sure that the detectors named on the command line exist.
    ///
    /// # Errors
    /// One does not.
    pub fn check(&self) -> Result<(), Failure> {
        let names: Vec<&str> = registry().iter().map(|d| d.card().name).collect();
        let wrong = self.only.iter().chain(&self.skip).find(|n| !names.contains(&n.as_str()));
        wrong.map_or(Ok(()), |name| Err(unknown(name)))
    }

    /// Why the user does not want a detector, if so.
    pub fn unwanted(&self, name: &str) -> Option<String> {
        if !self.only.is_empty() && !self.only.iter().any(|n| n == name) {
            return Some("not asked for (--only)".to_owned());
        }
        self.skip.iter().any(|n| n == name).then(|| "not wanted (--skip)".to_owned())
    }

    /// Why neither the user nor the policy wants a detector, if so.
    fn off(&self, name: &str, policy: &Policy) -> Option<String> {
        let by_policy = || policy.skip.get(name).map(|why| format!("switched off by the policy: {why}"));
        self.unwanted(name).or_else(by_policy)
    }

    /// The seed of whatever is drawn.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// What to show while it runs.
    pub fn progress(&self) -> Mode {
        self.effort.progress
    }

    /// What the user chose of the data and the detectors, as text that is equal for equal choices.
    pub fn chosen(&self) -> String {
        format!("{:?} {:?} {:?}", self.map, self.only, self.skip)
    }

    /// Opens the data; every file that cannot be read is an error, unless the user accepts that.
    ///
    /// # Errors
    /// A path, a mapping or a file is wrong.
    pub fn open(&self, temporary: &Path) -> Result<Corpus, Failure> {
        let temporary = temporary.to_owned();
        let options = Options { map: self.map.clone(), temporary, ..Options::default() };
        let corpus = match self.tables.as_slice() {
            [] => Corpus::open(&self.paths, &options),
            tables => Corpus::from_tables(tables, &options),
        };
        let corpus = corpus.map_err(Failure::new)?;
        self.refuse_unreadable(&corpus)?;
        Ok(corpus)
    }

    fn refuse_unreadable(&self, corpus: &Corpus) -> Result<(), Failure> {
        let mut broken = corpus.unreadable();
        let Some((name, why)) = broken.next().filter(|_| !self.allow_unreadable) else { return Ok(()) };
        let more = match broken.count() {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        Err(Failure::new(format!("cannot read {name}: {why}{more}"))
            .help("`--allow-unreadable` goes on without such files"))
    }

    /// How detectors are to be run.
    pub fn scan_options(&self, temporary: &Path) -> ScanOptions {
        self.effort.scan_options(temporary, self.seed)
    }

    /// Runs the detectors that neither the user nor the policy switched off.
    ///
    /// # Errors
    /// The data cannot be read to its end.
    pub fn scan(
        &self,
        source: &dyn Source,
        settings: &Settings<'_>,
    ) -> Result<(ReadSummary, Found), Failure> {
        let options = self.scan_options(settings.temporary);
        self.reading(source, settings.control, || self.look(source, settings, &options))
    }

    /// The same with other options, and without showing anything.
    ///
    /// # Errors
    /// The data cannot be read to its end.
    pub fn look(
        &self,
        source: &dyn Source,
        settings: &Settings<'_>,
        options: &ScanOptions,
    ) -> Result<(ReadSummary, Found), SourceError> {
        let engine = Threads { source, threads: options.threads };
        self.look_on(&engine, settings, options)
    }

    /// The same on any engine.
    ///
    /// # Errors
    /// The data cannot be read to its end.
    pub fn look_on(
        &self,
        engine: &dyn Engine,
        settings: &Settings<'_>,
        options: &ScanOptions,
    ) -> Result<(ReadSummary, Found), SourceError> {
        let skip = |name: &str| self.off(name, settings.policy);
        let scan = scan_on(engine, registry(), &skip, options, settings.control)?;
        let found = found::assemble(scan.runs, |findings, marks| {
            weigh(engine, settings.files, findings, marks, &options.setup(1), settings.control)
        })?;
        Ok((scan.read, found))
    }

    /// Trains small models with the records of each finding and without them, and notes with the finding
    /// what that does.
    ///
    /// # Errors
    /// The data cannot be read to its end.
    pub fn confirm(
        &self,
        source: &dyn Source,
        found: &mut Found,
        settings: &Settings<'_>,
    ) -> Result<(), Failure> {
        let threads = self.scan_options(settings.temporary).threads;
        let options = ConfirmOptions { threads, seed: self.seed, ..ConfirmOptions::default() };
        let work = || confirm(source, &found.findings, &|at| found.members(at), &options, settings.control);
        let confirmations = self.reading(source, settings.control, work)?;
        for (finding, confirmation) in found.findings.iter_mut().zip(confirmations) {
            finding.confirmation = Some(confirmation);
        }
        Ok(())
    }

    /// Judges every record by the rules of quality; one reading.
    ///
    /// # Errors
    /// The data cannot be read to its end.
    pub fn assess(
        &self,
        source: &dyn Source,
        standards: &Standards,
        settings: &Settings<'_>,
    ) -> Result<Assessment, Failure> {
        let ScanOptions { threads, memory, temporary, .. } = self.scan_options(settings.temporary);
        let options = AssessOptions { threads, memory, temporary };
        let work = || assess(source, settings.files, standards, &options, settings.control);
        self.reading(source, settings.control, work)
    }

    /// Does `work`, which reads `source`, while progress is shown.
    ///
    /// # Errors
    /// What `work` gives, in words for the user.
    pub fn reading<T>(
        &self,
        source: &dyn Source,
        control: &Arc<Control>,
        work: impl FnOnce() -> Result<T, SourceError>,
    ) -> Result<T, Failure> {
        control.expect(source.profile().bytes);
        let _progress = Progress::start(self.effort.progress, Arc::clone(control), source.profile().bytes);
        work().map_err(|e| match e {
            SourceError::Interrupted => Failure::new(interrupt::MESSAGE),
            SourceError::File { .. } => {
                Failure::new(e).help("`--allow-unreadable` goes on without such files")
            }
            _ => Failure::new(e),
        })
    }
}

/// A folder for temporary files, gone when it is dropped.
///
/// # Errors
/// The system's reason.
pub fn temporary_folder() -> Result<tempfile::TempDir, Failure> {
    let folder = tempfile::Builder::new().prefix("toadstone-").tempdir();
    folder.map_err(|e| Failure::new(format!("cannot make a temporary folder: {e}")))
}
