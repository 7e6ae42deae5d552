//! Whether a proof holds, by a seal's signature alone.

use super::{Absent, Claim, Gap, Neighbour, Present, Proof};
use crate::digest::Digest;
use crate::leaf::{Leaf, leaf_of_digest};
use crate::oms::{RecordsClaim, Statement};
use crate::tree::{ProofError, inclusion};

/// Why a proof shows nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refuted {
    /// It is about another seal.
    #[error("the proof is about another seal (series {series}, number {sequence})")]
    OtherSeal {
        /// Its series.
        series: String,
        /// Its number.
        sequence: u64,
    },
    /// The signature says nothing about records.
    #[error("the signature says nothing about records{}", .0.as_ref().map(|file| format!(" of `{file}`")).unwrap_or_default())]
    NoRecords(Option<String>),
    /// It does not lead where it should.
    #[error("`{file}`: {error}")]
    Path {
        /// The file.
        file: String,
        /// Why.
        error: ProofError,
    },
    /// The neighbours leave room for the record.
    #[error("`{0}`: the two records do not enclose a gap in which the content would stand")]
    NoGap(String),
    /// A file with records is left out.
    #[error("the proof says nothing about `{0}`")]
    LeftOut(String),
    /// The record that was given is another one.
    #[error("the record that was given is not the one that the proof is about")]
    OtherRecord,
}

/// What a proof shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// Files that it is about.
    pub files: u64,
    /// Signed files about whose records nothing is known, such as text and pictures.
    pub without_records: u64,
}

/// Checks a proof against what was signed. Whether the signature holds is another question, and so is
/// whether the data is still what was sealed. `content` is the record, if it is at hand.
///
/// # Errors
/// [`Refuted`].
pub fn check(proof: &Proof, statement: &Statement, content: Option<&[u8]>) -> Result<Shown, Refuted> {
    let claim = statement.claim.as_ref().ok_or(Refuted::NoRecords(None))?;
    if (&proof.series, proof.sequence, proof.root) != (&claim.series, claim.sequence, claim.root) {
        return Err(Refuted::OtherSeal { series: proof.series.clone(), sequence: proof.sequence });
    }
    let about = match &proof.claim {
        Claim::Present(present) => present.content,
        Claim::Absent(absent) => absent.content,
    };
    if content.is_some_and(|content| Digest::of(content) != about) {
        return Err(Refuted::OtherRecord);
    }
    let without_records = statement.resources.iter().filter(|r| r.records.is_none()).count() as u64;
    let files = match &proof.claim {
        Claim::Present(present) => check_present(present, statement)?,
        Claim::Absent(absent) => check_absent(absent, statement)?,
    };
    Ok(Shown { files, without_records })
}

fn records(statement: &Statement, name: &str) -> Result<RecordsClaim, Refuted> {
    let resource = statement.resources.iter().find(|resource| resource.name == name);
    resource.and_then(|resource| resource.records).ok_or_else(|| Refuted::NoRecords(Some(name.to_owned())))
}

fn check_present(present: &Present, statement: &Statement) -> Result<u64, Refuted> {
    let Present { file, row, mode, length, content, meta, path } = present;
    let records = records(statement, file)?;
    let leaf = leaf_of_digest(*mode, *length, content, meta);
    inclusion::check(&leaf, *row, records.records, path, &records.ordered)
        .map_err(|error| Refuted::Path { file: file.clone(), error })?;
    Ok(1)
}

fn check_absent(absent: &Absent, statement: &Statement) -> Result<u64, Refuted> {
    for gap in &absent.files {
        check_gap(gap, &absent.content, &records(statement, &gap.file)?)?;
    }
    let with_records = || statement.resources.iter().filter(|resource| resource.records.is_some());
    let covered = |name: &String| absent.files.iter().any(|gap| gap.file == *name);
    match with_records().find(|resource| !covered(&resource.name)) {
        Some(resource) => Err(Refuted::LeftOut(resource.name.clone())),
        None => Ok(with_records().count() as u64),
    }
}

fn check_gap(gap: &Gap, content: &Digest, records: &RecordsClaim) -> Result<(), Refuted> {
    let no_gap = || Refuted::NoGap(gap.file.clone());
    for Neighbour { at, content, leaf, path } in gap.below.iter().chain(&gap.above) {
        let entry = Leaf { content: *content, leaf: *leaf }.sorted();
        inclusion::check(&entry, *at, records.records, path, &records.sorted)
            .map_err(|error| Refuted::Path { file: gap.file.clone(), error })?;
    }
    let encloses = gap.below.as_ref().is_none_or(|below| below.content < *content)
        && gap.above.as_ref().is_none_or(|above| *content < above.content);
    let adjacent = match (&gap.below, &gap.above) {
        (None, None) => records.records == 0,
        (None, Some(above)) => above.at == 0,
        (Some(below), None) => below.at.checked_add(1) == Some(records.records),
        (Some(below), Some(above)) => below.at.checked_add(1) == Some(above.at),
    };
    if encloses && adjacent { Ok(()) } else { Err(no_gap()) }
}
