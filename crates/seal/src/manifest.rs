//! `seal.json`: what a seal says beyond the list of files. It is signed by its digest.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::json::{self, JsonError};
use crate::names::{self, NameError};
use crate::records::Records;
use crate::tree;

/// The name of the file in a seal.
pub const MANIFEST: &str = "seal.json";
/// The version of the format; it grows when a field changes its meaning or goes away.
pub const SCHEMA: u32 = 1;
/// Most bytes of the file.
pub(crate) const LARGEST: u64 = 512 << 20;

/// What was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// A folder with all that is in it.
    Folder,
    /// A single file.
    File,
    /// Some files below a folder; others may stand beside them.
    Files,
}

/// A file in a seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Below the folder, with `/`.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// Its records, if it holds any that stand on their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<Records>,
    /// Number of the seal for which it was read, if it was not read for this one: it was taken over,
    /// as the system said that nothing had touched it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_for: Option<u64>,
    /// Why it was sealed as a whole only, though its name promises records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole: Option<String>,
}

/// Records of one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceCount {
    /// The source (hostile text); none stands for all that were not counted one by one.
    pub source: Option<String>,
    /// Its records in all files.
    pub records: u64,
}

/// The content of `seal.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`SCHEMA`].
    pub schema: u32,
    /// What made it.
    pub tool: String,
    /// Name of the folder or file.
    pub name: String,
    /// What was sealed.
    pub scope: Scope,
    /// What the seals of one data set have in common: made up by the first of them.
    pub series: String,
    /// Number of the seal in its series, from 1.
    pub sequence: u64,
    /// SHA-256 of the `seal.sig` before it.
    pub previous: Option<Digest>,
    /// When it was made, RFC 3339 in UTC.
    pub created: String,
    /// Root of the tree over all files.
    pub root: Digest,
    /// SHA-256 of the file of tiles, if any file has records.
    pub tiles: Option<Digest>,
    /// SHA-256 of the fingerprints of web pages, if they were wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<Digest>,
    /// Folders with nothing in them.
    pub empty_folders: Vec<String>,
    /// The files by name.
    pub files: Vec<Entry>,
    /// The sources with the most records, most first; at most 100.
    pub sources: Vec<SourceCount>,
    /// SHA-256 of the table of all sources, if there are more than are listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all_sources: Option<Digest>,
}

/// Why `seal.json` is not taken for one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// It is no such JSON.
    #[error("{0}")]
    Json(#[from] JsonError),
    /// A name in it cannot be used.
    #[error("{0}")]
    Name(#[from] NameError),
    /// It is of a later version.
    #[error("it is of schema {0}; a newer toadstone can read it")]
    Schema(u32),
    /// It contradicts itself.
    #[error("{0}")]
    Contradiction(&'static str),
}

impl Manifest {
    /// Reads it, strictly.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Manifest, ManifestError> {
        #[derive(Deserialize)]
        struct Version {
            schema: u32,
        }
        let Version { schema } = json::parse(bytes, LARGEST)?;
        if schema != SCHEMA {
            return Err(ManifestError::Schema(schema));
        }
        let manifest: Manifest = json::parse(bytes, LARGEST)?;
        let names = || manifest.files.iter().map(|file| &file.name).chain(&manifest.empty_folders);
        names().try_for_each(|name| names::check(name))?;
        names::check_apart(names().map(String::as_str))?;
        if !manifest.files.is_sorted_by(|a, b| a.name < b.name) {
            return Err(ManifestError::Contradiction("its files are not in the order of their names"));
        }
        if manifest.root != root_of(&manifest.files) {
            return Err(ManifestError::Contradiction("its root is not that of its files"));
        }
        if manifest.files.iter().any(|file| file.read_for.is_some_and(|read| read >= manifest.sequence)) {
            return Err(ManifestError::Contradiction("it says that a file was read for a later seal"));
        }
        Ok(manifest)
    }

    /// The bytes of the file. Equal manifests give equal bytes.
    ///
    /// # Errors
    /// The encoder's.
    pub fn to_bytes(&self) -> serde_json::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// The file of that name.
    pub fn file(&self, name: &str) -> Option<&Entry> {
        let at = self.files.binary_search_by(|file| file.name.as_str().cmp(name)).ok()?;
        self.files.get(at)
    }

    /// Records of all files.
    pub fn records(&self) -> u64 {
        self.files.iter().filter_map(|file| file.records.as_ref()).map(|records| records.count).sum()
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// The names of empty folders, to look one up.
    pub(crate) fn empty_folders(&self) -> BTreeSet<&str> {
        self.empty_folders.iter().map(String::as_str).collect()
    }
}

/// A file as a leaf of the tree over all files. Its name is part of it, so names are bound.
pub fn file_leaf(name: &str, bytes: u64, sha256: &Digest, records: Option<(u64, Digest, Digest)>) -> Digest {
    let (count, ordered, sorted) = records.unwrap_or((0, Digest([0; 32]), Digest([0; 32])));
    Digest::of_parts(&[
        b"\0toadstone/1/file",
        &(name.len() as u64).to_be_bytes(),
        name.as_bytes(),
        &bytes.to_be_bytes(),
        &sha256.0,
        &[u8::from(records.is_some())],
        &count.to_be_bytes(),
        &ordered.0,
        &sorted.0,
    ])
}

/// The leaves of the tree over all files.
pub(crate) fn file_leaves(files: &[Entry]) -> Vec<Digest> {
    let leaf = |file: &Entry| {
        let records = file.records.as_ref().map(|records| (records.count, records.ordered, records.sorted));
        file_leaf(&file.name, file.bytes, &file.sha256, records)
    };
    files.iter().map(leaf).collect()
}

/// The root of the tree over all files.
pub(crate) fn root_of(files: &[Entry]) -> Digest {
    tree::root(&file_leaves(files))
}
