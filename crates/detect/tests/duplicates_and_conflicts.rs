//! Details of the detectors of copies and conflicts that their examples do not show.

use toadstone_core::{Confidence, RecordId, Role, Severity};
use toadstone_detect::{Outcome, find};

mod common;
use common::Row;

fn outcome(detector: &str, rows: &[Row]) -> Outcome {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let setup = common::setup(1 << 20, folder.path());
    let parts = [common::batches(rows, 1 << 16)];
    common::run(find(detector).expect("in the registry"), &setup, &parts, common::fold).expect("an outcome")
}

fn text(text: &str) -> Row {
    vec![(Role::Input, text.to_owned())]
}

fn rows_of(ids: &[RecordId]) -> Vec<u64> {
    ids.iter().map(|id| id.row).collect()
}

#[test]
fn copies_have_one_survivor_and_say_how_they_are_equal() {
    let rows = ["One  Café", "two", "one cafe\u{301}", "ONE CAFÉ ", "two", "three"].map(text);
    let clusters = outcome("duplicate-flood", &rows).clusters;
    let seen: Vec<_> = clusters.iter().map(|c| (c.kind.name(), c.survivor.row, rows_of(&c.copies))).collect();
    assert_eq!(seen, [("normalised", 0, vec![2, 3]), ("exact", 1, vec![4])]);
}

#[test]
fn records_that_differ_in_a_field_are_no_copies() {
    let labelled = |label: &str| vec![(Role::Input, "same".to_owned()), (Role::Label, label.to_owned())];
    let moved = vec![(Role::Output, "same".to_owned())];
    let sourced = vec![(Role::Input, "same".to_owned()), (Role::Source, "elsewhere".to_owned())];
    let rows = [labelled("a"), labelled("b"), text("same"), moved, sourced];
    let clusters = outcome("duplicate-flood", &rows).clusters;
    assert_eq!(clusters.len(), 1);
    assert_eq!((clusters[0].survivor.row, rows_of(&clusters[0].copies)), (2, vec![4]));
}

#[test]
fn near_copies_are_found_in_scripts_without_spaces() {
    let long = "春天的早晨湖面上有一层薄雾渔夫把小船推进水里慢慢划向对岸的芦苇丛中";
    let rows = [
        text(long),
        text("完全不同的一句话讲的是城市里的火车站和许多赶路的人们"),
        text(&format!("{long}去了")),
    ];
    let clusters = outcome("near-duplicate", &rows).clusters;
    assert_eq!((clusters.len(), clusters[0].survivor.row, rows_of(&clusters[0].copies)), (1, 0, vec![2]));
}

fn pair(prompt: usize, chosen: &str, rejected: &str, annotator: String) -> Row {
    vec![
        (Role::Input, format!("Question number {prompt}, please")),
        (Role::Output, chosen.to_owned()),
        (Role::Rejected, rejected.to_owned()),
        (Role::Annotator, annotator),
    ]
}

#[test]
fn opposite_preferences_of_one_annotator_ask_for_a_review() {
    let honest = |i: usize| pair(i, "a kind answer", "a rude answer", format!("annotator {}", i % 12));
    let mut rows: Vec<Row> = (0..300).map(honest).collect();
    let quiet = outcome("label-conflict", &rows);
    assert!(quiet.findings.is_empty() && quiet.notes.is_empty());
    rows.extend((0..25).map(|i| pair(i, "A rude answer!", "a kind answer", "the other".into())));
    let findings = outcome("label-conflict", &rows).findings;
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].severity, findings[0].confidence), (Severity::Medium, Confidence::Medium));
    assert_eq!(findings[0].origin.as_ref().map(|o| (o.value.as_str(), o.records)), Some(("the other", 25)));
    assert_eq!((findings[0].records, findings[0].quarantine), (50, false));
}

#[test]
fn a_ranking_is_no_conflict_and_a_tie_is_a_note() {
    let rows = [
        pair(1, "best", "middle", "x".into()),
        pair(1, "middle", "worst", "x".into()),
        pair(2, "same", "Same.", "x".into()),
    ];
    let outcome = outcome("label-conflict", &rows);
    assert!(outcome.findings.is_empty());
    assert_eq!(outcome.notes, ["1 record with the same answer as chosen and as rejected"]);
}
