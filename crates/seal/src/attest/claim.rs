//! What an attestation says.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use toadstone_core::{CheckState, ColumnMap, Policy, RejectedSummary, Run, Verdict};

use super::{Covered, LARGEST};
use crate::digest::Digest;
use crate::folder::Folder;
use crate::json;
use crate::manifest::{Entry, MANIFEST};

const STATEMENT: &str = "https://in-toto.io/Statement/v1";
/// The type of the claim.
pub const PREDICATE: &str = "https://github.com/toadstone/toadstone/attestation/scan/v1";

/// The sealed state that was scanned, beside the digest of its `seal.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Root of the tree over all files.
    pub root: Digest,
    /// What the seals of one data set have in common.
    pub series: String,
    /// Number of the seal in its series.
    pub sequence: u64,
}

/// A detector that ran over all records that were read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ran {
    /// Its name.
    pub name: String,
    /// Findings.
    pub findings: u64,
}

/// A detector that did not run. It never counts as passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotRun {
    /// Its name.
    pub name: String,
    /// Why.
    pub why: String,
}

/// What became of the detectors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detectors {
    /// Those that ran.
    pub ran: Vec<Ran>,
    /// Those that did not.
    pub not_run: Vec<NotRun>,
}

/// How many findings there are, and what the policy makes of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// All findings.
    pub total: u64,
    /// Those that make the verdict `block`.
    pub blocking: u64,
    /// Those that make it at least `review`.
    pub reviewing: u64,
    /// Those that a waiver or a limit covers.
    pub waived: u64,
    /// SHA-256 of `findings.json`, as a run with `--out` writes it.
    pub sha256: Digest,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Its name in the seal.
    pub name: String,
    /// SHA-256 of what was read, which is also that of the seal.
    pub sha256: Digest,
    /// The format that it was read as.
    pub format: String,
    /// Which column played which part (hostile text).
    pub columns: Vec<ColumnMap>,
    /// Records.
    pub records: u64,
}

/// A sealed file that the reader of records left out of a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// Its name in the seal.
    pub name: String,
    /// Why.
    pub why: String,
}

/// The claim: this sealed state was scanned, and this came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScanClaim {
    /// What was scanned.
    pub seal: State,
    /// Number of the attestation on this state, from 1.
    pub number: u64,
    /// SHA-256 of the file of the attestation before it.
    pub previous: Option<Digest>,
    /// When the scan ended, RFC 3339 in UTC.
    pub created: String,
    /// What scanned.
    pub tool: String,
    /// The verdict.
    pub verdict: Verdict,
    /// What the verdict follows from, by its digest ([`policy_digest`]).
    pub policy: Digest,
    /// What became of the detectors.
    pub detectors: Detectors,
    /// The findings.
    pub findings: Tally,
    /// Records read.
    pub records: u64,
    /// Records refused, by reason.
    pub rejected: Vec<RejectedSummary>,
    /// Records to set aside.
    pub quarantined: u64,
    /// The files that were read, by name.
    pub inputs: Vec<Input>,
    /// The files that were left out as no data, by name.
    pub left_out: Vec<LeftOut>,
}

/// A run on sealed data, to be attested.
pub struct Scanned<'s> {
    /// The run.
    pub run: &'s Run,
    /// Its policy.
    pub policy: &'s Policy,
    /// The seal.
    pub folder: &'s Folder,
    /// The files that were read, in the order of the run's inputs.
    pub covered: &'s [Covered],
    /// The files that were not, by name.
    pub left_out: &'s [LeftOut],
    /// The content of `findings.json`.
    pub findings: &'s [u8],
    /// The newest attestation so far, by number and digest.
    pub previous: Option<(u64, Digest)>,
    /// The time, RFC 3339 in UTC.
    pub created: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Subject {
    name: String,
    digest: DigestSet,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DigestSet {
    sha256: Digest,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Wire {
    #[serde(rename = "_type")]
    kind: String,
    subject: [Subject; 1],
    predicate_type: String,
    predicate: ScanClaim,
}

/// The digest of what a verdict follows from: all of a policy but from which verdict on a command fails.
///
/// # Errors
/// The encoder's.
pub fn policy_digest(policy: &Policy) -> serde_json::Result<Digest> {
    let judging = Policy { fail_on: Policy::default().fail_on, ..policy.clone() };
    Ok(Digest::of(&serde_json::to_vec(&judging)?))
}

impl ScanClaim {
    /// The claim about a run.
    ///
    /// # Errors
    /// The encoder's.
    pub fn of(scanned: Scanned<'_>) -> serde_json::Result<ScanClaim> {
        let Scanned { run, policy, folder, covered, left_out, findings, previous, created } = scanned;
        let manifest = &folder.manifest;
        let mut detectors = Detectors { ran: Vec::new(), not_run: Vec::new() };
        for check in &run.checks {
            let name = check.detector.clone();
            match &check.state {
                CheckState::Ran => detectors.ran.push(Ran { name, findings: check.findings }),
                CheckState::NotRun { why } => detectors.not_run.push(NotRun { name, why: why.clone() }),
            }
        }
        let input = |(input, covered): (&toadstone_core::InputFile, &Covered)| Input {
            name: covered.name.clone(),
            sha256: covered.sha256,
            format: input.format.clone(),
            columns: input.columns.clone(),
            records: input.records,
        };
        let readable = run.inputs.iter().filter(|input| input.error.is_none());
        let mut inputs: Vec<Input> = readable.zip(covered).map(input).collect();
        inputs.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(ScanClaim {
            seal: State { root: manifest.root, series: manifest.series.clone(), sequence: manifest.sequence },
            number: previous.map_or(1, |(number, _)| number + 1),
            previous: previous.map(|(_, digest)| digest),
            created,
            tool: format!("toadstone {}", run.version),
            verdict: run.verdict,
            policy: policy_digest(policy)?,
            detectors,
            findings: Tally {
                total: run.findings.len() as u64,
                blocking: run.decision.blocking.len() as u64,
                reviewing: run.decision.reviewing.len() as u64,
                waived: run.decision.waived.len() as u64,
                sha256: Digest::of(findings),
            },
            records: run.records,
            rejected: run.rejected.clone(),
            quarantined: run.quarantined,
            inputs,
            left_out: left_out.to_vec(),
        })
    }

    /// The statement to sign, about the `seal.json` with that digest. Equal claims give equal bytes.
    ///
    /// # Errors
    /// The encoder's.
    pub(super) fn to_bytes(&self, state: Digest) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(&Wire {
            kind: STATEMENT.to_owned(),
            subject: [Subject { name: MANIFEST.to_owned(), digest: DigestSet { sha256: state } }],
            predicate_type: PREDICATE.to_owned(),
            predicate: self.clone(),
        })
    }

    /// Reads what was signed, strictly, and the digest of the `seal.json` that it is about.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn from_bytes(bytes: &[u8]) -> Result<(ScanClaim, Digest), String> {
        let value: Value = json::parse(bytes, LARGEST).map_err(|error| error.to_string())?;
        let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
        if text("_type") != STATEMENT || text("predicateType") != PREDICATE {
            return Err("what was signed is no claim about a scan".to_owned());
        }
        let wire: Wire = serde_json::from_value(value).map_err(|error| error.to_string())?;
        let [subject] = wire.subject;
        Ok((wire.predicate, subject.digest.sha256))
    }

    /// How many of the sealed files were not read, and the names of the first few. A file that was left
    /// out as no data is no gap, unless the seal knows records in it.
    pub(super) fn unread(&self, folder: &Folder, named: usize) -> (u64, Vec<String>) {
        let read = |name: &str| self.inputs.binary_search_by(|input| input.name.as_str().cmp(name)).is_ok();
        let left_out =
            |name: &str| self.left_out.binary_search_by(|file| file.name.as_str().cmp(name)).is_ok();
        let gap = |file: &&Entry| {
            let table = file.records.is_some() || file.whole.is_some();
            !read(&file.name) && (table || !left_out(&file.name))
        };
        let mut unread = folder.manifest.files.iter().filter(gap).map(|file| file.name.clone());
        let names: Vec<String> = unread.by_ref().take(named).collect();
        (names.len() as u64 + unread.count() as u64, names)
    }
}
