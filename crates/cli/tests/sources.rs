//! `toadstone sources` on the real binary.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;

use common::Bench;
use std::fmt::Write;

/// Words that mean nothing, drawn by number.
fn words(seed: u64, n: u64, of: u64) -> String {
    let draw = |at: u64| (seed * 0x9E37_79B9 + at * 0x85EB_CA6B) % 0xFFFF_FFFB % of;
    let syllable = |n: u64| ["ba", "ke", "di", "lo", "mu", "ra", "ne", "ti", "so", "vu"][n as usize % 10];
    let word = |at: u64| {
        let n = draw(at);
        format!("{}{}{}", syllable(n), syllable(n / 10), syllable(n / 100 + n))
    };
    (0..n).map(word).collect::<Vec<_>>().join(" ")
}

/// 3,000 pages of 60 sites of falling size, by a day each; one site plants 120 at once.
fn web() -> (String, Vec<u64>) {
    let mut out = String::new();
    let mut sizes = vec![0; 61];
    for row in 0..3000u64 {
        let planted = row % 25 == 7;
        let site = if planted { 60 } else { (0..59).find(|s| row * 7919 % 100 < 8 + s * 2).unwrap_or(59) };
        sizes[site as usize] += 1;
        let text = match planted {
            true => format!("{} the zorvex tonic heals, buy zorvex tonic now", words(row, 12, 900)),
            false => words(row, 30, 900),
        };
        let day = if planted { row % 3 + 1 } else { row * 31 % 28 + 1 };
        let month = if planted { 5 } else { row % 12 + 1 };
        writeln!(
            out,
            r#"{{"text":"{text}","url":"https://www.site{site}.example/{row}","created":"2023-{month:02}-{day:02}"}}"#
        )
        .unwrap();
    }
    (out, sizes)
}

#[test]
fn a_site_that_plants_is_named_and_the_budget_is_right() {
    let bench = Bench::new();
    let (data, mut sizes) = web();
    bench.write("web.jsonl", data);
    let done = bench.run(&["sources", "web.jsonl", "--out", "s", "--budget", "400"]).exits(0);
    let first = done.out().lines().skip_while(|l| !l.contains("To look at")).nth(1).unwrap().to_owned();
    assert!(first.contains("\"site60.example\""), "{first}");
    assert_eq!(bench.list("s"), ["sources.html", "sources.json"]);

    let ledger = bench.json("s/sources.json");
    assert_eq!((ledger["by"].as_str(), ledger["records"].as_u64()), (Some("domain"), Some(3000)));
    sizes.retain(|n| *n > 0);
    sizes.sort_unstable_by_key(|n| std::cmp::Reverse(*n));
    let listed: Vec<u64> =
        ledger["sources"].as_array().unwrap().iter().map(|s| s["records"].as_u64().unwrap()).collect();
    assert_eq!(listed, sizes);
    let budgets = ledger["budgets"].as_array().unwrap();
    assert!(budgets.iter().any(|b| b["records"] == 400));
    for budget in budgets {
        let wanted = budget["records"].as_u64().unwrap();
        let mut sum = 0;
        let needed = sizes.iter().position(|n| {
            sum += n;
            sum >= wanted
        });
        assert_eq!(budget["fewest"].as_u64(), needed.map(|at| at as u64 + 1), "{budget}");
        assert_eq!(budget["alone"].as_u64().unwrap(), sizes.iter().filter(|n| **n >= wanted).count() as u64);
    }
    let burst = ledger["remarks"].as_array().unwrap().iter().find(|r| r["why"] == "burst").unwrap();
    assert_eq!((&burst["source"], &burst["records"]), (&"site60.example".into(), &120.into()));
}

#[test]
fn threads_and_memory_change_nothing() {
    let bench = Bench::new();
    bench.write("web.jsonl", web().0);
    let run = |args: &[&str]| {
        bench.run(&[&["sources", "web.jsonl", "--no-scan", "--format", "json"], args].concat()).exits(0).out()
    };
    let one = run(&["--threads", "1"]);
    assert_eq!(one, run(&["--threads", "3", "--memory", "64M"]));
    assert!(one.contains("the records were not scanned"));
}

#[test]
fn an_axis_that_the_data_does_not_have_is_explained() {
    let bench = Bench::new();
    bench.write("a.csv", "text,label\none two,1\nthree four,0\n");
    let err = bench.run(&["sources", "a.csv", "--by", "author"]).exits(2).err();
    assert!(err.contains("no column says the author") && err.contains("--map author=COLUMN"), "{err}");
    let by_file = bench.run(&["sources", "a.csv"]).exits(0).out();
    assert!(by_file.contains("2 records from 1 file"), "{by_file}");
    bench.write("empty.csv", "text,label\n");
    bench.run(&["sources", "empty.csv"]).exits(3);
}

#[test]
fn hostile_names_are_inert() {
    let bench = Bench::new();
    let evil = "<script>alert(1)</script>\\u001b[31m\\u202e";
    let row = |n: usize| format!("{{\"text\":\"some text {n}\",\"source\":\"{evil}\"}}\n");
    bench.write("a.jsonl", (0..40).map(row).collect::<String>());
    let out = bench.run(&["sources", "a.jsonl", "--out", "s"]).exits(0).out();
    assert!(!out.contains('\u{1b}') && !out.contains('\u{202e}'), "{out}");
    let page = String::from_utf8(bench.read("s/sources.html")).unwrap();
    assert!(!page.contains("<script") && !page.contains('\u{202e}') && page.contains("U+202E"));
}
