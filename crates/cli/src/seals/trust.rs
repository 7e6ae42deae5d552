//! Whom to trust, and what else a seal has to be like: the command line over the policy file.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use toadstone_seal::keys::{Authorities, PublicKey};
use toadstone_seal::verify::Expected;

use super::keyless::KeylessArgs;
use super::read_text;
use crate::config::Config;
use crate::failure::Failure;

/// Arguments of every command that checks a signature.
#[derive(Debug, clap::Args)]
pub struct Trust {
    /// Public key that is trusted, in PEM; may be repeated
    #[arg(long, value_name = "FILE")]
    key: Vec<PathBuf>,

    /// Certificate of an authority whose certificates are trusted, in PEM; may be repeated
    #[arg(long, value_name = "FILE")]
    authority: Vec<PathBuf>,

    #[command(flatten)]
    keyless: KeylessArgs,

    /// How many of those who are trusted have to have signed [default: all keys]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(1..=64))]
    threshold: Option<u64>,

    /// The least number that the seal may have in its series
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    min_sequence: Option<u64>,

    /// How old the seal may be
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u64).range(1..=36_500))]
    max_age_days: Option<u64>,

    /// Policy file [default: toadstone.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Trust {
    /// The policy that goes with it.
    ///
    /// # Errors
    /// The file cannot be read, or something in it is wrong.
    pub fn policy(&self) -> Result<Config, Failure> {
        Config::load(self.config.as_deref())
    }

    /// Whether the command line or the policy says whom to trust.
    ///
    /// # Errors
    /// As [`Trust::policy`].
    pub fn is_given(&self) -> Result<bool, Failure> {
        let policy = self.policy()?.seal;
        let files = [&policy.keys, &policy.authorities];
        let in_policy = files.into_iter().any(|files| !files.is_empty()) || policy.sigstore_root.is_some();
        Ok(self.names_somebody() || in_policy)
    }

    fn names_somebody(&self) -> bool {
        !self.key.is_empty() || !self.authority.is_empty() || self.keyless.is_given()
    }

    /// What a seal has to be like.
    ///
    /// # Errors
    /// A key cannot be used, or nobody is trusted.
    pub fn expected(&self, unsigned: &[String]) -> Result<Expected, Failure> {
        let policy = self.policy()?.seal;
        // Whom to trust comes from one place: keys of the policy must not be added to those of a command.
        let named = self.names_somebody();
        let (key_files, authority_files) =
            if named { (&self.key, &self.authority) } else { (&policy.keys, &policy.authorities) };
        let keys = public_keys(key_files)?;
        let mut authorities = Authorities::default();
        for path in authority_files {
            let added = authorities.add_pem(read_text(path)?.as_bytes());
            added.map_err(|e| Failure::new(format!("{}: {e}", path.display())))?;
        }
        let sigstore = self.keyless.trusted(Some(&policy).filter(|_| !named))?;
        if keys.is_empty() && authorities.is_empty() && sigstore.is_none() {
            return Err(Failure::new("nothing says whose signature is trusted")
                .help("`--key FILE` names a public key, `--authority FILE` an authority, `[seal]` in toadstone.toml both"));
        }
        let days = |days: u64| Duration::from_secs(days * 86_400);
        let threshold = self.threshold.or(policy.threshold.filter(|_| !named));
        let expected = Expected {
            threshold: threshold.map(|k| usize::try_from(k).unwrap_or(usize::MAX)),
            least_sequence: self.min_sequence.or(policy.min_sequence),
            longest_age: self.max_age_days.or(policy.max_age_days).map(days),
            at: SystemTime::now(),
            unsigned: unsigned.iter().map(|name| name.trim_end_matches('/').to_owned()).collect(),
            keys,
            authorities,
            sigstore,
        };
        // The first signature alone can come with a certificate, of either kind.
        let certified = !expected.authorities.is_empty() || expected.sigstore.is_some();
        let possible = expected.keys.len() + usize::from(certified);
        if expected.needed() > possible {
            let what = format!("{} signers are needed and only {possible} can be known", expected.needed());
            return Err(Failure::new(what).help("name more keys, or lower `--threshold`"));
        }
        Ok(expected)
    }
}

/// Reads public keys, each once.
///
/// # Errors
/// A file cannot be read or holds no key.
pub(super) fn public_keys(files: &[PathBuf]) -> Result<Vec<PublicKey>, Failure> {
    let mut keys: Vec<PublicKey> = Vec::new();
    for path in files {
        let key = PublicKey::from_pem(&read_text(path)?);
        let key = key.map_err(|e| Failure::new(format!("{}: {e}", path.display())))?;
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    Ok(keys)
}
