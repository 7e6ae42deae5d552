//! Whom to trust: the file that Sigstore calls a trusted root.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;
use x509_cert::Certificate;

use super::SigstoreError;
use super::entry::bytes;
use crate::json::{self, JsonError};
use crate::keys::{Authorities, Chain, ChainError, PublicKey};
use crate::time;

/// Most bytes of the file.
const LARGEST: u64 = 16 << 20;

/// Why a file is no trusted root.
#[derive(Debug, thiserror::Error)]
pub enum RootError {
    /// It is no JSON, or not that.
    #[error("not a trusted root of Sigstore: {0}")]
    Json(JsonError),
    /// Something in it cannot be used.
    #[error("the trusted root cannot be used: {0}")]
    Unusable(String),
}

/// Authorities and logs that are trusted, each for its time.
#[derive(Debug, Clone)]
pub struct TrustedRoot {
    authorities: Vec<Authority>,
    entries: Vec<Log>,
    certificates: Vec<Log>,
}

/// A log.
#[derive(Debug, Clone)]
pub(super) struct Log {
    /// Its name.
    pub id: Vec<u8>,
    /// Its key.
    pub key: PublicKey,
    valid: Period,
}

/// An authority: the chain from who signs certificates up to its root.
#[derive(Debug, Clone)]
struct Authority {
    chain: Chain,
    valid: Period,
}

/// From when until when; without an end it still lasts.
#[derive(Debug, Clone, Copy)]
struct Period {
    start: SystemTime,
    end: Option<SystemTime>,
}

/// The file itself, or the configuration of a client that holds it.
#[derive(Deserialize)]
#[serde(untagged)]
enum File {
    #[serde(rename_all = "camelCase")]
    Configuration {
        trusted_root: Wire,
    },
    Root(Wire),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    tlogs: Vec<WireLog>,
    certificate_authorities: Vec<WireAuthority>,
    ctlogs: Vec<WireLog>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireLog {
    public_key: WireKey,
    log_id: WireId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireKey {
    #[serde(deserialize_with = "bytes")]
    raw_bytes: Vec<u8>,
    valid_for: WirePeriod,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireId {
    #[serde(deserialize_with = "bytes")]
    key_id: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireAuthority {
    cert_chain: WireChain,
    valid_for: WirePeriod,
}

#[derive(Deserialize)]
struct WireChain {
    certificates: Vec<WireCertificate>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireCertificate {
    #[serde(deserialize_with = "bytes")]
    raw_bytes: Vec<u8>,
}

#[derive(Deserialize)]
struct WirePeriod {
    start: String,
    end: Option<String>,
}

impl TrustedRoot {
    /// Reads `trusted_root.json`, or the configuration of a client with such a root in it. Logs with keys
    /// that are not ECDSA are left out.
    ///
    /// # Errors
    /// It is something else, or a time or certificate in it cannot be read.
    pub fn from_bytes(file: &[u8]) -> Result<TrustedRoot, RootError> {
        let value: Value = json::parse(file, LARGEST).map_err(RootError::Json)?;
        let wrong = |_| RootError::Unusable("it does not list logs and authorities".to_owned());
        let wire = match File::deserialize(value).map_err(wrong)? {
            File::Configuration { trusted_root } | File::Root(trusted_root) => trusted_root,
        };
        let logs = |logs: Vec<WireLog>| -> Result<Vec<Log>, RootError> {
            logs.into_iter().filter_map(|log| Log::read(log).transpose()).collect()
        };
        let authorities = wire.certificate_authorities.into_iter().map(Authority::read);
        Ok(TrustedRoot {
            authorities: authorities.collect::<Result<_, _>>()?,
            entries: logs(wire.tlogs)?,
            certificates: logs(wire.ctlogs)?,
        })
    }

    /// The log of signatures of that name at that time.
    pub(super) fn log_of_entries(&self, id: &[u8], at: SystemTime) -> Result<&Log, SigstoreError> {
        find(&self.entries, id, at).ok_or_else(|| SigstoreError::UnknownLog(STANDARD.encode(id)))
    }

    /// The log of certificates of that name at that time.
    pub(super) fn log_of_certificates(&self, id: &[u8], at: SystemTime) -> Option<&Log> {
        find(&self.certificates, id, at)
    }

    /// The key of a certificate, and the certificate of the authority that signed it, if the authority
    /// and all certificates are valid at that time.
    pub(super) fn authority_of(
        &self,
        certificate: &Chain,
        at: SystemTime,
    ) -> Result<(PublicKey, Certificate), SigstoreError> {
        let mut last = ChainError::NoWay(None);
        for authority in self.authorities.iter().filter(|authority| authority.valid.holds(at)) {
            match authority.issued(certificate, at) {
                Ok(found) => return Ok(found),
                Err(error) => last = error,
            }
        }
        Err(SigstoreError::Chain(last))
    }
}

fn find<'l>(logs: &'l [Log], id: &[u8], at: SystemTime) -> Option<&'l Log> {
    logs.iter().find(|log| log.id == id && log.valid.holds(at))
}

impl Log {
    /// `None` for a key of a kind that is not supported.
    fn read(wire: WireLog) -> Result<Option<Log>, RootError> {
        let valid = Period::read(&wire.public_key.valid_for)?;
        let Ok(key) = PublicKey::from_der(&wire.public_key.raw_bytes) else { return Ok(None) };
        Ok(Some(Log { id: wire.log_id.key_id, key, valid }))
    }
}

impl Authority {
    fn read(wire: WireAuthority) -> Result<Authority, RootError> {
        let der: Vec<Vec<u8>> = wire.cert_chain.certificates.into_iter().map(|c| c.raw_bytes).collect();
        let chain = Chain::from_der(&der).map_err(|error| RootError::Unusable(error.to_string()))?;
        Ok(Authority { chain, valid: Period::read(&wire.valid_for)? })
    }

    fn issued(&self, certificate: &Chain, at: SystemTime) -> Result<(PublicKey, Certificate), ChainError> {
        let (between, root) = self.chain.apart();
        let key = certificate.with(between).verify(&Authorities::of(root), at)?;
        let issuer = self.chain.issuer_of(certificate.leaf()).ok_or(ChainError::NoWay(None))?;
        Ok((key, issuer.clone()))
    }
}

impl Period {
    fn read(wire: &WirePeriod) -> Result<Period, RootError> {
        let read = |text: &String| {
            moment(text).ok_or_else(|| RootError::Unusable(format!("`{text}` is no time in UTC")))
        };
        Ok(Period { start: read(&wire.start)?, end: wire.end.as_ref().map(read).transpose()? })
    }

    fn holds(&self, at: SystemTime) -> bool {
        at >= self.start && self.end.is_none_or(|end| at <= end)
    }
}

/// A time in UTC, to the second: fractions are dropped.
fn moment(text: &str) -> Option<SystemTime> {
    match text.strip_suffix('Z')?.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|b| b.is_ascii_digit()) => {
            time::parse(&format!("{whole}Z"))
        }
        Some(_) => None,
        None => time::parse(text),
    }
}
