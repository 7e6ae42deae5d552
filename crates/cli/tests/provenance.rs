//! What a seal is good for beside checking: exports, and the provenance of sources.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod attested;
mod common;

use attested::{Sealed, lines};

#[test]
fn an_export_is_made_of_the_seal_alone_and_of_a_sound_one() {
    let sealed = Sealed::new().scanned();
    for format in ["croissant", "cyclonedx", "spdx"] {
        let export =
            |more: &[&str]| sealed.run(&[&["export", "data.seal", "--format", format], more].concat());
        let before = export(&[]).exits(0).out();
        assert!(before.contains("scan-0001.sig") && before.contains("verdict pass"), "{before}");
        std::fs::rename(sealed.bench.path("data"), sealed.bench.path("away")).unwrap();
        export(&["--out", "out.json"]).exits(0);
        assert_eq!(String::from_utf8(sealed.bench.read("out.json")).unwrap(), before);
        std::fs::rename(sealed.bench.path("away"), sealed.bench.path("data")).unwrap();
    }
    let seal = sealed.bench.read("data.seal/seal.json");
    sealed.bench.write("data.seal/seal.json", [&seal[..], b" "].concat());
    let err = sealed.run(&["export", "data.seal", "--format", "spdx"]).exits(2).err();
    assert!(err.contains("seal.json is not the one that was signed"), "{err}");
}

#[test]
fn sources_tells_what_a_seal_vouches_for() {
    let sealed = Sealed::new();
    sealed
        .bench
        .write("data/two.jsonl", "{\"text\":\"no origin\",\"source\":\"\"}\n".repeat(10) + &lines(60, 90));
    sealed.bench.write("data/three.jsonl", lines(200, 230));
    sealed.run(&["seal", "data", "--key", "a.pem"]).exits(0);
    sealed
        .bench
        .write("data/two.jsonl", lines(60, 80))
        .write("data/four.jsonl", "{\"text\":\"no origin\"}\n".repeat(10));
    sealed.remove("data/three.jsonl");
    let args = ["sources", "data", "--by", "file", "--no-scan", "--provenance", "data.seal"];
    let text = sealed.run(&args).exits(0).out();
    for wanted in [
        "60 records (67 %) are in files that are as sealed",
        "1 file as sealed, 1 changed since, 1 not sealed",
        "signatures not checked",
        "QM-67: 88.8 % of records",
        "was sealed and is not in the data",
    ] {
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(wanted), "no {wanted}: {text}");
    }
    sealed.run(&[&args[..], &["--key", "a.pub.pem", "--out", "s"]].concat()).exits(0);
    let ledger = sealed.bench.json("s/sources.json");
    let provenance = &ledger["provenance"];
    assert_eq!(
        (&provenance["sealed"], &provenance["known"], &provenance["seal"]["signers"]),
        (&60.into(), &80.into(), &1.into())
    );
    let standings: Vec<&str> = provenance["seal"]["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["standing"].as_str().unwrap())
        .collect();
    assert_eq!(standings, ["not-sealed", "sealed", "changed"]);
    assert_eq!(provenance["seal"]["missing"][0], "three.jsonl");
    let of = |name: &str| {
        ledger["sources"]
            .as_array()
            .unwrap()
            .iter()
            .find(|s| s["name"].as_str().unwrap().ends_with(name))
            .unwrap()
            .clone()
    };
    assert_eq!((&of("one.jsonl")["sealed"], &of("one.jsonl")["known"]), (&60.into(), &60.into()));
    assert_eq!((&of("two.jsonl")["sealed"], &of("four.jsonl")["known"]), (&0.into(), &0.into()));
    let page = String::from_utf8(sealed.bench.read("s/sources.html")).unwrap();
    assert!(page.contains("QM-67") && page.contains("was changed since it was sealed"));
    let err = sealed.run(&[&args[..], &["--key", "b.pub.pem"]].concat()).exits(2).err();
    assert!(err.contains("cannot be relied on"), "{err}");
    let plain =
        sealed.run(&["sources", "data", "--by", "file", "--no-scan", "--format", "json"]).exits(0).out();
    assert!(!plain.contains("sealed"), "{plain}");
}
