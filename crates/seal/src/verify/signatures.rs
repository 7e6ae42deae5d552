//! Who signed.

use serde::Serialize;

use super::{Expected, Problem, Report};
use crate::keys::PublicKey;
use crate::oms::{Material, Signed};

/// Somebody whose signature holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signer {
    /// SHA-256 of the key in PEM.
    pub key: String,
    /// Who the certificate is for, if there is one (hostile text).
    pub certificate: Option<String>,
}

/// Checks every signature. One that claims to be of a trusted key has to be; one of an unknown key says
/// nothing, for or against. Each key counts once.
pub fn check(bundle: &Signed, expected: &Expected, report: &mut Report) {
    let message = bundle.signed_bytes();
    let mut good: Vec<PublicKey> = Vec::new();
    for (at, (signature, keyid)) in bundle.signatures().enumerate() {
        let number = at + 1;
        let Some(signature) = signature else {
            report.problems.push(Problem::Signature { number, why: "it is not in base64".to_owned() });
            continue;
        };
        match one(bundle, expected, &message, &signature, at, keyid) {
            Ok(Some((key, _))) if good.contains(&key) => {
                let why = "it is by a key that has another signature here".to_owned();
                report.problems.push(Problem::Signature { number, why });
            }
            Ok(Some((key, signer))) => {
                good.push(key);
                report.signers.push(signer);
            }
            Ok(None) => report
                .notes
                .push(format!("signature {number} is by a key that was not given, and was not checked")),
            Err(why) => report.problems.push(Problem::Signature { number, why }),
        }
    }
    let needed = expected.needed();
    if good.len() < needed {
        report.problems.push(Problem::Threshold { good: good.len(), needed });
    }
}

/// The signer; `None` if it is somebody unknown.
fn one(
    bundle: &Signed,
    expected: &Expected,
    message: &[u8],
    signature: &[u8],
    at: usize,
    keyid: Option<&str>,
) -> Result<Option<(PublicKey, Signer)>, String> {
    let named = match (at, bundle.material()) {
        (0, Material::Certificates(chain)) => {
            if expected.authorities.is_empty() {
                return Err(
                    "it comes with a certificate, and no authority that issues such was given".to_owned()
                );
            }
            let key = chain.verify(&expected.authorities, expected.at).map_err(|error| error.to_string())?;
            let certificate = Some(chain.subject());
            return match key.verifies(message, signature) {
                true => Ok(Some((key.clone(), Signer { key: hint(&key), certificate }))),
                false => Err("it is not by the key of the certificate".to_owned()),
            };
        }
        (0, Material::Keyless(keyless)) => {
            let Some(trusted) = &expected.sigstore else {
                return Err("it was made without a key, and no trusted root was given".to_owned());
            };
            let checked = trusted.check(keyless, bundle.payload(), signature, expected.at);
            let (key, who) = checked.map_err(|error| error.to_string())?;
            return match key.verifies(message, signature) {
                true => Ok(Some((key.clone(), Signer { key: hint(&key), certificate: Some(who) }))),
                false => Err("it is not by the key of the certificate".to_owned()),
            };
        }
        (0, Material::Key { hint }) => hint.as_deref(),
        _ => keyid,
    };
    let holds = |key: &&PublicKey| key.verifies(message, signature);
    match named {
        Some(name) => match expected.keys.iter().find(|key| hint(key) == name) {
            Some(key) if holds(&key) => Ok(Some(signer(key))),
            Some(_) => Err("it is not by the key that it names, or what was signed was changed".to_owned()),
            // The first signature is the one that every program looks at, so somebody has to vouch for it.
            None if at == 0 => Err(format!("it names the key {name}, which was not given")),
            None => Ok(None),
        },
        // Bundles before 1.1 do not name their key.
        None => match expected.keys.iter().find(holds) {
            Some(key) => Ok(Some(signer(key))),
            None => Err("it is by none of the keys, or what was signed was changed".to_owned()),
        },
    }
}

fn signer(key: &PublicKey) -> (PublicKey, Signer) {
    (key.clone(), Signer { key: hint(key), certificate: None })
}

/// Keys were read from PEM or DER, so they can be written.
fn hint(key: &PublicKey) -> String {
    key.hint().unwrap_or_default()
}
