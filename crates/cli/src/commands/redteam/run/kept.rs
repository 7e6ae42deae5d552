//! Where copies are kept that were measured.
//!
//! While a run goes on they stand beside the folder that it is for, under a name that says that it is not
//! finished; afterwards the same file makes more seeds, numbers or attacks cost only what is new.

use std::path::{Path, PathBuf};

use toadstone_redteam::Kept;

use crate::failure::Failure;

/// The file of copies.
pub struct Copies {
    pub kept: Kept,
}

impl Copies {
    /// Opens the file beside `out`, or one that goes away with the temporary folder.
    ///
    /// # Errors
    /// It cannot be read or written.
    pub fn open(out: Option<&Path>, temporary: &Path, fingerprint: &str) -> Result<Copies, Failure> {
        let path = out.and_then(beside).unwrap_or_else(|| temporary.join("copies.jsonl"));
        let kept = Kept::open(&path, fingerprint)
            .map_err(|e| Failure::new(format!("cannot keep results in {}: {e}", path.display())))?;
        Ok(Copies { kept })
    }
}

fn beside(out: &Path) -> Option<PathBuf> {
    let name = out.file_name()?.to_string_lossy();
    Some(out.with_file_name(format!(".{name}.toadstone-copies.jsonl")))
}
