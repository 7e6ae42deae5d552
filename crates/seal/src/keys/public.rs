//! Keys that check.

use p256::ecdsa::signature::Verifier;
use pkcs8::{DecodePublicKey, EncodePublicKey, LineEnding};

use super::{Curve, KeyError, labels};
use crate::digest::Digest;

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// On secp256r1.
    P256(p256::PublicKey),
    /// On secp384r1.
    P384(p384::PublicKey),
    /// On secp521r1.
    P521(p521::PublicKey),
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo in PEM.
    ///
    /// # Errors
    /// It is something else, or a key of a kind that seals do not use.
    pub fn from_pem(pem: &str) -> Result<PublicKey, KeyError> {
        match labels(pem).next() {
            Some("PUBLIC KEY") => {
                let (_, document) =
                    pkcs8::Document::from_pem(pem).map_err(|error| KeyError::Unusable(error.to_string()))?;
                PublicKey::from_der(document.as_bytes())
            }
            Some(label) if label.ends_with("PRIVATE KEY") => Err(KeyError::Unusable(
                "this is a private key; checking needs the public one, and only who signs should have this"
                    .to_owned(),
            )),
            _ => Err(KeyError::Unusable("there is no public key in PEM".to_owned())),
        }
    }

    /// Reads a SubjectPublicKeyInfo in DER.
    ///
    /// # Errors
    /// It is no EC key on one of the three curves.
    pub fn from_der(der: &[u8]) -> Result<PublicKey, KeyError> {
        p256::PublicKey::from_public_key_der(der)
            .map(PublicKey::P256)
            .or_else(|_| p384::PublicKey::from_public_key_der(der).map(PublicKey::P384))
            .or_else(|_| p521::PublicKey::from_public_key_der(der).map(PublicKey::P521))
            .map_err(|_| KeyError::Unusable("not an EC key on P-256, P-384 or P-521".to_owned()))
    }

    /// SubjectPublicKeyInfo in PEM, lines end with LF.
    ///
    /// # Errors
    /// The encoder's; no key that was read or made gives one.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        let pem = match self {
            PublicKey::P256(key) => key.to_public_key_pem(LineEnding::LF),
            PublicKey::P384(key) => key.to_public_key_pem(LineEnding::LF),
            PublicKey::P521(key) => key.to_public_key_pem(LineEnding::LF),
        };
        pem.map_err(|error| KeyError::Unusable(error.to_string()))
    }

    /// How bundles name the key: SHA-256 of its PEM.
    ///
    /// # Errors
    /// As [`PublicKey::to_pem`].
    pub fn hint(&self) -> Result<String, KeyError> {
        Ok(Digest::of(self.to_pem()?.as_bytes()).to_string())
    }

    /// Its curve.
    pub fn curve(&self) -> Curve {
        match self {
            PublicKey::P256(_) => Curve::P256,
            PublicKey::P384(_) => Curve::P384,
            PublicKey::P521(_) => Curve::P521,
        }
    }

    /// Whether `signature`, in DER, is this key's for `message`, with the hash of the curve's size.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            PublicKey::P256(key) => p256::ecdsa::DerSignature::from_bytes(signature)
                .is_ok_and(|s| p256::ecdsa::VerifyingKey::from(key).verify(message, &s).is_ok()),
            PublicKey::P384(key) => p384::ecdsa::DerSignature::from_bytes(signature)
                .is_ok_and(|s| p384::ecdsa::VerifyingKey::from(key).verify(message, &s).is_ok()),
            PublicKey::P521(key) => p521::ecdsa::DerSignature::from_bytes(signature)
                .is_ok_and(|s| p521::ecdsa::VerifyingKey::from(key).verify(message, &s).is_ok()),
        }
    }
}
