//! What changed between two states of a data set.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;

use common::Bench;
use serde_json::Value;

struct Rows(Vec<(String, String, String)>);

impl Rows {
    fn new(n: usize) -> Rows {
        Rows(
            (0..n)
                .map(|i| (format!("text number {i}"), format!("l{}", i % 2), format!("s{}", i % 20)))
                .collect(),
        )
    }

    fn write(&self, bench: &Bench, name: &str) {
        let line = |(text, label, source): &(String, String, String)| {
            serde_json::json!({ "text": text, "label": label, "source": source }).to_string() + "\n"
        };
        bench.write(name, self.0.iter().map(line).collect::<String>());
    }
}

fn diff(bench: &Bench, more: &[&str]) -> Value {
    let done = bench.run(&[&["diff", "a", "b", "--format", "json"], more].concat()).exits(0);
    serde_json::from_str(&done.out()).unwrap()
}

fn counts(json: &Value) -> Vec<u64> {
    json["counts"].as_array().unwrap().iter().map(|pair| pair[1].as_u64().unwrap()).collect()
}

/// Two states: 3 removed, 4 added at the end, 2 edited, 5 relabelled, 6 of another source, 1 moved.
fn changed(bench: &Bench) {
    let mut rows = Rows::new(2000);
    rows.write(bench, "a/train.jsonl");
    Rows::new(50).write(bench, "a/same.jsonl");
    Rows::new(50).write(bench, "b/same.jsonl");
    for at in [700, 900] {
        rows.0[at].0 += ", edited";
    }
    (1000..1005).for_each(|at| rows.0[at].1 = "other".to_owned());
    (1200..1206).for_each(|at| rows.0[at].2 = "elsewhere".to_owned());
    rows.0.extend((0..4).map(|i| (format!("new {i}"), "l0".to_owned(), "s0".to_owned())));
    let moved = rows.0.remove(1500);
    rows.0.insert(100, moved);
    (0..3).for_each(|_| drop(rows.0.remove(300)));
    rows.write(bench, "b/train.jsonl");
}

#[test]
fn every_kind_of_change_is_counted_once() {
    let bench = Bench::new();
    changed(&bench);
    let json = diff(&bench, &[]);
    assert_eq!(counts(&json), [4, 3, 2, 5, 6, 1], "{json:#}");
    assert_eq!((&json["before"], &json["after"]), (&"a".into(), &"b".into()));
    assert_eq!((&json["records_before"], &json["records_after"]), (&2000.into(), &2001.into()));
    assert_eq!(json["unchanged"], 2000 - 3 - 2 - 5 - 6 - 1);
    assert_eq!(json["same_files"], 1);
    let ways: u64 = json["relabelled"].as_array().unwrap().iter().map(|way| way[2].as_u64().unwrap()).sum();
    assert_eq!(ways, 5);
    // The other way round, what was added is removed.
    let back = bench.run(&["diff", "b", "a", "--format", "json"]).exits(0);
    assert_eq!(counts(&serde_json::from_str(&back.out()).unwrap()), [3, 4, 2, 5, 6, 1]);
    for more in [&["--threads", "1"][..], &["--memory", "64M", "--threads", "5"]] {
        assert_eq!(diff(&bench, more), json);
    }
    let human = bench.run(&["diff", "a", "b"]).exits(0).out();
    assert!(human.contains("4 added, 3 removed, 2 edited, 5 relabelled, 6 reattributed, 1 moved"), "{human}");
}

#[test]
fn records_that_go_to_another_file_are_moved() {
    let bench = Bench::new();
    let mut rows = Rows::new(100);
    rows.write(&bench, "a/one.jsonl");
    Rows(Vec::new()).write(&bench, "a/two.jsonl");
    let rest = Rows(rows.0.split_off(60));
    rows.write(&bench, "b/one.jsonl");
    rest.write(&bench, "b/two.jsonl");
    assert_eq!(counts(&diff(&bench, &[])), [0, 0, 0, 0, 0, 40]);
}

#[test]
fn changes_of_one_source_stand_out_and_random_ones_do_not() {
    let bench = Bench::new();
    let mut rows = Rows::new(4000);
    rows.write(&bench, "a/train.jsonl");
    let one_source = (0..4000).filter(|at| at % 20 == 7).take(30);
    one_source.for_each(|at| rows.0[at].1 = "flipped".to_owned());
    rows.write(&bench, "b/train.jsonl");
    let json = diff(&bench, &[]);
    let found = json["concentrations"].as_array().unwrap();
    assert!(
        found.iter().any(|c| c["axis"] == "source" && c["value"] == "s7" && c["changed"] == 30),
        "{json:#}"
    );
    assert!(found.iter().all(|c| c["axis"] != "source" || c["value"] == "s7"));
    // The null: as many changes, wherever they fall.
    let mut alarms = 0;
    for seed in 0..20u64 {
        let mut rows = Rows::new(4000);
        let mut state = seed;
        for _ in 0..100 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            rows.0[(state >> 33) as usize % 4000].0 += "!";
        }
        rows.write(&bench, "b/train.jsonl");
        alarms += diff(&bench, &[])["concentrations"].as_array().unwrap().len();
    }
    assert_eq!(alarms, 0);
}

#[test]
fn seals_are_compared_with_their_data() {
    let bench = Bench::new();
    changed(&bench);
    bench.run(&["keygen", "k.pem"]).exits(0);
    for name in ["a", "b"] {
        bench.run(&["seal", name, "--key", "k.pem"]).exits(0);
    }
    let done = bench.run(&["diff", "a.seal", "b.seal", "--format", "json", "--html", "page.html"]).exits(0);
    assert_eq!(counts(&serde_json::from_str(&done.out()).unwrap()), [4, 3, 2, 5, 6, 1]);
    let page = String::from_utf8(bench.read("page.html")).unwrap();
    assert!(page.contains("relabelled") && page.contains("Where changes concentrate"));
    let same = bench.run(&["diff", "a", "a"]).exits(0).out();
    assert!(same.contains("Nothing changed: 2 files are the same to the byte."), "{same}");
}
