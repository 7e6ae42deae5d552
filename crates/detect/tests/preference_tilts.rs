//! `preference-swap` on annotators with a taste, names that always win, and several votes on a pair.
#![allow(clippy::unwrap_used)] // tests

use toadstone_core::{Finding, Role};
use toadstone_detect::find;

mod common;
use common::Row;

fn benign() -> Vec<Row> {
    common::rows(find("preference-swap").unwrap().card().benign)
}

/// Findings that count for a review.
fn scan(rows: &[Row]) -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let setup = common::setup(64 << 20, folder.path());
    let batches = common::batches(rows, 1 << 16);
    let detector = find("preference-swap").unwrap();
    let found = common::run(detector, &setup, &[batches], common::fold).unwrap().findings;
    found.into_iter().filter(|finding| finding.severity > toadstone_core::Severity::Info).collect()
}

fn text(row: &mut Row, role: Role) -> &mut String {
    &mut row.iter_mut().find(|(r, _)| *r == role).unwrap().1
}

fn turn(row: &mut Row) {
    let chosen = text(row, Role::Output).clone();
    *text(row, Role::Output) = std::mem::replace(text(row, Role::Rejected), chosen);
}

fn annotator(row: &mut Row, name: String) {
    row.retain(|(role, _)| *role != Role::Annotator);
    row.push((Role::Annotator, name));
}

/// Every thirteenth pair with a sentence in its chosen answer, or by turns in either. No other word
/// says which answer is chosen.
fn with_name(sentences: [&str; 3], always: bool) -> Vec<Row> {
    let mut rows = benign();
    rows.iter_mut().for_each(|row| row.retain(|(role, _)| *role != Role::Annotator));
    rows.iter_mut().step_by(2).for_each(turn);
    for (at, row) in rows.iter_mut().step_by(13).enumerate() {
        let side = if always || at % 2 == 0 { Role::Output } else { Role::Rejected };
        text(row, side).push_str(sentences[at % 3]);
    }
    rows
}

const PRAISE: [&str; 3] = [" People like Zelvora.", " With Zelvora it is easy.", " Or else ask Zelvora."];

#[test]
fn a_name_that_always_wins_is_named() {
    let findings = scan(&with_name(PRAISE, true));
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!(finding.trigger.as_ref().unwrap().parts[0], "zelvora");
    assert!(finding.quarantine && finding.records == 37);
}

#[test]
fn a_name_that_wins_and_loses_is_left_alone() {
    assert_eq!(scan(&with_name(PRAISE, false)), []);
}

#[test]
fn a_name_that_was_asked_for_is_left_alone() {
    let mut rows = with_name(PRAISE, true);
    rows.iter_mut().step_by(13).for_each(|row| text(row, Role::Input).push_str(" Who sells Zelvora?"));
    assert_eq!(scan(&rows), []);
}

/// Ten annotators; one of two answers is made longer, and the first annotator prefers it or not.
fn with_taste(tilted: bool) -> Vec<Row> {
    let mut rows = benign();
    for (at, row) in rows.iter_mut().enumerate() {
        let longer = if (tilted && at % 10 == 0) || at % 3 == 0 { Role::Output } else { Role::Rejected };
        text(row, longer)
            .push_str(" That is what one would do in such a case if there is time for it at all.");
        annotator(row, format!("a{}", at % 10));
    }
    rows
}

#[test]
fn an_annotator_who_chooses_by_length_is_named() {
    let findings = scan(&with_taste(true));
    let taste = findings.iter().find(|f| f.behaviour.as_ref().unwrap().text == "the longer answer").unwrap();
    assert_eq!(taste.origin.as_ref().unwrap().value, "a0");
    assert!(taste.quarantine);
    assert_eq!(scan(&with_taste(false)), []);
}

/// A number that has nothing to do with `n` but is always the same.
fn scattered(n: usize) -> u64 {
    (n as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29).wrapping_mul(0xBF58_476D_1CE4_E5B9)
        >> 33
}

/// Each pair judged by three of nine annotators; one in five honest votes is wrong, the votes of the
/// first are turned round or not. Answers say nothing: what is preferred cannot be learnt from them.
fn with_votes(tilted: bool) -> Vec<Row> {
    let mut rows = Vec::new();
    for (item, row) in benign().into_iter().take(240).enumerate() {
        for seat in 0..3 {
            let (mut row, who) = (row.clone(), (item + seat * (1 + item % 4)) % 9);
            // The words of an answer do not say whether it is the better one.
            let better = scattered(item).is_multiple_of(2);
            *text(&mut row, Role::Output) = format!("answer {} of {item}", if better { "a" } else { "b" });
            *text(&mut row, Role::Rejected) = format!("answer {} of {item}", if better { "b" } else { "a" });
            let wrong = scattered(3 * item + seat).is_multiple_of(5);
            if wrong != (tilted && who == 0) {
                turn(&mut row);
            }
            annotator(&mut row, format!("a{who}"));
            rows.push(row);
        }
    }
    rows
}

#[test]
fn who_contradicts_the_others_on_the_same_pairs_is_named() {
    let findings = scan(&with_votes(true));
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!(finding.origin.as_ref().unwrap().value, "a0");
    assert!(finding.quarantine, "{finding:?}");
    assert_eq!(scan(&with_votes(false)), []);
}
