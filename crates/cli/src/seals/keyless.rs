//! Whom to trust to sign without a key of his own.

use std::path::PathBuf;

use toadstone_seal::sigstore::{Trusted, TrustedRoot};

use super::read_text;
use crate::config::SealPolicy;
use crate::failure::Failure;

/// Arguments for signatures of the method `sigstore`.
#[derive(Debug, clap::Args)]
pub struct KeylessArgs {
    /// Trusted root of Sigstore (`trusted_root.json`), for signatures that were made without a key of the
    /// signer's own; checked without a network
    #[arg(long, value_name = "FILE", requires_all = ["identity", "issuer"])]
    sigstore_root: Option<PathBuf>,

    /// Who has to have signed so, as the certificate names him: a mail address, or that of a workflow
    #[arg(long, value_name = "WHO", requires = "sigstore_root")]
    identity: Option<String>,

    /// Identity provider that has to have vouched for him
    #[arg(long, value_name = "URL", requires = "sigstore_root")]
    issuer: Option<String>,
}

impl KeylessArgs {
    /// Whether the command line says whom to trust.
    pub fn is_given(&self) -> bool {
        self.sigstore_root.is_some()
    }

    /// Who is trusted: after the command line, or after the policy.
    ///
    /// # Errors
    /// The trusted root cannot be read, or a part of the policy is missing.
    pub fn trusted(&self, policy: Option<&SealPolicy>) -> Result<Option<Trusted>, Failure> {
        let (path, identity, issuer) = match policy {
            Some(policy) => (&policy.sigstore_root, &policy.identity, &policy.issuer),
            None => (&self.sigstore_root, &self.identity, &self.issuer),
        };
        let Some(path) = path else { return Ok(None) };
        let (Some(identity), Some(issuer)) = (identity.clone(), issuer.clone()) else {
            return Err(Failure::new("`sigstore-root` says who may vouch, and not for whom")
                .help("add `identity` and `issuer` to `[seal]` in toadstone.toml"));
        };
        let root = TrustedRoot::from_bytes(read_text(path)?.as_bytes());
        let root = root.map_err(|e| Failure::new(format!("{}: {e}", path.display())))?;
        Ok(Some(Trusted { root, identity, issuer }))
    }
}
