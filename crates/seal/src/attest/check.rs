//! Checking that a scan of a sealed state was attested, and how it ended.

use std::time::Duration;

use serde::Serialize;
use toadstone_core::Verdict;

use super::{Chain, Detectors, Link, ScanProblem, Tally};
use crate::digest::Digest;
use crate::folder::{Folder, FolderError};
use crate::oms::Material;
use crate::time;
use crate::verify::{self, Expected, Pin, Signer, verify_signatures};

/// Names of files that a message lists.
const NAMED: usize = 5;

/// What an attestation has to be like.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// Whose signature is needed: one of these is enough.
    pub signers: Expected,
    /// The verdict from which on it is not accepted; `None` accepts every verdict.
    pub fail_on: Option<Verdict>,
    /// How old it may be.
    pub longest_age: Option<Duration>,
    /// The newest attestation of this state that was seen before.
    pub seen: Option<Pin>,
    /// Digest of the policy here; a scan under another one is worth a note.
    pub policy: Option<Digest>,
}

/// What the newest attestation says, in short.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Attested {
    /// Its number.
    pub number: u64,
    /// SHA-256 of its file.
    pub digest: Digest,
    /// When the scan ended.
    pub created: String,
    /// What scanned.
    pub tool: String,
    /// The verdict.
    pub verdict: Verdict,
    /// SHA-256 of the policy.
    pub policy: Digest,
    /// Files that were read.
    pub files: u64,
    /// Records that were read.
    pub records: u64,
    /// Records that were refused.
    pub rejected: u64,
    /// The findings.
    pub findings: Tally,
    /// What became of the detectors.
    pub detectors: Detectors,
}

/// What checking the attestations of a seal found out.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ScanReport {
    /// Everything that is wrong.
    pub problems: Vec<ScanProblem>,
    /// What the reader should know.
    pub notes: Vec<String>,
    /// Who signed the newest one.
    pub signers: Vec<Signer>,
    /// What it says; `None` if nobody who is trusted vouches for it.
    pub newest: Option<Attested>,
}

/// Checks the chain of attestations in a seal. Whether the seal itself holds is another question
/// ([`verify::verify`]).
///
/// # Errors
/// A file cannot be read.
pub fn check(folder: &Folder, accepted: &Accepted) -> Result<ScanReport, FolderError> {
    let chain = Chain::read(folder)?;
    let mut report = ScanReport { problems: chain.problems, ..ScanReport::default() };
    if let Some(seen) = &accepted.seen {
        report.problems.extend(remembered(seen, chain.newest.as_ref()));
    }
    let Some(link) = chain.newest else {
        if report.problems.is_empty() {
            report.problems.push(ScanProblem::Missing);
        }
        return Ok(report);
    };
    if !signed(&link, accepted, &mut report) {
        return Ok(report);
    }
    let number = link.claim.number;
    if link.state != Digest::of(&folder.manifest_bytes) {
        report.problems.push(ScanProblem::State { number, found: link.state });
        return Ok(report);
    }
    let (files, names) = link.claim.unread(folder, NAMED);
    if files > 0 {
        report.problems.push(ScanProblem::Coverage { number, files, names });
    }
    let verdict = link.claim.verdict;
    if verdict != Verdict::Pass && accepted.fail_on.is_some_and(|fail_on| verdict >= fail_on) {
        report.problems.push(ScanProblem::Verdict { number, verdict });
    }
    let oldest = accepted.longest_age.and_then(|age| accepted.signers.at.checked_sub(age));
    // A date that cannot be read is no proof that it is young.
    let old = |oldest| time::parse(&link.claim.created).is_none_or(|made| made < oldest);
    if oldest.is_some_and(old) {
        report.problems.push(ScanProblem::Age { number, created: link.claim.created.clone() });
    }
    if accepted.policy.is_some_and(|policy| policy != link.claim.policy) {
        report.notes.push(format!(
            "scan {number} was judged by another policy than the one here: thresholds, limits, waivers or detectors differ"
        ));
    }
    report.newest = Some(Attested::of(link));
    Ok(report)
}

/// What is wrong after what was seen before.
fn remembered(seen: &Pin, newest: Option<&Link>) -> Option<ScanProblem> {
    let number = newest.map_or(0, |link| link.claim.number);
    if number < seen.sequence {
        return Some(ScanProblem::Forgotten { seen: seen.sequence, newest: number });
    }
    let replaced = newest.is_some_and(|link| number == seen.sequence && link.digest != seen.digest);
    replaced.then_some(ScanProblem::Replaced { number })
}

/// Whether somebody who is trusted signed it.
fn signed(link: &Link, accepted: &Accepted, report: &mut ScanReport) -> bool {
    let number = link.claim.number;
    let expected = Expected { threshold: Some(1), ..accepted.signers.clone() };
    let mut checked = verify::Report::default();
    verify_signatures(&link.signed, &expected, &mut checked);
    if let Material::Key { hint: Some(hint) } = link.signed.material()
        && checked.signers.is_empty()
        && !expected.keys.iter().any(|key| key.hint().is_ok_and(|of| of == *hint))
    {
        report.problems.push(ScanProblem::Key { number, key: hint.clone() });
        return false;
    }
    let why = checked.problems.into_iter().filter_map(|problem| match problem {
        verify::Problem::Signature { why, .. } => Some(ScanProblem::Signature { number, why }),
        _ => None,
    });
    let before = report.problems.len();
    report.problems.extend(why);
    report.signers = checked.signers;
    if report.signers.is_empty() && report.problems.len() == before {
        let why = "nobody who is trusted has signed it".to_owned();
        report.problems.push(ScanProblem::Signature { number, why });
    }
    report.problems.len() == before
}

impl Attested {
    fn of(link: Link) -> Attested {
        let claim = link.claim;
        Attested {
            number: claim.number,
            digest: link.digest,
            created: claim.created,
            tool: claim.tool,
            verdict: claim.verdict,
            policy: claim.policy,
            files: claim.inputs.len() as u64,
            records: claim.records,
            rejected: claim.rejected.iter().map(|rejected| rejected.records).fold(0, u64::saturating_add),
            findings: claim.findings,
            detectors: claim.detectors,
        }
    }

    /// As it is remembered.
    pub fn pin(&self) -> Pin {
        Pin { sequence: self.number, digest: self.digest }
    }
}
