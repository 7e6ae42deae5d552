//! Attestations from somebody who wants to be believed.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;

use std::sync::OnceLock;
use std::time::SystemTime;

use common::sealed;
use proptest::prelude::*;
use toadstone_core::Verdict;
use toadstone_seal::attest::{
    Accepted, Attested, Detectors, Input, NotRun, Ran, ScanClaim, ScanReport, State, Tally, append, check,
    file_name, sign_scan,
};
use toadstone_seal::digest::Digest;
use toadstone_seal::folder::Folder;
use toadstone_seal::keys::{Authorities, Curve, PrivateKey};
use toadstone_seal::verify::Expected;

/// A sealed file with a scan that found something to look at.
struct Made {
    dir: tempfile::TempDir,
    key: PrivateKey,
    attestation: Vec<u8>,
}

fn claim(folder: &Folder) -> ScanClaim {
    let entry = &folder.manifest.files[0];
    let input = Input {
        name: entry.name.clone(),
        sha256: entry.sha256,
        format: "jsonl".into(),
        columns: vec![],
        records: 20,
    };
    ScanClaim {
        seal: State {
            root: folder.manifest.root,
            series: folder.manifest.series.clone(),
            sequence: folder.manifest.sequence,
        },
        number: 1,
        previous: None,
        created: "2026-01-02T03:04:05Z".into(),
        tool: "toadstone".into(),
        verdict: Verdict::Review,
        policy: Digest::of(b"policy"),
        detectors: Detectors {
            ran: vec![Ran { name: "hidden-text".into(), findings: 1 }],
            not_run: vec![NotRun { name: "label-noise".into(), why: "no labels".into() }],
        },
        findings: Tally { total: 1, blocking: 0, reviewing: 1, waived: 0, sha256: Digest::of(b"[]") },
        records: 20,
        rejected: vec![],
        quarantined: 0,
        inputs: vec![input],
        left_out: vec![],
    }
}

fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let (data, seal) = (dir.path().join("a.jsonl"), dir.path().join("a.jsonl.seal"));
        std::fs::write(&data, "{\"text\":\"row\"}\n".repeat(20)).unwrap();
        std::fs::create_dir(&seal).unwrap();
        let key = PrivateKey::generate(Curve::P256).unwrap();
        let folder = sealed(&data, &seal, &key, dir.path());
        let attestation = sign_scan(&claim(&folder), &folder, std::slice::from_ref(&key), None).unwrap();
        Made { dir, key, attestation }
    })
}

/// What is said of a seal that has these bytes as its attestation.
fn checked(attestation: &[u8], fail_on: Option<Verdict>) -> ScanReport {
    let made = made();
    let original = Folder::read(&made.dir.path().join("a.jsonl.seal")).unwrap();
    let copy = tempfile::tempdir().unwrap();
    std::fs::write(copy.path().join(file_name(1)), attestation).unwrap();
    let folder = Folder { path: copy.path().to_owned(), ..original };
    let signers = Expected {
        keys: vec![made.key.public()],
        authorities: Authorities::default(),
        sigstore: None,
        threshold: None,
        least_sequence: None,
        longest_age: None,
        at: SystemTime::now(),
        unsigned: vec![],
    };
    check(&folder, &Accepted { signers, fail_on, longest_age: None, seen: None, policy: None }).unwrap()
}

fn believed(report: &ScanReport) -> Option<Attested> {
    report.newest.clone().filter(|_| report.problems.is_empty())
}

#[test]
fn an_attestation_comes_back_and_is_added_once() {
    let made = made();
    let report = checked(&made.attestation, None);
    let newest = believed(&report).unwrap();
    assert_eq!((newest.verdict, newest.records, newest.files), (Verdict::Review, 20, 1));
    assert!(believed(&checked(&made.attestation, Some(Verdict::Review))).is_none());
    assert!(believed(&checked(&made.attestation, Some(Verdict::Block))).is_some());

    let folder = Folder::read(&made.dir.path().join("a.jsonl.seal")).unwrap();
    append(&folder, &claim(&folder), &made.attestation).unwrap();
    let again = append(&folder, &claim(&folder), &made.attestation);
    assert!(again.is_err(), "somebody else was first");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Whatever is changed, what is believed is what was signed.
    #[test]
    fn a_changed_attestation_is_not_believed(at in any::<prop::sample::Index>(), to in any::<u8>(), cut in 0usize..4) {
        let made = made();
        let mut bytes = made.attestation.clone();
        let at = at.index(bytes.len());
        match cut {
            0 => bytes.truncate(at),
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, to),
            _ => bytes[at] = to,
        }
        if let Some(newest) = believed(&checked(&bytes, None)) {
            let signed = believed(&checked(&made.attestation, None)).unwrap();
            prop_assert_eq!(Attested { digest: signed.digest, ..newest }, signed);
        }
    }

    #[test]
    fn nothing_that_is_read_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = ScanClaim::from_bytes(&bytes);
        prop_assert!(believed(&checked(&bytes, None)).is_none());
    }
}
