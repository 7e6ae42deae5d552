//! Keys that sign and keys that check: ECDSA over the three NIST curves, each with the hash of its
//! size (FIPS 186-5), and certificates.

mod chain;
mod private;
mod public;

pub use chain::{Authorities, Chain, ChainError};
pub use private::PrivateKey;
pub use public::PublicKey;

/// A curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curve {
    /// secp256r1 with SHA-256.
    P256,
    /// secp384r1 with SHA-384.
    P384,
    /// secp521r1 with SHA-512.
    P521,
}

impl Curve {
    /// All curves.
    pub const ALL: [Curve; 3] = [Curve::P256, Curve::P384, Curve::P521];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Curve::P256 => "p256",
            Curve::P384 => "p384",
            Curve::P521 => "p521",
        }
    }
}

/// Why a key or certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key is encrypted and no passphrase was given.
    #[error("the key is encrypted")]
    Encrypted,
    /// The passphrase does not open the key.
    #[error("the passphrase does not open the key")]
    Passphrase,
    /// It is something else.
    #[error("{0}")]
    Unusable(String),
}

/// The kinds of PEM blocks that a file holds, in order.
fn labels(pem: &str) -> impl Iterator<Item = &str> {
    pem.lines().filter_map(|line| line.trim_end().strip_prefix("-----BEGIN ")?.strip_suffix("-----"))
}
