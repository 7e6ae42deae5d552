//! Drives the passes of all detectors over a data set.

use std::path::PathBuf;
use std::time::Duration;

use toadstone_core::{Control, ReadSummary, Source, SourceError};

use crate::engine::{Engine, Lane, Threads, drive};
use crate::{Detector, Outcome, Setup};

/// How a scan is to be done.
#[derive(Debug, Clone)]
pub struct ScanOptions {
    /// Worker threads, at least 1. The result does not depend on it.
    pub threads: usize,
    /// Bytes of memory for the states of all detectors on all threads together.
    pub memory: usize,
    /// An existing folder for temporary files.
    pub temporary: PathBuf,
    /// Seed of everything that is drawn.
    pub seed: u64,
    /// See [`Setup::leniency`].
    pub leniency: f64,
}

impl ScanOptions {
    /// What one state gets, where each of `threads` threads has one of each of `chains` chains.
    pub fn setup(&self, chains: usize) -> Setup {
        Setup {
            memory: self.memory / self.threads.max(1) / chains.max(1),
            temporary: self.temporary.clone(),
            seed: self.seed,
            leniency: self.leniency,
        }
    }
}

/// One detector's part in a scan.
pub struct DetectorRun {
    /// The detector.
    pub detector: &'static dyn Detector,
    /// What it found, or why it did not run.
    pub outcome: Result<Outcome, String>,
    /// Time spent in it, all threads together.
    pub spent: Duration,
}

/// What a scan gave.
pub struct Scan {
    /// What was read (of the first pass; every pass reads the same).
    pub read: ReadSummary,
    /// One entry for each detector asked for, in their order.
    pub runs: Vec<DetectorRun>,
    /// How often the data was read.
    pub passes: u32,
}

/// Runs `detectors` over `source` on threads of this process; see [`scan_on`].
///
/// # Errors
/// As there.
pub fn scan(
    source: &dyn Source,
    detectors: &[&'static dyn Detector],
    skip: &dyn Fn(&str) -> Option<String>,
    options: &ScanOptions,
    control: &Control,
) -> Result<Scan, SourceError> {
    scan_on(&Threads { source, threads: options.threads }, detectors, skip, options, control)
}

/// Runs `detectors` on an engine. `skip` gives, for a detector's name, why the user does not want it.
///
/// # Errors
/// [`SourceError`] if the data could not be read to its end. A detector that fails is reported as
/// not run, with its reason, and stops nothing.
pub fn scan_on(
    engine: &dyn Engine,
    detectors: &[&'static dyn Detector],
    skip: &dyn Fn(&str) -> Option<String>,
    options: &ScanOptions,
    control: &Control,
) -> Result<Scan, SourceError> {
    let (chains, refusals) = chains(engine, detectors, skip, options);
    let (read, ends, passes) = drive(engine, chains, control)?;
    let mut ends = ends.into_iter();
    let mut runs = Vec::with_capacity(detectors.len());
    for (&detector, refusal) in detectors.iter().zip(refusals) {
        let (outcome, spent) = match refusal {
            Some(why) => (Err(why), Duration::ZERO),
            None => {
                let (outcome, spent) = ends.next().expect("every chain has an end");
                (outcome.map_err(|error| error.to_string()), spent)
            }
        };
        runs.push(DetectorRun { detector, outcome, spent });
    }
    Ok(Scan { read, runs, passes })
}

/// Fills the states of the detectors' first passes, and no more: for an engine that keeps them.
///
/// # Errors
/// [`SourceError`] if the data could not be read to its end.
pub fn first_pass(
    engine: &dyn Engine,
    detectors: &[&'static dyn Detector],
    skip: &dyn Fn(&str) -> Option<String>,
    options: &ScanOptions,
    control: &Control,
) -> Result<ReadSummary, SourceError> {
    engine.fill(&mut chains(engine, detectors, skip, options).0, control)
}

/// The chains of the detectors that run, and for each detector why it does not, if so.
fn chains(
    engine: &dyn Engine,
    detectors: &[&'static dyn Detector],
    skip: &dyn Fn(&str) -> Option<String>,
    options: &ScanOptions,
) -> (Vec<Lane>, Vec<Option<String>>) {
    let setup = options.setup(detectors.len());
    let refusals: Vec<Option<String>> = detectors
        .iter()
        .map(|detector| skip(detector.card().name).or_else(|| detector.applies(engine.profile()).err()))
        .collect();
    let wanted = detectors.iter().zip(&refusals).filter(|(_, refusal)| refusal.is_none());
    let chain =
        |(detector, _): (&&'static dyn Detector, _)| Lane::new(detector.card().name, detector.start(&setup));
    (wanted.map(chain).collect(), refusals)
}
