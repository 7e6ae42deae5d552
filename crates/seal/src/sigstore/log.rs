//! What the log of signatures vouches for: when an entry came, and that it is there.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::SigstoreError;
use super::entry::Entry;
use super::root::Log;
use crate::digest::Digest;
use crate::tree::inclusion;

/// Between what a checkpoint says and who signed it (`c2sp.org/signed-note`).
const SIGNATURES: &str = "\n\n";
/// Begins the line of a signature.
const BY: &str = "\u{2014} ";

/// Whether the log promised the entry ("signed entry timestamp"), which is what vouches for its time.
pub(super) fn promised(entry: &Entry, log: &Log) -> Result<(), SigstoreError> {
    let id: String = entry.log_id.iter().map(|byte| format!("{byte:02x}")).collect();
    // Canonical JSON (RFC 8785): names in order, no space. Nothing in it needs escaping.
    let signed = format!(
        r#"{{"body":"{}","integratedTime":{},"logID":"{id}","logIndex":{}}}"#,
        STANDARD.encode(&entry.body),
        entry.integrated,
        entry.index
    );
    match log.key.verifies(signed.as_bytes(), &entry.promise) {
        true => Ok(()),
        false => Err(SigstoreError::Unsigned("the promise of the entry")),
    }
}

/// Whether a path leads from the entry to a root that the log signed (RFC 9162, 2.1.3.2).
pub(super) fn present(entry: &Entry, log: &Log) -> Result<(), SigstoreError> {
    let (size, root) = checkpoint(&entry.checkpoint, log)?;
    let leaf = Digest::of_parts(&[&[0], &entry.body]);
    inclusion::check(&leaf, entry.place, size, &entry.path, &root).map_err(SigstoreError::Absent)
}

/// Size and root of the log, signed by it.
fn checkpoint(note: &str, log: &Log) -> Result<(u64, Digest), SigstoreError> {
    let unreadable = SigstoreError::Unreadable("its checkpoint is no signed note");
    let Some(end) = note.rfind(SIGNATURES) else { return Err(unreadable) };
    let (text, by) = (&note[..=end], &note[end + SIGNATURES.len()..]);
    let signed = by
        .lines()
        .filter_map(signature)
        .any(|(hint, signature)| log.id.starts_with(&hint) && log.key.verifies(text.as_bytes(), &signature));
    if !signed {
        return Err(SigstoreError::Unsigned("the checkpoint"));
    }
    let mut lines = text.lines().skip(1);
    let size = lines.next().and_then(|size| size.parse().ok());
    let root = lines.next().and_then(|root| STANDARD.decode(root).ok()).and_then(|root| root.try_into().ok());
    size.zip(root.map(Digest)).ok_or(unreadable)
}

/// The first bytes of a key's name, and what it signed with.
fn signature(line: &str) -> Option<([u8; 4], Vec<u8>)> {
    let (_, signature) = line.strip_prefix(BY)?.split_once(' ')?;
    let bytes = STANDARD.decode(signature).ok()?;
    let (hint, signature) = bytes.split_first_chunk::<4>()?;
    Some((*hint, signature.to_vec()))
}
