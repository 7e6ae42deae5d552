//! Checking a seal and the data that it is about.
//!
//! Every file is read again, whatever its size and times say, and every problem is listed. Nothing is
//! left out unless the caller names it.

mod data;
mod locate;
mod pins;
mod problem;
mod seal;
mod signatures;

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::Serialize;
use toadstone_core::Control;

use crate::folder::{Folder, FolderError};
use crate::keys::{Authorities, PublicKey};
use crate::oms::{Bundle, Material};
use crate::sigstore;

pub use data::Unread;
pub use pins::{Pin, Pins};
pub use problem::Problem;
pub use signatures::{Signer, check as verify_signatures};

/// What a seal has to be like.
#[derive(Debug, Clone)]
pub struct Expected {
    /// Keys that are trusted.
    pub keys: Vec<PublicKey>,
    /// Authorities whose certificates are trusted.
    pub authorities: Authorities,
    /// Who is trusted to have signed without a key of his own.
    pub sigstore: Option<sigstore::Trusted>,
    /// How many different signers are needed; all keys if it is not said, and one if there are only
    /// authorities.
    pub threshold: Option<usize>,
    /// The lowest number that the seal may have in its series.
    pub least_sequence: Option<u64>,
    /// How old it may be.
    pub longest_age: Option<Duration>,
    /// The time for which certificates and age are checked.
    pub at: SystemTime,
    /// Files and folders that may be there without being signed.
    pub unsigned: Vec<String>,
}

impl Expected {
    /// How many different signers are needed.
    pub fn needed(&self) -> usize {
        self.threshold.unwrap_or(self.keys.len()).max(1)
    }
}

/// A seal of ours, or a bundle of another program.
pub enum Target<'t> {
    /// A folder with `seal.sig` and `seal.json`.
    Seal(&'t Folder),
    /// A bundle alone.
    Bundle(&'t Bundle, &'t Path),
}

impl Target<'_> {
    /// The bundle.
    pub fn bundle(&self) -> &Bundle {
        match self {
            Target::Seal(folder) => &folder.bundle,
            Target::Bundle(bundle, _) => bundle,
        }
    }
}

/// What checking found out.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Everything that is wrong, what makes the rest doubtful first.
    pub problems: Vec<Problem>,
    /// Files that could not be read.
    pub unread: Vec<Unread>,
    /// What the reader should know.
    pub notes: Vec<String>,
    /// Whose signatures hold.
    pub signers: Vec<Signer>,
    /// How many signers were needed.
    pub needed: usize,
    /// Files that are as signed.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Records of the seal.
    pub records: u64,
    /// Name, number and date of a seal of ours.
    pub seal: Option<Identity>,
}

/// Which seal it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// What the seals of one data set have in common.
    pub series: String,
    /// Its number.
    pub sequence: u64,
    /// When it was made.
    pub created: String,
    /// SHA-256 of what was signed: a signature that is added later makes no other seal.
    pub digest: crate::digest::Digest,
}

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The user asked to stop.
    #[error("interrupted")]
    Interrupted,
    /// A folder cannot be looked at.
    #[error("cannot read {}: {error}", .path.display())]
    Read {
        /// The folder or file.
        path: PathBuf,
        /// The system's reason.
        error: std::io::Error,
    },
    /// A part of the seal cannot be read.
    #[error("{0}")]
    Seal(#[from] FolderError),
    /// It was signed without a key of the signer's own, and nothing says who is trusted to do so.
    #[error("it was signed without a key of the signer's own (`sigstore`), and no trusted root was given")]
    Keyless,
}

/// Checks a seal, and the data at `data` against it. Takes one reading of all files on `threads`
/// threads; memory is a block for each thread and some hundred bytes for each file.
///
/// # Errors
/// [`VerifyError`] if nothing can be said; a seal or data that are no good are no error.
pub fn verify(
    target: &Target<'_>,
    data: &Path,
    expected: &Expected,
    pins: Option<&Pins>,
    threads: usize,
    control: &Control,
) -> Result<Report, VerifyError> {
    let keyless = matches!(target.bundle().signed().material(), Material::Keyless(_));
    if keyless && expected.sigstore.is_none() {
        return Err(VerifyError::Keyless);
    }
    let mut report = Report { needed: expected.needed(), ..Report::default() };
    verify_signatures(target.bundle().signed(), expected, &mut report);
    match target {
        Target::Seal(folder) => {
            seal::check(folder, expected, control, &mut report)?;
            if let (Some(pins), Some(identity)) = (pins, &report.seal) {
                report.problems.extend(pins.check(&folder.path, identity));
            }
        }
        Target::Bundle(bundle, _) => seal::check_bundle(bundle, expected, &mut report),
    }
    data::check(target, data, expected, threads, control, &mut report)?;
    if let Target::Seal(folder) = target {
        locate::check(folder, data, threads, control, &mut report)?;
    }
    Ok(report)
}
