//! What is signed: an in-toto statement with the list of files.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{OmsError, malformed};
use crate::digest::Digest;
use crate::json;
use crate::names;

const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const PREDICATE: &str = "https://model_signing/signature/v1.0";
/// Of model-signing 0.2.
const HISTORICAL: &str = "https://model_signing/Digests/v0.1";
const SHA256: &str = "sha256";
const FILES: &str = "files";
/// The name under which our claims stand among the annotations.
const OURS: &str = "toadstone";

/// A file and its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Below the folder, with `/`. `.` is a single file, in bundles before 1.0.1.
    pub name: String,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// What is said of its records.
    pub records: Option<RecordsClaim>,
}

/// What a signature says of the records of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordsClaim {
    /// How many there are.
    pub records: u64,
    /// Root of the tree over their leaves in the order of the file.
    pub ordered: Digest,
    /// Root of the tree over their leaves in the order of their content's digests.
    pub sorted: Digest,
}

/// What a signature says of the whole data set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealClaim {
    /// Digest of `seal.json`.
    pub seal: Digest,
    /// Root of the tree over all files.
    pub root: Digest,
    /// What the seals of one data set have in common.
    pub series: String,
    /// Number of the seal in its series, from 1.
    pub sequence: u64,
    /// Digest of the `seal.sig` before it.
    pub previous: Option<Digest>,
    /// When it was made, RFC 3339 in UTC.
    pub created: String,
}

/// A signed list of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Name of the folder or file; informative.
    pub name: String,
    /// The files by name.
    pub resources: Vec<Resource>,
    /// Names that the signer left out; informative, as [`crate::verify`] leaves nothing out unasked.
    pub ignored: Vec<String>,
    /// What a seal of ours adds.
    pub claim: Option<SealClaim>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Wire {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Subject>,
    predicate_type: String,
    predicate: Predicate,
}

#[derive(Serialize, Deserialize)]
struct Subject {
    name: String,
    digest: DigestSet,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    annotations: Option<Value>,
}

#[derive(Serialize, Deserialize)]
struct DigestSet {
    sha256: Digest,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Predicate {
    serialization: Serialization,
    resources: Vec<Descriptor>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Serialization {
    method: String,
    hash_type: String,
    allow_symlinks: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ignore_paths: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shard_size: Option<u64>,
}

#[derive(Serialize, Deserialize)]
struct Descriptor {
    name: String,
    algorithm: String,
    digest: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    annotations: Option<Value>,
}

impl Statement {
    /// The bytes to sign. Equal statements give equal bytes.
    ///
    /// # Errors
    /// [`OmsError`] for a statement that nobody should sign: without files, or with names that cannot
    /// be used.
    pub fn to_bytes(&self) -> Result<Vec<u8>, OmsError> {
        self.check_names()?;
        let descriptor = |resource: &Resource| Descriptor {
            name: resource.name.clone(),
            algorithm: SHA256.to_owned(),
            digest: resource.digest.to_string(),
            annotations: resource.records.as_ref().and_then(annotate),
        };
        let subject = Subject {
            name: self.name.clone(),
            digest: DigestSet { sha256: self.root() },
            annotations: self.claim.as_ref().and_then(annotate),
        };
        let serialization = Serialization {
            method: FILES.to_owned(),
            hash_type: SHA256.to_owned(),
            allow_symlinks: false,
            ignore_paths: Some(self.ignored.clone()).filter(|ignored| !ignored.is_empty()),
            shard_size: None,
        };
        let wire = Wire {
            kind: STATEMENT.to_owned(),
            subject: vec![subject],
            predicate_type: PREDICATE.to_owned(),
            predicate: Predicate {
                serialization,
                resources: self.resources.iter().map(descriptor).collect(),
            },
        };
        serde_json::to_vec(&wire).map_err(|error| malformed(error.to_string()))
    }

    /// Reads what was signed, strictly.
    ///
    /// # Errors
    /// [`OmsError`].
    pub fn from_bytes(bytes: &[u8], limit: u64) -> Result<Statement, OmsError> {
        let value: Value = json::parse(bytes, limit).map_err(OmsError::Payload)?;
        let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
        if text("_type") != STATEMENT {
            return Err(malformed(format!("what was signed is not of the type {STATEMENT}")));
        }
        match text("predicateType") {
            PREDICATE => {}
            HISTORICAL => return Err(OmsError::Historical),
            _ => {
                return Err(malformed(format!(
                    "what was signed does not make a claim of the type {PREDICATE}"
                )));
            }
        }
        let wire: Wire =
            serde_json::from_value(value).map_err(|error| malformed(format!("what was signed: {error}")))?;
        wire.serialization_is_ours()?;
        let statement = wire.into_statement()?;
        statement.check_names()?;
        Ok(statement)
    }

    /// SHA-256 over the digests of all files in their order.
    pub fn root(&self) -> Digest {
        let parts: Vec<&[u8]> = self.resources.iter().map(|resource| resource.digest.0.as_slice()).collect();
        Digest::of_parts(&parts)
    }

    fn check_names(&self) -> Result<(), OmsError> {
        match self.resources.as_slice() {
            [] => return Err(malformed("it lists no file")),
            [only] if only.name == "." => return Ok(()),
            _ => {}
        }
        self.resources.iter().try_for_each(|resource| names::check(&resource.name))?;
        names::check_apart(self.resources.iter().map(|resource| resource.name.as_str()))?;
        if !self.resources.is_sorted_by(|a, b| a.name < b.name) {
            return Err(malformed("its files are not in the order of their names"));
        }
        Ok(())
    }
}

impl Wire {
    /// Whether digests are made as we make them.
    fn serialization_is_ours(&self) -> Result<(), OmsError> {
        let Serialization { method, hash_type, allow_symlinks, shard_size, .. } =
            &self.predicate.serialization;
        let unsupported = |what: String| Err(OmsError::Unsupported(what));
        match (method.as_str(), hash_type.as_str()) {
            (FILES, SHA256) => {}
            ("shards", _) => {
                return unsupported(
                    "files were signed in parts (`shards`), which is not supported".to_owned(),
                );
            }
            (FILES, "blake2b" | "blake3") => {
                return unsupported(format!("files were digested with {hash_type}, which is not supported"));
            }
            _ => return Err(malformed("how files were digested is not said in a known way")),
        }
        if shard_size.is_some() {
            return Err(malformed("it states the size of parts of files that were signed whole"));
        }
        if *allow_symlinks {
            return unsupported(
                "symbolic links were followed when it was signed, which is not supported".to_owned(),
            );
        }
        Ok(())
    }

    fn into_statement(self) -> Result<Statement, OmsError> {
        let Ok([subject]) = <[Subject; 1]>::try_from(self.subject) else {
            return Err(malformed("it has not exactly one subject"));
        };
        if subject.name.is_empty() {
            return Err(malformed("its subject has no name"));
        }
        let resources = self.predicate.resources.into_iter().map(|descriptor| {
            let Descriptor { name, algorithm, digest, annotations } = descriptor;
            if algorithm != SHA256 {
                return Err(malformed(format!("the digest of `{name}` is not of the kind that the rest is")));
            }
            let digest = Digest::from_hex(&digest).ok_or_else(|| {
                malformed(format!("the digest of `{name}` is not 64 lower-case hexadecimal digits"))
            })?;
            Ok(Resource { name, digest, records: annotated(annotations)? })
        });
        let statement = Statement {
            name: subject.name,
            resources: resources.collect::<Result<_, _>>()?,
            ignored: self.predicate.serialization.ignore_paths.unwrap_or_default(),
            claim: annotated(subject.annotations)?,
        };
        if statement.root() != subject.digest.sha256 {
            return Err(malformed("the digest of its subject is not that of its files"));
        }
        Ok(statement)
    }
}

fn annotate<T: Serialize>(claim: &T) -> Option<Value> {
    let claim = serde_json::to_value(claim).ok()?;
    Some(Value::Object([(OURS.to_owned(), claim)].into_iter().collect()))
}

/// Our claim among annotations; those of others are theirs.
fn annotated<T: serde::de::DeserializeOwned>(annotations: Option<Value>) -> Result<Option<T>, OmsError> {
    let Some(Value::Object(mut annotations)) = annotations else { return Ok(None) };
    let Some(claim) = annotations.remove(OURS) else { return Ok(None) };
    serde_json::from_value(claim).map(Some).map_err(|error| malformed(format!("an annotation: {error}")))
}
