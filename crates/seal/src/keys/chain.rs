//! Certificates, and the way from one to an authority that is trusted (RFC 5280, section 6, as far as
//! signing data needs it).

use std::time::SystemTime;

use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::pkcs8::DecodePublicKey;
use rsa::traits::PublicKeyParts;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use x509_cert::Certificate;
use x509_cert::der::oid::{AssociatedOid, ObjectIdentifier};
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAltName};

use super::{KeyError, PublicKey};

/// `id-kp-codeSigning`.
const CODE_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.3");
/// Certificates between the signer's and the authority's.
const LONGEST: usize = 8;
/// Shortest RSA key of an authority that is believed (NIST SP 800-131A).
const LEAST_RSA_BITS: u32 = 2048;

/// Why a chain of certificates is not trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// It cannot be read.
    #[error("a certificate cannot be read: {0}")]
    Unreadable(String),
    /// It names nobody that is trusted.
    #[error("no way leads from the certificate to a trusted authority{}", .0.as_ref().map(|why| format!(" ({why})")).unwrap_or_default())]
    NoWay(Option<String>),
    /// It is not, or no longer, valid.
    #[error("the certificate is not valid at this time ({from} to {to})")]
    Time {
        /// First second.
        from: String,
        /// Last second.
        to: String,
    },
    /// It is for another purpose.
    #[error("the certificate may not sign: {0}")]
    Purpose(&'static str),
    /// Its key is of a kind that seals do not use.
    #[error("the certificate's key cannot be used: {0}")]
    Key(String),
}

/// Authorities that are trusted.
#[derive(Debug, Clone, Default)]
pub struct Authorities(Vec<Certificate>);

impl Authorities {
    /// Adds the certificates of a PEM file.
    ///
    /// # Errors
    /// It holds none, or one that cannot be read.
    pub fn add_pem(&mut self, pem: &[u8]) -> Result<(), KeyError> {
        self.0.extend(load(pem)?);
        Ok(())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One authority.
    pub(crate) fn of(certificate: &Certificate) -> Authorities {
        Authorities(vec![certificate.clone()])
    }
}

fn load(pem: &[u8]) -> Result<Vec<Certificate>, KeyError> {
    let chain = Certificate::load_pem_chain(pem);
    let chain = chain.map_err(|error| KeyError::Unusable(format!("not a certificate in PEM: {error}")))?;
    if chain.is_empty() {
        return Err(KeyError::Unusable("there is no certificate in PEM".to_owned()));
    }
    Ok(chain)
}

/// A signer's certificate and those that lead to an authority.
#[derive(Debug, Clone)]
pub struct Chain(Vec<Certificate>);

impl Chain {
    /// Reads PEM files, the signer's certificate first.
    ///
    /// # Errors
    /// There is none, or one cannot be read.
    pub fn from_pem(pem: &[u8]) -> Result<Chain, KeyError> {
        load(pem).map(Chain)
    }

    /// Reads certificates in DER, the signer's first.
    ///
    /// # Errors
    /// There is none, there are too many, or one cannot be read.
    pub fn from_der(certificates: &[Vec<u8>]) -> Result<Chain, ChainError> {
        if certificates.is_empty() || certificates.len() > LONGEST + 1 {
            return Err(ChainError::Unreadable(format!("{} certificates", certificates.len())));
        }
        let read = |der: &Vec<u8>| {
            Certificate::from_der(der).map_err(|error| ChainError::Unreadable(error.to_string()))
        };
        certificates.iter().map(read).collect::<Result<_, _>>().map(Chain)
    }

    /// The signer's certificate, of which nothing is known yet.
    pub(crate) fn leaf(&self) -> &Certificate {
        &self.0[0]
    }

    /// All but the last certificate, and the last.
    pub(crate) fn apart(&self) -> (&[Certificate], &Certificate) {
        (&self.0[..self.0.len() - 1], &self.0[self.0.len() - 1])
    }

    /// The signer's certificate with others that may lead from it to an authority.
    pub(crate) fn with(&self, between: &[Certificate]) -> Chain {
        Chain([&self.0[..1], between].concat())
    }

    /// The certificate in this chain whose key signed `certificate`.
    pub(crate) fn issuer_of(&self, certificate: &Certificate) -> Option<&Certificate> {
        let name = certificate.tbs_certificate().issuer();
        let signed = |issuer: &&Certificate| {
            issuer.tbs_certificate().subject() == name && signed_by(certificate, issuer).is_ok()
        };
        self.0.iter().find(signed)
    }

    /// The certificates in DER, the signer's first.
    ///
    /// # Errors
    /// The encoder's.
    pub fn to_der(&self) -> Result<Vec<Vec<u8>>, KeyError> {
        let encode = |certificate: &Certificate| certificate.to_der();
        self.0
            .iter()
            .map(encode)
            .collect::<Result<_, _>>()
            .map_err(|error| KeyError::Unusable(error.to_string()))
    }

    /// The signer's key, of which nothing is known yet.
    ///
    /// # Errors
    /// It is of another kind.
    pub fn key(&self) -> Result<PublicKey, ChainError> {
        let info = self.0[0].tbs_certificate().subject_public_key_info();
        let der = info.to_der().map_err(|error| ChainError::Key(error.to_string()))?;
        PublicKey::from_der(&der).map_err(|error| ChainError::Key(error.to_string()))
    }

    /// Who the signer's certificate is for (hostile text until the chain is verified).
    pub fn subject(&self) -> String {
        self.0[0].tbs_certificate().subject().to_string()
    }

    /// The signer's key, if a way of valid certificates leads to one of `trusted` at the time `at`, and
    /// if the signer's certificate is for signing: key usage `digitalSignature` and extended key usage
    /// `codeSigning`, both of which it has to state.
    ///
    /// # Errors
    /// [`ChainError`].
    pub fn verify(&self, trusted: &Authorities, at: SystemTime) -> Result<PublicKey, ChainError> {
        let (leaf, between) = (&self.0[0], &self.0[1..]);
        valid_at(leaf, at)?;
        may_sign(leaf)?;
        let key = self.key()?;
        let mut why = None;
        if !way(leaf, between, &trusted.0, at, 0, &mut why) {
            return Err(ChainError::NoWay(why));
        }
        Ok(key)
    }
}

/// Whether a way leads from `certificate` to a trusted one. `below` authorities are under it already.
/// `why` is told the last reason why a step was not taken.
fn way(
    certificate: &Certificate,
    between: &[Certificate],
    trusted: &[Certificate],
    at: SystemTime,
    below: usize,
    why: &mut Option<String>,
) -> bool {
    if below > LONGEST {
        return false;
    }
    let mut step = |issuer: &Certificate| match issued(certificate, issuer, below, at) {
        Ok(true) => true,
        Ok(false) => false,
        Err(error) => {
            *why = Some(error);
            false
        }
    };
    if trusted.iter().any(&mut step) {
        return true;
    }
    let next: Vec<usize> = (0..between.len()).filter(|at| step(&between[*at])).collect();
    next.into_iter().any(|chosen| {
        // Each certificate stands in a way at most once, so ways end.
        let rest: Vec<Certificate> =
            between.iter().enumerate().filter(|(at, _)| *at != chosen).map(|(_, c)| c.clone()).collect();
        way(&between[chosen], &rest, trusted, at, below + 1, why)
    })
}

/// Whether `issuer` is a valid authority that signed `certificate`; `Ok(false)` if it is somebody else.
fn issued(
    certificate: &Certificate,
    issuer: &Certificate,
    below: usize,
    at: SystemTime,
) -> Result<bool, String> {
    if certificate.tbs_certificate().issuer() != issuer.tbs_certificate().subject() {
        return Ok(false);
    }
    valid_at(issuer, at).map_err(|error| format!("an authority: {error}"))?;
    may_certify(issuer, below)?;
    signed_by(certificate, issuer)?;
    Ok(true)
}

fn valid_at(certificate: &Certificate, at: SystemTime) -> Result<(), ChainError> {
    let validity = certificate.tbs_certificate().validity();
    let (from, to) = (&validity.not_before, &validity.not_after);
    if at < from.to_system_time() || at > to.to_system_time() {
        return Err(ChainError::Time { from: from.to_string(), to: to.to_string() });
    }
    Ok(())
}

/// An extension, and whether it is critical.
fn extension<'c, T: Decode<'c> + AssociatedOid>(
    certificate: &'c Certificate,
) -> Result<Option<T>, &'static str>
where
    T::Error: std::fmt::Debug,
    x509_cert::der::Error: From<T::Error>,
{
    let found = certificate.tbs_certificate().get_extension::<T>();
    found.map(|found| found.map(|(_, extension)| extension)).map_err(|_| "an extension cannot be read")
}

/// What is critical has to be understood.
fn understood(certificate: &Certificate) -> Result<(), &'static str> {
    // Names are no limit on what a certificate may be used for; who wants a certain one compares it.
    let known = [BasicConstraints::OID, KeyUsage::OID, ExtendedKeyUsage::OID, SubjectAltName::OID];
    let extensions = certificate.tbs_certificate().extensions().map(Vec::as_slice).unwrap_or_default();
    let foreign =
        extensions.iter().any(|extension| extension.critical && !known.contains(&extension.extn_id));
    if foreign { Err("it has a critical extension that is not understood") } else { Ok(()) }
}

fn may_sign(leaf: &Certificate) -> Result<(), ChainError> {
    understood(leaf).map_err(ChainError::Purpose)?;
    let usage: Option<KeyUsage> = extension(leaf).map_err(ChainError::Purpose)?;
    if !usage.is_some_and(|usage| usage.digital_signature()) {
        return Err(ChainError::Purpose("its key usage is not digitalSignature"));
    }
    let extended: Option<ExtendedKeyUsage> = extension(leaf).map_err(ChainError::Purpose)?;
    if !extended.is_some_and(|usages| usages.0.contains(&CODE_SIGNING)) {
        return Err(ChainError::Purpose("its extended key usage is not codeSigning"));
    }
    Ok(())
}

fn may_certify(issuer: &Certificate, below: usize) -> Result<(), String> {
    let refuse = |why: &str| format!("an authority's certificate: {why}");
    understood(issuer).map_err(refuse)?;
    let constraints: Option<BasicConstraints> = extension(issuer).map_err(refuse)?;
    let Some(constraints) = constraints.filter(|constraints| constraints.ca) else {
        return Err(refuse("it is not one of an authority"));
    };
    if constraints.path_len_constraint.is_some_and(|most| below > usize::from(most)) {
        return Err(refuse("more authorities stand below it than it allows"));
    }
    let usage: Option<KeyUsage> = extension(issuer).map_err(refuse)?;
    if usage.is_some_and(|usage| !usage.key_cert_sign()) {
        return Err(refuse("its key may not sign certificates"));
    }
    Ok(())
}

fn signed_by(certificate: &Certificate, issuer: &Certificate) -> Result<(), String> {
    let algorithm = certificate.signature_algorithm();
    if algorithm != certificate.tbs_certificate().signature() {
        return Err("a certificate names two algorithms".to_owned());
    }
    let signed = certificate.tbs_certificate().to_der().map_err(|error| error.to_string())?;
    let signature = certificate.signature().as_bytes().ok_or("a signature is cut")?;
    let info =
        issuer.tbs_certificate().subject_public_key_info().to_der().map_err(|error| error.to_string())?;
    let good = match algorithm.oid.to_string().as_str() {
        "1.2.840.10045.4.3.2" => ecdsa(&info, &Sha256::digest(&signed), signature)?,
        "1.2.840.10045.4.3.3" => ecdsa(&info, &Sha384::digest(&signed), signature)?,
        "1.2.840.10045.4.3.4" => ecdsa(&info, &Sha512::digest(&signed), signature)?,
        "1.2.840.113549.1.1.11" => rsa_key(&info)?.pkcs1v15_verify::<Sha256>(&signed, signature).is_ok(),
        "1.2.840.113549.1.1.12" => rsa_key(&info)?.pkcs1v15_verify::<Sha384>(&signed, signature).is_ok(),
        "1.2.840.113549.1.1.13" => rsa_key(&info)?.pkcs1v15_verify::<Sha512>(&signed, signature).is_ok(),
        other => return Err(format!("a certificate is signed with {other}, which is not supported")),
    };
    if good { Ok(()) } else { Err("the signature of a certificate is wrong".to_owned()) }
}

fn rsa_key(info: &[u8]) -> Result<rsa::PublicKey, String> {
    let key = rsa::PublicKey::from_public_key_der(info).map_err(|error| error.to_string())?;
    if key.n().bit_width() < LEAST_RSA_BITS {
        return Err(format!("an authority's RSA key is shorter than {LEAST_RSA_BITS} bits"));
    }
    Ok(key)
}

/// Authorities may combine any of the curves with any of the hashes.
fn ecdsa(info: &[u8], prehash: &[u8], signature: &[u8]) -> Result<bool, String> {
    Ok(match PublicKey::from_der(info).map_err(|error| error.to_string())? {
        PublicKey::P256(key) => p256::ecdsa::DerSignature::from_bytes(signature)
            .is_ok_and(|s| p256::ecdsa::VerifyingKey::from(key).verify_prehash(prehash, &s).is_ok()),
        PublicKey::P384(key) => p384::ecdsa::DerSignature::from_bytes(signature)
            .is_ok_and(|s| p384::ecdsa::VerifyingKey::from(key).verify_prehash(prehash, &s).is_ok()),
        PublicKey::P521(key) => p521::ecdsa::DerSignature::from_bytes(signature)
            .is_ok_and(|s| p521::ecdsa::VerifyingKey::from(key).verify_prehash(prehash, &s).is_ok()),
    })
}
