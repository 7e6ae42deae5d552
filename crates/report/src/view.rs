//! What every format asks of a run, answered once.

use std::collections::HashMap;

use toadstone_core::{Check, CheckState, Finding, RecordId, Run, Severity};

use crate::words;

/// Unreadable files that a short format names.
pub(crate) const LISTED: usize = 20;

/// What the policy makes of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing<'a> {
    /// It makes the verdict `block`.
    Blocks,
    /// It makes the verdict at least `review`.
    Reviews,
    /// A person has accepted it, or data that the team trusts gives as much.
    Waived { reason: &'a str, expires: Option<&'a str> },
    /// The policy does not object to it.
    Informs,
}

impl Standing<'_> {
    /// The word used in reports.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Standing::Blocks => "blocks",
            Standing::Reviews => "needs review",
            Standing::Waived { .. } => "waived",
            Standing::Informs => "below the policy",
        }
    }
}

/// A run with its policy's answers looked up by finding.
pub(crate) struct View<'a> {
    pub(crate) run: &'a Run,
    standings: HashMap<&'a str, Standing<'a>>,
}

impl<'a> View<'a> {
    pub(crate) fn new(run: &'a Run) -> Self {
        let mut standings = HashMap::new();
        let decision = &run.decision;
        standings.extend(decision.reviewing.iter().map(|id| (id.as_str(), Standing::Reviews)));
        standings.extend(decision.blocking.iter().map(|id| (id.as_str(), Standing::Blocks)));
        standings.extend(decision.waived.iter().map(|w| {
            (w.finding.as_str(), Standing::Waived { reason: &w.reason, expires: w.expires.as_deref() })
        }));
        View { run, standings }
    }

    pub(crate) fn standing(&self, finding: &Finding) -> Standing<'a> {
        self.standings.get(finding.id.as_str()).copied().unwrap_or(Standing::Informs)
    }

    /// Detectors that ran.
    pub(crate) fn ran(&self) -> impl Iterator<Item = &'a Check> + Clone + use<'a> {
        self.run.checks.iter().filter(|c| c.state == CheckState::Ran)
    }

    /// Detectors that did not run, and why.
    pub(crate) fn not_run(&self) -> impl Iterator<Item = (&'a Check, &'a str)> + Clone + use<'a> {
        self.run.checks.iter().filter_map(|c| match &c.state {
            CheckState::Ran => None,
            CheckState::NotRun { why } => Some((c, why.as_str())),
        })
    }

    /// Files that could not be read, and why.
    pub(crate) fn unreadable(&self) -> impl Iterator<Item = (&'a str, &'a str)> + Clone + use<'a> {
        self.run.inputs.iter().filter_map(|i| i.error.as_deref().map(|e| (i.name.as_str(), e)))
    }

    /// What is left of the unreadable files after the first [`LISTED`], as a sentence.
    pub(crate) fn more_unreadable(&self) -> Option<String> {
        let more = self.unreadable().count().saturating_sub(LISTED) as u64;
        (more > 0).then(|| format!("{} cannot be read: see run.json", words::plural(more, "more file")))
    }

    /// Records refused, for all reasons.
    pub(crate) fn rejected(&self) -> u64 {
        self.run.rejected.iter().map(|r| r.records).fold(0, u64::saturating_add)
    }

    /// Whether anything was looked at: a verdict on nothing is no verdict.
    pub(crate) fn scanned(&self) -> bool {
        self.run.records > 0
    }
}

/// The name of the file that a record stands in.
pub(crate) fn file_name(run: &Run, id: RecordId) -> &str {
    run.inputs.get(id.file as usize).map_or("(unknown file)", |i| &i.name)
}

/// The line of a record, counted from 1, in files where every row is one line of the file on disk.
///
/// CSV is not such a format: it has a header and quoted line breaks. A compressed file has no lines.
pub(crate) fn line(run: &Run, id: RecordId) -> Option<u64> {
    let input = run.inputs.get(id.file as usize)?;
    let name = input.name.to_ascii_lowercase();
    let packed = [".gz", ".zst", ".bz2", ".xz"].iter().any(|e| name.ends_with(e));
    (input.format == "jsonl" && !packed).then(|| id.row.saturating_add(1))
}

/// A shape for each severity, so that it is not told by colour alone.
pub(crate) fn shape(severity: Severity) -> char {
    match severity {
        Severity::Critical => '◆',
        Severity::High => '▲',
        Severity::Medium => '●',
        Severity::Low => '○',
        Severity::Info => '·',
    }
}
