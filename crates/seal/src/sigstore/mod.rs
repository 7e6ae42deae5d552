//! Signatures without a key of the signer's own (method `sigstore` of OpenSSF Model Signing), checked
//! without a network.
//!
//! Somebody proves who he is to an identity provider, gets a certificate for a few minutes on a key that
//! he throws away, and enters the signature into a public log. What is needed to check that afterwards
//! stands in the bundle, but for whom to trust: the [`TrustedRoot`], a file of the user's.
//!
//! Checked are (Sigstore client specification, "Verification"): the entry ([`entry`]) is about this
//! signature; the log promised it at a time, and has it ([`log`]); the certificate leads to an authority
//! that was valid at that time, and is in a log of certificates ([`sct`]); it names who was expected
//! ([`identity`]). Not checked: the entry's digest of the whole envelope, whose JSON nobody can write down
//! again the same; the payload and the signature in it are compared each by itself.

mod entry;
mod identity;
mod log;
mod root;
mod sct;

use std::time::SystemTime;

pub use entry::{Entry, Keyless};
pub use root::{RootError, TrustedRoot};

use crate::keys::{ChainError, PublicKey};
use crate::time;
use crate::tree::ProofError;

/// Why a signature without a key of the signer's own does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SigstoreError {
    /// The entry is in a log that nobody trusts, or not at that time.
    #[error("the trusted root has no log `{0}` at that time, or one whose kind of key is not supported")]
    UnknownLog(String),
    /// Something in the entry cannot be read.
    #[error("the entry of the log cannot be read: {0}")]
    Unreadable(&'static str),
    /// The log did not sign that.
    #[error("{0} was not signed by the log")]
    Unsigned(&'static str),
    /// The entry is not in the log.
    #[error("the entry is not in the log: {0}")]
    Absent(ProofError),
    /// The entry is about something else.
    #[error("the entry of the log is about another {0}")]
    Other(&'static str),
    /// From the future.
    #[error("the log has it from {0}, which is yet to come")]
    Future(String),
    /// The certificate is no good at the time of the entry.
    #[error("when it was signed, {0}")]
    Chain(#[from] ChainError),
    /// The certificate is in no log of certificates.
    #[error("the certificate is in no trusted log of certificates: {0}")]
    Certificate(&'static str),
    /// Somebody else signed.
    #[error("the certificate is for {found}, and not for {wanted}")]
    Identity {
        /// Who it is for (hostile text).
        found: String,
        /// Who was expected.
        wanted: String,
    },
}

/// Whom to trust for signatures without a key of the signer's own.
#[derive(Debug, Clone)]
pub struct Trusted {
    /// Authorities and logs.
    pub root: TrustedRoot,
    /// Who has to have signed: a mail address, the address of a workflow, or another name, as it stands in
    /// the certificate.
    pub identity: String,
    /// The address of the identity provider that vouched for him.
    pub issuer: String,
}

impl Trusted {
    /// The key that has to have made `signature` over `payload`, and who used it; `now` only refuses what
    /// is from the future.
    ///
    /// # Errors
    /// [`SigstoreError`].
    pub fn check(
        &self,
        keyless: &Keyless,
        payload: &[u8],
        signature: &[u8],
        now: SystemTime,
    ) -> Result<(PublicKey, String), SigstoreError> {
        let entry = &keyless.entry;
        let at = entry.time();
        let log = self.root.log_of_entries(entry.log(), at)?;
        log::promised(entry, log)?;
        log::present(entry, log)?;
        if at > now {
            return Err(SigstoreError::Future(time::format(at)));
        }
        entry.is_about(payload, signature, &keyless.certificate)?;
        let (key, issuer) = self.root.authority_of(&keyless.certificate, at)?;
        sct::logged(keyless.certificate.leaf(), &issuer, &self.root)?;
        let who = identity::check(keyless.certificate.leaf(), &self.identity, &self.issuer)?;
        Ok((key, who))
    }
}
