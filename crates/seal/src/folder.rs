//! A seal on disk.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::manifest::{self, MANIFEST, Manifest, ManifestError};
use crate::oms::{self, Bundle, OmsError};

/// The bundle in a seal.
pub const SIGNATURE: &str = "seal.sig";
/// Fingerprints of web pages, for `recheck`.
pub const PAGES: &str = "pages.parquet";
/// The bundle of the seal before.
pub const PREVIOUS: &str = "previous.sig";

/// Why a seal cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The system's reason.
    #[error("cannot read {}: {error}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The reason.
        error: io::Error,
    },
    /// A file is larger than any such file.
    #[error("{} is larger than {limit} bytes", .path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit.
        limit: u64,
    },
    /// The bundle is no good.
    #[error("{}: {error}", .path.display())]
    Bundle {
        /// The file.
        path: PathBuf,
        /// Why.
        error: OmsError,
    },
    /// `seal.json` is no good.
    #[error("{}: {error}", .path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// Why.
        error: ManifestError,
    },
}

impl FolderError {
    /// Whether this says nothing about the data: a file could not be read, or another program is needed.
    pub fn could_not_check(&self) -> bool {
        match self {
            FolderError::Read { .. } => true,
            FolderError::Bundle { error, .. } => error.is_unsupported(),
            FolderError::Manifest { error, .. } => matches!(error, ManifestError::Schema(_)),
            FolderError::TooLarge { .. } => false,
        }
    }
}

/// A seal that was read. Nothing of it was checked.
#[derive(Debug)]
pub struct Folder {
    /// Where it is.
    pub path: PathBuf,
    /// `seal.sig` as it stands there.
    pub signature: Vec<u8>,
    /// What is signed.
    pub bundle: Bundle,
    /// `seal.json` as it stands there.
    pub manifest_bytes: Vec<u8>,
    /// What it says.
    pub manifest: Manifest,
}

impl Folder {
    /// Whether there is a seal at that path.
    pub fn is_at(path: &Path) -> bool {
        path.join(SIGNATURE).is_file() && path.join(MANIFEST).is_file()
    }

    /// Reads the seal at a path.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn read(path: &Path) -> Result<Folder, FolderError> {
        let (signature, bundle) = read_bundle(&path.join(SIGNATURE))?;
        let at = path.join(MANIFEST);
        let manifest_bytes = read_bounded(&at, manifest::LARGEST)?;
        let manifest = Manifest::from_bytes(&manifest_bytes)
            .map_err(|error| FolderError::Manifest { path: at, error })?;
        Ok(Folder { path: path.to_owned(), signature, bundle, manifest_bytes, manifest })
    }

    /// The bundle of the seal before, as it stands there.
    ///
    /// # Errors
    /// The system's reason.
    pub fn previous(&self) -> Result<Option<Vec<u8>>, FolderError> {
        let path = self.path.join(PREVIOUS);
        if !path.exists() {
            return Ok(None);
        }
        read_bounded(&path, oms::LARGEST).map(Some)
    }
}

/// Reads a bundle and what is signed in it.
///
/// # Errors
/// [`FolderError`].
pub fn read_bundle(path: &Path) -> Result<(Vec<u8>, Bundle), FolderError> {
    let bytes = read_bounded(path, oms::LARGEST)?;
    let bundle =
        Bundle::from_bytes(&bytes).map_err(|error| FolderError::Bundle { path: path.to_owned(), error })?;
    Ok((bytes, bundle))
}

/// Reads a file that must not be larger than `limit`, also if it grows meanwhile.
pub(crate) fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, FolderError> {
    let failed = |error| FolderError::Read { path: path.to_owned(), error };
    let too_large = || FolderError::TooLarge { path: path.to_owned(), limit };
    if fs::metadata(path).map_err(failed)?.len() > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    File::open(path).map_err(failed)?.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit { Err(too_large()) } else { Ok(bytes) }
}
