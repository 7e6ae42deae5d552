//! Reads a data set and judges every record.

use std::path::PathBuf;

use toadstone_core::{Batch, Control, Observe, Quality, Source, SourceError};

use crate::failed::{Failed, Failures};
use crate::tally::Tally;
use crate::text::language::SURE;
use crate::{Judge, Standards, judged_text};

/// How records are to be judged.
#[derive(Debug, Clone)]
pub struct AssessOptions {
    /// Worker threads, at least 1. The result does not depend on it.
    pub threads: usize,
    /// Bytes of memory for notes on records that fail, of all threads together; beyond it they go to
    /// temporary files. A thread needs up to 15 MB more for the text that it reads.
    pub memory: usize,
    /// An existing folder for temporary files.
    pub temporary: PathBuf,
}

/// What was found.
pub struct Assessment {
    /// Counts and examples.
    pub summary: Quality,
    /// The records that fail.
    pub failed: Failed,
}

/// One worker's part.
struct State {
    judge: Judge,
    tally: Tally,
    failures: Failures,
    /// The rules that the record at hand fails.
    reasons: Vec<(usize, f32)>,
}

impl State {
    fn new(standards: &Standards, options: &AssessOptions) -> Self {
        State {
            judge: Judge::new(standards),
            tally: Tally::new(),
            failures: Failures::new(options.memory / options.threads.max(1), &options.temporary),
            reasons: Vec::new(),
        }
    }

    fn observe(&mut self, batch: &Batch) {
        let State { judge, tally, failures, reasons } = self;
        for record in batch.records() {
            let Some(text) = judged_text(&record) else { continue };
            reasons.clear();
            let measured = judge.judge(text, record.kind(), |rule, value, fails| {
                tally.judged(rule);
                if fails {
                    reasons.push((rule, value));
                }
            });
            tally.record(record.id(), text, reasons);
            if let Some((code, _)) = measured.language.filter(|(_, sure)| *sure >= SURE) {
                tally.language(code);
            }
            for &(rule, value) in reasons.iter() {
                failures.add(record.id(), rule, value);
            }
        }
    }
}

/// Judges every record of a source; one reading. `files` are the names of the input files.
///
/// # Errors
/// [`SourceError`].
pub fn assess(
    source: &dyn Source,
    files: &[String],
    standards: &Standards,
    options: &AssessOptions,
    control: &Control,
) -> Result<Assessment, SourceError> {
    let mut states: Vec<State> =
        (0..options.threads.max(1)).map(|_| State::new(standards, options)).collect();
    let workers =
        states.iter_mut().map(|s| Box::new(move |batch: &Batch| s.observe(batch)) as Observe<'_>).collect();
    source.read(workers, control)?;
    let mut tally = Tally::new();
    let mut failures = Failures::new(options.memory, &options.temporary);
    for state in states {
        tally.merge(state.tally);
        failures.merge(state.failures);
    }
    Ok(Assessment { summary: tally.conclude(standards, files), failed: failures.conclude(standards)? })
}
