//! That a certificate is in a log of certificates (RFC 6962, section 3): whoever issues one in somebody
//! else's name cannot hide it.

use std::time::{Duration, UNIX_EPOCH};

use sha2::{Digest as _, Sha256};
use x509_cert::Certificate;
use x509_cert::der::asn1::{AnyRef, ContextSpecific, SequenceRef};
use x509_cert::der::oid::AssociatedOid;
use x509_cert::der::{Decode, Encode, Header, Reader, SliceReader, Tag, TagMode, TagNumber, Tagged};
use x509_cert::ext::pkix::sct::{HashAlgorithm, SignatureAlgorithm, Version};
use x509_cert::ext::pkix::{SignedCertificateTimestamp, SignedCertificateTimestampList};
use x509_cert::ext::{Extension, Extensions};

use super::SigstoreError;
use super::root::TrustedRoot;

/// Kind of the signature, `certificate_timestamp`.
const TIMESTAMP: u8 = 0;
/// Kind of the entry, `precert_entry`.
const PRECERTIFICATE: [u8; 2] = [0, 1];

/// Whether a trusted log signed that it has the certificate. A signature that names a trusted log has to
/// be right; those of others say nothing.
pub(super) fn logged(
    leaf: &Certificate,
    issuer: &Certificate,
    root: &TrustedRoot,
) -> Result<(), SigstoreError> {
    let list = leaf.tbs_certificate().get_extension::<SignedCertificateTimestampList>();
    let list = list.ok().flatten().ok_or(SigstoreError::Certificate("it has no timestamp of any"))?.1;
    let unreadable = || SigstoreError::Certificate("its timestamps cannot be read");
    let mut good = 0;
    for serialized in list.parse_timestamps().map_err(|_| unreadable())? {
        let sct = serialized.parse_timestamp().map_err(|_| unreadable())?;
        let at = UNIX_EPOCH.checked_add(Duration::from_millis(sct.timestamp)).ok_or_else(unreadable)?;
        let Some(log) = root.log_of_certificates(&sct.log_id.key_id, at) else { continue };
        let signed = signed(&sct, leaf, issuer).ok_or_else(unreadable)?;
        if !log.key.verifies(&signed, sct.signature.signature.as_slice()) {
            return Err(SigstoreError::Certificate("the log did not sign its timestamp"));
        }
        good += 1;
    }
    match good {
        0 => Err(SigstoreError::Certificate("its timestamps are of others")),
        _ => Ok(()),
    }
}

/// What the log signed; `None` for a signature of another kind, or what cannot be written down.
fn signed(sct: &SignedCertificateTimestamp, leaf: &Certificate, issuer: &Certificate) -> Option<Vec<u8>> {
    let kind = &sct.signature.algorithm;
    if kind.hash != HashAlgorithm::Sha256 || kind.signature != SignatureAlgorithm::Ecdsa {
        return None;
    }
    let key = issuer.tbs_certificate().subject_public_key_info().to_der().ok()?;
    let certificate = without_timestamps(leaf)?;
    let length = u32::try_from(certificate.len()).ok().filter(|length| *length < 1 << 24)?.to_be_bytes();
    let extensions = sct.extensions.as_slice();
    let mut bytes = vec![Version::V1 as u8, TIMESTAMP];
    bytes.extend_from_slice(&sct.timestamp.to_be_bytes());
    bytes.extend_from_slice(&PRECERTIFICATE);
    bytes.extend_from_slice(&Sha256::digest(&key));
    bytes.extend_from_slice(&length[1..]);
    bytes.extend_from_slice(&certificate);
    bytes.extend_from_slice(&u16::try_from(extensions.len()).ok()?.to_be_bytes());
    bytes.extend_from_slice(extensions);
    Some(bytes)
}

/// The certificate as the log saw it: without signature, and without the timestamps that came later.
fn without_timestamps(leaf: &Certificate) -> Option<Vec<u8>> {
    let whole = leaf.tbs_certificate().to_der().ok()?;
    let fields = <&SequenceRef>::from_der(&whole).ok()?;
    let mut reader = SliceReader::new(fields.as_bytes()).ok()?;
    let mut kept = Vec::with_capacity(whole.len());
    while !reader.is_finished() {
        let field = AnyRef::decode(&mut reader).ok()?;
        let is_list = matches!(field.tag(), Tag::ContextSpecific { number: TagNumber(3), .. });
        match is_list {
            true => extensions(leaf)?.encode_to_vec(&mut kept).ok()?,
            false => field.encode_to_vec(&mut kept).ok()?,
        };
    }
    let length = kept.len().try_into().ok()?;
    let mut bytes = Header::new(Tag::Sequence, length).to_der().ok()?;
    bytes.extend_from_slice(&kept);
    Some(bytes)
}

fn extensions(leaf: &Certificate) -> Option<ContextSpecific<Extensions>> {
    let other = |e: &&Extension| e.extn_id != SignedCertificateTimestampList::OID;
    let value = leaf.tbs_certificate().extensions()?.iter().filter(other).cloned().collect();
    Some(ContextSpecific { tag_number: TagNumber(3), tag_mode: TagMode::Explicit, value })
}
