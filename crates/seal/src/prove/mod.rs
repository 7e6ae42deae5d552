//! Proofs that a record is in a sealed data set, or that no record with some content is.
//!
//! Making one needs the data and its seal; checking one needs the seal's signature only.

mod absent;
mod check;
mod present;
mod read;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use toadstone_corpus::RowsError;

use crate::digest::Digest;
use crate::json::{self, JsonError};
use crate::leaf::{Meta, Mode};

pub use absent::prove_absent;
pub use check::{Refuted, Shown, check};
pub use present::{Wanted, prove_present};
pub use read::Reader;

/// The version of the format; it grows when a field changes its meaning or goes away.
pub const SCHEMA: u32 = 1;
/// Most bytes of a proof: that of absence from 10,000 files.
const LARGEST: u64 = 64 << 20;

/// A proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The series of the seal.
    pub series: String,
    /// Its number.
    pub sequence: u64,
    /// The root over all its files.
    pub root: Digest,
    /// What is proved.
    pub claim: Claim,
}

/// What a proof shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Claim {
    /// A record is there.
    Present(Present),
    /// No record has this content, whatever is said about it.
    Absent(Absent),
}

/// A record that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Present {
    /// The file.
    pub file: String,
    /// The row, from 0.
    pub row: u64,
    /// How its content is written down.
    pub mode: Mode,
    /// Bytes of its content.
    pub length: u64,
    /// SHA-256 of its content.
    pub content: Digest,
    /// What is said about it.
    pub meta: Meta,
    /// The way from its leaf to the root of the ordered tree.
    pub path: Vec<Digest>,
}

/// A content that is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Absent {
    /// SHA-256 of the content.
    pub content: Digest,
    /// Every file with records.
    pub files: Vec<Gap>,
}

/// Two neighbours in the sorted tree of a file, between which the content would stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// The file.
    pub file: String,
    /// The last record below; none if all are above.
    pub below: Option<Neighbour>,
    /// The first record above; none if all are below.
    pub above: Option<Neighbour>,
}

/// A place in a sorted tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Neighbour {
    /// Which, from 0.
    pub at: u64,
    /// SHA-256 of the record's content.
    pub content: Digest,
    /// Its leaf.
    pub leaf: Digest,
    /// The way to the root of the sorted tree.
    pub path: Vec<Digest>,
}

impl Proof {
    /// Reads a proof, strictly.
    ///
    /// # Errors
    /// It is something else, or of a later version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Proof, JsonError> {
        let proof: Proof = json::parse(bytes, LARGEST)?;
        match proof.schema {
            SCHEMA => Ok(proof),
            newer => Err(JsonError::Invalid(format!("it is of schema {newer}, and only {SCHEMA} is known"))),
        }
    }

    /// The bytes to write.
    ///
    /// # Errors
    /// The encoder's.
    pub fn to_bytes(&self) -> serde_json::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

/// Why a proof cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// The user asked to stop.
    #[error("interrupted")]
    Interrupted,
    /// The seal has no such file.
    #[error("the seal has no file `{0}` with records")]
    NoFile(String),
    /// The file has fewer rows.
    #[error("`{file}` has {count} records; rows are counted from 0")]
    NoRow {
        /// The file.
        file: String,
        /// Its records.
        count: u64,
    },
    /// No record has this content.
    #[error("no record has the content {0}")]
    NotThere(Digest),
    /// A record has this content.
    #[error("a record has this content: row {row} of `{file}`")]
    There {
        /// The file.
        file: String,
        /// Its row.
        row: u64,
    },
    /// A file is not what was sealed.
    #[error("`{0}` is not what was sealed, so nothing can be proved about it")]
    Changed(String),
    /// The seal is not whole.
    #[error("{0}")]
    Seal(String),
    /// A file cannot be read.
    #[error("cannot read {}: {why}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

impl ProveError {
    fn read(path: PathBuf) -> impl FnOnce(RowsError) -> ProveError {
        move |error| match error {
            RowsError::Interrupted => ProveError::Interrupted,
            other => ProveError::Read { path, why: other.to_string() },
        }
    }
}
