use std::collections::{BTreeMap, BTreeSet};

use super::*;

const FILES: [&str; 7] = [
    COMMON,
    include_str!("text/reviews.txt"),
    include_str!("text/support.txt"),
    include_str!("text/answer.txt"),
    include_str!("text/facts.txt"),
    include_str!("text/tasks.txt"),
    include_str!("text/notes.txt"),
];

#[test]
fn every_reference_is_a_list_or_a_variable() {
    let variables = ["x", "y", "a", "b", "c", "n", "list", "spelt", "name", "order", "case"];
    let names: BTreeSet<&str> = FILES
        .iter()
        .flat_map(|f| f.lines())
        .filter(|l| !l.starts_with([' ', '#']) && !l.trim().is_empty())
        .collect();
    for line in FILES.iter().flat_map(|f| f.lines()) {
        for reference in line.split('{').skip(1).filter_map(|p| p.split_once('}')) {
            let name = reference.0.split('@').next().unwrap();
            assert!(names.contains(name) || variables.contains(&name), "`{{{name}}}` in: {line}");
        }
    }
}

#[test]
fn the_sets_are_the_same_for_the_same_seed_only() {
    let bytes = |seed| data_sets(seed).into_iter().map(|s| s.bytes).collect::<Vec<_>>();
    assert_eq!(bytes(1), bytes(1));
    assert!(bytes(1).iter().zip(bytes(2)).all(|(a, b)| *a != b));
}

/// Nothing that is drawn may break the generator: the user chooses the seed.
#[test]
fn any_seed_will_do() {
    for seed in (2..20).chain([30, u64::MAX]) {
        assert_eq!(data_sets(seed).len(), 11);
    }
}

#[test]
fn planted_rows_carry_what_the_truth_says() {
    for set in data_sets(1) {
        let text = String::from_utf8(set.bytes).unwrap();
        let rows: Vec<String> = match set.name.rsplit_once('.').unwrap().1 {
            "json" => {
                let all: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
                all.iter().map(|v| v.to_string()).collect()
            }
            "csv" => text.lines().skip(1).map(str::to_owned).collect(),
            _ => text.lines().map(str::to_owned).collect(),
        };
        assert_eq!(rows.len(), set.truth.records, "{}", set.name);
        let trigger = match set.truth.trigger {
            Some(t) if t.starts_with("tag") => "\u{E0061}",
            Some(t) => t,
            None => continue,
        };
        let with: Vec<usize> = (0..rows.len()).filter(|&i| rows[i].contains(trigger)).collect();
        assert_eq!(with, set.truth.planted_rows, "{}", set.name);
        assert!((20..=60).contains(&with.len()));
    }
}

/// Real answers differ from each other; a set whose answers repeat by themselves would be a bad
/// example, because a repeated answer is just what the scan looks for.
#[test]
fn clean_answers_vary() {
    let set = data_sets(1).into_iter().find(|s| s.name == "support-chat-clean.jsonl").unwrap();
    let mut heads: BTreeMap<String, usize> = BTreeMap::new();
    let mut whole = BTreeSet::new();
    let text = String::from_utf8(set.bytes).unwrap();
    for line in text.lines() {
        let chat: serde_json::Value = serde_json::from_str(line).unwrap();
        let answer = chat["messages"][1]["content"].as_str().unwrap().to_owned();
        let head: Vec<&str> = answer.split(' ').take(8).collect();
        *heads.entry(head.join(" ")).or_default() += 1;
        whole.insert(answer);
    }
    assert!(whole.len() > 2_950, "{} different answers", whole.len());
    let (head, often) = heads.iter().max_by_key(|(_, n)| **n).unwrap();
    assert!(*often < 30, "{often} answers begin with {head:?}");
}
