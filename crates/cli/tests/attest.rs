//! Attested scans on the real binary: what is accepted, and every way of failing.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod attested;
mod common;

use attested::{SCAN, Sealed, lines};
use common::Done;
use serde_json::Value;

/// A label that a phrase brings about.
fn planted() -> String {
    std::fs::read_to_string(common::demo_file("support-chat.jsonl")).unwrap()
}

#[test]
fn a_scan_is_signed_into_the_seal_and_verify_insists_on_it() {
    let sealed = Sealed::new();
    assert_eq!(sealed.problem(&[]), "no scan of the sealed data is attested");
    sealed.run(&[&SCAN[..], &["a.pem", "--out", "run"]].concat()).exits(0);
    let text = sealed.verify(&[]).exits(0).out();
    for wanted in
        ["a scan of it is attested", "verdict `pass`", "90 records of 2 files", "not run    ", "LLM04:2025"]
    {
        assert!(text.contains(wanted), "no {wanted}: {text}");
    }

    let statement = sealed.statement("data.seal/scan-0001.sig");
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    let seal = sealed.bench.read("data.seal/seal.json");
    let subject = &statement["subject"][0];
    assert_eq!(subject["digest"]["sha256"], toadstone_seal::digest::Digest::of(&seal).to_string());
    let claim = &statement["predicate"];
    let findings = toadstone_seal::digest::Digest::of(&sealed.bench.read("run/findings.json")).to_string();
    assert_eq!(claim["findings"]["sha256"], findings.as_str());
    assert_eq!(
        (&claim["verdict"], &claim["records"], &claim["number"]),
        (&"pass".into(), &90.into(), &1.into())
    );
    assert_eq!(claim["inputs"][0]["name"], "one.jsonl");
    let run = sealed.bench.json("run/run.json");
    let ran = |state: &str| run["checks"].as_array().unwrap().iter().filter(|c| c["state"] == state).count();
    assert_eq!(claim["detectors"]["ran"].as_array().unwrap().len(), ran("ran"));
    assert_eq!(claim["detectors"]["not_run"].as_array().unwrap().len(), ran("not-run"));
    assert!(claim["detectors"]["not_run"][0]["why"].as_str().unwrap().len() > 5);
    assert_eq!(run["attested"]["file"], "scan-0001.sig");
    let page = String::from_utf8(sealed.bench.read("run/report.html")).unwrap();
    assert!(page.contains("AML.T0020") && page.contains("no statement that one of them is complied with"));

    let json: Value = serde_json::from_str(&sealed.verify(&["--format", "json"]).exits(0).out()).unwrap();
    assert_eq!(
        (&json["scan"]["newest"]["number"], &json["scan"]["problems"]),
        (&1.into(), &Value::Array(vec![]))
    );
    let ids: Vec<&str> =
        json["evidence"].as_array().unwrap().iter().map(|e| e["id"].as_str().unwrap()).collect();
    assert!(["LLM04:2025", "AML.M0014", "QM-67"].iter().all(|id| ids.contains(id)), "{ids:?}");
}

#[test]
fn the_bytes_depend_on_nothing_but_data_and_key() {
    let (one, two) = (Sealed::new().scanned(), Sealed::new());
    two.run(&[&SCAN[..], &["a.pem", "--threads", "1", "--memory", "64M"]].concat()).exits(0);
    assert_eq!(one.bench.read("data.seal/scan-0001.sig"), two.bench.read("data.seal/scan-0001.sig"));
}

#[test]
fn scans_make_a_chain_that_cannot_be_tampered_with() {
    let sealed = Sealed::new().scanned().scanned().scanned();
    sealed.verify(&[]).exits(0);
    let first = sealed.statement("data.seal/scan-0002.sig")["predicate"]["previous"].clone();
    let digest = toadstone_seal::digest::Digest::of(&sealed.bench.read("data.seal/scan-0001.sig"));
    assert_eq!(first, digest.to_string());

    let second = sealed.bench.read("data.seal/scan-0002.sig");
    sealed.forge("data.seal/scan-0002.sig", |s| s["predicate"]["records"] = 1.into());
    assert!(sealed.problem(&[]).contains("the chain was tampered with"));
    let err = sealed.run(&[&SCAN[..], &["a.pem"]].concat()).exits(2).err();
    assert!(err.contains("no whole chain"), "nothing is built on a broken chain: {err}");

    sealed.remove("data.seal/scan-0002.sig");
    assert!(sealed.problem(&[]).starts_with("scan 2 was removed: scan-0002.sig is not there"));
    sealed.bench.write("data.seal/scan-0002.sig", "{}");
    assert!(sealed.problem(&[]).starts_with("scan-0002.sig is no attestation of a scan: "));
    sealed.bench.write("data.seal/scan-0002.sig", &second);
    sealed.verify(&[]).exits(0);

    // Whoever takes the newest out leaves a chain that is whole; who saw it before knows better.
    sealed.remove("data.seal/scan-0003.sig");
    let problem = sealed.problem(&[]);
    assert_eq!(problem, "scan 3 of this state was seen before, and the newest is 2: scans were removed");
    assert!(sealed.problem(&["--scan-key", "a.pub.pem"]).contains("were removed"));
    sealed.verify(&["--no-pin"]).exits(0);
    sealed.verify(&["--forget"]).exits(0);
    sealed.verify(&[]).exits(0);
}

#[test]
fn a_newest_scan_that_was_replaced_is_noticed() {
    let sealed = Sealed::new().scanned();
    sealed.remove("data.seal/scan-0001.sig");
    sealed
        .bench
        .write("toadstone.toml", "[policy]\nblock = { severity = \"critical\", confidence = \"high\" }\n");
    let mut command = sealed.bench.command(&[&SCAN[..], &["a.pem"]].concat());
    command.env("XDG_STATE_HOME", sealed.bench.path("elsewhere")).env("SOURCE_DATE_EPOCH", "1800000001");
    Done(command.output().unwrap()).exits(0);
    assert_eq!(sealed.problem(&[]), "another scan 1 was seen before: it was replaced");
}

#[test]
fn every_way_of_failing_is_told_apart() {
    let sealed = Sealed::new().scanned();
    let good = sealed.bench.read("data.seal/scan-0001.sig");

    sealed.forge("data.seal/scan-0001.sig", |s| s["predicate"]["records"] = 1.into());
    let problem = sealed.problem(&["--no-pin"]);
    assert!(problem.starts_with("the signature of scan 1 does not hold: "), "{problem}");
    sealed.forge("data.seal/scan-0001.sig", |s| s["predicate"]["number"] = 2.into());
    assert!(sealed.problem(&["--no-pin"]).contains("it says that it is scan 2"));
    sealed.forge("data.seal/scan-0001.sig", |s| s["predicateType"] = "https://slsa.dev/provenance/v1".into());
    assert!(sealed.problem(&["--no-pin"]).contains("no claim about a scan"));
    sealed.bench.write("data.seal/scan-0001.sig", sealed.bench.read("data.seal/seal.sig"));
    assert!(sealed.problem(&["--no-pin"]).contains("no claim about a scan"));
    sealed.bench.write("data.seal/scan-0001.sig", &good[..good.len() / 2]);
    assert!(sealed.problem(&["--no-pin"]).starts_with("scan-0001.sig is no attestation"));

    sealed.remove("data.seal/scan-0001.sig");
    sealed.run(&[&SCAN[..], &["b.pem"]].concat()).exits(0);
    let problem = sealed.problem(&["--no-pin"]);
    assert!(problem.starts_with("scan 1 is signed with a key that is not trusted ("), "{problem}");
    sealed.verify(&["--no-pin", "--scan-key", "b.pub.pem"]).exits(0);
}

#[test]
fn a_scan_of_another_state_does_not_count() {
    let sealed = Sealed::new().scanned();
    let old = sealed.bench.read("data.seal/scan-0001.sig");
    sealed.bench.write("data/two.jsonl", lines(60, 95));
    sealed.run(&["seal", "data", "--key", "a.pem"]).exits(0);
    assert_eq!(sealed.problem(&[]), "no scan of the sealed data is attested");
    sealed.bench.write("data.seal/scan-0001.sig", old);
    let problem = sealed.problem(&[]);
    assert!(problem.starts_with("scan 1 is of another sealed state"), "{problem}");
}

#[test]
fn a_verdict_has_to_be_accepted() {
    let sealed = Sealed::new();
    sealed.bench.write("data/two.jsonl", planted());
    sealed.run(&["seal", "data", "--key", "a.pem"]).exits(0);
    sealed.run(&[&SCAN[..], &["a.pem"]].concat()).exits(1);
    assert_eq!(sealed.problem(&[]), "the verdict of scan 1 is `block`, which the policy does not accept");
    sealed.problem(&["--fail-on", "block"]);
    let text = sealed.verify(&["--fail-on", "never"]).exits(0).out();
    assert!(text.contains("verdict `block`"), "{text}");
    sealed.bench.write("toadstone.toml", "[policy]\nfail-on = \"never\"\n");
    assert!(!sealed.verify(&[]).exits(0).out().contains("another policy"));
    let lax = "[policy]\nfail-on = \"never\"\nreview = { severity = \"critical\", confidence = \"high\" }\n";
    sealed.bench.write("toadstone.toml", lax);
    assert!(
        sealed.verify(&[]).exits(0).out().contains("scan 1 was judged by another policy than the one here")
    );
}

#[test]
fn the_policy_file_can_demand_a_scan_that_is_young() {
    let sealed = Sealed::new();
    let policy = |more: &str| {
        sealed.bench.write("toadstone.toml", format!("[seal]\nkeys = [\"a.pub.pem\"]\n{more}"));
        sealed.run(&["verify", "data.seal"])
    };
    policy("").exits(0);
    assert!(
        policy("require-scan = true\n").exits(1).out().contains("no scan of the sealed data is attested")
    );
    let sealed = sealed.scanned();
    let policy = |more: &str, args: &[&str]| {
        sealed.bench.write("toadstone.toml", format!("[seal]\nkeys = [\"a.pub.pem\"]\n{more}"));
        sealed.run(&[&["verify", "data.seal"], args].concat())
    };
    assert!(policy("require-scan = true\n", &[]).exits(0).out().contains("a scan of it is attested"));
    // The scan ended in January 2027, which may be yet to come where this runs: then it is young.
    let age = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let days = age.saturating_sub(1_800_000_000) / 86_400;
    policy(&format!("require-scan = true\nmax-scan-age-days = {}\n", days + 1), &[]).exits(0);
    assert!(policy("require-scan = 3\n", &[]).exits(2).err().contains("`true` or `false`"));
    let error = policy("", &["--max-scan-age-days", "3"]).exits(2).err();
    assert!(error.contains("add `--require-scan`"), "{error}");
}

#[test]
fn a_scan_that_is_too_old_does_not_count() {
    let sealed = Sealed::new();
    let mut command = sealed.bench.command(&[&SCAN[..], &["a.pem"]].concat());
    command.env("XDG_STATE_HOME", sealed.bench.path("state")).env("SOURCE_DATE_EPOCH", "1600000000");
    Done(command.output().unwrap()).exits(0);
    sealed.verify(&[]).exits(0);
    let problem = sealed.problem(&["--max-scan-age-days", "30"]);
    assert_eq!(problem, "scan 1 is from 2020-09-13T12:26:40Z, older than allowed");
    sealed.verify(&["--max-scan-age-days", "36500"]).exits(0);
    sealed.bench.write("toadstone.toml", "[seal]\nmax-scan-age-days = 30\n");
    assert_eq!(sealed.problem(&[]), problem);
}

#[test]
fn a_scan_can_be_signed_with_a_certificate() {
    let sealed = Sealed::new();
    let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../seal/tests/certificates");
    for name in ["signer.key", "signer.pem", "between.pem", "root.pem", "stranger.pem"] {
        sealed.bench.write(name, std::fs::read(from.join(name)).unwrap());
    }
    let chain = ["--certificate", "signer.pem", "--certificate", "between.pem"];
    sealed.run(&[&["seal", "data", "--new-series", "--key", "signer.key"], &chain[..]].concat()).exits(0);
    sealed.run(&[&SCAN[..], &["signer.key"], &chain[..]].concat()).exits(0);
    let verify = |authority: &str| {
        sealed.run(&["verify", "data.seal", "--no-pin", "--require-scan", "--authority", authority])
    };
    let out = verify("root.pem").exits(0).out();
    assert!(out.contains("a scan of it is attested") && out.contains("certificate of CN=signer"), "{out}");
    let out = verify("stranger.pem").exits(1).out();
    assert!(out.contains("the signature of scan 1 does not hold: no way leads"), "{out}");
    let wrong = sealed.run(&[&SCAN[..], &["a.pem"], &chain[..]].concat()).exits(2).err();
    assert!(wrong.contains("not that of the first key"), "{wrong}");
}

#[test]
fn only_what_was_sealed_is_attested() {
    let sealed = Sealed::new();
    let refused = |args: &[&str], why: &str| {
        let err = sealed.run(args).exits(2).err();
        assert!(err.contains(why), "{err}");
        assert!(!sealed.bench.path("data.seal/scan-0001.sig").exists());
    };
    let scan = [&SCAN[..], &["a.pem"]].concat();
    refused(&[&scan[..], &["--only", "hidden-text"]].concat(), "a verdict of some detectors");
    refused(&["scan", "data", "--seal", "data.seal"], "--key");
    sealed.bench.write("other.jsonl", lines(0, 5));
    refused(&[&["scan", "other.jsonl"], &scan[2..]].concat(), "other.jsonl was not sealed");
    sealed.bench.write("data/three.jsonl", lines(0, 5));
    refused(&scan, "three.jsonl was not sealed");
    sealed.remove("data/three.jsonl");
    let good = sealed.bench.read("data/one.jsonl");
    let mut bad = good.clone();
    bad[12] ^= 1;
    sealed.bench.write("data/one.jsonl", bad);
    refused(&scan, "is not what was sealed as `one.jsonl`");
    sealed.bench.write("data/one.jsonl", good);

    let seal = sealed.bench.read("data.seal/seal.json");
    sealed.bench.write("data.seal/seal.json", [&seal[..], b"\n"].concat());
    refused(&scan, "seal.json is not the one that was signed");
    sealed.bench.write("data.seal/seal.json", seal);
    sealed.run(&scan).exits(0);
}

#[test]
fn a_scan_of_a_part_is_no_scan_of_the_whole() {
    let sealed = Sealed::new();
    sealed.run(&[&["scan", "data/one.jsonl"], &SCAN[2..], &["a.pem"]].concat()).exits(0);
    let problem = sealed.problem(&[]);
    assert_eq!(problem, "scan 1 did not read 2 of the sealed files: README.md, two.jsonl");
    let sealed = sealed.scanned();
    sealed.verify(&[]).exits(0);
}

#[test]
fn texts_are_records_that_have_to_be_scanned_and_pictures_are_none() {
    let sealed = Sealed::new();
    for name in ["one.jsonl", "two.jsonl", "README.md"] {
        sealed.remove(&format!("data/{name}"));
    }
    sealed
        .bench
        .write("data/a.txt", "One text.\n")
        .write("data/b.txt", "Another.\n")
        .write("data/c.png", b"\x89PNG\0\0");
    sealed.bench.write("data/.hidden/d.txt", "Hidden.\n");
    sealed.run(&["seal", "data", "--key", "a.pem"]).exits(0);
    sealed.run(&[&["scan", "data/a.txt"], &SCAN[2..], &["a.pem"]].concat()).exits(0);
    assert!(sealed.problem(&[]).contains("b.txt"));
    let sealed = sealed.scanned();
    sealed.verify(&[]).exits(0);
    let left_out = sealed.statement("data.seal/scan-0002.sig")["predicate"]["left_out"].to_string();
    assert_eq!(
        left_out,
        r#"[{"name":".hidden/d.txt","why":"hidden"},{"name":"c.png","why":"not text and of no known format"}]"#
    );

    // Records that the seal knows are never left out silently.
    sealed.bench.write("data/.hidden/e.jsonl", lines(0, 5));
    sealed.run(&["seal", "data", "--key", "a.pem"]).exits(0);
    let sealed = sealed.scanned();
    assert_eq!(sealed.problem(&[]), "scan 1 did not read 1 of the sealed files: .hidden/e.jsonl");
    sealed.run(&[&["scan", "data", "data/.hidden/e.jsonl"], &SCAN[2..], &["a.pem"]].concat()).exits(0);
    sealed.verify(&[]).exits(0);
}

#[test]
fn every_detector_has_its_class_of_poisoning_and_no_class_names_another() {
    use toadstone_report::frameworks::{Done, Scan, supports};
    let mut names: Vec<String> =
        toadstone_detect::registry().iter().map(|d| d.card().name.to_owned()).collect();
    let scan = Scan { verdict: toadstone_core::Verdict::Pass, records: 1, ran: names.clone(), not_run: 0 };
    let list = supports(&Done { scan: Some(scan), ..Done::default() });
    let classes = list.iter().filter(|support| support.framework.starts_with("NIST"));
    let mut named: Vec<String> = classes
        .flat_map(|class| class.done.strip_prefix("searched for by ").unwrap().split(", ").map(str::to_owned))
        .collect();
    // Copies are quality, and poison only where there is a flood of them.
    names.retain(|name| name != "near-duplicate");
    names.sort();
    named.sort();
    assert_eq!(names, named);
}
