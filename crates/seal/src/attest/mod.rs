//! Attestations: what a scan found, signed, about exactly one sealed state.
//!
//! Each is a file `scan-0001.sig`, `scan-0002.sig`, ... in the seal: a Sigstore bundle (0.3) around an
//! in-toto statement (v1). Its subject is `seal.json` by its SHA-256, which the seal's signature binds,
//! so a countersignature on the seal changes nothing. Each names the digest of the file before it: an
//! attestation that is not the newest cannot be changed or taken out unnoticed.

mod chain;
mod check;
mod claim;
mod cover;
mod make;
mod problem;
mod seen;

pub use chain::{Chain, Link};
pub use check::{Accepted, Attested, ScanReport, check};
pub use claim::{
    Detectors, Input, LeftOut, NotRun, PREDICATE, Ran, ScanClaim, Scanned, State, Tally, policy_digest,
};
pub use cover::{Covered, cover, sealed_name};
pub use make::{append, sign_scan};
pub use problem::{AttestError, ScanProblem};
pub use seen::SeenScans;

/// Most bytes of an attestation: that of about a million files.
const LARGEST: u64 = 256 << 20;

/// The name of the file of an attestation.
pub fn file_name(number: u64) -> String {
    format!("scan-{number:04}.sig")
}

/// The number in the name of such a file; `None` for every other name.
fn number_of(name: &str) -> Option<u64> {
    let digits = name.strip_prefix("scan-")?.strip_suffix(".sig")?;
    let number = digits.parse().ok()?;
    (number > 0 && file_name(number) == name).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_name_that_we_write_is_one() {
        for number in [1, 42, 9999, 10_000, u64::MAX] {
            assert_eq!(number_of(&file_name(number)), Some(number));
        }
        for wrong in
            ["scan-0000.sig", "scan-1.sig", "scan-00001.sig", "scan-+001.sig", "scan-.sig", "seal.sig"]
        {
            assert_eq!(number_of(wrong), None, "{wrong}");
        }
    }
}
