//! What every rule has to have.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

use std::collections::BTreeSet;

use toadstone_core::Kind;
use toadstone_quality::{Judge, Setting, Standards, families, find, rules};

#[test]
fn every_family_has_a_page_that_names_its_rules_and_their_limits() {
    for family in families() {
        for rule in family.rules {
            let page = family.page;
            // Of 5-grams to 10-grams the page names the first and the last.
            let named = page.contains(rule.name)
                || rule.name.starts_with("duplicate-") && rule.name.ends_with("-grams");
            assert!(named, "{} is not in its page", rule.name);
            for heading in ["## What it measures", "## Source", "## What it cannot see", "## False alarms"] {
                assert!(page.contains(heading), "{}: {heading}", rule.name);
            }
            let plain = rule.limit.to_string();
            let grouped = plain.strip_suffix("000").map(|thousands| format!("{thousands},000"));
            let shown =
                rule.limit == 0.0 || page.contains(&plain) || grouped.is_some_and(|g| page.contains(&g));
            assert!(shown, "the page of {} does not have its limit {}", rule.name, rule.limit);
        }
    }
}

#[test]
fn names_are_keys_and_unique() {
    let names: BTreeSet<&str> = rules().map(|rule| rule.name).collect();
    assert_eq!(names.len(), rules().count());
    assert!(
        names.iter().all(|n| n.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'))
    );
    assert!(!names.contains("languages") && find("few-words").is_some() && find("no-rule").is_none());
}

#[test]
fn the_policy_switches_rules_and_moves_limits() {
    let failed = |standards: &Standards, text: &str| {
        let mut failed = Vec::new();
        let names: Vec<&str> = rules().map(|rule| rule.name).collect();
        Judge::new(standards).judge(text, Kind::Document, |rule, value, fails| {
            if fails {
                failed.push((names[rule], value));
            }
        });
        failed
    };
    let with = |name: &str, on, limit| Standards {
        settings: [(name.to_owned(), Setting { on, limit })].into(),
        ..Standards::default()
    };
    let text = "Seven words, and {a bracket}: that is it.";
    assert_eq!(failed(&Standards::default(), text), [("few-words", 8.0)]);
    assert_eq!(failed(&with("few-words", None, Some(8.0)), text), []);
    assert_eq!(failed(&with("few-words", Some(false), None), text), []);
    let brackets = failed(&with("curly-brackets", Some(true), None), text);
    assert_eq!(brackets, [("few-words", 8.0), ("curly-brackets", 1.0)]);
}
