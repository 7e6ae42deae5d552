//! What the commands about seals have in common: keys, passphrases, where a seal is, what was seen.

mod keyless;
mod keys;
mod known;
mod locate;
mod moment;
mod replace;
mod scans;
mod state;
mod trust;

pub use keys::{Passphrase, certificates, write_private, write_public};
pub use known::{keep_known, known};
pub use locate::{beside, locate};
pub use moment::now;
pub use replace::replace;
pub use scans::{RequireScan, forget_scans, note_attested, note_scan};
pub use state::State;
pub use trust::Trust;

use std::path::Path;

use crate::failure::Failure;

/// Reads a small file of text.
///
/// # Errors
/// It cannot be read.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|e| Failure::new(format!("cannot read {}: {e}", path.display())))
}
