//! What a seal says of the records of a data set, and how many of them say where they come from.

use serde::Serialize;

/// Whether a file is what was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Its SHA-256 is the sealed one.
    Sealed,
    /// It was sealed, and has other bytes.
    Changed,
    /// It was not sealed.
    NotSealed,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileStanding {
    /// Its name (hostile text).
    pub file: String,
    /// Whether it is what was sealed.
    pub standing: Standing,
    /// Its records.
    pub records: u64,
}

/// The seal that a data set was compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SealAccount {
    /// Where it is (hostile text).
    pub seal: String,
    /// What the seals of one data set have in common.
    pub series: String,
    /// Its number in the series.
    pub sequence: u64,
    /// When it was made.
    pub created: String,
    /// Trusted keys that signed it; `None` if signatures were not checked.
    pub signers: Option<u64>,
    /// Every file that was read.
    pub files: Vec<FileStanding>,
    /// Sealed files with records that are not in the data.
    pub missing: Vec<String>,
}

/// Records that are sealed, and records that say where they come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Vouched {
    /// Records in files that are what was sealed.
    pub sealed: u64,
    /// Records with a source, an address or an author.
    pub known: u64,
}

/// What is known of the provenance of a data set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Provenance {
    /// The seal.
    pub seal: SealAccount,
    /// All records together.
    #[serde(flatten)]
    pub all: Vouched,
}
