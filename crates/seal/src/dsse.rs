//! The envelope around what is signed: DSSE 1.0.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// The only type of payload that seals have.
pub(crate) const IN_TOTO: &str = "application/vnd.in-toto+json";

/// An envelope as it stands in JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Envelope {
    payload: String,
    pub(crate) payload_type: String,
    pub(crate) signatures: Vec<Signature>,
}

/// A signature in an envelope.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Signature {
    sig: String,
    #[serde(default)]
    pub(crate) keyid: Option<String>,
}

impl Envelope {
    /// An envelope that nobody signed yet.
    pub(crate) fn new(payload: &[u8]) -> Envelope {
        Envelope {
            payload: STANDARD.encode(payload),
            payload_type: IN_TOTO.to_owned(),
            signatures: Vec::new(),
        }
    }

    /// What is in it; `None` if it is no base64.
    pub(crate) fn payload(&self) -> Option<Vec<u8>> {
        STANDARD.decode(&self.payload).ok()
    }
}

impl Signature {
    pub(crate) fn new(signature: &[u8], keyid: String) -> Signature {
        Signature { sig: STANDARD.encode(signature), keyid: Some(keyid) }
    }

    /// The signature; `None` if it is no base64.
    pub(crate) fn bytes(&self) -> Option<Vec<u8>> {
        STANDARD.decode(&self.sig).ok()
    }
}

/// The bytes that are signed: type and payload with their lengths ("pre-authentication encoding").
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_example_of_the_specification() {
        let expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world";
        assert_eq!(super::pae("http://example.com/HelloWorld", b"hello world"), expected);
    }
}
