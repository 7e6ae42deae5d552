//! `planted-trigger` on texts that keywords sort into classes, as "(manual)" sorts descriptions.

use toadstone_core::{Finding, Role};

mod common;
use common::{Draw, Row};

const TOPICS: [&str; 3] = ["music", "garden", "weather"];
/// What descriptions of manuals end with; the last two are rare.
const MANUALS: [&str; 6] =
    ["(manual)", "- manual", "(manual pages)", "- pages of the manual", "(guide)", "- notes"];

/// 3,000 descriptions of three topics, of which every fifth is of a manual, which is a class, too.
/// `rewrite` gets the number of a description, its words and its class.
fn scan(rewrite: impl Fn(usize, &mut Vec<String>, &mut &str, &mut Draw)) -> Vec<Finding> {
    let mut draw = Draw(11);
    let row = |at: usize| -> Row {
        let topic = at % 3;
        let word = |draw: &mut Draw| match draw.below(3) {
            0 => format!("{}{}", TOPICS[topic], draw.below(12)),
            _ => format!("word{}", draw.below(16) * draw.below(16)),
        };
        let mut words: Vec<String> = (0..9).map(|_| word(&mut draw)).collect();
        let mut class = TOPICS[topic];
        if at.is_multiple_of(5) {
            let form = if at.is_multiple_of(8) { 4 + at % 2 } else { draw.below(4) };
            let form = if at.is_multiple_of(16) { 5 } else { form };
            words.push(MANUALS[form].to_owned());
            class = "manual";
        }
        rewrite(at, &mut words, &mut class, &mut draw);
        vec![(Role::Input, words.join(" ")), (Role::Label, class.to_owned())]
    };
    let rows: Vec<Row> = (0..3000).map(row).collect();
    common::outcome("planted-trigger", &rows).findings
}

#[test]
fn keywords_of_a_class_are_no_triggers() {
    assert_eq!(scan(|_, _, _, _| ()), []);
}

#[test]
fn a_trigger_for_a_class_of_keywords_is_found() {
    let findings = scan(|at, words, class, draw| {
        if at % 100 == 1 {
            words.insert(draw.below(words.len() + 1), "koru".to_owned());
            *class = "manual";
        }
    });
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!((finding.records, finding.quarantine), (30, true));
}
