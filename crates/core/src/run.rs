//! What one run did: the content of `run.json` and the header of every report.

use serde::{Deserialize, Serialize};

use crate::{Decision, Finding, Quality, Verdict};

/// Version of the files that a run writes. It grows when a field changes its meaning or goes away.
pub const SCHEMA_VERSION: u32 = 1;

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFile {
    /// Name as the user gave it or as it was found below a folder (hostile text).
    pub name: String,
    /// Bytes on disk.
    pub bytes: u64,
    /// xxh3-128 of the bytes on disk, in hex; empty if it could not be read.
    pub digest: String,
    /// Format: `jsonl`, `csv`, `parquet`, ...
    pub format: String,
    /// What the columns say the data is for.
    pub kind: String,
    /// Which column plays which part.
    pub columns: Vec<ColumnMap>,
    /// Records read from it.
    pub records: u64,
    /// Why it could not be read, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A recognised column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnMap {
    /// Role: `input`, `output`, `label`, ...
    pub role: String,
    /// Column or path in the record (hostile text).
    pub column: String,
}

/// Records that were refused for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedSummary {
    /// The reason.
    pub reason: String,
    /// How many.
    pub records: u64,
}

/// What became of a detector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum CheckState {
    /// It ran over all records.
    Ran,
    /// It did not run, and this is why. Never counts as passed.
    NotRun {
        /// Why.
        why: String,
    },
}

/// One detector in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// The detector's name.
    pub detector: String,
    /// One line on what it looks for.
    pub title: String,
    /// Ran or not.
    #[serde(flatten)]
    pub state: CheckState,
    /// Number of findings.
    pub findings: u64,
    /// Things worth knowing that are no findings: `1,204 records are exact copies of another`.
    pub notes: Vec<String>,
    /// CPU seconds, all threads together.
    pub seconds: f64,
}

/// Where the attestation of a run stands, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attested {
    /// The seal, as the user named it (hostile text).
    pub seal: String,
    /// The file in it.
    pub file: String,
    /// What the seals of one data set have in common.
    pub series: String,
    /// Number of the seal in its series.
    pub sequence: u64,
    /// Root of the tree over all sealed files, in hex.
    pub root: String,
    /// Files that are sealed.
    pub sealed: u64,
    /// Of those, the files that were scanned. Each was compared with its SHA-256 in the seal.
    pub scanned: u64,
}

/// One run of `scan`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// [`SCHEMA_VERSION`].
    pub schema: u32,
    /// Version of toadstone.
    pub version: String,
    /// What the policy says.
    pub verdict: Verdict,
    /// The policy's reasons.
    pub decision: Decision,
    /// Files read.
    pub inputs: Vec<InputFile>,
    /// Records read.
    pub records: u64,
    /// Bytes of text in them.
    pub text_bytes: u64,
    /// Records refused, by reason.
    pub rejected: Vec<RejectedSummary>,
    /// Records set aside.
    pub quarantined: u64,
    /// Every detector, in the registry's order.
    pub checks: Vec<Check>,
    /// What quality rules say, if they were asked for. No part of the verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<Quality>,
    /// The seal into which the run was written as an attestation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attested: Option<Attested>,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// Peak resident memory in bytes, where the system tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_memory: Option<u64>,
    /// Findings, worst first; written to `findings.json` and not to `run.json`.
    #[serde(skip)]
    pub findings: Vec<Finding>,
    /// The commands to type next.
    pub next: Vec<String>,
}
