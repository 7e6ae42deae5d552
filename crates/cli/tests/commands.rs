//! `init`, `explain`, `example` and mistakes on the command line.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;

use common::Bench;

#[test]
fn init_writes_a_valid_policy_once() {
    let bench = Bench::new();
    let done = bench.run(&["init"]).exits(0);
    assert!(done.out().ends_with("next: toadstone scan YOUR_DATA --out toadstone-run\n"), "{}", done.out());
    let written = bench.read("toadstone.toml");
    let again = bench.run(&["init"]).exits(2);
    insta::assert_snapshot!(again.err(), @r"
    error: toadstone.toml is already here, and was left as it is
      help: remove or rename it first, or edit it
    ");
    assert_eq!(bench.read("toadstone.toml"), written);
    bench.write("a.jsonl", "{\"text\":\"one\"}\n").run(&["scan", "a.jsonl"]).exits(0);
}

#[test]
fn explain_lists_and_shows_pages() {
    let bench = Bench::new();
    let list = bench.run(&["explain"]).exits(0).out();
    let names: Vec<&str> =
        list.lines().take_while(|l| !l.is_empty()).filter_map(|l| l.split(' ').next()).collect();
    assert!(names.len() >= 4, "{list}");
    for name in names {
        let page = bench.run(&["explain", name]).exits(0).out();
        assert!(page.starts_with("# ") && page.contains(name), "{page}");
    }
    insta::assert_snapshot!(bench.run(&["explain", "planted-triger"]).exits(2).err(), @r"
    error: there is no detector `planted-triger`
      help: did you mean `planted-trigger`?
    ");
}

#[test]
fn example_is_repeatable_and_refuses_a_folder_in_use() {
    let bench = Bench::new();
    let done = bench.run(&["example", "a"]).exits(0);
    assert!(
        done.out().ends_with("next: toadstone scan a/support-chat.jsonl --out a-run\n"),
        "{}",
        done.out()
    );
    bench.run(&["example", "b"]).exits(0);
    assert_eq!(bench.list("a"), bench.list("b"));
    for name in bench.list("a") {
        assert!(bench.read(&format!("a/{name}")) == bench.read(&format!("b/{name}")), "{name}");
    }
    insta::assert_snapshot!(bench.run(&["example", "a"]).exits(2).err(), @r"
    error: the folder a is not empty, and nothing was written
      help: name a new folder or an empty one
    ");
}

#[test]
fn mistakes_on_the_command_line_exit_with_2() {
    let bench = Bench::new();
    for args in [
        &["frobnicate"][..],
        &["scan"],
        &["scan", "x", "--format", "pdf"],
        &["scan", "x", "--memory", "lots"],
        &["scan", "x", "--threads", "0"],
        &["scan", "x", "--map", "input"],
        &["scan", "x", "--only", "nothing-like-it"],
        &["scan", "x", "--only", "hidden-text", "--skip", "hidden-text"],
        &["scan", "x", "--config", "missing.toml"],
    ] {
        let done = bench.run(args).exits(2);
        assert!(done.out().is_empty() && done.err().starts_with("error: "), "{args:?}: {}", done.err());
    }
}

#[test]
fn help_states_the_exit_codes() {
    let bench = Bench::new();
    for args in [&["--help"][..], &["scan", "--help"]] {
        let help = bench.run(args).exits(0).out();
        assert!(help.contains("0  pass") && help.contains("3  nothing was scanned"), "{help}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    use std::process::Stdio;
    let bench = Bench::new();
    let mut child = bench.command(&["explain", "planted-trigger"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
