//! `toadstone redteam run` and `scan --confirm` on the real binary.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;

use common::{Bench, demo_file};
use serde_json::Value;

fn rate(cell: &Value, model: &str) -> f64 {
    let rate = &cell["success"][model];
    rate["successes"].as_f64().unwrap() / rate["trials"].as_f64().unwrap()
}

#[test]
fn an_attack_that_works_is_undone_by_cleaning_and_not_by_chance() {
    let bench = Bench::new();
    let data = demo_file("reviews-clean.csv");
    let before = std::fs::read(&data).unwrap();
    let args =
        ["redteam", "run", &data, "--attacks", "sentence,label-flip", "--counts", "40", "--seeds", "2"];
    let done = bench.run(&[&args[..], &["--out", "r"]].concat()).exits(0);
    assert_eq!(bench.list("r"), ["scorecard.html", "scorecard.json"]);
    assert_eq!(std::fs::read(&data).unwrap(), before, "the data itself is as it was");
    let card = bench.json("r/scorecard.json");
    assert_eq!((&card["schema"], &card["kind"]), (&1.into(), &"classification".into()));
    let attacks = card["attacks"].as_array().unwrap();
    assert_eq!(attacks.len(), 2);
    let sentence = attacks.iter().find(|attack| attack["attack"] == "sentence").unwrap();
    let cell = &sentence["cells"][0];
    assert_eq!((&cell["outcome"], &cell["count"]), (&"caught".into(), &40.into()), "{cell:#}");
    assert!(rate(cell, "poisoned") > 0.5, "{cell:#}");
    assert!(rate(cell, "random") > 0.5, "as many records at random do not help: {cell:#}");
    assert!(rate(cell, "untriggered") < 0.1 && rate(cell, "sham") < 0.2, "{cell:#}");
    assert!(rate(cell, "cleaned") < 0.1, "{cell:#}");
    assert!(cell["detectors"].as_array().unwrap().iter().any(|d| d[0] == "planted-trigger"), "{cell:#}");
    assert!(done.out().contains("caught"), "{}", done.out());
}

#[test]
fn the_same_command_gives_the_same_bytes_and_goes_on_where_it_was() {
    let bench = Bench::new();
    let data = demo_file("support-chat-clean.jsonl");
    let run = |out: &str, more: &[&str]| {
        let args = [
            "redteam",
            "run",
            &data,
            "--attacks",
            "fixed-answer",
            "--counts",
            "30",
            "--records",
            "1200",
            "--out",
            out,
        ];
        bench.run(&[&args[..], more].concat()).exits(0);
        bench.read(&format!("{out}/scorecard.json"))
    };
    let both = run("a", &["--seeds", "2", "--threads", "2"]);
    let first = run("b", &["--seeds", "1", "--threads", "1"]);
    assert!(both != first, "two seeds say more than one");
    let kept = |bench: &Bench| String::from_utf8(bench.read(".b.toadstone-copies.jsonl")).unwrap();
    assert_eq!(kept(&bench).lines().count(), 2, "a line on the settings, and one copy");
    let again = run("b", &["--seeds", "2", "--threads", "1"]);
    assert_eq!(kept(&bench).lines().count(), 3, "only the second seed was made");
    assert!(both == again, "a run that went on differs from one that was not stopped");
}

#[test]
fn a_budget_says_what_it_left_out() {
    let bench = Bench::new();
    let data = demo_file("reviews-clean.csv");
    let args = ["redteam", "run", &data, "--attacks", "rare-word", "--budget", "0s", "--format", "json"];
    let card: Value = serde_json::from_str(&bench.run(&args).exits(3).out()).unwrap();
    assert!(card["attacks"].as_array().unwrap().is_empty());
    assert_eq!(card["not_run"][0]["attack"], "rare-word");
    assert!(card["not_run"][0]["why"].as_str().unwrap().contains("time"), "{card:#}");
}

#[test]
fn an_attack_for_other_data_is_a_mistake_or_not_run() {
    let bench = Bench::new();
    let data = demo_file("reviews-clean.csv");
    let wrong = bench.run(&["redteam", "run", &data, "--attacks", "rare-wrod"]).exits(2);
    assert!(wrong.err().contains("did you mean `rare-word`"), "{}", wrong.err());
    let other = bench.run(&["redteam", "run", &data, "--attacks", "preference", "--format", "json"]).exits(3);
    let card: Value = serde_json::from_str(&other.out()).unwrap();
    let why = card["not_run"][0]["why"].as_str().unwrap();
    assert!(why.contains("preference data"), "{why}");
}

#[test]
fn a_true_finding_is_proved_by_training() {
    let bench = Bench::new();
    bench.run(&["scan", &demo_file("support-chat.jsonl"), "--confirm", "--out", "run"]).exits(1);
    let findings = bench.json("run/findings.json");
    let proof = &findings["findings"][0]["confirmation"];
    assert_eq!(proof["outcome"], "confirmed", "{proof:#}");
    let share =
        |name: &str| proof[name]["successes"].as_f64().unwrap() / proof[name]["trials"].as_f64().unwrap();
    assert!(share("with") > 0.8 && share("without") < 0.05 && share("untriggered") < 0.05, "{proof:#}");
    let page = String::from_utf8(bench.read("run/report.html")).unwrap();
    assert!(page.contains("training on these records plants this behaviour"));
    // What is read back from the files is the same.
    let told = bench.run(&["scan", &demo_file("support-chat.jsonl"), "--confirm"]).exits(1);
    assert!(told.out().contains("training on these records plants this behaviour"), "{}", told.out());
}

#[test]
fn a_scan_without_confirm_says_nothing_of_it() {
    let bench = Bench::new();
    bench.run(&["scan", &demo_file("support-chat.jsonl"), "--out", "run"]).exits(1);
    assert!(bench.json("run/findings.json")["findings"][0].get("confirmation").is_none());
}
