//! Signatures without a key of the signer's own: who is believed, and what is not.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proptest::prelude::*;
use serde_json::{Value, json};
use toadstone_core::Control;
use toadstone_seal::keys::Authorities;
use toadstone_seal::oms::{Bundle, OmsError};
use toadstone_seal::sigstore::{Trusted, TrustedRoot};
use toadstone_seal::verify::{Expected, Target, VerifyError, verify};

const WHO: &str = "carol@example.org";
const BY: &str = "https://accounts.example.org";

fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sigstore").join(name)
}

fn json(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(here(name)).unwrap()).unwrap()
}

/// In 2026, a month after it was signed.
fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_770_000_000)
}

fn expected(sigstore: Option<Trusted>, at: SystemTime) -> Expected {
    Expected {
        keys: Vec::new(),
        authorities: Authorities::default(),
        sigstore,
        threshold: None,
        least_sequence: None,
        longest_age: None,
        at,
        unsigned: Vec::new(),
    }
}

fn trusted(root: &Value, identity: &str, issuer: &str) -> Trusted {
    let root = TrustedRoot::from_bytes(root.to_string().as_bytes()).unwrap();
    Trusted { root, identity: identity.to_owned(), issuer: issuer.to_owned() }
}

/// The problems of a bundle, as told; or why it is none.
fn problems(bundle: &Value, trusted: Trusted, at: SystemTime) -> Result<Vec<String>, OmsError> {
    let bundle = Bundle::from_bytes(bundle.to_string().as_bytes())?;
    let target = Target::Bundle(&bundle, Path::new("data.sig"));
    let expected = expected(Some(trusted), at);
    let report = verify(&target, &here("data"), &expected, None, 1, &Control::default()).unwrap();
    assert_eq!(report.problems.is_empty(), report.signers.len() == 1);
    Ok(report.problems.iter().map(ToString::to_string).collect())
}

fn refused(bundle: &Value, root: &Value, why: &str) {
    match problems(bundle, trusted(root, WHO, BY), now()) {
        Ok(problems) => assert!(problems.iter().any(|p| p.contains(why)), "{why}: {problems:?}"),
        Err(error) => assert!(error.to_string().contains(why), "{why}: {error}"),
    }
}

#[test]
fn who_signed_is_told() {
    let good = problems(&json("data.sig"), trusted(&json("trusted_root.json"), WHO, BY), now());
    assert_eq!(good, Ok(Vec::new()));
    let configuration = json!({ "trustedRoot": json("trusted_root.json"), "signingConfig": {} });
    assert_eq!(problems(&json("data.sig"), trusted(&configuration, WHO, BY), now()), Ok(Vec::new()));
    for (who, by) in
        [("carol@example.com", BY), (WHO, "https://accounts.example.com"), ("", ""), ("carol", BY)]
    {
        let problems = problems(&json("data.sig"), trusted(&json("trusted_root.json"), who, by), now());
        assert!(
            problems.unwrap()[0].contains("is for carol@example.org (https://accounts.example.org), and not")
        );
    }
}

#[test]
fn without_a_trusted_root_nothing_is_said() {
    let bundle = Bundle::from_bytes(&std::fs::read(here("data.sig")).unwrap()).unwrap();
    let target = Target::Bundle(&bundle, Path::new("data.sig"));
    let none = verify(&target, &here("data"), &expected(None, now()), None, 1, &Control::default());
    assert!(matches!(none, Err(VerifyError::Keyless)));
}

#[test]
fn times_count() {
    let root = json("trusted_root.json");
    let early = UNIX_EPOCH + Duration::from_secs(1_767_000_000);
    let problems = problems(&json("data.sig"), trusted(&root, WHO, BY), early).unwrap();
    assert!(problems[0].contains("2026-01-02T03:04:05Z, which is yet to come"), "{problems:?}");
    let period = |at: &str, change: &dyn Fn(&mut Value)| {
        let mut root = root.clone();
        change(root.pointer_mut(at).unwrap());
        root
    };
    let ended = |period: &mut Value| period["end"] = "2026-01-01T00:00:00.999Z".into();
    let later = |period: &mut Value| period["start"] = "2026-01-03T00:00:00Z".into();
    for change in [&ended as &dyn Fn(&mut Value), &later] {
        let bundle = json("data.sig");
        refused(&bundle, &period("/tlogs/0/publicKey/validFor", change), "has no log");
        refused(&bundle, &period("/ctlogs/0/publicKey/validFor", change), "timestamps are of others");
        refused(&bundle, &period("/certificateAuthorities/0/validFor", change), "no way leads");
    }
}

#[test]
fn who_is_not_in_the_root_vouches_for_nothing() {
    let (bundle, root) = (json("data.sig"), json("trusted_root.json"));
    let without = |name: &str| {
        let mut root = root.clone();
        root[name] = json!([]);
        root
    };
    refused(&bundle, &without("tlogs"), "has no log");
    refused(&bundle, &without("ctlogs"), "timestamps are of others");
    refused(&bundle, &without("certificateAuthorities"), "no way leads");
    let swap = |from: &str, to: &str| {
        let mut root = root.clone();
        root[to][0]["publicKey"]["rawBytes"] = root[from][0]["publicKey"]["rawBytes"].clone();
        root
    };
    refused(&bundle, &swap("ctlogs", "tlogs"), "the promise of the entry was not signed");
    refused(&bundle, &swap("tlogs", "ctlogs"), "did not sign its timestamp");
    let mut short = root.clone();
    short["certificateAuthorities"][0]["certChain"]["certificates"].as_array_mut().unwrap().remove(0);
    refused(&bundle, &short, "no way leads");
}

/// Every text below a value, with its path.
fn texts(value: &Value, path: String, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(path),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, item)| texts(item, format!("{path}/{at}"), found));
        }
        Value::Object(object) => {
            object.iter().for_each(|(name, item)| texts(item, format!("{path}/{name}"), found));
        }
        _ => {}
    }
}

#[test]
fn nothing_can_be_changed() {
    let (bundle, root) = (json("data.sig"), json("trusted_root.json"));
    let mut paths = Vec::new();
    texts(&bundle, String::new(), &mut paths);
    // Size and root are those of the checkpoint, which the log signed.
    paths.retain(|path| !path.ends_with("/rootHash") && !path.ends_with("/treeSize"));
    assert!(paths.len() > 14);
    for path in paths {
        let text = bundle.pointer(&path).unwrap().as_str().unwrap();
        let step = (text.len() / 60).max(1);
        // The name beside the signature of a checkpoint is not signed; the key is found by its digest.
        let name = text.find("\u{2014} ").map(|dash| dash..text.rfind(' ').unwrap());
        let free = |at: &usize| !text.is_char_boundary(*at) || name.as_ref().is_some_and(|n| n.contains(at));
        for at in (0..text.len()).step_by(step).filter(|at| !free(at)) {
            let old = text[at..].chars().next().unwrap();
            let new = if old == 'A' { 'B' } else { 'A' };
            let changed = format!("{}{new}{}", &text[..at], &text[at + old.len_utf8()..]);
            let mut bundle = bundle.clone();
            *bundle.pointer_mut(&path).unwrap() = changed.into();
            let found = problems(&bundle, trusted(&root, WHO, BY), now());
            assert!(found.is_err() || !found.unwrap().is_empty(), "{path} at {at}");
        }
    }
}

#[test]
fn an_entry_is_about_one_signature() {
    let (bundle, root) = (json("data.sig"), json("trusted_root.json"));
    let change = |at: &str, to: Value| {
        let mut bundle = bundle.clone();
        *bundle.pointer_mut(at).unwrap() = to;
        bundle
    };
    refused(&change("/verificationMaterial/tlogEntries", json!([])), &root, "does not name one entry");
    let twice = bundle["verificationMaterial"]["tlogEntries"][0].clone();
    refused(
        &change("/verificationMaterial/tlogEntries", json!([twice, twice])),
        &root,
        "does not name one entry",
    );
    let entry = "/verificationMaterial/tlogEntries/0";
    refused(&change(&format!("{entry}/kindVersion/version"), json!("0.0.2")), &root, "not supported");
    refused(
        &change(&format!("{entry}/inclusionProof/hashes"), json!([])),
        &root,
        "the entry is not in the log",
    );
    refused(&change(&format!("{entry}/integratedTime"), json!("1767323046")), &root, "promise of the entry");
    refused(
        &change(&format!("{entry}/integratedTime"), json!("18446744073709551615")),
        &root,
        "promise of the entry",
    );
}

/// Bytes with some of them replaced, cut or doubled.
fn edited(name: &str) -> impl Strategy<Value = Vec<u8>> {
    let bytes = std::fs::read(here(name)).unwrap();
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3u8), 1..4);
    edits.prop_map(move |edits| {
        let mut bytes = bytes.clone();
        for (at, byte, how) in edits {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, byte),
            }
        }
        bytes
    })
}

proptest! {
    #[test]
    fn nothing_that_is_read_panics(root in edited("trusted_root.json"), bundle in edited("data.sig")) {
        let good = Bundle::from_bytes(&std::fs::read(here("data.sig")).unwrap()).unwrap();
        let target = Target::Bundle(&good, Path::new("data.sig"));
        if let Ok(root) = TrustedRoot::from_bytes(&root) {
            let trusted = Trusted { root, identity: WHO.to_owned(), issuer: BY.to_owned() };
            let expected = expected(Some(trusted), now());
            let _ = verify(&target, &here("data"), &expected, None, 1, &Control::default());
        }
        if let Ok(bundle) = Bundle::from_bytes(&bundle) {
            let target = Target::Bundle(&bundle, Path::new("data.sig"));
            let mallory = trusted(&json("trusted_root.json"), "mallory@example.org", BY);
            let expected = expected(Some(mallory), now());
            let report = verify(&target, &here("data"), &expected, None, 1, &Control::default());
            prop_assert!(report.unwrap().signers.is_empty());
        }
    }
}
