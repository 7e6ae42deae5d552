//! The result depends on the data and on nothing else: not on threads, memory or how the data are
//! split into files.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;

use std::process::Command;

use common::{Bench, demo_file};

const SETS: [&str; 4] = ["reviews.csv", "support-chat.jsonl", "questions.json", "documents.jsonl"];

fn results(bench: &Bench, data: &str, more: &[&str]) -> [Vec<u8>; 3] {
    let code = bench.run(&[&["scan", data, "--out", "run"], more].concat()).exits(1);
    assert!(!code.out().is_empty());
    ["findings.json", "records.parquet", "duplicates.parquet"].map(|name| bench.read(&format!("run/{name}")))
}

#[test]
fn threads_and_memory_change_no_byte() {
    let bench = Bench::new();
    for set in SETS {
        let data = demo_file(set);
        let one = results(&bench, &data, &["--threads", "1"]);
        for more in
            [&["--threads", "2"][..], &["--threads", "8"], &["--memory", "64M"], &["--memory", "256M"]]
        {
            assert!(results(&bench, &data, more) == one, "{set} {more:?}");
        }
    }
}

/// One file and its seven uneven parts give the same findings, apart from file names and rows.
#[test]
fn splitting_the_input_changes_no_finding() {
    let bench = Bench::new();
    for set in ["support-chat.jsonl", "documents.jsonl"] {
        let text = String::from_utf8(std::fs::read(demo_file(set)).unwrap()).unwrap();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let cuts = [0, 1, 13, 400, 401, lines.len() / 2, lines.len() - 5, lines.len()];
        for (i, cut) in cuts.windows(2).enumerate() {
            bench.write(&format!("{set}-parts/part-{i}.jsonl"), lines[cut[0]..cut[1]].concat());
        }
        let whole = located(&bench, &demo_file(set), &[0]);
        assert_eq!(located(&bench, &format!("{set}-parts"), &cuts[..7]), whole, "{set}");
        assert!(!whole.is_empty());
    }
}

/// The findings with the rows of the whole file in place of those of its parts.
fn located(bench: &Bench, data: &str, first: &[usize]) -> Vec<serde_json::Value> {
    bench.run(&["scan", data, "--out", "run"]).exits(1);
    let mut findings = bench.json("run/findings.json")["findings"].as_array().unwrap().clone();
    for sample in findings.iter_mut().flat_map(|f| f["samples"].as_array_mut().unwrap()) {
        let file = sample["file"].as_str().unwrap();
        let part = file.rsplit_once("part-").map_or(0, |(_, n)| n[..1].parse::<usize>().unwrap());
        let row = sample["row"].as_u64().unwrap() as usize + first[part];
        sample["row"] = row.into();
        sample["file"] = "".into();
        sample.as_object_mut().unwrap().remove("offset");
    }
    findings
}

/// The page and the printed report come from the same run, so a second process sees the same too.
#[test]
fn two_runs_print_the_same_findings() {
    let data = demo_file("documents.jsonl");
    let print = || {
        let done =
            Command::new(env!("CARGO_BIN_EXE_toadstone")).args(["scan", &data, "--format", "sarif"]).output();
        done.unwrap().stdout
    };
    let strip = |bytes: Vec<u8>| {
        let mut log: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        log["runs"][0]["results"].take()
    };
    assert_eq!(strip(print()), strip(print()));
}
