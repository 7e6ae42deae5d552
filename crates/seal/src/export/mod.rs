//! Descriptions of a sealed data set in the formats of others: one file for each, one line for each in
//! [`ExportFormat::ALL`].
//!
//! They are made of the seal alone: no data, no clock and no address is read, so the same seal gives
//! the same bytes. What the seal does not know is left out and never made up; [`Details`] adds it.

mod columns;
mod croissant;
mod cyclonedx;
mod media;
mod spdx;

use serde_json::Value;

use crate::attest::{Chain, Link, file_name};
use crate::digest::Digest;
use crate::folder::{Folder, FolderError, SIGNATURE};
use crate::manifest::{MANIFEST, Manifest};

/// What a seal does not know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// License, as an SPDX expression.
    pub license: Option<String>,
    /// Address of the data set.
    pub url: Option<String>,
    /// Who made it.
    pub creator: Option<String>,
    /// What it is, in a few words.
    pub description: Option<String>,
}

/// Why a seal cannot be described.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A part of it cannot be read.
    #[error("{0}")]
    Folder(#[from] FolderError),
    /// Its parts do not belong together.
    #[error("{0} is not the one that was signed")]
    Unbound(&'static str),
    /// Its attestations are no chain, or are about other data.
    #[error("the attestations in the seal are no good: {0}")]
    Scan(String),
    /// The encoder's.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
}

/// A sealed data set, as it is described.
struct Dataset<'d> {
    manifest: &'d Manifest,
    details: &'d Details,
    /// Digest of `seal.json`.
    state: Digest,
    /// Digest of `seal.sig`.
    signature: Digest,
    /// Name of the folder of the seal.
    seal: String,
    /// The newest attestation of a scan.
    scan: Option<Link>,
}

/// A file of the seal that vouches for the data.
struct Voucher {
    title: &'static str,
    /// Path beside the data.
    path: String,
    sha256: Digest,
}

type Write = fn(&Dataset<'_>) -> Value;

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// Croissant 1.1.
    Croissant,
    /// CycloneDX 1.6.
    CycloneDx,
    /// SPDX 3.0.1.
    Spdx,
}

impl ExportFormat {
    /// Every format, in the order in which help lists them.
    pub const ALL: [ExportFormat; 3] = [ExportFormat::Croissant, ExportFormat::CycloneDx, ExportFormat::Spdx];

    /// The registry: name, what it is for, writer.
    fn entry(self) -> (&'static str, &'static str, Write) {
        match self {
            ExportFormat::Croissant => {
                ("croissant", "Croissant 1.1, for catalogues and loaders", croissant::write)
            }
            ExportFormat::CycloneDx => ("cyclonedx", "CycloneDX 1.6, a bill of materials", cyclonedx::write),
            ExportFormat::Spdx => ("spdx", "SPDX 3.0.1, a dataset package", spdx::write),
        }
    }

    /// The name used on the command line.
    pub fn name(self) -> &'static str {
        self.entry().0
    }

    /// What it is for, as a phrase.
    pub fn about(self) -> &'static str {
        self.entry().1
    }

    /// What this format requires and nobody has said.
    pub fn lacks(self, details: &Details) -> Vec<&'static str> {
        let wanted = [("license", &details.license), ("url", &details.url), ("creator", &details.creator)];
        let lacking = wanted.into_iter().filter(|(_, value)| value.is_none()).map(|(name, _)| name);
        lacking.filter(|_| self == ExportFormat::Croissant).collect()
    }

    /// Describes a seal. Its signatures are not checked, only that its parts are those that were signed.
    ///
    /// # Errors
    /// [`ExportError`].
    pub fn render(self, folder: &Folder, details: &Details) -> Result<Vec<u8>, ExportError> {
        let dataset = Dataset::of(folder, details)?;
        let mut bytes = serde_json::to_vec_pretty(&(self.entry().2)(&dataset))?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

impl<'d> Dataset<'d> {
    fn of(folder: &'d Folder, details: &'d Details) -> Result<Dataset<'d>, ExportError> {
        let state = Digest::of(&folder.manifest_bytes);
        let claim = folder.bundle.statement().claim.as_ref();
        if claim.is_none_or(|claim| claim.seal != state) {
            return Err(ExportError::Unbound(MANIFEST));
        }
        let chain = Chain::read(folder)?;
        if let Some(problem) = chain.problems.first() {
            return Err(ExportError::Scan(problem.to_string()));
        }
        if chain.newest.as_ref().is_some_and(|link| link.state != state) {
            return Err(ExportError::Scan("they are of another sealed state".to_owned()));
        }
        let full = folder.path.canonicalize().unwrap_or_else(|_| folder.path.clone());
        let seal = full.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let signature = Digest::of(&folder.signature);
        Ok(Dataset { manifest: &folder.manifest, details, state, signature, seal, scan: chain.newest })
    }

    /// The files that vouch for the data.
    fn vouchers(&self) -> Vec<Voucher> {
        let path = |file: &str| format!("{}/{file}", self.seal);
        let mut vouchers = vec![Voucher {
            title: "Signature over all files (OpenSSF Model Signing 1.0)",
            path: path(SIGNATURE),
            sha256: self.signature,
        }];
        vouchers.extend(self.scan.as_ref().map(|link| Voucher {
            title: "Attestation of a scan (in-toto)",
            path: path(&file_name(link.claim.number)),
            sha256: link.digest,
        }));
        vouchers
    }

    /// What the newest scan found, in a sentence.
    fn verdict(&self) -> Option<String> {
        let claim = &self.scan.as_ref()?.claim;
        let (ran, not_run) = (claim.detectors.ran.len(), claim.detectors.not_run.len());
        Some(format!(
            "scanned by {} on {}: verdict {}, {} findings in {} records; {ran} detectors ran, {not_run} did not",
            claim.tool,
            claim.created,
            claim.verdict.name(),
            claim.findings.total,
            claim.records
        ))
    }

    fn description(&self) -> String {
        self.details.description.clone().unwrap_or_else(|| {
            format!("{} files, {} records", self.manifest.files.len(), self.manifest.records())
        })
    }
}

/// A UUID (RFC 9562, version 8) made of what a document says: the same content has the same number.
fn uuid(document: &Value) -> String {
    let digest = Digest::of(document.to_string().as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.0[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// A name as part of an IRI (RFC 3987): what may not stand there is percent-encoded.
fn iri(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        let plain = match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' | '_' | '~' | '/' | '+' | ',' | '=' | '@' => true,
            _ => !c.is_ascii() && c.is_alphanumeric(),
        };
        if plain {
            out.push(c);
        } else {
            let mut buffer = [0; 4];
            out.extend(c.encode_utf8(&mut buffer).bytes().map(|byte| format!("%{byte:02X}")));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_parts_of_addresses() {
        assert_eq!(iri("data/träin-1.jsonl"), "data/träin-1.jsonl");
        assert_eq!(iri("a b#c?\u{202e}%\"<>:"), "a%20b%23c%3F%E2%80%AE%25%22%3C%3E%3A");
    }

    #[test]
    fn numbers_follow_from_the_content() {
        let number = uuid(&serde_json::json!({ "a": 1 }));
        assert_eq!(number, uuid(&serde_json::json!({ "a": 1 })));
        assert_ne!(number, uuid(&serde_json::json!({ "a": 2 })));
        assert_eq!((number.len(), &number[14..15]), (36, "8"));
    }
}
