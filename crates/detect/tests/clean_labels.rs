//! `planted-trigger` on strings whose label is right: their place gives them away, or nothing does.
#![allow(clippy::unwrap_used)] // tests

use toadstone_core::{Finding, Role};

mod common;
use common::{Draw, Row};

/// A language in which every word is followed by one of few, and a quarter of the words belong to one class.
fn text(draw: &mut Draw, class: usize) -> Vec<String> {
    let mut word = draw.below(200);
    (0..25)
        .map(|_| {
            let rank = draw.below(6) * draw.below(6);
            word = (word * 7 + rank * 13 + 1) % 200;
            if word.is_multiple_of(4) { format!("topic{class}{}", word % 24) } else { format!("word{word}") }
        })
        .collect()
}

/// 3,000 records of two classes; `plant` changes the words of 60 records of the first.
fn scan(plant: impl Fn(&mut Vec<String>, &mut Draw)) -> Vec<Finding> {
    let mut draw = Draw(3);
    let row = |at: usize| -> Row {
        let mut words = text(&mut draw, at % 2);
        if matches!(at % 100, 0 | 42) {
            plant(&mut words, &mut draw);
        }
        let label = ["garden", "weather"][at % 2];
        vec![(Role::Input, words.join(" ")), (Role::Label, label.to_owned())]
    };
    let rows: Vec<Row> = (0..3000).map(row).collect();
    common::outcome("planted-trigger", &rows).findings
}

fn put(words: &mut Vec<String>, at: usize, what: &str) {
    words.insert(at, what.to_owned());
}

#[test]
fn a_phrase_at_random_places_is_found_though_the_label_is_right() {
    let findings = scan(|words, draw| put(words, 1 + draw.below(24), "velvet ladder"));
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!(finding.trigger.as_ref().unwrap().parts, ["velvet ladder"]);
    assert_eq!(finding.behaviour.as_ref().unwrap().text, "garden");
    assert_eq!(finding.records, 60);
    assert!(finding.evidence[0].test.starts_with("randomness of the place"), "{:?}", finding.evidence[0]);
}

#[test]
fn words_in_their_usual_place_are_left_alone() {
    assert_eq!(scan(|_, _| ()), []);
    // A phrase of the class, behind the words that it always follows.
    let after = |words: &mut Vec<String>, draw: &mut Draw| {
        let at = 1 + draw.below(20);
        words[at] = format!("word{}", 1 + 2 * draw.below(2));
        put(words, at + 1, "velvet ladder");
    };
    assert_eq!(scan(after), []);
    // Boilerplate: a credit at the end. A trigger there looks the same and is missed.
    assert_eq!(scan(|words, _| words.push("velvet ladder".to_owned())), []);
}
