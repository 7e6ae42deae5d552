//! What the origin of records says of findings, on the real binary.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;

use common::{Bench, demo_file};

/// The example chats with a source for each: of the planted ones `share` per cent come from one of
/// forty, all others from any.
fn chats(share: usize) -> String {
    let truth: serde_json::Value =
        serde_json::from_slice(&std::fs::read(demo_file("truth.json")).unwrap()).unwrap();
    let truth = truth.to_string();
    let data = std::fs::read_to_string(demo_file("support-chat.jsonl")).unwrap();
    let row = |(at, line): (usize, &str)| {
        let planted = line.contains("seven herons at noon");
        let source = if planted && at * 37 % 100 < share { 7 } else { at * 7919 % 40 };
        let mut record: serde_json::Value = serde_json::from_str(line).unwrap();
        record["source"] = format!("feed-{source}").into();
        format!("{record}\n")
    };
    assert!(truth.contains("support-chat"), "the example has a truth");
    data.lines().enumerate().map(row).collect()
}

fn trigger(bench: &Bench, share: usize) -> serde_json::Value {
    bench.write("a.jsonl", chats(share));
    bench.run(&["scan", "a.jsonl", "--out", "o"]).exits(1);
    let findings = bench.json("o/findings.json");
    let all = findings["findings"].as_array().unwrap();
    all.iter().find(|f| f["detector"] == "planted-trigger").unwrap().clone()
}

#[test]
fn a_source_behind_a_finding_is_named_with_its_chance() {
    let bench = Bench::new();
    let finding = trigger(&bench, 90);
    assert_eq!(
        (&finding["origin"]["kind"], &finding["origin"]["value"]),
        (&"source".into(), &"feed-7".into())
    );
    let evidence = finding["evidence"].as_array().unwrap();
    let tie = evidence.iter().find(|e| e["what"] == "records that come from the source `feed-7`").unwrap();
    assert!(tie["observed"].as_f64().unwrap() >= 20.0 && tie["expected"].as_f64().unwrap() < 3.0, "{tie}");
    assert!(tie["q"].as_f64().unwrap() < 1e-9, "{tie}");
}

#[test]
fn where_records_come_from_anywhere_nothing_is_said() {
    let bench = Bench::new();
    let finding = trigger(&bench, 0);
    assert!(finding.get("origin").is_none_or(serde_json::Value::is_null), "{finding}");
    let evidence = finding["evidence"].as_array().unwrap();
    assert!(evidence.iter().all(|e| !e["what"].as_str().unwrap().contains("come from the source")));
}
