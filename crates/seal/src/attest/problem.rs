//! What can be wrong with attestations.

use std::io;
use std::path::PathBuf;

use serde::Serialize;
use toadstone_core::Verdict;

use super::file_name;
use crate::digest::Digest;
use crate::folder::FolderError;
use crate::oms::OmsError;

/// Why no attestation vouches for a sealed state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ScanProblem {
    /// There is none.
    #[error("no scan of the sealed data is attested")]
    Missing,
    /// One in the middle of the chain, or its beginning, is gone.
    #[error("scan {number} was removed: {} is not there, and a later one is", file_name(*.number))]
    Removed {
        /// The one that is gone.
        number: u64,
    },
    /// The newest that was seen here before is gone.
    #[error("scan {seen} of this state was seen before, and the newest is {newest}: scans were removed")]
    Forgotten {
        /// The newest that was seen.
        seen: u64,
        /// The newest that is there; 0 if none is.
        newest: u64,
    },
    /// Another one was seen here under the number.
    #[error("another scan {number} was seen before: it was replaced")]
    Replaced {
        /// The number.
        number: u64,
    },
    /// It is no attestation.
    #[error("{} is no attestation of a scan: {why}", file_name(*.number))]
    Broken {
        /// Which.
        number: u64,
        /// What is wrong.
        why: String,
    },
    /// It was changed, or another one put in its place, after the next was made.
    #[error("scan {number} is not the one that scan {} was made after: the chain was tampered with", .number + 1)]
    Chain {
        /// Which.
        number: u64,
    },
    /// It is about other data.
    #[error("scan {number} is of another sealed state (seal.json {found}), not of this one")]
    State {
        /// Which.
        number: u64,
        /// Digest of the `seal.json` that it is about.
        found: Digest,
    },
    /// Nobody who is trusted signed it.
    #[error("scan {number} is signed with a key that is not trusted ({key})")]
    Key {
        /// Which.
        number: u64,
        /// The key that it names.
        key: String,
    },
    /// A signature does not hold.
    #[error("the signature of scan {number} does not hold: {why}")]
    Signature {
        /// Which.
        number: u64,
        /// Why.
        why: String,
    },
    /// Data that was sealed was not scanned.
    #[error("scan {number} did not read {files} of the sealed files: {}", listed(.names, *.files))]
    Coverage {
        /// Which.
        number: u64,
        /// How many files it did not read.
        files: u64,
        /// The first of them.
        names: Vec<String>,
    },
    /// Too old: detectors may have learnt since, and findings may have been accepted that are no more.
    #[error("scan {number} is from {created}, older than allowed")]
    Age {
        /// Which.
        number: u64,
        /// When it ended (hostile text until the signature was checked).
        created: String,
    },
    /// The verdict is not accepted.
    #[error("the verdict of scan {number} is `{}`, which the policy does not accept", .verdict.name())]
    Verdict {
        /// Which.
        number: u64,
        /// Its verdict.
        verdict: Verdict,
    },
}

fn listed(names: &[String], files: u64) -> String {
    let more = if files > names.len() as u64 { ", ..." } else { "" };
    names.join(", ") + more
}

/// Why a scan cannot be attested.
#[derive(Debug, thiserror::Error)]
pub enum AttestError {
    /// The user asked to stop.
    #[error("interrupted")]
    Interrupted,
    /// A part of the seal cannot be read.
    #[error("{0}")]
    Folder(#[from] FolderError),
    /// `seal.json` is not the one that was signed.
    #[error("seal.json is not the one that was signed")]
    Unbound,
    /// The attestations that are there are no chain.
    #[error("the attestations in the seal are no whole chain: {0}")]
    Chain(ScanProblem),
    /// A file that was not sealed.
    #[error("{} was not sealed", .0.display())]
    NotSealed(PathBuf),
    /// A file that is not what was sealed.
    #[error("{} is not what was sealed as `{name}`: its SHA-256 is another one", .path.display())]
    Changed {
        /// The file.
        path: PathBuf,
        /// Its name in the seal.
        name: String,
    },
    /// A file cannot be read.
    #[error("cannot read {}: {error}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// It cannot be signed.
    #[error("{0}")]
    Sign(#[from] OmsError),
    /// It cannot be written down.
    #[error("cannot write the attestation: {0}")]
    Write(#[source] io::Error),
    /// The seal, or its newest attestation, is another one than when the scan began.
    #[error("the seal was changed while the data was scanned")]
    Overtaken,
}
