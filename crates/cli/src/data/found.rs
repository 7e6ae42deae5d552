//! From what the detectors found to one ordered account of the run.

use std::collections::BTreeMap;

use toadstone_core::{Check, CheckState, Finding, Mark, RecordId, SourceError, Waived};
use toadstone_corpus::Named;
use toadstone_detect::{Cluster, DetectorRun};

/// What all detectors found together.
pub struct Found {
    /// Worst first.
    pub findings: Vec<Finding>,
    /// Every detector, in the registry's order.
    pub checks: Vec<Check>,
    /// Groups of copies, in the registry's order of what found them.
    pub clusters: Vec<Cluster>,
    /// Marks; [`Mark::finding`] indexes `findings`.
    marks: Vec<Mark>,
}

/// A record that at least one finding names.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspicious {
    /// The record.
    pub id: RecordId,
    /// The highest score that a finding gives it.
    pub score: f32,
    /// Whether it is to be set aside.
    pub quarantine: bool,
    /// The findings that name it, worst first.
    pub findings: Vec<Named>,
}

/// Puts the results of all detectors together, lets `weigh` look at where their records come from, and
/// orders them by what was found only.
///
/// # Errors
/// What `weigh` gives.
pub fn assemble(
    runs: Vec<DetectorRun>,
    weigh: impl FnOnce(&mut Vec<Finding>, &mut Vec<Mark>) -> Result<(), SourceError>,
) -> Result<Found, SourceError> {
    let mut found =
        Found { findings: Vec::new(), checks: Vec::new(), clusters: Vec::new(), marks: Vec::new() };
    for run in runs {
        let card = run.detector.card();
        let mut check = Check {
            detector: card.name.to_owned(),
            title: card.title.to_owned(),
            state: CheckState::Ran,
            findings: 0,
            notes: Vec::new(),
            seconds: run.spent.as_secs_f64(),
        };
        match run.outcome {
            Ok(outcome) => {
                let base = found.findings.len() as u32;
                check.findings = outcome.findings.len() as u64;
                check.notes = outcome.notes;
                found.findings.extend(outcome.findings);
                found.clusters.extend(outcome.clusters);
                found
                    .marks
                    .extend(outcome.marks.into_iter().map(|m| Mark { finding: base + m.finding, ..m }));
            }
            Err(why) => check.state = CheckState::NotRun { why },
        }
        found.checks.push(check);
    }
    weigh(&mut found.findings, &mut found.marks)?;
    found.sort();
    Ok(found)
}

impl Found {
    /// Orders the findings, worst first, and moves the marks along.
    fn sort(&mut self) {
        let mut order: Vec<u32> = (0..self.findings.len() as u32).collect();
        order.sort_by(|&a, &b| {
            let (a, b) = (&self.findings[a as usize], &self.findings[b as usize]);
            (b.severity, b.confidence, b.records)
                .cmp(&(a.severity, a.confidence, a.records))
                .then_with(|| a.id.cmp(&b.id))
        });
        let mut rank = vec![0u32; order.len()];
        for (new, &old) in order.iter().enumerate() {
            rank[old as usize] = new as u32;
        }
        let mut numbered: Vec<(u32, Finding)> = rank.iter().copied().zip(self.findings.drain(..)).collect();
        numbered.sort_by_key(|(rank, _)| *rank);
        self.findings = numbered.into_iter().map(|(_, finding)| finding).collect();
        for mark in &mut self.marks {
            mark.finding = rank[mark.finding as usize];
        }
        self.marks.sort_by_key(|m| (m.id, m.finding));
    }

    /// The members of a finding, ascending.
    pub fn members(&self, finding: usize) -> Vec<RecordId> {
        let of = |mark: &&Mark| mark.member && mark.finding as usize == finding;
        self.marks.iter().filter(of).map(|mark| mark.id).collect()
    }

    /// The members of the findings of each detector, ascending; detectors by name.
    pub fn named(&self) -> Vec<(String, Vec<RecordId>)> {
        let mut named = BTreeMap::<&str, Vec<RecordId>>::new();
        for mark in self.marks.iter().filter(|mark| mark.member) {
            let detector = self.findings[mark.finding as usize].detector.as_str();
            let records = named.entry(detector).or_default();
            // Marks are in the order of the records.
            if records.last() != Some(&mark.id) {
                records.push(mark.id);
            }
        }
        named.into_iter().map(|(detector, records)| (detector.to_owned(), records)).collect()
    }

    /// The suspicious records in the order of the input. A finding that is waived sets nothing aside.
    pub fn suspicious(&self, waived: &[Waived]) -> impl Iterator<Item = Suspicious> + '_ {
        let quarantines: Vec<bool> =
            self.findings.iter().map(|f| f.quarantine && !waived.iter().any(|w| w.finding == f.id)).collect();
        self.marks.chunk_by(|a, b| a.id == b.id).map(move |marks| {
            let mut record =
                Suspicious { id: marks[0].id, score: 0.0, quarantine: false, findings: Vec::new() };
            for mark in marks {
                let finding = &self.findings[mark.finding as usize];
                let score = mark.score.clamp(0.0, 1.0);
                record.score = record.score.max(score);
                record.quarantine |= mark.member && quarantines[mark.finding as usize];
                record.findings.push(Named { finding: finding.id.clone(), score, member: mark.member });
            }
            record
        })
    }
}
