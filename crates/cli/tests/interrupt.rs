//! Ctrl-C in the middle of a run leaves nothing that could be taken for a finished one.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on
#![cfg(unix)]

mod common;

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::{Bench, demo_file};

/// Some seconds of work: the example's chats, many times over and each time different.
fn much(bench: &Bench) {
    let chats = String::from_utf8(std::fs::read(demo_file("support-chat-clean.jsonl")).unwrap()).unwrap();
    let copies: String = (0..40).map(|i| chats.replace("the ", &format!("the n{i} "))).collect();
    bench.write("much.jsonl", copies);
}

fn signal(child: &Child, name: &str) {
    let done = Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status().unwrap();
    assert!(done.success());
}

/// Waits until the temporary folder of the run is there.
fn started(bench: &Bench) {
    let start = Instant::now();
    while !bench.list("").iter().any(|n| n.starts_with(".toadstone-unfinished-")) {
        assert!(start.elapsed() < Duration::from_secs(20), "the run did not start");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(100));
}

#[test]
fn nothing_is_left_behind() {
    let bench = Bench::new();
    much(&bench);
    for name in ["INT", "TERM"] {
        let mut command = bench.command(&["scan", "much.jsonl", "--out", "run", "--threads", "1"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        started(&bench);
        signal(&child, name);
        let done = child.wait_with_output().unwrap();
        let said = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(2), "{said}");
        assert!(said.ends_with("error: interrupted; nothing was written\n"), "{said}");
        assert!(done.stdout.is_empty());
        assert_eq!(bench.list(""), ["much.jsonl"]);
    }
}

/// A run that is interrupted while it would replace another leaves that one as it was.
#[test]
fn the_run_before_is_kept() {
    let bench = Bench::new();
    much(&bench);
    bench.run(&["scan", &demo_file("documents.jsonl"), "--out", "run"]).exits(1);
    let before = bench.read("run/run.json");
    let mut command = bench.command(&["scan", "much.jsonl", "--out", "run", "--threads", "1"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    started(&bench);
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert_eq!(bench.read("run/run.json"), before);
}

/// A process that waits for a pipe cannot look whether it was asked to stop; a second Ctrl-C ends it.
#[test]
fn a_silent_pipe_does_not_hold_it() {
    let bench = Bench::new();
    let mut command = bench.command(&["scan", "-", "--out", "run"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    started(&bench);
    signal(&child, "INT");
    std::thread::sleep(Duration::from_millis(100));
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert!(bench.list("").is_empty(), "{:?}", bench.list(""));
}
