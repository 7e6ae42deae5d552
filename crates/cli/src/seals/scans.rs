//! Attestations of scans: what is demanded of them, and which were seen before.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Duration;

use toadstone_seal::attest::{Accepted, Attested, ScanReport, SeenScans, check, policy_digest};
use toadstone_seal::digest::Digest;
use toadstone_seal::folder::Folder;
use toadstone_seal::verify::{Expected, Pin};

use super::state;
use super::trust::public_keys;
use crate::config::{Config, FailOn, SealPolicy};
use crate::failure::Failure;

/// Arguments of a command that demands a scan.
#[derive(Debug, clap::Args)]
pub struct RequireScan {
    /// Demand that a scan of exactly this sealed data is attested, with a verdict that is accepted
    #[arg(long)]
    require_scan: bool,

    /// Public key of who scans, in PEM; may be repeated [default: whoever is trusted for the seal]
    #[arg(long, value_name = "FILE")]
    scan_key: Vec<PathBuf>,

    /// The verdict from which on a scan is not accepted, in place of the policy's
    #[arg(long, value_name = "VERDICT", value_enum)]
    fail_on: Option<FailOn>,

    /// How old the scan may be
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u64).range(1..=36_500))]
    max_scan_age_days: Option<u64>,
}

impl RequireScan {
    /// Whether a scan is demanded, here or by the policy.
    ///
    /// # Errors
    /// It is not, and the command line says what it has to be like.
    pub fn is_demanded(&self, policy: &SealPolicy) -> Result<bool, Failure> {
        let demanded = self.require_scan || policy.require_scan;
        let described =
            !self.scan_key.is_empty() || self.fail_on.is_some() || self.max_scan_age_days.is_some();
        match described && !demanded {
            true => Err(Failure::new("nothing demands a scan, and something says what it has to be like")
                .help("add `--require-scan`, or `require-scan = true` to `[seal]` in toadstone.toml")),
            false => Ok(demanded),
        }
    }

    /// Checks the attestations of a seal. `seal` is whom the seal itself is to be signed by; `pinned` says
    /// whether it counts what was seen before.
    ///
    /// # Errors
    /// A key, the seal or what was seen cannot be read.
    pub fn check(
        &self,
        folder: &Folder,
        seal: &Expected,
        mut config: Config,
        pinned: bool,
    ) -> Result<ScanReport, Failure> {
        if let Some(fail_on) = self.fail_on {
            fail_on.apply(&mut config);
        }
        let mut signers = seal.clone();
        if !self.scan_key.is_empty() {
            signers.keys = public_keys(&self.scan_key)?;
            signers.authorities = Default::default();
            signers.sigstore = None;
        }
        let seen = if pinned { load()? } else { None };
        let days = self.max_scan_age_days.or(config.seal.max_scan_age_days);
        let accepted = Accepted {
            signers,
            fail_on: Some(config.policy.fail_on).filter(|_| !config.never_fail),
            longest_age: days.map(|days| Duration::from_secs(days * 86_400)),
            seen: seen.and_then(|(_, seen)| seen.of(folder).cloned()),
            policy: Some(policy_digest(&config.policy).map_err(Failure::new)?),
        };
        check(folder, &accepted).map_err(Failure::new)
    }
}

/// Takes note of an attestation that was accepted.
///
/// # Errors
/// It cannot be written down.
pub fn note_attested(folder: &Folder, attested: &Attested) -> Result<(), Failure> {
    note(folder, attested.pin())
}

/// Takes note of an attestation that was made here.
///
/// # Errors
/// It cannot be written down.
pub fn note_scan(folder: &Folder, number: u64, digest: Digest) -> Result<(), Failure> {
    note(folder, Pin { sequence: number, digest })
}

/// Forgets what was seen of a sealed state.
///
/// # Errors
/// It cannot be written down.
pub fn forget_scans(folder: &Folder) -> Result<(), Failure> {
    change(|seen| {
        seen.forget(folder);
        true
    })
}

fn note(folder: &Folder, pin: Pin) -> Result<(), Failure> {
    change(|seen| seen.note(folder, pin))
}

/// Changes what is kept, if `edit` says that it did something.
fn change(edit: impl FnOnce(&mut SeenScans) -> bool) -> Result<(), Failure> {
    let Some((path, mut seen)) = load()? else { return Ok(()) };
    if !edit(&mut seen) {
        return Ok(());
    }
    let kept = seen.to_bytes().map_err(std::io::Error::from).and_then(|bytes| state::keep(&path, &bytes));
    kept.map_err(|e| Failure::new(format!("that a scan was seen cannot be kept in {}: {e}", path.display())))
}

/// The file, and what is in it; `None` if this system has no place for it.
fn load() -> Result<Option<(PathBuf, SeenScans)>, Failure> {
    let Some(folder) = state::folder() else { return Ok(None) };
    let path = folder.join("scans.json");
    let unreadable = |why: &dyn std::fmt::Display| {
        Failure::new(format!("cannot read which scans were seen before, in {}: {why}", path.display()))
            .help("repair or remove the file")
    };
    let seen = match std::fs::read(&path) {
        Ok(bytes) => SeenScans::from_bytes(&bytes).map_err(|e| unreadable(&e))?,
        Err(e) if e.kind() == ErrorKind::NotFound => SeenScans::default(),
        Err(e) => return Err(unreadable(&e)),
    };
    Ok(Some((path, seen)))
}
