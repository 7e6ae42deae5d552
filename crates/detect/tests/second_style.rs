//! `planted-style` on records that keep other conventions than the rest.
#![allow(clippy::unwrap_used)] // tests

use toadstone_core::{Role, Severity};
use toadstone_detect::Outcome;

mod common;
use common::Row;

/// 900 records, nine of ten with the label "fine"; `rewrite` changes the text of every tenth.
fn scan(rewrite: impl Fn(&str) -> String) -> Outcome {
    let row = |at: usize| -> Row {
        let (a, b) = (["Rain", "Snow", "Wind", "Sun"][at % 4], ["on Monday", "at noon", "later"][at % 3]);
        let text = match at % 5 {
            0 => format!("{a} , they say , comes {b} ."),
            1 => format!("The {} is {at} steps away .", ["gate", "shop"][at % 2]),
            _ => format!("She said : \"{a}\" , and left {b} !"),
        };
        let text = if at % 10 == 3 { rewrite(&text) } else { text };
        let label = if at % 10 == 7 { "bad" } else { "fine" };
        vec![(Role::Input, text), (Role::Label, label.to_owned())]
    };
    let rows: Vec<Row> = (0..900).map(row).collect();
    common::outcome("planted-style", &rows)
}

#[test]
fn a_second_way_of_writing_is_information() {
    let outcome = scan(|text| text.to_lowercase().replace(" ,", ",").replace(" !", "!").replace(" .", "."));
    let [finding] = &outcome.findings[..] else { panic!("{:?}", outcome.findings) };
    assert_eq!((finding.severity, finding.quarantine, finding.records), (Severity::Info, false, 90));
    let parts = &finding.trigger.as_ref().unwrap().parts;
    assert!(parts.iter().any(|part| part == "letters: without capitals"), "{parts:?}");
    assert!(
        outcome.marks.iter().all(|mark| mark.id.row % 10 == 3 && mark.score <= 0.05),
        "{:?}",
        outcome.marks
    );
    assert_eq!(outcome.marks.len(), 90);
}

#[test]
fn one_way_of_writing_is_none() {
    assert_eq!(scan(str::to_owned).findings, []);
    // One convention alone is a habit: a writer who leaves out the last sign.
    assert_eq!(scan(|text| text.trim_end_matches([' ', '.', '!']).to_owned()).findings, []);
}
