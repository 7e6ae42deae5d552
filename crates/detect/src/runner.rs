//! Drives the passes of all detectors over a source.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use toadstone_core::{Batch, Control, Observe, ReadSummary, Source, SourceError};

use crate::{DetectError, Detector, Next, Outcome, Pass, Setup};

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

/// A detector under way.
struct Lane {
    index: usize,
    pass: Box<dyn Pass>,
    spent: Duration,
}

/// Runs `detectors` over `source`. `skip` gives, for a detector's name, why the user does not want it.
///
/// Reads the data as often as the longest chain of passes is; at least once, so that every record
/// is seen and counted.
///
/// # Errors
/// [`SourceError`] if the data could not be read to its end. A detector that fails is reported as
/// not run, with its reason, and stops nothing.
pub fn scan(
    source: &dyn Source,
    detectors: &[&'static dyn Detector],
    skip: &dyn Fn(&str) -> Option<String>,
    options: &ScanOptions,
    control: &Control,
) -> Result<Scan, SourceError> {
    let mut runs: Vec<DetectorRun> = Vec::new();
    let mut lanes: Vec<Lane> = Vec::new();
    let setup = Setup {
        memory: options.memory / options.threads.max(1) / detectors.len().max(1),
        temporary: options.temporary.clone(),
        seed: options.seed,
        leniency: options.leniency,
    };
    for (index, &detector) in detectors.iter().enumerate() {
        let refusal = skip(detector.card().name).or_else(|| detector.applies(source.profile()).err());
        if refusal.is_none() {
            lanes.push(Lane { index, pass: detector.start(&setup), spent: Duration::ZERO });
        }
        let outcome = refusal.map_or_else(|| Ok(Outcome::default()), Err);
        runs.push(DetectorRun { detector, outcome, spent: Duration::ZERO });
    }
    let mut first = None;
    let mut passes = 0;
    while first.is_none() || !lanes.is_empty() {
        let read = read_once(source, &mut lanes, options.threads.max(1), control)?;
        first.get_or_insert(read);
        passes += 1;
        let wanted = lanes.into_iter().take_while(|_| !control.stopped());
        lanes = wanted.filter_map(|lane| conclude(lane, &mut runs)).collect();
        if control.stopped() {
            return Err(SourceError::Interrupted);
        }
    }
    Ok(Scan { read: first.unwrap_or_default(), runs, passes })
}

/// Reads the source once: each worker observes into states of its own, which are merged afterwards.
fn read_once(
    source: &dyn Source,
    lanes: &mut [Lane],
    threads: usize,
    control: &Control,
) -> Result<ReadSummary, SourceError> {
    type Worker = Vec<(Box<dyn Pass>, Duration)>;
    let mut workers: Vec<Worker> =
        (0..threads).map(|_| lanes.iter().map(|l| (l.pass.fresh(), Duration::ZERO)).collect()).collect();
    let observers = workers
        .iter_mut()
        .map(|worker| {
            Box::new(move |batch: &Batch| {
                for (pass, spent) in worker.iter_mut() {
                    let start = Instant::now();
                    pass.observe(batch);
                    *spent += start.elapsed();
                }
            }) as Observe<'_>
        })
        .collect();
    let read = source.read(observers, control)?;
    for worker in workers {
        for (lane, (pass, spent)) in lanes.iter_mut().zip(worker) {
            let start = Instant::now();
            lane.pass.merge(pass);
            lane.spent += spent + start.elapsed();
        }
    }
    Ok(read)
}

/// Ends a pass: the lane goes on with its next pass, or its outcome is put down.
fn conclude(mut lane: Lane, runs: &mut [DetectorRun]) -> Option<Lane> {
    let start = Instant::now();
    let next: Result<Next, DetectError> = lane.pass.conclude();
    lane.spent += start.elapsed();
    let run = &mut runs[lane.index];
    run.spent = lane.spent;
    match next {
        Ok(Next::Again(pass)) => return Some(Lane { pass, ..lane }),
        Ok(Next::Done(outcome)) => run.outcome = Ok(outcome),
        Err(error) => run.outcome = Err(error.to_string()),
    }
    None
}
