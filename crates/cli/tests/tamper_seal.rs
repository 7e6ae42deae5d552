//! Everything that somebody may do to a seal or a proof is noticed.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;
mod sealed;

use std::fs;

use sealed::{Sealed, copy, each, line};

const TRAIN: &str = "data/train.jsonl";
const SIG: &str = "data.seal/seal.sig";
const SEAL: &str = "data.seal/seal.json";

#[test]
fn the_signature() {
    each(&[
        (
            "another key",
            |s| drop(s.run(&["seal", "data", "--key", "b.pem", "--new-series"]).exits(0)),
            "signature 1 does not hold",
        ),
        (
            "the payload",
            |s| s.change_payload(|p| p["subject"][0]["name"] = "other".into()),
            "signature 1 does not hold",
        ),
        (
            "the payload type",
            |s| s.change_json(SIG, |b| b["dsseEnvelope"]["payloadType"] = "text/plain".into()),
            "is not of the type",
        ),
        (
            "the media type",
            |s| s.change_json(SIG, |b| b["mediaType"] = "application/json".into()),
            "is not of the type",
        ),
        (
            "the predicate type",
            |s| s.change_payload(|p| p["predicateType"] = "x".into()),
            "does not make a claim",
        ),
        (
            "the signature",
            |s| {
                s.change_json(SIG, |b| b["dsseEnvelope"]["signatures"][0]["sig"] = "MAYCAQECAQE=".into());
            },
            "signature 1 does not hold",
        ),
        (
            "no signature",
            |s| s.change_json(SIG, |b| b["dsseEnvelope"]["signatures"] = serde_json::json!([])),
            "0 signatures",
        ),
        (
            "the hint of another key",
            |s| {
                s.change_json(SIG, |b| {
                    b["verificationMaterial"]["publicKey"]["hint"] = "0".repeat(64).into()
                });
            },
            "which was not given",
        ),
        (
            "a digest",
            |s| {
                s.change_payload(|p| p["predicate"]["resources"][0]["digest"] = "0".repeat(64).into());
            },
            "the digest of its subject",
        ),
        (
            "a digest of another length",
            |s| {
                s.change_payload(|p| p["predicate"]["resources"][0]["digest"] = "00".into());
            },
            "not 64 lower-case",
        ),
        (
            "a name upwards",
            |s| {
                s.change_payload(|p| p["predicate"]["resources"][0]["name"] = "../x".into());
            },
            "leads elsewhere",
        ),
        (
            "an absolute name",
            |s| {
                s.change_payload(|p| p["predicate"]["resources"][0]["name"] = "/etc/passwd".into());
            },
            "is absolute",
        ),
        (
            "a NUL in a name",
            |s| {
                s.change_payload(|p| p["predicate"]["resources"][0]["name"] = "a\0b".into());
            },
            "holds a NUL",
        ),
        (
            "names that differ in case",
            |s| {
                s.change_payload(|p| {
                    let twin = p["predicate"]["resources"][1]["name"].as_str().unwrap().to_uppercase();
                    p["predicate"]["resources"][0]["name"] = twin.into();
                });
            },
            "are the same where case",
        ),
        (
            "a name twice in the payload",
            |s| {
                s.change_payload_text(|text| {
                    text.replacen("\"predicateType\"", "\"_type\":\"x\",\"predicateType\"", 1)
                });
            },
            "stands twice",
        ),
        (
            "a name twice in the bundle",
            |s| {
                s.change(SIG, |b| {
                    let text = String::from_utf8(b.clone()).unwrap();
                    *b = text.replacen("{\"", "{\"mediaType\":\"x\",\"", 1).into_bytes();
                });
            },
            "stands twice",
        ),
        ("deep JSON", |s| fs::write(s.path(SIG), "[".repeat(100_000)).unwrap(), "not valid JSON"),
        (
            "a huge bundle",
            |s| {
                fs::File::options().write(true).open(s.path(SIG)).unwrap().set_len(1 << 30).unwrap();
            },
            "is larger than",
        ),
    ]);
}

#[test]
fn the_rest_of_the_seal() {
    each(&[
        (
            "seal.json",
            |s| s.change_json(SEAL, |m| m["sequence"] = 9.into()),
            "seal.json is not what was signed",
        ),
        (
            "a root in seal.json",
            |s| s.change_json(SEAL, |m| m["root"] = "0".repeat(64).into()),
            "its root is not",
        ),
        (
            "a label's column in seal.json",
            |s| {
                s.change_json(SEAL, |m| m["files"][4]["records"]["columns"]["label"] = "other".into());
            },
            "seal.json is not what was signed",
        ),
        ("tiles", |s| s.change("data.seal/tiles", |b| b[40] ^= 1), "tiles is not what was signed"),
        ("no tiles", |s| fs::remove_file(s.path("data.seal/tiles")).unwrap(), "tiles is not what was signed"),
        (
            "a seal before the first",
            |s| assert!(fs::copy(s.path(SIG), s.path("data.seal/previous.sig")).unwrap() > 0),
            "previous.sig",
        ),
    ]);
}

#[test]
fn the_seal_before() {
    let grown = || {
        let sealed = Sealed::new();
        sealed.change(TRAIN, |b| b.extend(line(600, "pos").bytes()));
        sealed.seal(&["--key", "a.pem"]).exits(0);
        sealed.verify(&["--no-pin"]).exits(0);
        sealed
    };
    let sealed = grown();
    sealed.change("data.seal/previous.sig", |b| b.push(b' '));
    assert!(sealed.verify(&["--no-pin"]).exits(1).out().contains("previous.sig is not what was signed"));
    let sealed = grown();
    fs::remove_file(sealed.path("data.seal/previous.sig")).unwrap();
    assert!(
        sealed
            .verify(&["--no-pin"])
            .exits(1)
            .out()
            .contains("previous.sig is not what was signed: the file is missing")
    );
    let sealed = grown();
    let proof = |m: &mut serde_json::Value| {
        let file =
            m["files"].as_array_mut().unwrap().iter_mut().find(|f| f["name"] == "train.jsonl").unwrap();
        assert!(!file["records"]["extends"]["proof"].as_array().unwrap().is_empty());
        file["records"]["extends"]["proof"][0] = "0".repeat(64).into();
    };
    sealed.change_json(SEAL, proof);
    assert!(sealed.verify(&["--no-pin"]).exits(1).out().contains("seal.json is not what was signed"));
}

#[test]
fn signatures_of_several() {
    let both = || {
        let sealed = Sealed::unsealed();
        sealed.seal(&["--key", "a.pem", "--key", "b.pem"]).exits(0);
        sealed
    };
    let keys = ["verify", "data.seal", "--no-pin", "--key", "a.pub.pem", "--key", "b.pub.pem"];
    both().run(&keys).exits(0);
    for (bad, one_suffices) in [(0, false), (1, true)] {
        let sealed = both();
        sealed.change_json(SIG, |b| {
            b["dsseEnvelope"]["signatures"][bad]["sig"] = "MAYCAQECAQE=".into();
        });
        for more in [&[][..], &["--threshold", "1"][..]] {
            let done = sealed.run(&[&keys, more].concat()).exits(1);
            assert!(done.out().contains(&format!("signature {} does not hold", bad + 1)), "{}", done.out());
        }
        // Who does not know the second key cannot judge it.
        assert_eq!(sealed.verify(&["--no-pin"]).code() == 0, one_suffices);
    }
    let sealed = both();
    sealed.change_json(SIG, |b| {
        let first = b["dsseEnvelope"]["signatures"][0].clone();
        b["dsseEnvelope"]["signatures"].as_array_mut().unwrap().swap(0, 1);
        b["dsseEnvelope"]["signatures"][0] = first;
    });
    let twice = sealed.run(&[&keys[..], &["--threshold", "2"]].concat()).exits(1);
    assert!(twice.out().contains("1 of 2 needed signatures hold"), "{}", twice.out());
    // A third signer may join later, and two of three suffice.
    let sealed = both();
    sealed.verify(&["--threshold", "1"]).exits(0);
    sealed.run(&["seal", "--countersign", "data.seal", "--key", "c.pem"]).exits(0);
    sealed.verify(&["--threshold", "1"]).exits(0);
    sealed.run(&["seal", "--countersign", "data.seal", "--key", "c.pem"]).exits(2);
    let three =
        ["verify", "data.seal", "--no-pin", "--key", "a.pub.pem", "--key", "b.pub.pem", "--key", "c.pub.pem"];
    sealed.run(&three).exits(0);
    both().run(&three).exits(1);
    both().run(&[&three[..], &["--threshold", "2"]].concat()).exits(0);
}

#[test]
fn older_states() {
    let sealed = Sealed::new();
    sealed.verify(&[]).exits(0);
    copy(&sealed.path("data"), &sealed.path("old/data"));
    copy(&sealed.path("data.seal"), &sealed.path("old/data.seal"));
    sealed.change(TRAIN, |b| b.extend(line(600, "pos").bytes()));
    sealed.seal(&["--key", "a.pem"]).exits(0);
    sealed.verify(&["--min-sequence", "2"]).exits(0);
    // Rolled back, seal and all.
    for name in ["data", "data.seal"] {
        fs::rename(sealed.path(name), sealed.path(&format!("new-{name}"))).unwrap();
        copy(&sealed.path(&format!("old/{name}")), &sealed.path(name));
    }
    assert!(sealed.verify(&[]).exits(1).out().contains("an older state"));
    assert!(
        sealed.verify(&["--no-pin", "--min-sequence", "2"]).exits(1).out().contains("at least 2 is needed")
    );
    sealed.verify(&["--no-pin"]).exits(0);
    // Another second seal than the one that was seen.
    sealed.change(TRAIN, |b| b.extend(line(601, "neg").bytes()));
    sealed.seal(&["--key", "a.pem"]).exits(0);
    assert!(sealed.verify(&[]).exits(1).out().contains("another seal with the number 2"));
    // A series that begins anew at the same place.
    sealed.seal(&["--key", "a.pem", "--new-series", "--created", "2020-01-01T00:00:00Z"]).exits(0);
    assert!(sealed.verify(&[]).exits(1).out().contains("another series"));
    sealed.verify(&["--forget"]).exits(0);
    // Held back: what was true once is shown for ever.
    let frozen = sealed.verify(&["--max-age-days", "30"]).exits(1);
    assert!(frozen.out().contains("older than allowed"), "{}", frozen.out());
}

#[test]
fn proofs() {
    let sealed = Sealed::new();
    let prove = |args: &[&str]| sealed.run(&[&["prove", "data.seal"], args].concat());
    let check = || sealed.run(&["verify-proof", "proof.json", "data.seal/seal.sig", "--key", "a.pub.pem"]);
    let refused = |name: &str| assert_eq!(check().code(), 1, "{name}: {}", check().out());
    let row = ["--file", "train.jsonl", "--record", "300"];
    prove(&row).exits(0);
    check().exits(0);
    assert!(sealed.bench.read("proof.json").len() < 4096);
    type Change = fn(&mut serde_json::Value);
    let present: [(&str, Change); 8] = [
        ("another row", |p| p["claim"]["present"]["row"] = 301.into()),
        ("another file", |p| p["claim"]["present"]["file"] = "test.csv".into()),
        ("another label", |p| p["claim"]["present"]["meta"]["label"] = "neg".into()),
        ("another source", |p| p["claim"]["present"]["meta"]["source"][0] = "s1".into()),
        ("another content", |p| p["claim"]["present"]["content"] = "0".repeat(64).into()),
        ("a digest of another length", |p| p["claim"]["present"]["path"][0] = "00".into()),
        ("a shorter path", |p| drop(p["claim"]["present"]["path"].as_array_mut().unwrap().pop())),
        ("another number", |p| p["sequence"] = 2.into()),
    ];
    for (name, change) in present {
        prove(&row).exits(0);
        sealed.change_json("proof.json", change);
        refused(name);
    }
    let digest = "7".repeat(64);
    let absent = ["--absent", "--digest", &digest];
    prove(&absent).exits(0);
    check().exits(0);
    let changes: [(&str, Change); 4] = [
        ("a file left out", |p| drop(p["claim"]["absent"]["files"].as_array_mut().unwrap().pop())),
        ("another content", |p| p["claim"]["absent"]["content"] = "0".repeat(64).into()),
        ("a neighbour left out", |p| p["claim"]["absent"]["files"][0]["below"] = serde_json::Value::Null),
        ("a neighbour moved", |p| p["claim"]["absent"]["files"][0]["above"]["at"] = 3.into()),
    ];
    for (name, change) in changes {
        prove(&absent).exits(0);
        sealed.change_json("proof.json", change);
        refused(name);
    }
    // The proof of another data set.
    let other = Sealed::unsealed();
    other.change(TRAIN, |b| b.extend(line(600, "pos").bytes()));
    other.seal(&["--key", "a.pem"]).exits(0);
    other.run(&["prove", "data.seal", "--file", "train.jsonl", "--record", "300"]).exits(0);
    fs::copy(other.path("proof.json"), sealed.path("proof.json")).unwrap();
    refused("another data set");
    // A record that is there has no proof of its absence, nor one that is not there one of its presence.
    sealed.bench.write("record", line(300, "pos").trim_end());
    prove(&["--absent", "--content", "record"]).exits(2);
    prove(&["--digest", &digest]).exits(2);
    prove(&["--content", "record"]).exits(0);
    let content =
        sealed.run(&["verify-proof", "proof.json", "data.seal", "--key", "a.pub.pem", "--content", "record"]);
    assert!(content.exits(0).out().contains("Row 300 of train.jsonl"));
    // Nothing is proved about data that is not what was sealed.
    sealed.change(TRAIN, |b| b[20] ^= 1);
    prove(&["--file", "train.jsonl", "--record", "3"]).exits(2);
}
