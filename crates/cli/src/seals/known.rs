//! What is known of the files of a seal, kept in the user's state directory.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use toadstone_seal::digest::Digest;
use toadstone_seal::known::Known;

use super::state;
use crate::failure::Failure;

/// What is known of the files of the seal at a path; `None` if nothing is.
///
/// # Errors
/// It is there and cannot be read.
pub fn known(seal: &Path) -> Result<Option<Known>, Failure> {
    let Some(path) = place(seal) else { return Ok(None) };
    let unreadable = |why: &dyn std::fmt::Display| {
        Failure::new(format!("cannot read what is known of the files, in {}: {why}", path.display()))
            .help("remove the file; without `--append` it is not needed")
    };
    match std::fs::read(&path) {
        Ok(bytes) => Known::from_bytes(&bytes).map_err(|e| unreadable(&e)),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(unreadable(&e)),
    }
}

/// Keeps what is known of the files of the seal at a path. The seal is made already, and holds without
/// this; says why it could not be kept.
pub fn keep_known(seal: &Path, known: &Known) -> Option<String> {
    let path = place(seal)?;
    let kept = known.to_bytes().map_err(std::io::Error::from).and_then(|bytes| state::keep(&path, &bytes));
    kept.err().map(|e| format!("what `--append` needs cannot be kept in {}: {e}", path.display()))
}

/// One file for each place of a seal; `None` if this system has no place for it.
fn place(seal: &Path) -> Option<PathBuf> {
    let full = std::path::absolute(seal).ok()?;
    let parent = full.parent().and_then(|parent| parent.canonicalize().ok())?;
    let full = parent.join(full.file_name()?);
    let name = Digest::of(full.as_os_str().as_encoded_bytes());
    Some(state::folder()?.join("sealed").join(format!("{name}.json")))
}
