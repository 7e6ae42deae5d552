//! Files of a seal from somebody who wants to be believed.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;

use std::path::Path;
use std::time::SystemTime;

use common::sealed;
use proptest::prelude::*;
use toadstone_core::Control;
use toadstone_seal::digest::Digest;
use toadstone_seal::folder::Folder;
use toadstone_seal::keys::{Authorities, Curve, PrivateKey};
use toadstone_seal::manifest::Manifest;
use toadstone_seal::oms::Bundle;
use toadstone_seal::prove::{Claim, Proof, Reader, Wanted, check, prove_absent, prove_present};
use toadstone_seal::verify::{Expected, Report, verify_signatures};

/// A sealed folder, its key, and proofs about it.
struct Made {
    key: PrivateKey,
    signature: Vec<u8>,
    manifest: Vec<u8>,
    proofs: [Vec<u8>; 2],
}

fn made() -> &'static Made {
    static MADE: std::sync::OnceLock<Made> = std::sync::OnceLock::new();
    MADE.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let (data, seal) = (dir.path().join("data"), dir.path().join("data.seal"));
        std::fs::create_dir_all(data.join("sub/empty")).unwrap();
        std::fs::create_dir(&seal).unwrap();
        let rows = |n: usize| {
            (0..n).map(|i| format!("{{\"text\":\"row {i}\",\"label\":\"{}\"}}\n", i % 2)).collect::<String>()
        };
        std::fs::write(data.join("a.jsonl"), rows(700)).unwrap();
        std::fs::write(data.join("b.jsonl"), rows(3)).unwrap();
        std::fs::write(data.join("c.txt"), "text").unwrap();
        let key = PrivateKey::generate(Curve::P256).unwrap();
        let folder = sealed(&data, &seal, &key, dir.path());
        let control = Control::default();
        let reader =
            Reader { folder: &folder, data: &data, threads: 1, temporary: dir.path(), control: &control };
        let present = prove_present(&reader, Wanted::Row(300), Some("a.jsonl")).unwrap();
        let absent = prove_absent(&reader, Digest::of(b"nothing")).unwrap();
        let proofs = [present, absent].map(|proof| proof.to_bytes().unwrap());
        let manifest = std::fs::read(seal.join("seal.json")).unwrap();
        Made { signature: folder.signature.clone(), manifest, proofs, key }
    })
}

fn expected(key: &PrivateKey) -> Expected {
    Expected {
        keys: vec![key.public()],
        authorities: Authorities::default(),
        sigstore: None,
        threshold: None,
        least_sequence: None,
        longest_age: None,
        at: SystemTime::now(),
        unsigned: Vec::new(),
    }
}

/// One to four edits of bytes.
fn edits() -> impl Strategy<Value = Vec<(prop::sample::Index, u8, u8)>> {
    prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..5), 1..5)
}

fn mutate(bytes: &[u8], edits: &[(prop::sample::Index, u8, u8)]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (at, byte, kind) in edits {
        let at = at.index(bytes.len());
        match kind {
            0 => bytes[at] ^= byte.max(&1),
            1 => bytes.insert(at, *byte),
            2 => drop(bytes.remove(at)),
            3 => bytes[at] = b"0123456789abcdef\",:{}[]"[usize::from(*byte) % 23],
            _ => {
                let end = (at + usize::from(*byte)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes
}

/// The proof of an absence without the content that it is about; none of a presence.
fn but_for_the_content(proof: &Proof) -> Option<Proof> {
    let mut proof = proof.clone();
    match &mut proof.claim {
        Claim::Absent(absent) => absent.content = Digest::of(b""),
        Claim::Present(_) => return None,
    }
    Some(proof)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_edit_of_a_bundle_makes_a_signature_hold_for_something_else(edits in edits()) {
        let made = made();
        let signed = Bundle::from_bytes(&made.signature).unwrap();
        if let Ok(edited) = Bundle::from_bytes(&mutate(&made.signature, &edits)) {
            let mut report = Report::default();
            verify_signatures(edited.signed(), &expected(&made.key), &mut report);
            prop_assert!(!report.problems.is_empty() || edited.statement() == signed.statement());
        }
    }

    #[test]
    fn no_edit_of_a_proof_shows_something_else(edits in edits(), which in 0usize..2) {
        let made = made();
        let bundle = Bundle::from_bytes(&made.signature).unwrap();
        let proof = Proof::from_bytes(&made.proofs[which]).unwrap();
        prop_assert!(check(&proof, bundle.statement(), None).is_ok());
        if let Ok(edited) = Proof::from_bytes(&mutate(&made.proofs[which], &edits)) {
            // Whatever lies in the same gap is absent, too, and that is what the edited proof says.
            let other = but_for_the_content(&edited);
            let same = edited == proof || other.is_some() && other == but_for_the_content(&proof);
            prop_assert!(same || check(&edited, bundle.statement(), None).is_err(), "{edited:#?}");
        }
    }

    #[test]
    fn a_manifest_that_is_read_comes_back(edits in edits()) {
        if let Ok(edited) = Manifest::from_bytes(&mutate(&made().manifest, &edits)) {
            let again = Manifest::from_bytes(&edited.to_bytes().unwrap()).unwrap();
            prop_assert_eq!(again, edited);
        }
    }
}

#[test]
fn every_content_is_there_or_provably_not() {
    let dir = tempfile::tempdir().unwrap();
    let control = Control::default();
    for rows in [0usize, 1, 2, 255, 256, 257, 600] {
        let (data, seal) =
            (dir.path().join(format!("{rows}.jsonl")), dir.path().join(format!("{rows}.seal")));
        // Every third row is a copy of an earlier one.
        let line = |i: usize| format!("{{\"text\":\"row {}\"}}", if i % 3 == 2 { i / 3 } else { i });
        let text: String = (0..rows).map(|i| line(i) + "\n").collect();
        std::fs::write(&data, if rows == 0 { "\n".to_owned() } else { text }).unwrap();
        std::fs::create_dir(&seal).unwrap();
        let folder = seal_at(&data, &seal, dir.path());
        let reader =
            Reader { folder: &folder, data: &data, threads: 2, temporary: dir.path(), control: &control };
        let statement = folder.bundle.statement();
        if statement.resources[0].records.is_none() {
            continue;
        }
        for row in [0, rows / 2, rows.saturating_sub(1)].into_iter().filter(|row| *row < rows) {
            let content = line(row);
            let proof = prove_present(&reader, Wanted::Row(row as u64), None).unwrap();
            check(&proof, statement, Some(content.as_bytes())).unwrap();
            assert!(check(&proof, statement, Some(b"other")).is_err());
            assert!(prove_absent(&reader, Digest::of(content.as_bytes())).is_err());
        }
        for other in 0..20 {
            let digest = Digest::of(format!("other {other}").as_bytes());
            let proof = prove_absent(&reader, digest).unwrap();
            check(&proof, statement, None).unwrap();
            assert!(prove_present(&reader, Wanted::Content(digest), None).is_err());
        }
        for edge in [Digest([0; 32]), Digest([0xff; 32])] {
            check(&prove_absent(&reader, edge).unwrap(), statement, None).unwrap();
        }
    }
}

fn seal_at(data: &Path, seal: &Path, temporary: &Path) -> Folder {
    sealed(data, seal, &PrivateKey::generate(Curve::P256).unwrap(), temporary)
}
