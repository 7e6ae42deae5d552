//! Keys that sign.

use p256::ecdsa::signature::Signer;
use p256::elliptic_curve::Generate;
use pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding};

use super::{Curve, KeyError, PublicKey, labels};

/// A private key. Forgotten memory is overwritten by the libraries that hold it.
pub enum PrivateKey {
    /// On secp256r1.
    P256(p256::SecretKey),
    /// On secp384r1.
    P384(p384::SecretKey),
    /// On secp521r1.
    P521(p521::SecretKey),
}

impl PrivateKey {
    /// A new key from the system's random numbers.
    ///
    /// # Errors
    /// The system has none.
    pub fn generate(curve: Curve) -> Result<PrivateKey, KeyError> {
        let failed =
            |error: &dyn std::fmt::Display| KeyError::Unusable(format!("no random numbers: {error}"));
        Ok(match curve {
            Curve::P256 => PrivateKey::P256(p256::SecretKey::try_generate().map_err(|e| failed(&e))?),
            Curve::P384 => PrivateKey::P384(p384::SecretKey::try_generate().map_err(|e| failed(&e))?),
            Curve::P521 => PrivateKey::P521(p521::SecretKey::try_generate().map_err(|e| failed(&e))?),
        })
    }

    /// Reads PKCS#8, encrypted or not, or SEC 1, in PEM.
    ///
    /// # Errors
    /// [`KeyError::Encrypted`] asks for a passphrase; the others are final.
    pub fn from_pem(pem: &str, passphrase: Option<&str>) -> Result<PrivateKey, KeyError> {
        match labels(pem).find(|label| label.ends_with("PRIVATE KEY")) {
            Some("ENCRYPTED PRIVATE KEY") => decrypt(pem, passphrase.ok_or(KeyError::Encrypted)?),
            Some("PRIVATE KEY") => plain(pem),
            Some("EC PRIVATE KEY") => sec1(pem),
            Some(other) => Err(KeyError::Unusable(format!(
                "a key of the kind `{other}` cannot sign; an EC key in PKCS#8 is needed"
            ))),
            None => Err(KeyError::Unusable("there is no private key in PEM".to_owned())),
        }
    }

    /// PKCS#8 in PEM, encrypted (PBES2 with scrypt and AES-256) if there is a passphrase.
    ///
    /// # Errors
    /// The system has no random numbers for the salt.
    pub fn to_pem(&self, passphrase: Option<&str>) -> Result<String, KeyError> {
        fn encode(key: &impl EncodePrivateKey, passphrase: Option<&str>) -> Result<String, KeyError> {
            let pem = match passphrase {
                Some(passphrase) => key.to_pkcs8_encrypted_pem(passphrase, LineEnding::LF),
                None => key.to_pkcs8_pem(LineEnding::LF),
            };
            pem.map(|pem| pem.to_string()).map_err(|error| KeyError::Unusable(error.to_string()))
        }
        match self {
            PrivateKey::P256(key) => encode(key, passphrase),
            PrivateKey::P384(key) => encode(key, passphrase),
            PrivateKey::P521(key) => encode(key, passphrase),
        }
    }

    /// The key that checks what this one signs.
    pub fn public(&self) -> PublicKey {
        match self {
            PrivateKey::P256(key) => PublicKey::P256(key.public_key()),
            PrivateKey::P384(key) => PublicKey::P384(key.public_key()),
            PrivateKey::P521(key) => PublicKey::P521(key.public_key()),
        }
    }

    /// Signs, deterministically (RFC 6979); the signature is in DER.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            PrivateKey::P256(key) => {
                let signature: p256::ecdsa::DerSignature = p256::ecdsa::SigningKey::from(key).sign(message);
                signature.as_bytes().to_vec()
            }
            PrivateKey::P384(key) => {
                let signature: p384::ecdsa::DerSignature = p384::ecdsa::SigningKey::from(key).sign(message);
                signature.as_bytes().to_vec()
            }
            PrivateKey::P521(key) => {
                let signature: p521::ecdsa::DerSignature = p521::ecdsa::SigningKey::from(key).sign(message);
                signature.as_bytes().to_vec()
            }
        }
    }
}

/// The first curve on which the key is one.
fn any<E: std::fmt::Display>(
    p256: impl FnOnce() -> Result<p256::SecretKey, E>,
    p384: impl FnOnce() -> Result<p384::SecretKey, E>,
    p521: impl FnOnce() -> Result<p521::SecretKey, E>,
) -> Result<PrivateKey, KeyError> {
    let first = match p256() {
        Ok(key) => return Ok(PrivateKey::P256(key)),
        Err(error) => error,
    };
    p384().map(PrivateKey::P384).or_else(|_| p521().map(PrivateKey::P521)).map_err(|_| {
        KeyError::Unusable(format!("not an EC key on P-256, P-384 or P-521 in PKCS#8 ({first})"))
    })
}

fn plain(pem: &str) -> Result<PrivateKey, KeyError> {
    any(
        || p256::SecretKey::from_pkcs8_pem(pem),
        || p384::SecretKey::from_pkcs8_pem(pem),
        || p521::SecretKey::from_pkcs8_pem(pem),
    )
}

fn sec1(pem: &str) -> Result<PrivateKey, KeyError> {
    // `openssl ecparam -genkey` writes the parameters in a block of their own before the key.
    let from = pem.find("-----BEGIN EC PRIVATE KEY").unwrap_or_default();
    let pem = &pem[from..];
    any(
        || p256::SecretKey::from_sec1_pem(pem),
        || p384::SecretKey::from_sec1_pem(pem),
        || p521::SecretKey::from_sec1_pem(pem),
    )
}

fn decrypt(pem: &str, passphrase: &str) -> Result<PrivateKey, KeyError> {
    use pkcs8::der::Decode;
    let unusable = |error: &dyn std::fmt::Display| KeyError::Unusable(error.to_string());
    let (_, document) = pkcs8::SecretDocument::from_pem(pem).map_err(|e| unusable(&e))?;
    let info = pkcs8::EncryptedPrivateKeyInfoRef::from_der(document.as_bytes()).map_err(|e| unusable(&e))?;
    let open = info.decrypt(passphrase).map_err(|_| KeyError::Passphrase)?;
    let der = open.as_bytes();
    any(
        || p256::SecretKey::from_pkcs8_der(der),
        || p384::SecretKey::from_pkcs8_der(der),
        || p521::SecretKey::from_pkcs8_der(der),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_every_curve_sign_and_come_back_from_pem() {
        for curve in Curve::ALL {
            let key = PrivateKey::generate(curve).unwrap();
            let signature = key.sign(b"message");
            assert!(key.public().verifies(b"message", &signature), "{curve:?}");
            assert!(!key.public().verifies(b"massage", &signature));
            let back = PrivateKey::from_pem(&key.to_pem(None).unwrap(), None).unwrap();
            assert_eq!(back.public(), key.public());
            assert_eq!(back.sign(b"message"), signature);
        }
    }

    #[test]
    fn an_encrypted_key_needs_its_passphrase() {
        let key = PrivateKey::generate(Curve::P256).unwrap();
        let pem = key.to_pem(Some("open sesame")).unwrap();
        assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
        assert!(matches!(PrivateKey::from_pem(&pem, None), Err(KeyError::Encrypted)));
        assert!(matches!(PrivateKey::from_pem(&pem, Some("open")), Err(KeyError::Passphrase)));
        assert_eq!(PrivateKey::from_pem(&pem, Some("open sesame")).unwrap().public(), key.public());
    }

    #[test]
    fn other_files_are_refused_with_what_they_are() {
        let rsa = "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n";
        for wrong in ["", "hello", rsa, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
            assert!(matches!(PrivateKey::from_pem(wrong, None), Err(KeyError::Unusable(_))), "{wrong}");
        }
    }
}
