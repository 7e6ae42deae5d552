//! What a bundle brings along: the certificate, and the entry of the log about the signature.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::SigstoreError;
use crate::digest::Digest;
use crate::json;
use crate::keys::Chain;

/// Most bytes of what a log was told: a certificate and two signatures.
const LARGEST_BODY: u64 = 1 << 20;
/// Longest path in a log; one of 2^64 entries has no longer one.
const LONGEST_PROOF: usize = 64;

/// The material of a signature without a key of the signer's own.
#[derive(Debug, Clone)]
pub struct Keyless {
    /// The certificate for a few minutes.
    pub(crate) certificate: Chain,
    /// What the log has.
    pub(crate) entry: Entry,
}

/// An entry of a transparency log of the first generation (Rekor 1), as it stands in a bundle. Nothing
/// of it was checked.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Name of the log.
    pub(super) log_id: Vec<u8>,
    /// Number in all of its parts.
    pub(super) index: u64,
    /// Seconds since 1970.
    pub(super) integrated: u64,
    /// What the log was told.
    pub(super) body: Vec<u8>,
    /// The log's signature on the above.
    pub(super) promise: Vec<u8>,
    /// Number in the part that the checkpoint is about.
    pub(super) place: u64,
    /// The path to the root.
    pub(super) path: Vec<Digest>,
    /// Size and root of the part, signed by the log.
    pub(super) checkpoint: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    #[serde(deserialize_with = "number")]
    log_index: u64,
    log_id: LogId,
    #[serde(deserialize_with = "number")]
    integrated_time: u64,
    inclusion_promise: Promise,
    inclusion_proof: Proof,
    #[serde(deserialize_with = "bytes")]
    canonicalized_body: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogId {
    #[serde(deserialize_with = "bytes")]
    key_id: Vec<u8>,
}

#[derive(Deserialize)]
struct KindVersion {
    kind: String,
    version: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Promise {
    #[serde(deserialize_with = "bytes")]
    signed_entry_timestamp: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Proof {
    #[serde(deserialize_with = "number")]
    log_index: u64,
    hashes: Vec<String>,
    checkpoint: Checkpoint,
}

#[derive(Deserialize)]
struct Checkpoint {
    envelope: String,
}

/// What the log was told of a DSSE envelope, version 0.0.1.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    api_version: String,
    kind: String,
    spec: Spec,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    payload_hash: Hash,
    signatures: Vec<Told>,
}

#[derive(Deserialize)]
struct Hash {
    algorithm: String,
    value: String,
}

#[derive(Deserialize)]
struct Told {
    #[serde(deserialize_with = "bytes")]
    signature: Vec<u8>,
    #[serde(deserialize_with = "bytes")]
    verifier: Vec<u8>,
}

impl Entry {
    /// Reads an entry. `Ok(None)` for one of a kind that is not supported.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn read(value: &Value) -> Result<Option<Entry>, String> {
        let kind = value.get("kindVersion").map(KindVersion::deserialize).transpose();
        let kind = kind.map_err(|error| error.to_string())?.ok_or("it has no kind")?;
        if (kind.kind.as_str(), kind.version.as_str()) != ("dsse", "0.0.1") {
            return Ok(None);
        }
        let wire = Wire::deserialize(value).map_err(|error| error.to_string())?;
        let Proof { log_index: place, hashes, checkpoint } = wire.inclusion_proof;
        if hashes.len() > LONGEST_PROOF {
            return Err("its path is longer than any".to_owned());
        }
        let digest = |text: &String| Some(Digest(STANDARD.decode(text).ok()?.try_into().ok()?));
        let path: Option<Vec<Digest>> = hashes.iter().map(digest).collect();
        Ok(Some(Entry {
            log_id: wire.log_id.key_id,
            index: wire.log_index,
            integrated: wire.integrated_time,
            body: wire.canonicalized_body,
            promise: wire.inclusion_promise.signed_entry_timestamp,
            place,
            path: path.ok_or("a hash of its path has not 32 bytes")?,
            checkpoint: checkpoint.envelope,
        }))
    }

    /// Name of the log that it is in.
    pub fn log(&self) -> &[u8] {
        &self.log_id
    }

    /// When the log says that it was entered; a time beyond all others if it is too large.
    pub fn time(&self) -> SystemTime {
        // More than 250 years are no time of a log, and not every system can add them.
        UNIX_EPOCH + Duration::from_secs(self.integrated.min(8_000_000_000))
    }

    /// Whether it is about this signature, over this payload, with the key of this certificate.
    pub(super) fn is_about(
        &self,
        payload: &[u8],
        signature: &[u8],
        certificate: &Chain,
    ) -> Result<(), SigstoreError> {
        let body: Body = json::parse(&self.body, LARGEST_BODY)
            .map_err(|_| SigstoreError::Unreadable("what the log was told is not about an envelope"))?;
        if (body.kind.as_str(), body.api_version.as_str()) != ("dsse", "0.0.1") {
            return Err(SigstoreError::Other("kind of thing"));
        }
        let Spec { payload_hash, signatures } = body.spec;
        if payload_hash.algorithm != "sha256" || payload_hash.value != Digest::of(payload).to_string() {
            return Err(SigstoreError::Other("payload"));
        }
        let [told] = signatures.as_slice() else {
            return Err(SigstoreError::Unreadable("it is not about exactly one signature"));
        };
        if told.signature != signature {
            return Err(SigstoreError::Other("signature"));
        }
        let same = Chain::from_pem(&told.verifier).is_ok_and(|told| told.leaf() == certificate.leaf());
        if same { Ok(()) } else { Err(SigstoreError::Other("certificate")) }
    }
}

/// A number, which JSON of protocol buffers writes in quotes.
pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    number.ok_or_else(|| serde::de::Error::custom("not a number"))
}

/// Bytes in base64.
pub(super) fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    STANDARD.decode(text).map_err(|_| serde::de::Error::custom("not in base64"))
}
