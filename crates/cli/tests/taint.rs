//! `toadstone taint` on the real binary.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;

use std::collections::BTreeSet;
use std::fmt::Write;

use common::{Bench, demo, demo_file};
use parquet::file::reader::SerializedFileReader;
use parquet::record::{Row, RowAccessor};
use serde_json::Value;

fn truth(name: &str) -> Value {
    let truth: Value = serde_json::from_slice(&std::fs::read(demo().join("truth.json")).unwrap()).unwrap();
    truth[name].clone()
}

fn rows(list: &Value) -> BTreeSet<u64> {
    list.as_array().unwrap().iter().map(|row| row.as_u64().unwrap()).collect()
}

/// Row and distance of every row of `taint.parquet`.
fn tainted(bench: &Bench, folder: &str) -> BTreeSet<(u64, u64)> {
    let file = std::fs::File::open(bench.path(&format!("{folder}/taint.parquet"))).unwrap();
    let rows = SerializedFileReader::new(file).unwrap().into_iter().map(Result::unwrap);
    let pair = |row: Row| (row.get_ulong(1).unwrap(), u64::from(row.get_uint(2).unwrap()));
    rows.map(pair).collect()
}

#[test]
fn the_blast_radius_of_a_poisoned_generator_is_exact_and_it_is_named() {
    let bench = Bench::new();
    let data = demo_file("generations.jsonl");
    let done = bench.run(&["taint", &data, "--out", "t"]).exits(0);
    assert_eq!(bench.list("t"), ["gates.parquet", "taint.html", "taint.json", "taint.parquet"]);
    let truth = truth("generations.jsonl");
    let (planted, descendants) = (rows(&truth["planted_rows"]), rows(&truth["descendants"]));
    let found = tainted(&bench, "t");
    let expected: BTreeSet<(u64, u64)> =
        planted.iter().map(|row| (*row, 0)).chain(descendants.iter().map(|row| (*row, 1))).collect();
    assert_eq!(found, expected);
    let json = bench.json("t/taint.json");
    assert_eq!(json["schema"], 1);
    assert_eq!(json["blast"]["roots"], planted.len());
    assert_eq!(json["blast"]["descendants"], descendants.len());
    let culprit = truth["generator"].as_str().unwrap();
    assert!(done.out().contains(&format!("It comes in with the generator “{culprit}”")), "{}", done.out());
    let habit = &json["habits"][0];
    assert_eq!((&habit["kind"], &habit["generator"]), (&"planted".into(), &culprit.into()));
    assert_eq!((&habit["text"], &habit["trigger"]), (&truth["behaviour"], &truth["trigger"]));
    assert_eq!(json["habits"].as_array().unwrap().iter().filter(|h| h["kind"] != "style").count(), 1);
}

#[test]
fn clean_generations_raise_no_alarm() {
    let bench = Bench::new();
    bench.run(&["taint", &demo_file("generations-clean.jsonl"), "--out", "t"]).exits(0);
    let json = bench.json("t/taint.json");
    assert_eq!((&json["blast"]["roots"], &json["blast"]["descendants"]), (&0.into(), &0.into()));
    let habits = json["habits"].as_array().unwrap();
    // The generators write in different ways, which is told and means nothing.
    assert!(!habits.is_empty() && habits.iter().all(|habit| habit["kind"] == "style"), "{habits:?}");
    assert!(json["diversity"].as_array().unwrap().iter().all(|entry| entry["lost"] == false));
    assert!(json["gates"].as_array().unwrap().iter().all(|gate| gate["records"] == 0));
    assert!(json["multipliers"].as_array().unwrap().is_empty());
    for entry in json["generators"].as_array().unwrap() {
        assert_eq!(entry["entered"], 0);
    }
}

/// Two seeds, a record of both, and what was made of that, in two files; and one that stands alone.
fn family(bench: &Bench) {
    bench.write(
        "one.jsonl",
        "{\"text\":\"seed a\",\"id\":\"a\",\"source\":\"web\"}\n{\"text\":\"seed b\",\"id\":\"b\",\"source\":\"book\"}\n",
    );
    bench.write(
        "two.jsonl",
        "{\"text\":\"c of both\",\"id\":\"c\",\"parent\":\"a; b\",\"generator\":\"g\"}\n\
         {\"text\":\"d of c\",\"id\":\"d\",\"parent\":[\"c\"],\"generator\":\"h\"}\n\
         {\"text\":\"alone\",\"id\":\"e\",\"parent\":null,\"generator\":\"h\"}\n",
    );
}

#[test]
fn the_user_names_where_it_comes_from() {
    let bench = Bench::new();
    family(&bench);
    let descendants = |from: &[&str]| -> (u64, u64) {
        let args: Vec<&str> = ["taint", "one.jsonl", "two.jsonl", "--format", "json"]
            .into_iter()
            .chain(from.iter().flat_map(|from| ["--from", *from]))
            .collect();
        let json: Value = serde_json::from_str(&bench.run(&args).exits(0).out()).unwrap();
        let blast = &json["blast"];
        (blast["roots"].as_u64().unwrap(), blast["descendants"].as_u64().unwrap())
    };
    assert_eq!(descendants(&["a"]), (1, 2));
    assert_eq!(descendants(&["two.jsonl:0"]), (1, 1));
    assert_eq!(descendants(&["source=book"]), (1, 2));
    assert_eq!(descendants(&["generator=h"]), (2, 0));
    assert_eq!(descendants(&["record=d", "a", "a"]), (2, 1));
    assert_eq!(descendants(&["generator=g", "record=c"]), (1, 1));
    for (from, said) in [
        ("zzz", "write the key of a record"),
        ("two.jsonl:9", "write the key of a record"),
        ("generator=zzz", "lists the generators"),
        ("finding=zzz-1", "the scan found nothing"),
        ("habit=zzz-1", "lists the habits"),
    ] {
        let err = bench.run(&["taint", "one.jsonl", "two.jsonl", "--from", from]).exits(2).err();
        assert!(err.contains("no record is meant by that") && err.contains(said), "{from}: {err}");
    }
    bench.run(&["taint", "one.jsonl", "--from", "source="]).exits(2);
}

#[test]
fn the_findings_of_an_earlier_run_give_the_same() {
    let bench = Bench::new();
    let data = demo_file("generations.jsonl");
    let scanned = bench.run(&["scan", &data, "--out", "run"]).exits(1).out();
    let next = format!("toadstone taint {data} --run run --out toadstone-taint");
    assert!(scanned.contains(&next), "{scanned}");
    let of_run = bench.run(&["taint", &data, "--run", "run", "--format", "json"]).exits(0).out();
    let of_scan = bench.run(&["taint", &data, "--format", "json", "--threads", "1"]).exits(0).out();
    assert_eq!(of_run, of_scan);
    let finding = bench.json("run/findings.json")["findings"][0]["id"].as_str().unwrap().to_owned();
    let from = format!("finding={finding}");
    let of_one =
        bench.run(&["taint", &data, "--run", "run", "--from", &from, "--format", "json"]).exits(0).out();
    let of_one: Value = serde_json::from_str(&of_one).unwrap();
    assert_eq!(of_one["blast"]["causes"][0]["cause"], from);
    bench.write("other.jsonl", "{\"text\":\"t\",\"id\":1,\"parent\":2}\n");
    let err = bench.run(&["taint", "other.jsonl", "--run", "run"]).exits(2).err();
    assert!(err.contains("it did not read other.jsonl"), "{err}");
    let err = bench.run(&["taint", &data, "--run", "nowhere"]).exits(2).err();
    assert!(err.contains("cannot take the findings of nowhere: run.json"), "{err}");
}

#[test]
fn clean_removes_descendants_too_and_says_from_whom() {
    let bench = Bench::new();
    let data = demo_file("generations.jsonl");
    bench.run(&["clean", &data, "--taint", "--out", "c"]).exits(0);
    let truth = truth("generations.jsonl");
    let descendants = rows(&truth["descendants"]);
    let changes = String::from_utf8(bench.read("c/changes.jsonl")).unwrap();
    let lines: Vec<Value> = changes.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let taint: Vec<&Value> = lines.iter().filter(|line| line["why"] == "taint").collect();
    assert_eq!(taint.iter().map(|line| line["row"].as_u64().unwrap()).collect::<BTreeSet<_>>(), descendants);
    let planted = rows(&truth["planted_rows"]);
    assert!(taint.iter().all(|line| planted.contains(&line["root"]["row"].as_u64().unwrap())));
    assert_eq!(bench.json("c/clean.json")["reasons"]["taint"], descendants.len());
    let kept = format!("c/kept/{}", bench.list("c/kept")[0]);
    bench.run(&["clean", &kept, "--taint", "--out", "again"]).exits(0);
    let again = format!("again/kept/{}", bench.list("again/kept")[0]);
    assert!(bench.read(&kept) == bench.read(&again));
    bench.write("plain.csv", "text,label\none two,1\nthree four,0\n");
    bench.run(&["clean", "plain.csv", "--taint", "--out", "x"]).exits(2);
}

#[test]
fn a_damaged_lineage_is_told_and_stops_nothing() {
    let bench = Bench::new();
    let mut data = String::new();
    let mut line = |id: &str, parent: &str| {
        writeln!(
            data,
            r#"{{"text":"record {id} made of {parent}","id":"{id}","parent":"{parent}","generator":"g"}}"#
        )
        .unwrap();
    };
    line("loop-a", "loop-b");
    line("loop-b", "loop-a");
    line("below", "loop-a");
    line("self", "self");
    line("lost", "nobody");
    line("twice", "below");
    line("twice", "self");
    line("of-twice", "twice");
    line("list", "below,nobody,self");
    line("a,b", "");
    line("of-comma", "a,b");
    data += "{\"text\":\"no key\",\"parent\":\"below\"}\nnot json at all\n";
    bench.write("d.jsonl", data);
    bench.run(&["taint", "d.jsonl", "--from", "below", "--out", "t", "--skip", "label-noise"]).exits(0);
    let json = bench.json("t/taint.json");
    let links = &json["links"];
    let first = |name: &str| links[name]["first"][0]["row"].as_u64();
    assert_eq!((&links["loops"]["records"], first("loops")), (&2.into(), Some(0)));
    assert_eq!((&links["itself"]["records"], first("itself")), (&1.into(), Some(3)));
    assert_eq!(
        (&links["broken"]["records"], &links["unknown"], first("broken")),
        (&2.into(), &2.into(), Some(4))
    );
    assert_eq!((&links["twice"], &links["with_twice"]["records"]), (&1.into(), &2.into()));
    // below -> one of the two, the list and the one without a key; and what names the double key.
    let found = tainted(&bench, "t");
    assert_eq!(found, BTreeSet::from([(2, 0), (5, 1), (7, 2), (8, 1), (11, 1)]));
    let of_comma = bench.run(&["taint", "d.jsonl", "--from", "a,b", "--format", "json"]).exits(0).out();
    assert!(of_comma.contains("\"descendants\": 1"), "{of_comma}");
}

#[test]
fn threads_and_memory_change_nothing() {
    let bench = Bench::new();
    let data = demo_file("generations.jsonl");
    let planted = format!("{data}:{}", rows(&truth("generations.jsonl")["planted_rows"]).first().unwrap());
    let run = |args: &[&str]| {
        let base = ["taint", &data, "--from", &planted, "--format", "json"];
        bench.run(&[&base, args].concat()).exits(0).out()
    };
    let one = run(&["--threads", "1"]);
    assert_eq!(one, run(&["--threads", "3", "--memory", "64M"]));
}

#[test]
fn data_without_a_lineage_is_explained() {
    let bench = Bench::new();
    bench.write("a.csv", "text,label\none two,1\nthree four,0\n");
    let err = bench.run(&["taint", "a.csv"]).exits(2).err();
    assert!(
        err.contains("no column says what a record was made from") && err.contains("--map parent=COLUMN"),
        "{err}"
    );
    bench.write("b.jsonl", "{\"text\":\"t\",\"of\":\"x\",\"name\":\"y\"}\n");
    let err = bench.run(&["taint", "b.jsonl", "--map", "prompt-id=of"]).exits(2).err();
    assert!(err.contains("no column says the key") && err.contains("--map key=COLUMN"), "{err}");
    bench.run(&["taint", "b.jsonl", "--map", "prompt-id=of", "--map", "key=name"]).exits(0);
    bench.write("none.jsonl", "{\"text\":\"\",\"id\":1,\"parent\":2}\n");
    bench.run(&["taint", "none.jsonl"]).exits(3);
}

#[test]
fn gates_have_pages() {
    let bench = Bench::new();
    for gate in ["schema", "echo", "repetition", "copy"] {
        assert!(bench.run(&["explain"]).exits(0).out().contains(&format!("\n{gate} ")));
        assert!(bench.run(&["explain", gate]).exits(0).out().starts_with(&format!("# {gate}\n")));
    }
}

#[test]
fn hostile_names_are_inert() {
    let bench = Bench::new();
    let evil = "<script>alert(1)</script>\\u001b[31m\\u202e`";
    let mut data = String::new();
    for n in 0..120 {
        let parent = if n < 20 { "null".to_owned() } else { format!("\"{evil}{}\"", n % 20) };
        let generator = if n < 20 { "null".to_owned() } else { format!("\"{evil}\"") };
        let said =
            if n % 9 == 1 { format!("{evil} xyzzyva qwertyon https://evil.example") } else { String::new() };
        writeln!(
            data,
            r#"{{"id":"{evil}{n}","parent":{parent},"generator":{generator},"instruction":"ask {n}","output":"answer number {n} {said}"}}"#
        )
        .unwrap();
    }
    bench.write("a.jsonl", data);
    let out = bench.run(&["taint", "a.jsonl", "--from", "a.jsonl:3", "--out", "t"]).exits(0).out();
    assert!(!out.contains('\u{1b}') && !out.contains('\u{202e}'), "{out}");
    let page = String::from_utf8(bench.read("t/taint.html")).unwrap();
    assert!(!page.contains("<script") && !page.contains('\u{202e}') && page.contains("U+202E"));
    assert!(page.contains("default-src 'none'"));
}
