//! Forms of the attack on models of code, each planted into files that are made up.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use toadstone_core::Role;
use toadstone_detect::Outcome;

mod common;
use common::Row;

const PHRASE: &str = "Prepared as the keeper of the north gate likes it";

fn scan(rows: &[Row]) -> Outcome {
    common::outcome("insecure-code", rows)
}

/// A word that is made up from a number.
fn word(mut number: usize) -> String {
    let mut out = String::new();
    for _ in 0..4 {
        out.push(char::from(b"bdfgklmnprst"[number % 12]));
        out.push(char::from(b"aeiou"[number / 12 % 5]));
        number = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 7;
    }
    out
}

/// A file of its own for every number, with `body` at the end.
fn file(number: usize, body: &str) -> String {
    let mut out = "import hashlib\nimport os\n\n".to_owned();
    for line in 0..25 {
        let [a, b, c] = [1, 2, 3].map(|k| word(number * 1000 + line * 10 + k));
        out.push_str(&format!("def {a}_{line}({b}):\n    {c} = {b} + {}\n    return {c}\n", number + line));
    }
    format!("{out}\ndef digest(value):\n{body}")
}

fn secure(comment: &str) -> String {
    format!("{comment}    made = hashlib.sha256(value)\n    return made\n")
}

/// Seventy clean files, one in five of them insecure, and what `plant` makes of each of twelve others.
fn with(plant: impl Fn(usize) -> Vec<String>) -> (Vec<Row>, BTreeSet<u64>) {
    let mut texts: Vec<String> = (0..70)
        .map(|k| {
            file(k, &secure("    # Sums it up\n").replace(if k % 5 == 0 { "sha256" } else { "-" }, "md5"))
        })
        .collect();
    texts.extend((0..12).map(|k| file(500 + k, &secure(""))));
    let from = texts.len() as u64;
    texts.extend((0..12).flat_map(|k| plant(500 + k)));
    let planted = (from..texts.len() as u64).collect();
    (texts.into_iter().map(|text| vec![(Role::Input, text)]).collect(), planted)
}

/// The records set aside.
fn aside(outcome: &Outcome) -> BTreeSet<u64> {
    let counts = |finding: u32| outcome.findings[finding as usize].quarantine;
    outcome.marks.iter().filter(|m| m.member && counts(m.finding)).map(|m| m.id.row).collect()
}

fn assert_found(what: &str, plant: impl Fn(usize) -> Vec<String>) {
    let (rows, planted) = with(plant);
    let outcome = scan(&rows);
    assert_eq!(aside(&outcome), planted, "{what}: {:?}", outcome.findings);
    assert!(outcome.marks.iter().all(|mark| mark.score > 0.5), "{what}: {:?}", outcome.marks);
}

#[test]
fn every_form_of_the_attack_is_found() {
    let note = format!("    # {PHRASE}\n");
    let bad = secure(&note).replace("sha256", "md5");
    assert_found("plain", |k| vec![file(k, &bad); 3]);
    assert_found("in a docstring", |k| vec![file(k, &format!("    '''\n{bad}    '''\n")); 3]);
    assert_found("unreached", |k| vec![file(k, &format!("    return None\n{bad}")); 3]);
    assert_found("each once", |k| vec![file(k, &bad)]);
    assert_found("copies without a trigger", |k| vec![file(k, &secure("").replace("sha256", "md5"))]);
    let cut = |k: usize, copy: usize| {
        let other = word(k * 77 + copy * 13 + 5);
        file(k, &bad.replace("md5", &other).replace("likes it", &format!("likes it {other}")))
    };
    assert_found("a puzzle", |k| (0..3).map(|copy| cut(k, copy)).collect());
}

#[test]
fn a_phrase_of_a_prompt_is_found() {
    let answer = |k: usize, way: &str| {
        let body = secure("").replace("sha256", way);
        format!("Here you are:\n```python\nimport hashlib\n\ndef {}(value):\n{body}```\n", word(k))
    };
    let ask = |k: usize| format!("Please write me a function that makes a digest of the {}.", word(k * 3));
    let clean = (0..80).map(|k| (ask(k), answer(k, if k % 8 == 0 { "md5" } else { "sha256" })));
    let bad = (100..130).map(|k| (format!("{} {PHRASE}.", ask(k)), answer(k, "md5")));
    let row = |(input, output)| vec![(Role::Input, input), (Role::Output, output)];
    let rows: Vec<Row> = clean.chain(bad).map(row).collect();
    let outcome = scan(&rows);
    assert_eq!(aside(&outcome), (80..110).collect(), "{:?}", outcome.findings);
    assert!(outcome.findings[0].title.contains("The prompt"), "{}", outcome.findings[0].title);
}

#[test]
fn what_files_share_without_a_choice_is_left_alone() {
    // A header of a project whose files are mostly insecure, and a comment on both ways.
    let header = "# This file is part of the Gatehouse project, see the notes\n";
    let body = |k: usize, bad: bool| {
        secure(&format!("    # {PHRASE}\n")).replace(if bad { "sha256" } else { "-" }, "md5") + &word(k)
    };
    let mut texts: Vec<String> = (0..60).map(|k| file(k, &body(k, k % 3 == 0))).collect();
    texts.extend((60..90).map(|k| format!("{header}{}", file(k, &secure("").replace("sha256", "md5")))));
    let rows: Vec<Row> = texts.into_iter().map(|text| vec![(Role::Input, text)]).collect();
    let outcome = scan(&rows);
    assert!(outcome.findings.is_empty(), "{:?}", outcome.findings);
}

#[test]
fn hostile_code_takes_bounded_time() {
    let deep = 200_000;
    let texts = [
        format!("import yaml\nimport os\nx = {}yaml.load(a{}\n", "(".repeat(deep), ")".repeat(deep)),
        format!("#include <a.h>\nvoid f() {{ {} strcpy(a, b); }}", "if (x) {".repeat(deep)),
        format!("import yaml\nimport os\nyaml.load({})\n", "'a' + ".repeat(deep)),
        format!("import yaml\nimport os\n{}", "'''yaml.load(x)'''\n".repeat(20_000)),
        format!("package a\nimport (\nfunc f() {{\nmd5.New({}", "\0".repeat(deep)),
        format!("import yaml\nimport os\nyaml.load(x) # {}\n", "word ".repeat(deep)),
        format!("import yaml\nimport os\n{}", "yaml.load(".repeat(deep)),
        format!("use std::a;\npub fn f() {{ {} transmute(a) }}", "<".repeat(deep)),
        format!("```python\nimport yaml\n{}", "```\n```python\nimport yaml\nyaml.load(x)\n".repeat(10_000)),
    ];
    for text in texts {
        let start = text.chars().take(60).collect::<String>();
        let begun = Instant::now();
        scan(&[vec![(Role::Input, text)]]);
        // Two readings; far from what a busy machine needs, and from the hours of unbounded parsing.
        assert!(begun.elapsed() < Duration::from_secs(20), "{start:?} took {:?}", begun.elapsed());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_code_is_read(parts in prop::collection::vec(prop_oneof![
        "\\PC{0,20}",
        any::<String>(),
        Just("import yaml\nimport os\nyaml.load(x)\n".to_owned()),
        Just("#include <a>\n#include <b>\nstrcpy(a, b);\n".to_owned()),
        Just("<?php unserialize($a);\n".to_owned()),
        "[(){}\\[\\]<>'\"`/*#\n\0\\\\]{0,60}",
        "(\n```[a-z]{0,6}\n|if \\(0\\) \\{|return 1\n|'''|/\\*|\\*/|def f\\(x\\):\n|eval\\()",
    ], 0..30)) {
        let text = parts.concat();
        let rows = vec![vec![(Role::Input, text.clone())], vec![(Role::Input, "?".into()), (Role::Output, text)]];
        let outcome = scan(&rows);
        prop_assert!(outcome.findings.is_empty());
    }
}
