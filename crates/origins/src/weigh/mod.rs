//! Whether the records of a finding come from one place or one time beyond chance, and what that says
//! of each of them.
//!
//! A test that looks at content knows nothing of where a record comes from. Where the members of a
//! finding crowd in some sources, that is evidence of its own, and it moves the chance of every record
//! that the finding scores: up in those sources, down elsewhere.

mod rescore;
mod scores;
mod tally;
mod ties;

use std::path::PathBuf;

use toadstone_core::{Confidence, Control, Evidence, Finding, Mark, Origin, Source, SourceError};

use rescore::rescore;
use scores::tie_of_scores;
use tally::{Tally, names};
use ties::{Sign, Tie, tie};

pub use tally::By;

/// How findings are weighed.
#[derive(Debug, Clone)]
pub struct WeighOptions {
    /// Worker threads, at least 1. The result does not depend on it.
    pub threads: usize,
    /// Bytes of memory for totals; beyond them, temporary files are used.
    pub memory: usize,
    /// An existing folder for temporary files.
    pub temporary: PathBuf,
}

/// Level from which on a tie to an origin raises a finding's confidence.
const SURE: f64 = 1e-6;

/// Tests every finding for ties to the origins and times that the data names, notes them as evidence,
/// and moves scores and confidence along. Does nothing where the data names no origin; else reads it
/// once, and once more for names if there is a tie.
///
/// `marks` index `findings`. Memory: 24 bytes a mark for each column of origins.
///
/// # Errors
/// [`SourceError`].
pub fn weigh(
    source: &dyn Source,
    files: &[String],
    findings: &mut [Finding],
    marks: &mut [Mark],
    options: &WeighOptions,
    control: &Control,
) -> Result<(), SourceError> {
    let columns = By::of(source.profile());
    if columns.is_empty() || marks.is_empty() {
        return Ok(());
    }
    let tally = Tally::read(source, files, &columns, marks, options, control)?;
    let ties: Vec<Option<Tie>> = findings
        .iter()
        .enumerate()
        .map(|(at, finding)| {
            // A finding about an annotator is tied to that annotator, which says nothing new.
            let about = finding.origin.as_ref().map(|origin| origin.kind.as_str());
            tie(at as u32, marks, &tally, &columns, about)
                .or_else(|| tie_of_scores(at as u32, marks, &tally, &columns, about))
        })
        .collect();
    let keys: Vec<(By, u64)> = ties.iter().flatten().flat_map(Tie::keys).collect();
    if keys.is_empty() {
        return Ok(());
    }
    let names = names(source, files, &keys, options.threads, control)?;
    for (at, found) in ties.iter().enumerate() {
        let Some(found) = found else { continue };
        let promoted = rescore(at as u32, found, marks, &tally);
        let finding = &mut findings[at];
        finding.records += promoted;
        note(finding, found, &names);
    }
    Ok(())
}

/// Puts a tie into words.
fn note(finding: &mut Finding, tie: &Tie, names: &ahash::AHashMap<(By, u64), String>) {
    let name = |key: u64| names.get(&(tie.by, key)).cloned().unwrap_or_default();
    let kind = tie.by.name();
    let (what, test) = match tie.sign {
        Sign::Members => (
            "records that come from",
            "hypergeometric tail (Hoeffding's bound), all origins of these records counted",
        ),
        Sign::Scores => (
            "mean score of records that come from",
            "mean of scores drawn without replacement (normal tail), all origins counted",
        ),
    };
    if finding.origin.is_none() && tie.sign == Sign::Members {
        finding.origin = Some(Origin {
            kind: kind.to_owned(),
            value: name(tie.values[0].key),
            records: tie.values[0].records,
        });
    }
    for value in &tie.values {
        finding.evidence.push(Evidence {
            what: format!("{what} the {kind} `{}`", name(value.key)),
            observed: value.observed,
            expected: value.expected,
            test: test.to_owned(),
            p: Some(value.chance),
            q: Some(value.corrected),
        });
    }
    if tie.values[0].corrected < SURE {
        finding.confidence = match finding.confidence {
            Confidence::Low => Confidence::Medium,
            Confidence::Medium | Confidence::High => Confidence::High,
        };
    }
}
