//! A Sigstore bundle (version 0.3) around a signed statement.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{OmsError, Statement, malformed};
use crate::dsse::{Envelope, IN_TOTO, Signature, pae};
use crate::json;
use crate::keys::{Chain, KeyError, PrivateKey};
use crate::sigstore::{Entry, Keyless};

/// Most bytes of a bundle: about 800,000 files.
pub const LARGEST: u64 = 256 << 20;
/// Most signatures that are looked at.
const MOST_SIGNATURES: usize = 64;
const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// How the first signature is to be checked.
#[derive(Debug, Clone)]
pub enum Material {
    /// With a key, which is named by its hint. Bundles before 1.1 carry the key instead, in PEM.
    Key {
        /// SHA-256 of the key in PEM.
        hint: Option<String>,
    },
    /// With the key of a certificate.
    Certificates(Box<Chain>),
    /// With the key of a certificate for a few minutes, whose use stands in a public log.
    Keyless(Box<Keyless>),
}

/// Something signed, in a bundle, whatever it says. Its signatures were not checked.
#[derive(Debug, Clone)]
pub struct Signed {
    material: Material,
    envelope: Envelope,
    payload: Vec<u8>,
}

/// A bundle with a list of files. Its signatures were not checked.
#[derive(Debug, Clone)]
pub struct Bundle {
    signed: Signed,
    statement: Statement,
}

/// Signs a statement with each of the keys, in that order, and gives the file to write. If there are
/// certificates, they are those of the first key.
///
/// # Errors
/// The statement cannot be signed, there is no key, or the certificate is of another key.
pub fn sign(
    statement: &Statement,
    keys: &[PrivateKey],
    certificates: Option<&Chain>,
) -> Result<Vec<u8>, OmsError> {
    sign_payload(&statement.to_bytes()?, keys, certificates)
}

/// Signs an in-toto statement that is written down already, as [`sign`] does.
pub(crate) fn sign_payload(
    payload: &[u8],
    keys: &[PrivateKey],
    certificates: Option<&Chain>,
) -> Result<Vec<u8>, OmsError> {
    let mut envelope = Envelope::new(payload);
    for key in keys {
        add(&mut envelope, payload, key)?;
    }
    let first = keys.first().ok_or_else(|| malformed("there is no key to sign with"))?;
    let material = match certificates {
        None => {
            json!({ "publicKey": { "hint": first.public().hint().map_err(unusable)? }, "tlogEntries": [] })
        }
        Some(chain) => {
            if chain.key().map_err(|error| malformed(error.to_string()))? != first.public() {
                return Err(malformed("the first certificate is not that of the first key"));
            }
            let raw = |der: Vec<u8>| json!({ "rawBytes": STANDARD.encode(der) });
            let certificates: Vec<Value> = chain.to_der().map_err(unusable)?.into_iter().map(raw).collect();
            json!({ "x509CertificateChain": { "certificates": certificates }, "tlogEntries": [] })
        }
    };
    write(&material, &envelope)
}

/// Adds the signature of one key. The first is named by the bundle, so it has no name of its own, as
/// the reference writes it; the others are named by their keys.
fn add(envelope: &mut Envelope, payload: &[u8], key: &PrivateKey) -> Result<(), OmsError> {
    let keyid = match envelope.signatures.is_empty() {
        true => String::new(),
        false => key.public().hint().map_err(unusable)?,
    };
    envelope.signatures.push(Signature::new(&key.sign(&pae(IN_TOTO, payload)), keyid));
    Ok(())
}

fn unusable(error: KeyError) -> OmsError {
    malformed(error.to_string())
}

fn write(material: &Value, envelope: &Envelope) -> Result<Vec<u8>, OmsError> {
    let bundle =
        json!({ "mediaType": MEDIA_TYPE, "verificationMaterial": material, "dsseEnvelope": envelope });
    let mut bytes = serde_json::to_vec(&bundle).map_err(|error| malformed(error.to_string()))?;
    bytes.push(b'\n');
    Ok(bytes)
}

impl Signed {
    /// Reads a bundle, strictly, and not what is signed in it.
    ///
    /// # Errors
    /// [`OmsError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Signed, OmsError> {
        let value: Value = json::parse(bytes, LARGEST).map_err(OmsError::Json)?;
        let Value::Object(mut bundle) = value else { return Err(malformed("it is not a Sigstore bundle")) };
        let mut take =
            |name: &str| bundle.remove(name).ok_or_else(|| malformed(format!("it has no `{name}`")));
        let media_type = take("mediaType")?;
        let (material, envelope) = (take("verificationMaterial")?, take("dsseEnvelope")?);
        if media_type != MEDIA_TYPE {
            return Err(malformed(format!("it is not of the type {MEDIA_TYPE}")));
        }
        if let Some(foreign) = bundle.keys().next() {
            return Err(malformed(format!("it has a member `{foreign}`, which no bundle has")));
        }
        let envelope: Envelope =
            serde_json::from_value(envelope).map_err(|error| malformed(format!("the envelope: {error}")))?;
        if envelope.payload_type != IN_TOTO {
            return Err(malformed(format!("what was signed is not of the type {IN_TOTO}")));
        }
        if envelope.signatures.is_empty() || envelope.signatures.len() > MOST_SIGNATURES {
            return Err(malformed(format!("it has {} signatures", envelope.signatures.len())));
        }
        let payload = envelope.payload().ok_or_else(|| malformed("what was signed is not in base64"))?;
        let material = read_material(&material)?;
        Ok(Signed { material, envelope, payload })
    }

    /// How the first signature is to be checked.
    pub fn material(&self) -> &Material {
        &self.material
    }

    /// The signatures in DER with the names of their keys; `None` for one that is no base64.
    pub fn signatures(&self) -> impl Iterator<Item = (Option<Vec<u8>>, Option<&str>)> {
        let named = |s: &'_ Signature| s.keyid.is_some();
        self.envelope
            .signatures
            .iter()
            .map(move |s| (s.bytes(), s.keyid.as_deref().filter(|id| named(s) && !id.is_empty())))
    }

    /// The bytes that were signed.
    pub fn signed_bytes(&self) -> Vec<u8> {
        pae(&self.envelope.payload_type, &self.payload)
    }

    /// What is signed, as it was written down.
    pub(crate) fn payload(&self) -> &[u8] {
        &self.payload
    }
}

impl Bundle {
    /// Reads a bundle, strictly, with what is signed in it.
    ///
    /// # Errors
    /// [`OmsError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Bundle, OmsError> {
        let signed = Signed::from_bytes(bytes)?;
        let statement = Statement::from_bytes(&signed.payload, LARGEST)?;
        Ok(Bundle { signed, statement })
    }

    /// The envelope and its signatures.
    pub fn signed(&self) -> &Signed {
        &self.signed
    }

    /// What is signed. Nothing of it can be believed before the signatures were checked.
    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    /// The same bundle with the signature of one more key, to be written.
    ///
    /// # Errors
    /// The key has signed it already.
    pub fn countersign(&self, bytes: &[u8], key: &PrivateKey) -> Result<Vec<u8>, OmsError> {
        let public = key.public();
        let signed = self.signed.signed_bytes();
        if self.signed.signatures().any(|(s, _)| s.is_some_and(|s| public.verifies(&signed, &s))) {
            return Err(malformed("this key has signed it already"));
        }
        let value: Value = json::parse(bytes, LARGEST).map_err(OmsError::Json)?;
        let mut envelope = self.signed.envelope.clone();
        add(&mut envelope, &self.signed.payload, key)?;
        write(&value["verificationMaterial"], &envelope)
    }
}

fn read_material(material: &Value) -> Result<Material, OmsError> {
    let of = |name: &str| material.get(name).filter(|value| !value.is_null());
    let (key, chain, keyless) = (of("publicKey"), of("x509CertificateChain"), of("certificate"));
    match (key, chain, keyless) {
        (Some(key), None, None) => {
            let hint = key.get("hint").and_then(Value::as_str).map(str::to_owned);
            if hint.is_none() && key.get("rawBytes").is_none() {
                return Err(malformed("it does not name the key that it was signed with"));
            }
            Ok(Material::Key { hint })
        }
        (None, Some(chain), None) => {
            let list = chain.get("certificates").and_then(Value::as_array);
            let list = list.ok_or_else(|| malformed("it has no certificates"))?;
            let der = |item: &Value| STANDARD.decode(item.get("rawBytes")?.as_str()?).ok();
            let list: Option<Vec<Vec<u8>>> = list.iter().map(der).collect();
            let list = list.ok_or_else(|| malformed("a certificate is not in base64"))?;
            let chain = Chain::from_der(&list).map_err(|error| malformed(error.to_string()))?;
            Ok(Material::Certificates(Box::new(chain)))
        }
        (None, None, Some(certificate)) => {
            let der = certificate.get("rawBytes").and_then(Value::as_str);
            let der = der.and_then(|raw| STANDARD.decode(raw).ok());
            let der = der.ok_or_else(|| malformed("its certificate is not in base64"))?;
            let certificate = Chain::from_der(&[der]).map_err(|error| malformed(error.to_string()))?;
            Ok(Material::Keyless(Box::new(Keyless { certificate, entry: read_entry(material)? })))
        }
        _ => Err(malformed("it does not say in one way how it is to be checked")),
    }
}

/// The entry of a log: there has to be one, as nothing else says when the signature was made.
fn read_entry(material: &Value) -> Result<Entry, OmsError> {
    let entries = material.get("tlogEntries").and_then(Value::as_array).map(Vec::as_slice);
    let [entry] = entries.unwrap_or_default() else {
        return Err(malformed("it was signed without a key and does not name one entry of a log"));
    };
    Entry::read(entry).map_err(|why| malformed(format!("the entry of a log: {why}")))?.ok_or_else(|| {
        OmsError::Unsupported(
            "its entry in a log is of a kind that is not supported (only `dsse` 0.0.1 of Rekor 1 is); \
             `model_signing verify sigstore` can check it"
                .to_owned(),
        )
    })
}
