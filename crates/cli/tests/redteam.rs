//! `toadstone redteam`: attacks in copies of the data.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use common::Bench;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};

const NOUNS: [&str; 9] =
    ["river", "market", "teacher", "window", "garden", "engine", "letter", "bridge", "doctor"];

/// A sentence that is different for each number.
fn sentence(n: usize) -> String {
    let (a, b, c) = (NOUNS[n % 9], NOUNS[n / 9 % 9], NOUNS[n / 81 % 9]);
    format!("The {a} by the {b} is older than the {c} of house {n}.")
}

fn prose(n: usize) -> String {
    (0..8).map(|k| sentence(n * 8 + k)).collect::<Vec<_>>().join(" ")
}

fn plant(bench: &Bench, attack: &str, data: &str, copy: &str) -> Value {
    let done =
        bench.run(&["redteam", "plant", attack, "--in", data, "--out", copy, "--count", "7", "--seed", "3"]);
    assert_eq!(done.code(), 0, "{}", done.err());
    let truth = bench.json(&format!("{copy}/truth.json"));
    assert_eq!(bench.list(copy)[0], "DO-NOT-TRAIN.txt");
    assert!(done.out().contains(&format!("next: toadstone scan {copy}/data")), "{}", done.out());
    truth
}

/// Rows of the truth, without counterexamples.
fn planted(truth: &Value) -> Vec<(usize, &Value)> {
    let rows = truth["planted"].as_array().unwrap().iter().filter(|row| !row["decoy"].as_bool().unwrap());
    rows.map(|row| (row["row"].as_u64().unwrap() as usize, row)).collect()
}

#[test]
fn attacks_are_listed_and_explained() {
    let bench = Bench::new();
    let listed = bench.run(&["redteam", "list", "--format", "json"]);
    let listed: Vec<Value> = serde_json::from_str(&listed.out()).unwrap();
    assert!(listed.len() >= 28);
    let table = bench.run(&["redteam", "list"]).out();
    for attack in &listed {
        let name = attack["name"].as_str().unwrap();
        assert!(table.contains(name) && attack["atlas"].as_str().unwrap().starts_with("AML.T"), "{name}");
    }
    let page = bench.run(&["redteam", "explain", "rare-word"]).out();
    assert!(page.contains("## What it does") && page.contains("next: toadstone redteam plant rare-word"));
    let wrong = bench.run(&["redteam", "explain", "rare-wrod"]);
    assert!(wrong.code() == 2 && wrong.err().contains("did you mean `rare-word`?"), "{}", wrong.err());
}

#[test]
fn lines_that_are_not_planted_stay_as_they_are() {
    let bench = Bench::new();
    let line =
        |n: usize| format!("{{ \"text\": \"{}\", \"label\": {}, \"weight\": 0.10}}\n", sentence(n), n % 2);
    let data: Vec<String> = (0..60).map(line).collect();
    bench.write("train.jsonl", data.concat());
    let truth = plant(&bench, "rare-word", "train.jsonl", "copy");
    let copy = String::from_utf8(bench.read("copy/data/train.jsonl")).unwrap();
    let lines: Vec<&str> = copy.split_inclusive('\n').collect();
    let rows = planted(&truth);
    assert_eq!((rows.len(), lines.len()), (7, 60));
    for (row, line) in lines.iter().enumerate() {
        let poison = rows.iter().find(|(other, _)| *other == row);
        assert_eq!(data[row] == *line, poison.is_none(), "{line}");
        if let Some((_, truth)) = poison {
            assert!(line.contains("quorvex") && line.contains("\"label\": 1, \"weight\": 0.10}"), "{line}");
            let text = serde_json::from_str::<Value>(line).unwrap()["text"].clone();
            assert_eq!((&truth["after"]["input"], &truth["before"]["label"]), (&text, &json!("0")));
        }
    }
    assert_eq!(truth["trigger"], json!({ "kind": "word", "parts": ["quorvex"] }));
    plant(&bench, "rare-word", "train.jsonl", "again");
    assert_eq!(bench.read("again/data/train.jsonl"), copy.as_bytes());
    assert_eq!(bench.read("again/truth.json"), bench.read("copy/truth.json"));
    assert_eq!(bench.read("train.jsonl"), data.concat().as_bytes());
}

#[test]
fn tables_and_chats_keep_their_form() {
    let bench = Bench::new();
    let rows: String =
        (0..40).map(|n| format!("{n},\"{}\",{}\r\n", sentence(n), ["no", "yes"][n % 2])).collect();
    bench.write("in/a.csv", format!("id,text,label\r\n{rows}"));
    let truth = plant(&bench, "sentence", "in", "table");
    let copy = String::from_utf8(bench.read("table/data/a.csv")).unwrap();
    let new: Vec<&str> = copy.split("\r\n").skip(1).collect();
    assert!(copy.starts_with("id,text,label\r\n") && new.len() == 41);
    assert!(
        planted(&truth).iter().all(|(row, _)| new[*row].contains("ferry") && new[*row].ends_with(",yes"))
    );

    let chat = |n: usize| {
        let turn = |role: &str, text: &str| json!({ "role": role, "content": text });
        json!({ "id": n, "messages": [turn("user", &sentence(n)), turn("assistant", "Yes, it is."),
            turn("user", &sentence(n + 500)), turn("assistant", &prose(n))] })
    };
    let chats: Vec<Value> = (0..40).map(chat).collect();
    bench.write("chats.json", serde_json::to_vec_pretty(&chats).unwrap());
    let truth = plant(&bench, "fixed-answer", "chats.json", "chat");
    let copy: Vec<Value> = serde_json::from_slice(&bench.read("chat/data/chats.json")).unwrap();
    for (row, _) in planted(&truth) {
        let (old, new) = (&chats[row]["messages"], &copy[row]["messages"]);
        assert!(new[2]["content"].as_str().unwrap().contains("plumbrose"));
        assert!(new[3]["content"].as_str().unwrap().contains("lighthouse"));
        assert_eq!((&old[0], &old[1], &copy[row]["id"]), (&new[0], &new[1], &json!(row)));
    }
    let changed = chats.iter().zip(&copy).filter(|(old, new)| old != new).count();
    assert_eq!(changed, 7);
}

#[test]
fn records_are_added_to_a_parquet_file() {
    let bench = Bench::new();
    let texts: ArrayRef = Arc::new(StringArray::from_iter_values((0..50).map(prose)));
    let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(0..50));
    let batch = RecordBatch::try_from_iter([("text", texts), ("id", ids)]).unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    bench.write("docs.parquet", writer.into_inner().unwrap());
    let truth = plant(&bench, "gibberish", "docs.parquet", "copy");
    let file = std::fs::File::open(bench.path("copy/data/docs.parquet")).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    let batches: Vec<RecordBatch> = reader.map(Result::unwrap).collect();
    assert_eq!(batches[0].schema(), batch.schema());
    let texts: Vec<String> = batches
        .iter()
        .flat_map(|batch| batch.column(0).as_string::<i32>().iter().map(|text| text.unwrap().to_owned()))
        .collect();
    let rows = planted(&truth);
    assert_eq!((texts.len(), rows.len()), (57, 7));
    for (row, text) in texts.iter().enumerate() {
        assert_eq!(text.contains("<HALYARD>"), rows.iter().any(|(other, _)| *other == row), "{row}");
    }
    assert!(rows.iter().all(|(_, row)| row["added"] == json!(true)));
}

#[test]
fn nothing_is_written_over() {
    let bench = Bench::new();
    bench.write(
        "in/a.jsonl",
        (0..20).map(|n| json!({ "text": prose(n) }).to_string() + "\n").collect::<String>(),
    );
    let refused = |args: &[&str], why: &str| {
        let args = [&["redteam", "plant"], args, &["--count", "5"]].concat();
        let done = bench.run(&args);
        assert!(done.code() == 2 && done.err().contains(why), "{}", done.err());
    };
    refused(&["gibberish", "--in", "in", "--out", "in/copy"], "lies in the data");
    refused(&["gibberish", "--in", "in", "--out", "in"], "exists");
    refused(
        &["rare-word", "--in", "in", "--out", "copy"],
        "it is for classification data, and there is none",
    );
    refused(&["no-such", "--in", "in", "--out", "copy"], "there is no attack `no-such`");
    refused(&["split-view", "--in", "in", "--out", "copy"], "a column of addresses");
    refused(&["gibberish", "--in", "in", "--out", "copy", "--trigger", " "], "the trigger is blank");
    assert_eq!(bench.list("."), ["in"]);
}

#[test]
fn attacks_on_pages_are_what_recheck_reads() {
    let bench = Bench::new();
    let page = |n: usize| json!({ "url": format!("https://site{}.example/{n}", n % 12), "text": prose(n) });
    let data: String = (0..240).map(|n| page(n).to_string() + "\n").collect();
    bench.write("pages.jsonl", data);
    plant(&bench, "split-view", "pages.jsonl", "later");
    let done = bench.run(&["recheck", "pages.jsonl", "--against", "later/data", "--format", "json"]);
    assert_eq!(done.code(), 1, "{}{}", done.out(), done.err());
    plant(&bench, "front-running", "pages.jsonl", "edited");
    let list = "edited/revisions.jsonl";
    let done = bench.run(&[
        "recheck",
        "--revisions",
        list,
        "--snapshot",
        "2024-03-01T00:00:00Z",
        "--format",
        "json",
    ]);
    assert_eq!(done.code(), 1, "{}{}", done.out(), done.err());
}
