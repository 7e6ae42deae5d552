//! Who a certificate of Sigstore is for (Fulcio, "Certificate specification").

use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::der::asn1::Utf8StringRef;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use super::SigstoreError;

/// The identity provider, as bytes.
const ISSUER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.1");
/// The identity provider, as a text in DER; it stands beside the other, and counts before it.
const ISSUER_2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.8");
/// A name that is neither mail nor web address.
const USERNAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.7");

/// Whether the certificate is for `identity` by `issuer`, letter by letter; says both in one text.
pub(super) fn check(leaf: &Certificate, identity: &str, issuer: &str) -> Result<String, SigstoreError> {
    let names = names(leaf);
    let by = provider(leaf);
    if names.iter().any(|name| name == identity) && by.as_deref() == Some(issuer) {
        return Ok(format!("{identity} ({issuer})"));
    }
    let names = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
    Err(SigstoreError::Identity {
        found: format!("{names} ({})", by.as_deref().unwrap_or("no identity provider")),
        wanted: format!("{identity} ({issuer})"),
    })
}

/// The names in a certificate that can be an identity.
fn names(leaf: &Certificate) -> Vec<String> {
    let found = leaf.tbs_certificate().get_extension::<SubjectAltName>();
    let Ok(Some((_, SubjectAltName(names)))) = found else { return Vec::new() };
    let text = |name: &GeneralName| match name {
        GeneralName::Rfc822Name(text) | GeneralName::UniformResourceIdentifier(text) => {
            Some(text.as_str().to_owned())
        }
        GeneralName::OtherName(other) if other.type_id == USERNAME => {
            other.value.decode_as::<Utf8StringRef<'_>>().ok().map(|text| text.as_str().to_owned())
        }
        _ => None,
    };
    names.iter().filter_map(text).collect()
}

/// The identity provider that vouched.
fn provider(leaf: &Certificate) -> Option<String> {
    let extensions = leaf.tbs_certificate().extensions()?;
    let of = |oid| extensions.iter().find(|e| e.extn_id == oid).map(|e| e.extn_value.as_bytes());
    match of(ISSUER_2) {
        Some(der) => Utf8StringRef::from_der(der).ok().map(|text| text.as_str().to_owned()),
        None => std::str::from_utf8(of(ISSUER)?).ok().map(str::to_owned),
    }
}
