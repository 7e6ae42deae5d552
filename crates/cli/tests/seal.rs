//! Seals: what they say, and to whom.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;
mod sealed;

use std::fs;

use sealed::{Sealed, line, lines};

#[test]
fn keys_are_closed_to_others_and_never_overwritten() {
    let sealed = Sealed::unsealed();
    for curve in ["p256", "p384", "p521"] {
        let name = format!("{curve}.pem");
        sealed.run(&["keygen", &name, "--curve", curve]).exits(0);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(sealed.path(&name)).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let before = sealed.bench.read(&name);
        assert!(sealed.run(&["keygen", &name]).exits(2).err().contains("never overwritten"));
        assert_eq!(sealed.bench.read(&name), before);
        sealed.seal(&["--key", &name, "--new-series"]).exits(0);
        sealed.run(&["verify", "data", "--key", &format!("{curve}.pub.pem"), "--no-pin"]).exits(0);
        sealed.run(&["verify", "data", "--key", &name, "--no-pin"]).exits(2);
    }
}

#[test]
fn an_encrypted_key_is_opened_by_a_file_or_a_variable() {
    let sealed = Sealed::unsealed();
    sealed.add("passphrase", "open sesame\n");
    sealed.add("wrong", "open barley\n");
    sealed.run(&["keygen", "locked.pem", "--encrypt", "--passphrase-file", "passphrase"]).exits(0);
    assert!(sealed.bench.read("locked.pem").starts_with(b"-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    let seal = |more: &[&str]| sealed.seal(&[&["--key", "locked.pem"], more].concat());
    assert!(seal(&["--passphrase-file", "wrong"]).exits(2).err().contains("does not open the key"));
    assert!(seal(&["--passphrase-env", "NOT_SET_ANYWHERE"]).exits(2).err().contains("is not set"));
    seal(&["--passphrase-file", "passphrase"]).exits(0);
    let mut command =
        sealed.bench.command(&["seal", "data", "--key", "locked.pem", "--passphrase-env", "PHRASE"]);
    assert!(command.env("PHRASE", "open sesame").status().unwrap().success());
    sealed.run(&["verify", "data", "--key", "locked.pub.pem", "--no-pin"]).exits(0);
}

#[test]
fn equal_data_gives_equal_seals_whatever_the_threads_and_memory() {
    let seal = |more: &[&str]| {
        let sealed = Sealed::unsealed();
        sealed.add("data/train.jsonl", &lines(20_000));
        sealed.seal(&[&["--key", "a.pem", "--created", "2026-01-02T03:04:05Z"], more].concat()).exits(0);
        ["seal.sig", "seal.json", "tiles"].map(|name| sealed.bench.read(&format!("data.seal/{name}")))
    };
    let first = seal(&[]);
    assert_eq!(first, seal(&["--threads", "1"]));
    assert_eq!(first, seal(&["--threads", "7", "--memory", "64M"]));
    assert_ne!(first, seal(&["--source-columns", "label"]));
}

#[test]
fn sealing_again_continues_the_series_and_proves_what_only_grew() {
    let sealed = Sealed::new();
    sealed.verify(&[]).exits(0);
    let first = sealed.bench.json("data.seal/seal.json");
    for n in [600, 601, 900] {
        sealed.change("data/train.jsonl", |b| b.extend(line(n, "pos").bytes()));
    }
    sealed.change("data/test.csv", |b| b.truncate(b.len() - 2));
    assert!(sealed.seal(&["--key", "a.pem"]).exits(0).out().contains("of seal 1: 1\n"));
    sealed.verify(&[]).exits(0);
    let second = sealed.bench.json("data.seal/seal.json");
    assert_eq!((&second["series"], &second["sequence"]), (&first["series"], &2.into()));
    let extends = |name: &str| {
        let files = second["files"].as_array().unwrap();
        files.iter().find(|file| file["name"] == name).unwrap()["records"]["extends"].clone()
    };
    assert_eq!(extends("train.jsonl")["count"], 600);
    assert!(extends("test.csv").is_null(), "a record was cut off");
    // The keys of others cannot go on with it.
    assert!(sealed.seal(&["--key", "b.pem"]).exits(2).err().contains("signed with another key"));
}

#[test]
fn single_files_and_several_files_are_sealed() {
    let sealed = Sealed::unsealed();
    sealed.run(&["seal", "data/train.jsonl", "--key", "a.pem"]).exits(0);
    let key = ["--key", "a.pub.pem", "--no-pin"];
    let verify = |what: &str| sealed.run(&[&["verify", what], &key[..]].concat());
    verify("data/train.jsonl").exits(0);
    verify("data/train.jsonl.seal").exits(0);
    sealed.run(&["seal", "data/train.jsonl", "data/.hidden/notes.txt", "--key", "a.pem"]).exits(2);
    let two =
        ["seal", "data/train.jsonl", "data/.hidden/notes.txt", "--key", "a.pem", "--out", "data/two.seal"];
    sealed.run(&two).exits(0);
    verify("data/two.seal").exits(0);
    sealed.change("data/.hidden/notes.txt", |b| b.push(b'x'));
    assert!(verify("data/two.seal").exits(1).out().contains(".hidden/notes.txt: was changed"));
}

#[test]
fn what_no_seal_can_cover_is_said() {
    let sealed = Sealed::unsealed();
    let refused = |words: &str| {
        let done = sealed.seal(&["--key", "a.pem"]).exits(2);
        assert!(done.err().contains(words), "{}", done.err());
        assert!(!sealed.path("data.seal").exists());
    };
    assert!(
        sealed
            .seal(&["--key", "a.pem", "--out", "data/x.seal"])
            .exits(2)
            .err()
            .contains("in the folder that is sealed")
    );
    assert!(sealed.seal(&["--key", "a.pem", "--out", "data/sub"]).exits(2).err().contains("in the folder"));
    sealed.add("data/TRAIN.jsonl", "");
    refused("are the same where case or Unicode form do not count");
    fs::remove_file(sealed.path("data/TRAIN.jsonl")).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("train.jsonl", sealed.path("data/link")).unwrap();
        refused("`link` is a symbolic link");
    }
    sealed.add("empty/x/y", "");
    fs::remove_file(sealed.path("empty/x/y")).unwrap();
    assert!(sealed.run(&["seal", "empty", "--key", "a.pem"]).exits(2).err().contains("no file to seal"));
}

#[test]
fn records_of_any_table_are_sealed_and_broken_ones_count() {
    let sealed = Sealed::unsealed();
    sealed.add("data/odd.jsonl", "{\"foo\":1,\"bar\":2}\n{\"foo\":\n{\"foo\":3,\"bar\":4}\n");
    fs::write(sealed.path("data/cut.jsonl.gz"), b"\x1f\x8b\x08 not gzip").unwrap();
    sealed.seal(&["--key", "a.pem"]).exits(0);
    let seal = sealed.bench.json("data.seal/seal.json");
    let files = seal["files"].as_array().unwrap();
    let file = |name: &str| files.iter().find(|file| file["name"] == name).unwrap();
    assert_eq!(file("odd.jsonl")["records"]["count"], 3);
    assert!(file("cut.jsonl.gz")["whole"].is_string());
    let row = ["prove", "data.seal", "--file", "odd.jsonl", "--record", "1"];
    sealed.run(&row).exits(0);
    assert_eq!(sealed.bench.json("proof.json")["claim"]["present"]["mode"], "refused");
    sealed.run(&["verify-proof", "proof.json", "data.seal", "--key", "a.pub.pem"]).exits(0);
}

#[test]
fn the_policy_file_says_whom_to_trust() {
    let sealed = Sealed::new();
    sealed
        .add("policy/toadstone.toml", "[seal]\nkeys = [\"../a.pub.pem\", \"../b.pub.pem\"]\nthreshold = 1\n");
    let verify = |more: &[&str]| {
        sealed.run(&[&["verify", "data", "--config", "policy/toadstone.toml"], more].concat())
    };
    verify(&[]).exits(0);
    sealed.add("policy/toadstone.toml", "[seal]\nkeys = [\"../a.pub.pem\", \"../b.pub.pem\"]\n");
    assert!(verify(&[]).exits(1).out().contains("1 of 2 needed signatures"));
    sealed.add("policy/toadstone.toml", "[seal]\nkeys = [\"../a.pub.pem\"]\nmin-sequence = 4\n");
    verify(&[]).exits(1);
    sealed.add("policy/toadstone.toml", "[seal]\nkey = []\n");
    assert!(verify(&[]).exits(2).err().contains("did you mean `keys`?"));
    assert!(
        sealed.run(&["verify", "data"]).exits(2).err().contains("nothing says whose signature is trusted")
    );
}

#[test]
fn the_answer_in_json() {
    let sealed = Sealed::new();
    let json = |code| -> serde_json::Value {
        let done = sealed.verify(&["--format", "json", "--no-pin"]).exits(code);
        serde_json::from_str(&done.out()).unwrap()
    };
    let good = json(0);
    assert_eq!(
        (&good["verdict"], &good["files"], &good["records"]),
        (&"valid".into(), &6.into(), &640.into())
    );
    sealed.add("data/\u{202e}evil", "x");
    let bad = json(1);
    assert_eq!(bad["problems"][0]["kind"], "unsigned");
    let human = sealed.verify(&["--no-pin"]).exits(1).out();
    assert!(human.contains("U+202E") && !human.contains('\u{202e}'));
}

/// The fingerprints of web pages that a seal keeps are signed with it, and `recheck` needs no more.
#[test]
fn a_seal_keeps_fingerprints_of_web_pages() {
    let sealed = Sealed::unsealed();
    let text = |kind: &str, site: usize, n: usize| -> String {
        (0..80).map(|w| format!("{kind}{} ", (site * 7919 + n * 131 + w * 37) % 997)).collect()
    };
    let page = |site: usize, n: usize, text: String| {
        let url = format!("https://site{site}.example/{n}");
        serde_json::json!({ "url": url, "text": text }).to_string() + "\n"
    };
    let first: String = (0..600).map(|at| page(at % 30, at / 30, text("word", at % 30, at / 30))).collect();
    let bought =
        |at: usize| if at % 30 == 7 { text("casino", 0, at) } else { text("word", at % 30, at / 30) };
    let second: String = (0..600).map(|at| page(at % 30, at / 30, bought(at))).collect();
    sealed.bench.write("web.jsonl", first).write("later.jsonl", second);
    sealed.run(&["seal", "web.jsonl", "--key", "a.pem", "--pages"]).exits(0);
    sealed.run(&["verify", "web.jsonl", "--key", "a.pub.pem"]).exits(0);
    let found = sealed.run(&["recheck", "web.jsonl.seal", "--against", "later.jsonl", "--format", "json"]);
    let found: serde_json::Value = serde_json::from_str(&found.out()).unwrap();
    let alone = sealed.run(&["recheck", "web.jsonl", "--against", "later.jsonl", "--format", "json"]);
    let alone: serde_json::Value = serde_json::from_str(&alone.out()).unwrap();
    assert_eq!(found, alone, "the fingerprints say what the texts say");
    assert!(found.to_string().contains("site7.example"), "{found}");

    sealed.change("web.jsonl.seal/pages.parquet", |bytes| bytes[100] ^= 1);
    let wrong = sealed.run(&["verify", "web.jsonl", "--key", "a.pub.pem"]).exits(1);
    assert!((wrong.out() + &wrong.err()).contains("pages.parquet"), "{}", wrong.out());
    let err = sealed.run(&["recheck", "web.jsonl.seal", "--against", "later.jsonl"]).exits(2).err();
    assert!(err.contains("is not what was sealed"), "{err}");
    std::fs::remove_file(sealed.path("web.jsonl.seal/pages.parquet")).unwrap();
    sealed.run(&["verify", "web.jsonl", "--key", "a.pub.pem"]).exits(1);

    sealed.seal(&["--key", "a.pem"]).exits(0);
    let err = sealed.run(&["recheck", "data.seal", "--against", "later.jsonl"]).exits(2).err();
    assert!(err.contains("seal with `--pages`"), "{err}");
    sealed.run(&["seal", "data", "--key", "a.pem", "--new-series", "--pages"]).exits(2);
}

#[test]
fn all_sources_stand_in_a_table_that_is_signed_too() {
    let sealed = Sealed::unsealed();
    let lines = |sources: usize| -> String {
        let line = |n: usize| format!("{{\"text\":\"text {n}\",\"source\":\"site{}\"}}\n", n % sources);
        (0..3 * sources).map(line).collect()
    };
    sealed.add("data/train.jsonl", &lines(100));
    sealed.seal(&["--key", "a.pem"]).exits(0);
    assert!(!sealed.path("data.seal/sources.parquet").exists(), "seal.json lists them all");

    sealed.add("data/train.jsonl", &lines(150));
    sealed.seal(&["--key", "a.pem"]).exits(0);
    sealed.verify(&[]).exits(0);
    let seal = sealed.bench.json("data.seal/seal.json");
    assert_eq!(seal["sources"].as_array().unwrap().len(), 100);
    let table = sealed.bench.read("data.seal/sources.parquet");
    assert_eq!(seal["all_sources"], toadstone_seal::digest::Digest::of(&table).to_string());
    let corpus = sealed.run(&["scan", "data.seal/sources.parquet", "--map", "text=source"]).out();
    assert!(corpus.contains("150 records"), "{corpus}");

    sealed.change("data.seal/sources.parquet", |bytes| bytes[100] ^= 1);
    assert!(sealed.verify(&[]).exits(1).out().contains("sources.parquet is not what was signed"));
    fs::remove_file(sealed.path("data.seal/sources.parquet")).unwrap();
    assert!(sealed.verify(&[]).exits(1).out().contains("sources.parquet is not what was signed"));
}

#[test]
fn a_signature_without_a_key_is_checked_with_a_root_that_the_user_names() {
    let sealed = Sealed::unsealed();
    let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../seal/tests/sigstore");
    for name in ["data.sig", "trusted_root.json", "data/train.jsonl"] {
        sealed.add(&format!("keyless/{name}"), &fs::read_to_string(from.join(name)).unwrap());
    }
    let (who, by) = ("carol@example.org", "https://accounts.example.org");
    let verify = |identity: &str| {
        let trust = ["--sigstore-root", "keyless/trusted_root.json", "--identity", identity, "--issuer", by];
        sealed.run(&[&["verify", "keyless/data.sig", "keyless/data"], &trust[..]].concat())
    };
    let out = verify(who).exits(0).out();
    assert!(out.contains("certificate of carol@example.org (https://accounts.example.org)"), "{out}");
    assert!(verify("carol@example.com").exits(1).out().contains("is for carol@example.org"));
    let error = sealed.run(&["verify", "keyless/data.sig", "keyless/data", "--key", "a.pub.pem"]);
    assert!(error.exits(2).err().contains("--sigstore-root FILE"));
    let policy = |more: &str| {
        let text =
            format!("[seal]\nsigstore-root = \"keyless/trusted_root.json\"\nidentity = \"{who}\"\n{more}");
        sealed.add("toadstone.toml", &text);
        sealed.run(&["verify", "keyless/data.sig", "keyless/data"])
    };
    assert!(policy("").exits(2).err().contains("add `identity` and `issuer`"));
    policy(&format!("issuer = \"{by}\"\n")).exits(0);
    sealed.add("keyless/trusted_root.json", "{}");
    assert!(verify(who).exits(2).err().contains("does not list logs and authorities"));
}
