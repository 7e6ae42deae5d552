//! Making an attestation.

use std::io::Write;

use super::{AttestError, Chain, ScanClaim, file_name};
use crate::digest::Digest;
use crate::folder::Folder;
use crate::keys::{Chain as Certificates, PrivateKey};
use crate::oms::{OmsError, sign_payload};

/// Signs a claim about the sealed state of `folder`, and gives the file to write.
///
/// # Errors
/// [`OmsError`], as for a seal.
pub fn sign_scan(
    claim: &ScanClaim,
    folder: &Folder,
    keys: &[PrivateKey],
    certificates: Option<&Certificates>,
) -> Result<Vec<u8>, OmsError> {
    let payload = claim.to_bytes(Digest::of(&folder.manifest_bytes));
    let payload = payload.map_err(|error| OmsError::Malformed(error.to_string()))?;
    sign_payload(&payload, keys, certificates)
}

/// Writes an attestation into the seal, as the newest of the chain. Nothing is overwritten.
///
/// # Errors
/// [`AttestError`]; also if the seal or its newest attestation are others than when the claim was made.
pub fn append(folder: &Folder, claim: &ScanClaim, bytes: &[u8]) -> Result<(), AttestError> {
    let now = Folder::read(&folder.path)?;
    let newest = Chain::read(&now)?.newest.map(|link| link.digest);
    if now.manifest_bytes != folder.manifest_bytes || newest != claim.previous {
        return Err(AttestError::Overtaken);
    }
    let write = || {
        let mut file = tempfile::Builder::new().prefix(".toadstone-unfinished-").tempfile_in(&folder.path)?;
        file.write_all(bytes)?;
        readable(file.as_file())?;
        file.as_file().sync_all()?;
        file.persist_noclobber(folder.path.join(file_name(claim.number)))?;
        Ok(())
    };
    write().map_err(AttestError::Write)
}

/// Temporary files are closed to others; an attestation is for everybody who can read the seal.
#[cfg(unix)]
fn readable(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}
