//! `toadstone clean` on the real binary.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use common::{Bench, demo_file};

fn lines(bytes: &[u8]) -> Vec<String> {
    String::from_utf8(bytes.to_vec()).unwrap().lines().map(str::to_owned).collect()
}

fn changes(bench: &Bench, dir: &str) -> Vec<serde_json::Value> {
    lines(&bench.read(&format!("{dir}/changes.jsonl")))
        .iter()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect()
}

/// Every file below a folder, with its bytes.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut out = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            out.extend(tree(&path).into_iter().map(|(below, bytes)| (format!("{name}/{below}"), bytes)));
        } else {
            out.insert(name, std::fs::read(path).unwrap());
        }
    }
    out
}

#[test]
fn what_was_planted_goes_and_everything_else_stays_byte_for_byte() {
    let bench = Bench::new();
    let chat = demo_file("support-chat.jsonl");
    let done = bench.run(&["clean", &chat, "--out", "c"]).exits(0);
    assert!(done.out().contains("30 set aside"), "{}", done.out());
    assert_eq!(bench.list("c"), ["changes.jsonl", "clean.json", "kept", "quarantine"]);

    let all = lines(&std::fs::read(&chat).unwrap());
    let gone: Vec<usize> = changes(&bench, "c").iter().map(|c| c["row"].as_u64().unwrap() as usize).collect();
    let pick = |wanted: bool| -> Vec<String> {
        let of = all.iter().enumerate().filter(|(row, _)| gone.contains(row) == wanted);
        of.map(|(_, line)| line.clone()).collect()
    };
    assert_eq!(lines(&bench.read("c/kept/support-chat.jsonl")), pick(false));
    assert_eq!(lines(&bench.read("c/quarantine/support-chat.jsonl")), pick(true));
    let first = &changes(&bench, "c")[0];
    assert_eq!(
        (&first["why"], &first["to"], &first["to_row"]),
        (&"finding".into(), &"quarantine/support-chat.jsonl".into(), &0.into())
    );
    let findings = first["findings"].as_array().unwrap();
    assert!(findings.iter().any(|id| id.as_str().unwrap().starts_with("planted-trigger-")), "{first}");
    let account = bench.json("c/clean.json");
    assert_eq!(
        (&account["records"], &account["kept"], &account["removed"]),
        (&3000.into(), &2970.into(), &30.into())
    );

    let again = bench.run(&["clean", "c/kept/support-chat.jsonl", "--out", "d"]).exits(0);
    assert!(again.out().contains("KEPT  2,970 of 2,970"), "{}", again.out());
    assert_eq!(bench.read("c/kept/support-chat.jsonl"), bench.read("d/kept/support-chat.jsonl"));
    assert_eq!(bench.list("d"), ["changes.jsonl", "clean.json", "kept"]);
}

#[test]
fn a_dry_run_writes_nothing() {
    let bench = Bench::new();
    let chat = demo_file("support-chat.jsonl");
    let done = bench.run(&["clean", &chat, "--dry-run"]).exits(0);
    assert!(done.out().contains("WOULD KEEP  2,970") && done.out().contains("next  toadstone clean"));
    assert_eq!(bench.list("."), Vec::<String>::new());
    bench.run(&["clean", &chat]).exits(2);
}

/// Ten texts, some of them several times or slightly changed, from three sites.
fn copies() -> String {
    let text = |n: usize| (0..40).map(|w| format!("word{} ", (n * 131 + w * 37) % 997)).collect::<String>();
    let row = |at: usize| {
        let (n, extra) = (at % 10, if at % 3 == 2 { " again" } else { "" });
        let site = if at < 20 { "big" } else { ["one", "two"][at % 2] };
        format!("{{\"text\":\"{}{extra}\",\"url\":\"https://{site}.example/{at}\"}}\n", text(n))
    };
    (0..30).map(row).collect()
}

#[test]
fn one_of_each_group_of_copies_stays() {
    let bench = Bench::new();
    bench.write("a.jsonl", copies());
    let run = |kind: &str, out: &str| {
        bench.run(&["clean", "a.jsonl", "--dedup", kind, "--out", out]).exits(0);
        lines(&bench.read(&format!("{out}/kept/a.jsonl")))
    };
    let texts = |lines: &[String]| -> Vec<String> {
        let text = |l: &String| {
            serde_json::from_str::<serde_json::Value>(l).unwrap()["text"].as_str().unwrap().to_owned()
        };
        lines.iter().map(text).collect()
    };
    let exact = texts(&run("exact", "e"));
    let mut distinct = texts(&lines(copies().as_bytes()));
    distinct.sort();
    distinct.dedup();
    let mut kept = exact.clone();
    kept.sort();
    assert_eq!(kept, distinct);
    assert_eq!(run("near", "n").len(), 10);
    for change in changes(&bench, "n") {
        let twin = change["twin"]["row"].as_u64().unwrap();
        assert!(changes(&bench, "n").iter().all(|other| other["row"] != twin), "the twin stays: {change}");
    }
    bench.run(&["clean", "n/kept/a.jsonl", "--dedup", "near", "--out", "again"]).exits(0);
    assert_eq!(bench.read("n/kept/a.jsonl"), bench.read("again/kept/a.jsonl"));
}

#[test]
fn no_source_keeps_more_than_its_share() {
    let bench = Bench::new();
    let row = |at: usize| {
        let site = match at % 10 {
            0..=6 => "big".to_owned(),
            n => format!("small{n}"),
        };
        format!("{{\"text\":\"text number {at}\",\"url\":\"https://www.{site}.example/{at}\"}}\n")
    };
    bench.write("a.jsonl", (0..300).map(row).collect::<String>());
    let args = |input: &'static str, out: &'static str| ["clean", input, "--cap", "domain=40%", "--out", out];
    bench.run(&args("a.jsonl", "c")).exits(0);
    let kept = lines(&bench.read("c/kept/a.jsonl"));
    let big = kept.iter().filter(|l| l.contains("www.big.example")).count();
    assert_eq!((kept.len(), big), (150, 60), "90 of the small ones, and 40 % of all");
    assert!(
        changes(&bench, "c")
            .iter()
            .all(|c| c["why"] == "cap" && c["rule"] == "domain=40%" && c["most"] == 60)
    );
    bench.run(&args("c/kept/a.jsonl", "again")).exits(0);
    assert_eq!(bench.read("c/kept/a.jsonl"), bench.read("again/kept/a.jsonl"));

    let err = bench.run(&["clean", "a.jsonl", "--cap", "domain=10%", "--out", "x"]).exits(2).err();
    assert!(err.contains("names 4 domains") && err.contains("no share below 25.0 %"), "{err}");
    let err = bench.run(&["clean", "a.jsonl", "--cap", "author=10%", "--out", "x"]).exits(2).err();
    assert!(err.contains("no column says the author"), "{err}");
    for wrong in ["domain", "planet=2%", "domain=0", "domain=200%"] {
        bench.run(&["clean", "a.jsonl", "--cap", wrong, "--out", "x"]).exits(2);
    }
}

/// Three topics of 300 records each from nine sites; one site has most of the first.
fn topics() -> String {
    let row = |at: usize| {
        let (topic, n) = (at % 3, at / 3);
        let site = if topic == 0 && n % 10 < 8 { 0 } else { 1 + n % 8 };
        let word =
            |w: usize| format!("{}{} ", ["moss", "tide", "kiln"][topic], letters((n * 31 + w * 17) % 90));
        let text: String = (0..25).map(word).collect();
        format!("{{\"text\":\"{text}\",\"url\":\"https://site{site}.example/{at}\"}}\n")
    };
    (0..900).map(row).collect()
}

fn letters(n: usize) -> String {
    [b'a' + (n / 26) as u8, b'a' + (n % 26) as u8].iter().map(|b| *b as char).collect()
}

#[test]
fn no_source_keeps_more_than_its_share_of_a_topic() {
    let bench = Bench::new();
    bench.write("a.jsonl", topics());
    let args = |input: &'static str, out: &'static str| {
        ["clean", input, "--only", "hidden-text", "--cap", "domain=50%/topic", "--out", out]
    };
    bench.run(&args("a.jsonl", "c")).exits(0);
    let kept = lines(&bench.read("c/kept/a.jsonl"));
    let of = |word: &str, site: &str| kept.iter().filter(|l| l.contains(word) && l.contains(site)).count();
    assert_eq!((of("tide", ""), of("kiln", "")), (300, 300), "nobody owns the other topics");
    let (all, owned) = (of("moss", ""), of("moss", "site0."));
    assert!(all - owned == 60 && owned as f64 <= 0.55 * all as f64 && owned >= 40, "{owned} of {all}");
    bench.run(&args("c/kept/a.jsonl", "again")).exits(0);
    assert_eq!(bench.read("c/kept/a.jsonl"), bench.read("again/kept/a.jsonl"));
}

#[test]
fn weights_do_what_a_cap_does_without_removing() {
    let bench = Bench::new();
    let site = |at: usize| if at % 10 < 7 { "big".to_owned() } else { format!("small{}", at % 10) };
    let row = |at| format!("{{\"text\":\"text number {at}\",\"url\":\"https://{}.example/\"}}\n", site(at));
    bench.write("a.jsonl", (0..300).map(row).collect::<String>());
    bench.run(&["clean", "a.jsonl", "--weigh", "domain=40%", "--out", "c"]).exits(0);
    assert_eq!(bench.read("c/kept/a.jsonl"), bench.read("a.jsonl"));
    let rows = weights(&bench.path("c/weights.parquet"));
    assert_eq!(rows.len(), 210);
    let expected = |row: &u64| site(*row as usize) == "big";
    assert!(
        rows.iter()
            .all(|(file, row, w)| file == "kept/a.jsonl" && expected(row) && (w * 210.0 - 60.0).abs() < 0.01)
    );
    bench.run(&["clean", "a.jsonl", "--weigh", "domain=40%/topic", "--out", "x"]).exits(2);
    let err = bench.run(&["clean", "a.jsonl", "--weigh", "domain=10%", "--out", "x"]).exits(2).err();
    assert!(err.contains("--weigh domain=10% cannot be kept: the data names 4 domains"), "{err}");
}

fn weights(path: &Path) -> Vec<(String, u64, f32)> {
    use parquet::record::RowAccessor;
    let reader = parquet::file::reader::SerializedFileReader::try_from(path).unwrap();
    let row = |row: Result<parquet::record::Row, _>| {
        let row = row.unwrap();
        (row.get_string(0).unwrap().clone(), row.get_ulong(1).unwrap(), row.get_float(2).unwrap())
    };
    reader.into_iter().map(row).collect()
}

#[test]
fn folders_keep_their_shape_and_what_describes_them() {
    let bench = Bench::new();
    bench.write("in/x/a.csv", "text,label\nsome words,1\nother words,0\n");
    bench.write("in/b.jsonl", "{\"text\":\"one\"}\nnot json\n{\"text\":\"two\"}\n");
    bench.write("in/README.md", "# data\n").write("in/sha256sums", "0000  b.jsonl\n");
    let done = bench.run(&["clean", "in", "--out", "c"]).exits(0);
    assert!(done.out().contains("1 record could not be read and stay"), "{}", done.out());
    assert_eq!(bench.list("c/kept"), ["README.md", "b.jsonl", "x"]);
    assert_eq!(bench.read("c/kept/b.jsonl"), bench.read("in/b.jsonl"));
    assert_eq!(bench.read("c/kept/x/a.csv"), bench.read("in/x/a.csv"));
    bench.write("mine/notes.txt", "mine");
    let err = bench.run(&["clean", "in", "--out", "mine"]).exits(2).err();
    assert!(err.contains("not cleaned data by toadstone"), "{err}");
    assert_eq!(bench.list("mine"), ["notes.txt"]);
    bench.run(&["clean", "in", "--out", "c"]).exits(0);
}

/// Killed at any moment, nothing looks finished, and the same command finishes with the same bytes.
#[test]
fn killed_at_any_moment_it_goes_on() {
    let bench = Bench::new();
    let mut all = Vec::new();
    for part in 0..6 {
        let chat = std::fs::read(demo_file("support-chat.jsonl")).unwrap();
        all.push(format!("in/{part}.jsonl"));
        bench.write(&all[part], lines(&chat)[part * 500..(part + 1) * 500].join("\n"));
    }
    fn args(out: &str) -> [&str; 6] {
        ["clean", "in", "--only", "planted-trigger", "--out", out]
    }
    let start = Instant::now();
    bench.run(&args("whole")).exits(0);
    let whole = start.elapsed();
    let expected = tree(&bench.path("whole"));
    for at in 0..20u32 {
        let out = format!("out{at}");
        let mut child = bench.command(&args(&out));
        let mut child = child.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(whole * (2 * at + 1) / 36);
        child.kill().unwrap();
        child.wait().unwrap();
        if bench.path(&out).exists() {
            assert!(tree(&bench.path(&out)) == expected, "there only when it is whole");
        }
        // What a process leaves that is killed while it writes a file.
        let unfinished = bench.path(&format!(".{out}.toadstone-unfinished"));
        if unfinished.join("plan.json").exists() {
            std::fs::write(unfinished.join(".toadstone-x1Y2z3"), "half").unwrap();
        }
        bench.run(&args(&out)).exits(0);
        let after = tree(&bench.path(&out));
        let names: Vec<&String> = after.keys().collect();
        assert!(after == expected, "killed after {:?}: {names:?}", whole * (2 * at + 1) / 36);
    }
    let left: Vec<String> = bench.list(".").into_iter().filter(|name| name.starts_with('.')).collect();
    assert_eq!(left, Vec::<String>::new(), "nothing unfinished is left");
    assert!(whole < Duration::from_secs(60));
}
