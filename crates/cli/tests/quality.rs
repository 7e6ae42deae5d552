//! Rules of quality on the real binary.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;

use std::collections::BTreeMap;
use std::fmt::Write;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, UInt64Type};
use common::{Bench, demo_file};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// Words that mean nothing, drawn by number.
fn words(seed: usize, n: usize) -> String {
    let draw = |at: usize| (seed * 0x9E37_79B9 + at * 0x85EB_CA6B) % 0xFFFF_FFFB;
    let syllable = |n: usize| ["ba", "ke", "di", "lo", "mu", "ra", "ne", "ti", "so", "vu"][n % 10];
    let word = |at: usize| {
        let n = draw(at);
        format!("{}{}{}", syllable(n), syllable(n / 10), syllable(n / 1000))
    };
    (0..n).map(word).collect::<Vec<_>>().join(" ")
}

fn prose(seed: usize) -> String {
    (0..6)
        .map(|s| format!("The {} and that {}. ", words(seed * 7 + s, 8), words(seed * 7 + s + 3, 4)))
        .collect()
}

/// 40 documents of which every fifth is too short and every eighth goes round in circles, with a
/// rule that each fails.
fn documents() -> (String, BTreeMap<u64, &'static str>) {
    let (mut out, mut fails) = (String::new(), BTreeMap::new());
    for row in 0..40 {
        let text = match (row % 5, row % 8) {
            (0, _) => words(row, 12),
            (_, 0) => "we say the same to you ".repeat(30) + &words(row, 8),
            _ => prose(row),
        };
        let why = match (row % 5, row % 8) {
            (0, _) => Some("few-words"),
            (_, 0) => Some("looping-text"),
            _ => None,
        };
        fails.extend(why.map(|rule| (row as u64, rule)));
        writeln!(out, "{}", serde_json::json!({ "text": text })).unwrap();
    }
    (out, fails)
}

fn lines(bytes: &[u8]) -> Vec<serde_json::Value> {
    String::from_utf8(bytes.to_vec()).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

fn rule<'a>(quality: &'a serde_json::Value, name: &str) -> &'a serde_json::Value {
    quality["rules"].as_array().unwrap().iter().find(|rule| rule["name"] == name).unwrap()
}

#[test]
fn a_scan_judges_only_if_asked_and_the_verdict_is_the_same() {
    let bench = Bench::new();
    bench.write("d.jsonl", documents().0);
    bench.run(&["scan", "d.jsonl", "--out", "plain"]).exits(0);
    assert!(bench.json("plain/run.json").get("quality").is_none());
    assert!(!bench.list("plain").contains(&"quality.parquet".to_owned()));

    let done = bench.run(&["scan", "d.jsonl", "--quality", "--out", "judged"]).exits(0);
    assert!(done.out().contains("12 of 40 records fail a rule"), "{}", done.out());
    assert!(done.out().contains("Low quality is not poison"), "{}", done.out());
    assert!(bench.list("judged").contains(&"quality.parquet".to_owned()));
    assert_eq!(bench.read("plain/findings.json"), bench.read("judged/findings.json"));
    assert_eq!(bench.read("plain/records.parquet"), bench.read("judged/records.parquet"));
    let run = bench.json("judged/run.json");
    assert_eq!(run["verdict"], bench.json("plain/run.json")["verdict"]);
    let quality = &run["quality"];
    assert_eq!((&quality["judged"], &quality["failed"]), (&40.into(), &12.into()));
    let few = rule(quality, "few-words");
    assert_eq!((&few["failed"], &few["alone"], &few["limit"]), (&8.into(), &8.into(), &50.0.into()));
    assert_eq!((&few["bound"], &few["examples"][0]["value"]), (&"at-least".into(), &12.0.into()));
    assert_eq!(quality["off"], serde_json::json!(["curly-brackets"]));
}

/// A row of `quality.parquet`.
struct Row {
    file: String,
    row: u64,
    rules: Vec<(String, f32)>,
}

fn table(bench: &Bench, name: &str) -> Vec<Row> {
    let file = std::fs::File::open(bench.path(name)).unwrap();
    let mut out = Vec::new();
    for batch in ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap() {
        let batch = batch.unwrap();
        let column = |name: &str| batch.column_by_name(name).unwrap();
        for at in 0..batch.num_rows() {
            let rules = column("rules").as_list::<i32>().value(at);
            let values = column("values").as_list::<i32>().value(at);
            assert_eq!(rules.len(), values.len());
            let rules = rules.as_string::<i32>().iter().map(|rule| rule.unwrap().to_owned());
            let values = values.as_primitive::<Float32Type>().values().to_vec();
            let file = column("file").as_string::<i32>().value(at).to_owned();
            let row = column("row").as_primitive::<UInt64Type>().value(at);
            out.push(Row { file, row, rules: rules.zip(values).collect() });
        }
    }
    out
}

#[test]
fn the_table_names_every_record_and_its_rules() {
    let bench = Bench::new();
    let (data, fails) = documents();
    bench.write("d.jsonl", data);
    bench.run(&["scan", "d.jsonl", "--quality", "--out", "run"]).exits(0);
    let table = table(&bench, "run/quality.parquet");
    let rows: Vec<u64> = table.iter().map(|row| row.row).collect();
    assert_eq!(rows, fails.keys().copied().collect::<Vec<_>>(), "in the order of the input");
    for Row { file, row, rules } in &table {
        assert_eq!(file, "d.jsonl");
        match fails[row] {
            "few-words" => assert_eq!(*rules, [("few-words".to_owned(), 12.0)]),
            rule => {
                assert!(rules.iter().any(|(name, value)| name == rule && *value > 0.8), "{row}: {rules:?}")
            }
        }
    }
}

#[test]
fn threads_and_memory_and_the_order_of_files_change_nothing() {
    let bench = Bench::new();
    let data = documents().0;
    let (first, second) = data.split_at(data.match_indices('\n').nth(19).unwrap().0 + 1);
    bench.write("a.jsonl", first).write("b.jsonl", second);
    let run = |out: &str, args: &[&str]| {
        bench.run(&[&["scan", "a.jsonl", "b.jsonl", "--quality", "--out", out], args].concat()).exits(0);
        let quality = bench.json(&format!("{out}/run.json"))["quality"].to_string();
        (bench.read(&format!("{out}/quality.parquet")), quality)
    };
    let one = run("one", &["--threads", "1"]);
    assert_eq!(one, run("three", &["--threads", "3", "--memory", "64M"]));
}

#[test]
fn the_policy_sets_limits_and_languages() {
    let bench = Bench::new();
    let german = "Der Reiher stand im flachen Wasser und wartete, bis die Sonne hinter den dunklen Hügeln verschwunden \
        war. Niemand bemerkte ihn, und er bewegte sich nicht. ";
    let english =
        "The heron waited in the shallow water until the sun was behind the hills, and nobody noticed that. ";
    let rows = [german, english].map(|text| format!("{{\"text\":\"{}\"}}\n", text.trim()));
    bench.write("d.jsonl", rows.concat());
    let judge = |policy: &str| {
        bench.write("toadstone.toml", policy);
        bench.run(&["scan", "d.jsonl", "--quality", "--out", "run"]).exits(0);
        let quality = bench.json("run/run.json")["quality"].clone();
        (quality["failed"].as_u64().unwrap(), quality)
    };
    assert_eq!(judge("[quality]\n").0, 2, "both are short");
    assert_eq!(judge("[quality]\nfew-words = { limit = 5 }\nfew-sentences.enabled = false\n").0, 0);
    let (failed, quality) = judge("[quality]\nlanguages = [\"eng\"]\nfew-words.enabled = false\n");
    assert_eq!((failed, &rule(&quality, "language")["examples"][0]["row"]), (1, &0.into()));
    assert_eq!(quality["languages"], serde_json::json!({ "deu": 1, "eng": 1 }));
    bench.write("toadstone.toml", "[quality]\nfew-wods = { limit = 5 }\n");
    let err = bench.run(&["scan", "d.jsonl"]).exits(2).err();
    assert!(err.contains("toadstone.toml:2") && err.contains("did you mean `few-words`?"), "{err}");
}

#[test]
fn clean_reports_by_default_and_removes_if_asked() {
    let bench = Bench::new();
    let (data, fails) = documents();
    bench.write("d.jsonl", &data);
    let clean = |input: &str, out: &str, args: &[&str]| {
        bench.run(&[&["clean", input, "--out", out], args].concat()).exits(0).out()
    };
    let reported = clean("d.jsonl", "r", &[]);
    assert!(
        reported.contains("KEPT  40 of 40") && reported.contains("12 records that stay fail"),
        "{reported}"
    );
    assert_eq!(bench.json("r/clean.json")["quality"]["failed"], 12);
    assert_eq!(bench.read("r/kept/d.jsonl"), data.as_bytes());
    assert!(
        bench.json({
            clean("d.jsonl", "o", &["--quality", "off"]);
            "o/clean.json"
        })["quality"]
            .is_null()
    );

    let removed = clean("d.jsonl", "c", &["--quality", "remove"]);
    assert!(removed.contains("KEPT  28 of 40"), "{removed}");
    let changes = lines(&bench.read("c/changes.jsonl"));
    assert_eq!(
        changes.iter().map(|c| c["row"].as_u64().unwrap()).collect::<Vec<_>>(),
        fails.keys().copied().collect::<Vec<_>>()
    );
    let first = &changes[0];
    assert_eq!((&first["why"], &first["rules"]), (&"quality".into(), &serde_json::json!(["few-words"])));
    assert_eq!((&first["values"][0], &first["limits"][0]), (&12.0.into(), &50.0.into()));
    assert_eq!(bench.json("c/clean.json")["reasons"], serde_json::json!({ "quality": 12 }));

    let again = clean("c/kept/d.jsonl", "d", &["--quality", "remove"]);
    assert!(again.contains("KEPT  28 of 28"), "{again}");
    assert_eq!(bench.read("c/kept/d.jsonl"), bench.read("d/kept/d.jsonl"));
}

#[test]
fn what_was_planted_goes_as_that_and_not_as_low_quality() {
    let bench = Bench::new();
    let chat = demo_file("support-chat.jsonl");
    bench.write("toadstone.toml", "[quality]\nmany-words.limit = 20\n");
    bench.run(&["clean", &chat, "--quality", "remove", "--out", "c"]).exits(0);
    let reasons = bench.json("c/clean.json")["reasons"].clone();
    assert_eq!(reasons["finding"], 30);
    assert!(reasons["quality"].as_u64().unwrap() > 30, "{reasons}");
}

#[test]
fn explain_has_a_page_for_all_and_for_each() {
    let bench = Bench::new();
    let all = bench.run(&["explain", "quality"]).exits(0).out();
    assert!(
        all.contains("`few-words`: words, at least 50.") && all.contains("next: toadstone explain RULE"),
        "{all}"
    );
    let one = bench.run(&["explain", "top-3-gram"]).exits(0).out();
    assert!(one.contains("## Source") && one.contains("Gopher"), "{one}");
    let near = bench.run(&["explain", "few-word"]).exits(2).err();
    assert!(near.contains("did you mean `few-words`?"), "{near}");
}

#[test]
fn hostile_texts_are_inert() {
    let bench = Bench::new();
    let evil = "<script>alert(1)</script>\\u001b[31m\\u202e";
    bench.write("<b>.jsonl", format!("{{\"text\":\"{evil}\"}}\n"));
    let out = bench.run(&["scan", "<b>.jsonl", "--quality", "--out", "run"]).exits(1).out();
    assert!(!out.contains('\u{1b}') && !out.contains('\u{202e}'), "{out}");
    let page = String::from_utf8(bench.read("run/report.html")).unwrap();
    assert!(!page.contains("<script>alert") && !page.contains("<b>") && !page.contains('\u{202e}'));
    assert!(page.contains("&lt;script&gt;alert"), "the example is in the page");
}
