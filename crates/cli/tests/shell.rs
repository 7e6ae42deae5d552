//! `completions`, `man` and `report`: what a shell and a pipeline get beside the scan.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;

use std::process::Command;

use common::{Bench, demo_file};

const SHELLS: [&str; 5] = ["bash", "zsh", "fish", "powershell", "elvish"];

fn has(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|done| done.status.success())
}

/// What bash offers for the last word of a command line, by the script as it is printed.
fn offered(bench: &Bench, words: &[&str]) -> Vec<String> {
    let script = "source ./complete.bash
        COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1))
        _toadstone toadstone \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD - 1]}\"
        printf '%s\\n' \"${COMPREPLY[@]}\"";
    let mut bash = Command::new("bash");
    let done = bash.args(["-c", script, "bash"]).args(words).current_dir(bench.path("")).output().unwrap();
    assert!(done.status.success() && done.stderr.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn every_shell_gets_completions() {
    let bench = Bench::new();
    for shell in SHELLS {
        let script = bench.run(&["completions", shell]).exits(0).out();
        for word in ["toadstone", "scan", "fail-on", "verify-proof"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    bench.run(&["completions", "cmd"]).exits(2);
}

#[test]
fn bash_completes_subcommands_options_and_values() {
    if !has("bash") {
        return;
    }
    let bench = Bench::new();
    let script = bench.run(&["completions", "bash"]).exits(0).out();
    bench.write("complete.bash", script);
    assert_eq!(offered(&bench, &["toadstone", "sca"]), ["scan"]);
    assert_eq!(offered(&bench, &["toadstone", "scan", "--fail"]), ["--fail-on"]);
    assert_eq!(offered(&bench, &["toadstone", "scan", "--format", "ju"]), ["junit"]);
    assert_eq!(offered(&bench, &["toadstone", "redteam", "pla"]), ["plant"]);
}

#[test]
fn there_is_a_page_for_every_subcommand() {
    let bench = Bench::new();
    let done = bench.run(&["man", "--out", "man/pages"]).exits(0);
    assert_eq!(done.out(), "next: man -l man/pages/toadstone.1\n");
    let pages = bench.list("man/pages");
    for page in ["toadstone.1", "toadstone-scan.1", "toadstone-verify-proof.1", "toadstone-redteam-run.1"] {
        assert!(pages.iter().any(|p| p == page), "{page}: {pages:?}");
    }
    let scan = String::from_utf8(bench.read("man/pages/toadstone-scan.1")).unwrap();
    assert!(scan.contains("fail\\-on") && scan.contains("nothing was scanned"), "{scan}");
    let main = String::from_utf8(bench.read("man/pages/toadstone.1")).unwrap();
    assert_eq!(bench.run(&["man"]).exits(0).out(), main);
    bench.write("file", "mine");
    let done = bench.run(&["man", "--out", "file"]).exits(2);
    assert!(done.err().starts_with("error: cannot write manual pages to file: "), "{}", done.err());
}

#[test]
fn pages_are_laid_out_without_a_warning() {
    if !has("groff") {
        return;
    }
    let bench = Bench::new();
    bench.run(&["man", "--out", "pages"]).exits(0);
    for page in bench.list("pages") {
        let mut groff = Command::new("groff");
        groff.args(["-man", "-ww", "-Tascii", "-P-c"]).arg(bench.path("pages").join(&page));
        let done = groff.output().unwrap();
        let told = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success() && told.is_empty(), "{page}: {told}");
        let laid_out = without_overstrikes(&String::from_utf8_lossy(&done.stdout));
        assert!(laid_out.contains("SYNOPSIS") && laid_out.contains(page.trim_end_matches(".1")), "{page}");
    }
}

/// Bold letters are typed twice, with a backspace between.
fn without_overstrikes(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\u{8}' => drop(out.pop()),
            c => out.push(c),
        }
    }
    out
}

#[test]
fn a_run_is_reported_again_as_the_scan_did() {
    let bench = Bench::new();
    bench.write("empty.jsonl", "");
    let (planted, clean) = (demo_file("documents.jsonl"), demo_file("documents-clean.jsonl"));
    for (data, code) in [(planted.as_str(), 1), (clean.as_str(), 0), ("empty.jsonl", 3)] {
        for format in ["human", "json", "sarif", "github", "markdown", "html", "junit"] {
            let scan = bench.run(&["scan", data, "--out", "run", "--format", format]).exits(code);
            let again = bench.run(&["report", "run", "--format", format]).exits(code);
            assert_eq!(again.out(), scan.out(), "{data} as {format}");
        }
    }
    let done = bench.run(&["report", "nowhere"]).exits(2);
    assert!(
        done.err().contains("no finished run") && done.err().contains("toadstone scan"),
        "{}",
        done.err()
    );
}
