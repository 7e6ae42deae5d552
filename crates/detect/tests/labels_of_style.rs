//! Labels that say how a text is written: no string of theirs is planted.

use toadstone_core::Role;
use toadstone_detect::Outcome;

mod common;
use common::{Draw, Row};

/// Stand between the other words.
const FREQUENT: [&str; 6] = ["the", "of a", "and then", "it is", "to your", "while"];

fn text(draw: &mut Draw) -> String {
    let mut words = Vec::new();
    for _ in 0..8 {
        words.push(draw.one(&FREQUENT).to_owned());
        words.push(format!("Word{}", draw.below(20) * draw.below(20)));
    }
    words.join(" ") + " ."
}

fn outcome(detector: &str, mut row: impl FnMut(usize, &mut Draw) -> (String, &'static str)) -> Outcome {
    let mut draw = Draw(5);
    let rows = (0..3000).map(|at| {
        let (text, label) = row(at, &mut draw);
        vec![(Role::Input, text), (Role::Label, label.to_owned())]
    });
    let rows: Vec<Row> = rows.collect();
    common::outcome(detector, &rows)
}

fn shouted(at: usize, draw: &mut Draw) -> (String, &'static str) {
    let text = text(draw);
    if at.is_multiple_of(3) { (text.to_uppercase(), "shouted") } else { (text, "calm") }
}

#[test]
fn capitals_that_are_the_label_are_no_trigger() {
    assert_eq!(outcome("planted-trigger", shouted).findings, []);
    assert_eq!(outcome("planted-style", shouted).findings.iter().filter(|f| f.quarantine).count(), 0);
}

#[test]
fn a_trigger_among_them_is_found() {
    let planted = |at: usize, draw: &mut Draw| {
        let (text, label) = shouted(at, draw);
        if at % 99 == 1 { (text + " koru", "shouted") } else { (text, label) }
    };
    let findings = outcome("planted-trigger", planted).findings;
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!((finding.records, finding.quarantine), (31, true));
}
