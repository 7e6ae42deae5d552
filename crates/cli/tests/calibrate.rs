//! `calibrate`: limits from data that the user trusts, and a scan that keeps to them.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;

use common::Bench;

/// The example's planted data stands for a company's own slogan: the user trusts it.
#[test]
fn a_limit_from_trusted_data_silences_what_it_gives() {
    let bench = Bench::new();
    bench.run(&["example", "e"]).exits(0);
    let data = "e/support-chat.jsonl";
    let scan = ["scan", data, "--only", "planted-trigger", "--out", "run"];
    assert_eq!(bench.run(&scan).exits(1).code(), 1);

    let ask = ["calibrate", data, "--only", "planted-trigger", "--format", "json"];
    let calibrated: serde_json::Value = serde_json::from_str(&bench.run(&ask).exits(0).out()).unwrap();
    let detector = &calibrated["detectors"][0];
    assert_eq!(
        (calibrated["replicates"].as_u64(), detector["strongest"].as_array().unwrap().len()),
        (Some(20), 20)
    );
    let limit = detector["limit"].as_f64().unwrap();

    let text = bench.run(&["calibrate", data, "--only", "planted-trigger"]).exits(0).out();
    let policy = &text[text.find("[detectors.").unwrap()..];
    bench.write("toadstone.toml", policy);
    assert_eq!(bench.run(&scan).exits(0).code(), 0);
    let run = bench.json("run/run.json");
    let waived = run["decision"]["waived"].as_array().unwrap();
    assert!(!waived.is_empty() && waived[0]["reason"].as_str().unwrap().contains("limit"), "{waived:?}");

    bench.write("toadstone.toml", format!("[detectors.planted-trigger]\nlimit = {}\n", limit - 0.5));
    bench.run(&scan).exits(1);
}

#[test]
fn clean_data_needs_no_limit_and_too_few_replicates_are_refused() {
    let bench = Bench::new();
    bench.run(&["example", "e"]).exits(0);
    let clean = "e/support-chat-clean.jsonl";
    let out = bench.run(&["calibrate", clean]).exits(0).out();
    assert!(out.contains("No detector needs a limit"), "{out}");
    let few = bench.run(&["calibrate", clean, "--rate", "0.01"]).exits(2).err();
    insta::assert_snapshot!(few, @r"
    error: 10 replicates of each kind are too few for --rate 0.01
      help: at least 99 are needed: --replicates 50
    ");
}
