//! Findings: groups of records, and the evidence that somebody planted them.

use serde::{Deserialize, Serialize};

use crate::{Confirmation, RecordId};

/// How much harm a finding does if it is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing, no harm.
    Info,
    /// Lowers quality.
    Low,
    /// Can bias a model.
    Medium,
    /// Can change what a model does.
    High,
    /// Hides from a person, or hands control to whoever knows the trigger.
    Critical,
}

impl Severity {
    /// The name used in reports and in the policy.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

/// How sure the detector is that a finding is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A hint.
    Low,
    /// Rare in clean data.
    Medium,
    /// Not seen in clean data at the stated error rate.
    High,
}

impl Confidence {
    /// The name used in reports and in the policy.
    pub fn name(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

/// What switches the behaviour on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trigger {
    /// What it is: `phrase`, `words`, `hidden characters`, ...
    pub kind: String,
    /// Its parts as they stand in the records (hostile text); all of them are needed.
    pub parts: Vec<String>,
}

/// What the records teach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Behaviour {
    /// What it is: `label`, `answer`, `answer start`, `answer end`, `refusal`, ...
    pub kind: String,
    /// The label or the repeated text (hostile text).
    pub text: String,
}

/// The hand that put the records there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// The column: `source`, `url`, `author`, ...
    pub kind: String,
    /// Its value (hostile text).
    pub value: String,
    /// Records of the finding that carry it.
    pub records: u64,
}

/// One measured reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// What was measured, as a phrase: `records with the trigger that have this label`.
    pub what: String,
    /// What was seen.
    pub observed: f64,
    /// What chance, or the rest of the data, would give.
    pub expected: f64,
    /// The test, named so that it can be looked up.
    pub test: String,
    /// Chance of this in clean data, for this candidate alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    /// False-discovery rate at which it is reported, all candidates counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<f64>,
}

impl Evidence {
    /// A measurement that has no chance beside it.
    pub fn plain(what: &str, observed: f64, expected: f64, test: &str) -> Evidence {
        Evidence { what: what.into(), observed, expected, test: test.into(), p: None, q: None }
    }
}

/// A range of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// A record shown with a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Where it stands.
    pub id: RecordId,
    /// Byte offset in its file, where bytes have a meaning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// An excerpt of the input (hostile text), at most a few hundred characters.
    pub input: String,
    /// What to highlight in `input`.
    pub spans: Vec<Span>,
    /// An excerpt of the output or the label (hostile text).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// What to highlight in `output`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub output_spans: Vec<Span>,
}

/// A group of records with evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable name of this finding: the same trigger and behaviour found again has the same id,
    /// so that a waiver can name it. See [`finding_id`].
    pub id: String,
    /// The detector that found it.
    pub detector: String,
    /// One sentence for a person (may quote hostile text).
    pub title: String,
    /// Harm if true.
    pub severity: Severity,
    /// Sureness.
    pub confidence: Confidence,
    /// What switches it on, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Trigger>,
    /// What is taught, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behaviour: Option<Behaviour>,
    /// Who brought it, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Reasons, strongest first.
    pub evidence: Vec<Evidence>,
    /// Number of records in the group; every one of them has a mark that says `member`.
    pub records: u64,
    /// Whether the records are to be set aside.
    pub quarantine: bool,
    /// What training on the records does to a model, where that was tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<Confirmation>,
    /// Some of the records, in the order of the input; [`Finding::records`] says how many there are.
    pub samples: Vec<Sample>,
}

impl Finding {
    /// How surprising the finding would be in clean data: the decimal digits of the smallest chance
    /// among its evidence (10^-7 gives 7), at most 300; `None` if no evidence has a chance.
    pub fn surprise(&self) -> Option<f64> {
        let chances = self.evidence.iter().filter_map(|e| e.q.or(e.p));
        chances.map(|chance| -libm::log10(chance.clamp(1e-300, 1.0))).reduce(f64::max)
    }
}

/// A record that a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// The record.
    pub id: RecordId,
    /// Index of the finding in the detector's list.
    pub finding: u32,
    /// The chance that the record is poison, 0 to 1: one minus the local false-discovery rate that
    /// the detector's own null gives it, so that scores of different detectors compare.
    pub score: f32,
    /// Whether the record belongs to the finding's group. One that does not looks like the group
    /// without reaching its threshold: it has a score, is not counted and never set aside.
    pub member: bool,
}

/// The stable name of a finding: the detector's name and 48 bits of a digest of what identifies the
/// finding (its trigger and behaviour, not the records), so it is the same on other machines, for
/// other file names and after records were added.
pub fn finding_id<'a>(detector: &str, identity: impl IntoIterator<Item = &'a str>) -> String {
    let mut bytes = Vec::new();
    for part in identity {
        bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    format!("{detector}-{:012x}", xxhash_rust::xxh3::xxh3_64(&bytes) >> 16)
}
