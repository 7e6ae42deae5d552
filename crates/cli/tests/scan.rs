//! `scan` on the real binary: verdicts, exit codes, the policy, the folder of a run.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;

use common::{Bench, demo_file};

const FILES: [&str; 6] =
    ["duplicates.parquet", "findings.json", "records.parquet", "rejected.jsonl", "report.html", "run.json"];
const FORMATS: [&str; 7] = ["human", "json", "sarif", "github", "markdown", "html", "junit"];

#[test]
fn exit_codes_are_the_same_for_every_format() {
    let bench = Bench::new();
    let (planted, clean) = (demo_file("documents.jsonl"), demo_file("documents-clean.jsonl"));
    bench.write("empty.jsonl", "");
    for format in FORMATS {
        bench.run(&["scan", &clean, "--format", format]).exits(0);
        bench.run(&["scan", &planted, "--format", format]).exits(1);
        bench.run(&["scan", "missing.jsonl", "--format", format]).exits(2);
        bench.run(&["scan", "empty.jsonl", "--format", format]).exits(3);
    }
}

#[test]
fn what_was_recognised_goes_to_standard_error_and_the_next_command_ends_the_run() {
    let bench = Bench::new();
    let done = bench.run(&["scan", &demo_file("support-chat.jsonl")]).exits(1);
    assert!(
        done.err().contains("instruction") && done.err().contains("messages = messages"),
        "{}",
        done.err()
    );
    assert!(done.out().contains("seven herons at noon") && done.out().contains("This request is closed"));
    let last = done.out().trim_end().lines().rev().take(2).map(str::to_owned).collect::<Vec<_>>();
    assert!(last.iter().any(|l| l.contains("toadstone explain planted-")), "{last:?}");
    let json = bench.run(&["scan", &demo_file("support-chat.jsonl"), "--format", "json"]).exits(1);
    assert!(json.err().contains("next: toadstone explain planted-"), "{}", json.err());
    serde_json::from_str::<serde_json::Value>(&json.out()).unwrap();
}

#[test]
fn a_run_has_all_its_files_and_nothing_else() {
    let bench = Bench::new();
    bench.run(&["scan", &demo_file("reviews.csv"), "--out", "deep/er/run"]).exits(1);
    assert_eq!(bench.list("deep/er/run"), FILES);
    assert_eq!(bench.list("deep/er"), ["run"]);
    let run = bench.json("deep/er/run/run.json");
    assert_eq!(
        (&run["schema"], &run["verdict"], &run["records"]),
        (&1.into(), &"block".into(), &3_000.into())
    );
    assert_eq!(run["quarantined"], 40);
    assert!(run["peak_memory"].as_u64().unwrap() > 1 << 20 && run["seconds"].as_f64().unwrap() > 0.0);
    assert!(run["inputs"][0]["digest"].as_str().unwrap().len() == 32);
    let checks = run["checks"].as_array().unwrap();
    assert!(checks.iter().any(|c| c["detector"] == "planted-trigger" && c["state"] == "ran"));
    let findings = bench.json("deep/er/run/findings.json");
    assert_eq!(findings["findings"][0]["trigger"]["parts"][0], "under seven paper lanterns");
}

#[test]
fn a_run_replaces_a_run_or_nothing() {
    let bench = Bench::new();
    let (planted, clean) = (demo_file("documents.jsonl"), demo_file("documents-clean.jsonl"));
    std::fs::create_dir(bench.path("run")).unwrap();
    bench.run(&["scan", &planted, "--out", "run"]).exits(1);
    bench.write("run/notes.txt", "mine");
    bench.run(&["scan", &clean, "--out", "run"]).exits(0);
    assert_eq!(bench.json("run/run.json")["verdict"], "pass");
    assert_eq!(bench.read("run/notes.txt"), b"mine");
    assert_eq!(bench.list("run").len(), FILES.len() + 1, "{:?}", bench.list("run"));

    bench.write("other/records.parquet", "mine").write("file", "mine");
    for target in ["other", "file"] {
        let done = bench.run(&["scan", &clean, "--out", target]).exits(2);
        assert!(done.err().contains(target), "{}", done.err());
    }
    assert_eq!(
        (bench.read("other/records.parquet"), bench.read("file")),
        (b"mine".to_vec(), b"mine".to_vec())
    );
    assert_eq!(bench.list(""), ["file", "other", "run"]);
}

#[test]
fn nothing_scanned_is_never_a_pass() {
    let bench = Bench::new();
    bench.write("bad.jsonl", "{\"text\": \n\u{0}\n");
    let done = bench.run(&["scan", "bad.jsonl", "--out", "run"]).exits(3);
    assert!(done.out().starts_with("NOTHING SCANNED"), "{}", done.out());
    let run = bench.json("run/run.json");
    assert_ne!(run["verdict"], "pass");
    assert!(run["checks"].as_array().unwrap().iter().all(|c| c["state"] == "not-run"));
    assert_eq!(String::from_utf8(bench.read("run/rejected.jsonl")).unwrap().lines().count(), 2);
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let bench = Bench::new();
    bench.write("good.jsonl", std::fs::read(demo_file("documents-clean.jsonl")).unwrap());
    bench.write("bad.parquet", "PAR1 this is no parquet file PAR1");
    let done = bench.run(&["scan", "good.jsonl", "bad.parquet", "--out", "run"]).exits(2);
    assert!(
        done.err().contains("bad.parquet") && done.err().contains("--allow-unreadable"),
        "{}",
        done.err()
    );
    assert_eq!(bench.list(""), ["bad.parquet", "good.jsonl"]);
    bench.run(&["scan", "good.jsonl", "bad.parquet", "--out", "run", "--allow-unreadable"]).exits(0);
    let run = bench.json("run/run.json");
    let errors: Vec<_> = run["inputs"].as_array().unwrap().iter().filter(|i| !i["error"].is_null()).collect();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0]["name"], "bad.parquet");
}

#[test]
fn the_policy_decides() {
    let bench = Bench::new();
    let data = demo_file("documents.jsonl");
    bench.run(&["scan", &data, "--fail-on", "never"]).exits(0);
    bench.run(&["scan", &data, "--fail-on", "block"]).exits(1);
    bench.write("toadstone.toml", "[policy]\nfail-on = \"never\"\n");
    let done = bench.run(&["scan", &data]).exits(0);
    assert!(done.out().starts_with("BLOCK"), "{}", done.out());
    bench.run(&["scan", &data, "--fail-on", "review"]).exits(1);

    bench.write("toadstone.toml", "[policy]\nfail_on = \"never\"\n");
    insta::assert_snapshot!(bench.run(&["scan", &data]).exits(2).err(), @r#"
    error: unknown key `fail_on` in [policy]
     --> toadstone.toml:2:1
      |
    2 | fail_on = "never"
      | ^^^^^^^ unknown key
      |
      = help: did you mean `fail-on`? the keys in [policy] are `fail-on`, `block`, `review`
    "#);
    bench.write("other.toml", "[detectors.hidden-text]\nenabled = false\nreason = \"not today\"\n");
    let done = bench.run(&["scan", &data, "--config", "other.toml"]).exits(0);
    assert!(done.out().contains("hidden-text: switched off by the policy: not today"), "{}", done.out());
}

#[test]
fn a_waiver_holds_and_a_stale_one_is_reported() {
    let bench = Bench::new();
    let data = demo_file("documents.jsonl");
    bench.run(&["scan", &data, "--out", "run"]).exits(1);
    let findings = bench.json("run/findings.json");
    let id = findings["findings"][0]["id"].as_str().unwrap();
    let waiver = |id: &str, until: &str| {
        format!("[[waivers]]\nfinding = \"{id}\"\nreason = \"seen\"\nexpires = \"{until}\"\n")
    };
    bench.write("toadstone.toml", waiver(id, "9999-12-31") + &waiver("hidden-text-gone", "9999-12-31"));
    let done = bench.run(&["scan", &data, "--out", "run"]).exits(0);
    assert!(
        done.err().contains("toadstone.toml:6:11") && done.err().contains("matches no finding"),
        "{}",
        done.err()
    );
    let run = bench.json("run/run.json");
    assert_eq!((&run["quarantined"], &run["verdict"]), (&0.into(), &"pass".into()));
    bench.write("toadstone.toml", waiver(id, "2020-01-01"));
    let done = bench.run(&["scan", &data]).exits(1);
    assert!(done.err().contains("expired on 2020-01-01"), "{}", done.err());
}

#[test]
fn only_and_skip_choose_detectors_and_say_so() {
    let bench = Bench::new();
    let data = demo_file("documents.jsonl");
    for args in [["--only", "near-duplicate"], ["--skip", "hidden-text"]] {
        bench.run(&["scan", &data, "--out", "run", args[0], args[1]]).exits(0);
        let run = bench.json("run/run.json");
        let hidden =
            run["checks"].as_array().unwrap().iter().find(|c| c["detector"] == "hidden-text").unwrap();
        assert_eq!(hidden["state"], "not-run");
        assert!(hidden["why"].as_str().unwrap().contains(args[0]), "{hidden}");
    }
}

#[test]
fn columns_can_be_named() {
    let bench = Bench::new();
    let lines: String =
        (0..40).map(|i| format!("{{\"q\":\"question {i}\",\"klass\":\"{}\"}}\n", i % 2)).collect();
    bench.write("odd.jsonl", lines);
    let done = bench.run(&["scan", "odd.jsonl", "--map", "input=q", "--map", "label=klass"]).exits(0);
    assert!(done.err().contains("input = q") && done.err().contains("label = klass"), "{}", done.err());
}

#[test]
fn progress_as_json_is_one_object_a_line() {
    let bench = Bench::new();
    let done = bench.run(&["scan", &demo_file("reviews.csv"), "--progress", "json"]).exits(1);
    let events: Vec<serde_json::Value> =
        done.err().lines().filter(|l| l.starts_with('{')).map(|l| serde_json::from_str(l).unwrap()).collect();
    let last = events.last().unwrap();
    assert_eq!(last["event"], "read");
    assert!(last["records"].as_u64().unwrap() >= 3_000 && last["bytes"].as_u64().unwrap() > 0);
}

#[test]
fn standard_input_is_a_file_like_others() {
    use std::io::Write;
    use std::process::Stdio;
    let bench = Bench::new();
    let mut child = bench
        .command(&["scan", "-", "--format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let data = std::fs::read(demo_file("documents.jsonl")).unwrap();
    child.stdin.take().unwrap().write_all(&data).unwrap();
    let done = child.wait_with_output().unwrap();
    assert_eq!(done.status.code(), Some(1));
}
