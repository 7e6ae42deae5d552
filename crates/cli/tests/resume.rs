//! Scans that go on, and data that grows: `scan --resume`, `observe`, `merge`.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

mod common;
use common::{Bench, demo_file};

/// What of a run does not depend on when and where it was done.
fn results(run: &Path) -> Vec<Vec<u8>> {
    let names = ["findings.json", "records.parquet", "duplicates.parquet", "rejected.jsonl"];
    names.iter().map(|name| std::fs::read(run.join(name)).unwrap()).collect()
}

/// Files of support chats, of which each is large enough to be a shard: what is no record pads them.
fn write(bench: &Bench, files: std::ops::Range<usize>) {
    let chat = String::from_utf8(std::fs::read(demo_file("support-chat.jsonl")).unwrap()).unwrap();
    let lines: Vec<&str> = chat.lines().collect();
    let filler = "#".repeat(9 << 20);
    for file in files {
        let text = lines[file * 500..(file + 1) * 500].join("\n");
        bench.write(&format!("in/{file}.jsonl"), format!("{text}\n{filler}\n"));
    }
}

fn told(text: &str, found: usize) -> bool {
    text.contains(&format!("states: {found} were there"))
}

/// Killed at any moment, the same command goes on and gives what an undisturbed run gives.
#[test]
fn killed_at_any_moment_a_scan_goes_on() {
    let bench = Bench::new();
    write(&bench, 0..6);
    let start = Instant::now();
    bench.run(&["scan", "in", "--out", "whole"]).exits(1);
    let whole = start.elapsed();
    let expected = results(&bench.path("whole"));
    for at in 0..8u32 {
        let run = format!("run{at}");
        let args = ["scan", "in", "--resume", &run];
        // Killed twice: what the first one kept, the second one uses.
        for part in [at, at + 3] {
            let mut child = bench.command(&args);
            let mut child = child.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            std::thread::sleep(whole * (2 * part + 1) / 20);
            child.kill().unwrap();
            child.wait().unwrap();
            if bench.path(&run).join("run.json").exists() {
                assert!(results(&bench.path(&run)) == expected, "there only when it is whole");
            }
        }
        bench.run(&args).exits(1);
        assert!(results(&bench.path(&run)) == expected, "killed in part {at}");
        let left = bench.list(&format!("{run}/states"));
        assert!(!left.iter().any(|name| name.starts_with(".unfinished")), "{left:?}");
    }
    assert!(whole < Duration::from_secs(60));
}

#[test]
fn of_data_that_grew_only_what_is_new_is_read_for_the_first_pass() {
    let bench = Bench::new();
    write(&bench, 0..5);
    bench.run(&["scan", "in", "--resume", "run"]).exits(1);
    let again = bench.run(&["scan", "in", "--resume", "run"]).exits(1).err();
    assert!(again.contains(" 0 were made, for 5 shards"), "{again}");
    write(&bench, 5..6);
    bench.run(&["scan", "in", "--out", "whole"]).exits(1);
    let grown = bench.run(&["scan", "in", "--resume", "run"]).exits(1).err();
    assert!(!told(&grown, 0), "{grown}");
    assert!(results(&bench.path("run")) == results(&bench.path("whole")));
}

#[test]
fn what_is_counted_apart_is_merged() {
    let bench = Bench::new();
    write(&bench, 0..6);
    bench.run(&["scan", "in", "--out", "whole"]).exits(1);
    let old = ["in/0.jsonl", "in/1.jsonl", "in/2.jsonl", "in/3.jsonl"];
    bench.run(&[&["observe"], &old[..], &["--out", "a"]].concat()).exits(0);
    let next = bench.run(&["observe", "in/4.jsonl", "in/5.jsonl", "--out", "b"]).exits(0).out();
    assert!(next.contains("next: toadstone merge b --out toadstone-run"), "{next}");
    assert_eq!(bench.list("a"), ["states"]);
    let merged = bench.run(&["merge", "a", "b", "--out", "all"]).exits(1).err();
    assert!(!told(&merged, 0), "{merged}");
    assert!(results(&bench.path("all")) == results(&bench.path("whole")));
    // The merged run is one that grows, too.
    let again = bench.run(&["merge", "all", "--out", "all"]).exits(1).err();
    assert!(again.contains(" 0 were made"), "{again}");
}

#[test]
fn what_does_not_go_together_is_refused() {
    let bench = Bench::new();
    write(&bench, 0..2);
    bench.run(&["observe", "in/0.jsonl", "--out", "a"]).exits(0);
    bench.run(&["observe", "in/1.jsonl", "--out", "b", "--seed", "3"]).exits(0);
    let err = bench.run(&["merge", "a", "b", "--out", "c"]).exits(2).err();
    assert!(err.contains("a and b were read in different ways"), "{err}");
    let err = bench.run(&["merge", "in", "--out", "c"]).exits(2).err();
    assert!(err.contains("in has no states"), "{err}");
    let err = bench.run(&["scan", "in", "--out", "x", "--resume", "y"]).exits(2).err();
    assert!(err.contains("cannot be used with"), "{err}");
    bench.write("mine/notes.txt", "mine");
    let err = bench.run(&["scan", "in", "--resume", "mine"]).exits(2).err();
    assert!(err.contains("not a run of toadstone"), "{err}");
    bench.write("empty.jsonl", "\n");
    bench.run(&["observe", "empty.jsonl", "--out", "e"]).exits(3);
}
