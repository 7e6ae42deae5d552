//! Whether the records of a finding come from one place or one time beyond chance, and what that says
//! of each of them.
//!
//! A test that looks at content knows nothing of where a record comes from. Where the members of a
//! finding crowd in some sources, that is evidence of its own, and it moves the chance of every record
//! that the finding scores: up in those sources, down elsewhere.

mod passes;
mod rescore;
mod scores;
mod tally;
mod ties;

use std::collections::BTreeMap;

use toadstone_core::{Confidence, Control, Evidence, Finding, Mark, Origin, SourceError};
use toadstone_detect::engine::{Engine, Lane, drive};
use toadstone_detect::travel::{Plan, TravelError};
use toadstone_detect::{DetectError, Pass, Setup};

use passes::{Count, Weighed};
use rescore::rescore;
use scores::tie_of_scores;
use tally::Tally;
use ties::{Sign, Tie, tie};

pub use tally::By;

/// The name of the chain of passes.
pub const ORIGINS: &str = "origins";

/// Level from which on a tie to an origin raises a finding's confidence.
const SURE: f64 = 1e-6;

/// Tests every finding for ties to the origins and times that the data names, notes them as evidence,
/// and moves scores and confidence along. Does nothing where the data names no origin; else reads it
/// once, and once more for names if there is a tie.
///
/// `files` are the names of the files, `marks` index `findings`. Memory: 24 bytes a mark for each column
/// of origins, beside what `setup` allows for totals.
///
/// # Errors
/// [`SourceError`].
pub fn weigh(
    engine: &dyn Engine,
    files: &[String],
    findings: &mut Vec<Finding>,
    marks: &mut Vec<Mark>,
    setup: &Setup,
    control: &Control,
) -> Result<(), SourceError> {
    let columns = By::of(engine.profile());
    if columns.is_empty() || marks.is_empty() {
        return Ok(());
    }
    let (findings_then, marks_then) = (std::mem::take(findings), std::mem::take(marks));
    let weighed = Weighed { findings: findings_then, marks: marks_then, columns, files: files.to_vec() };
    let chain = Lane::new(ORIGINS, Box::new(Count::new(weighed, setup)));
    let (_, ends, _) = drive(engine, vec![chain], control)?;
    for (outcome, _) in ends {
        let outcome = outcome.map_err(|error| match error {
            DetectError::Temporary(error) => SourceError::Temporary(error),
            error => SourceError::Elsewhere(error.to_string()),
        })?;
        (*findings, *marks) = (outcome.findings, outcome.marks);
    }
    Ok(())
}

/// The pass of a plan that one of the chain's passes gave.
///
/// # Errors
/// [`TravelError`], if it is no such plan.
pub fn revive(plan: &Plan, setup: &Setup) -> Result<Box<dyn Pass>, TravelError> {
    passes::revive(plan, setup)
}

/// For each finding its tie, if it has one.
fn ties(findings: &[Finding], marks: &[Mark], tally: &Tally, columns: &[By]) -> Vec<Option<Tie>> {
    let of = |(at, finding): (usize, &Finding)| {
        // A finding about an annotator is tied to that annotator, which says nothing new.
        let about = finding.origin.as_ref().map(|origin| origin.kind.as_str());
        tie(at as u32, marks, tally, columns, about)
            .or_else(|| tie_of_scores(at as u32, marks, tally, columns, about))
    };
    findings.iter().enumerate().map(of).collect()
}

/// Puts a tie into words.
fn note(finding: &mut Finding, tie: &Tie, names: &BTreeMap<(By, u64), String>) {
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
