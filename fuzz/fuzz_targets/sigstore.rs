#![no_main]

use std::time::{Duration, UNIX_EPOCH};

use libfuzzer_sys::fuzz_target;
use toadstone_seal::keys::Authorities;
use toadstone_seal::known::Known;
use toadstone_seal::oms::Signed;
use toadstone_seal::sigstore::{Trusted, TrustedRoot};
use toadstone_seal::verify::{Expected, Report, verify_signatures};

const ROOT: &[u8] = include_bytes!("../../crates/seal/tests/sigstore/trusted_root.json");

// Nobody else than the one who signed the example can be taken for its signer.
fuzz_target!(|data: &[u8]| {
    let _ = TrustedRoot::from_bytes(data);
    let _ = Known::from_bytes(data);
    let Ok(signed) = Signed::from_bytes(data) else { return };
    let Ok(root) = TrustedRoot::from_bytes(ROOT) else { return };
    let (identity, issuer) = ("mallory@example.org".to_owned(), "https://accounts.example.org".to_owned());
    let expected = Expected {
        keys: Vec::new(),
        authorities: Authorities::default(),
        sigstore: Some(Trusted { root, identity, issuer }),
        threshold: None,
        least_sequence: None,
        longest_age: None,
        at: UNIX_EPOCH + Duration::from_secs(1_800_000_000),
        unsigned: Vec::new(),
    };
    let mut report = Report::default();
    verify_signatures(&signed, &expected, &mut report);
    assert!(report.signers.is_empty());
});
