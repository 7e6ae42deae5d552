//! Details of `planted-document` that its examples do not show.
#![allow(clippy::unwrap_used)] // tests

use toadstone_core::Role;
use toadstone_detect::{Outcome, find};

mod common;
use common::Row;

fn outcome(rows: &[Row]) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let setup = common::setup(64 << 20, folder.path());
    let detector = find("planted-document").unwrap();
    common::run(detector, &setup, &[common::batches(rows, 1 << 16)], common::fold).unwrap()
}

/// The planted example, with a source and a date for each document.
fn planted(origin: impl Fn(usize, bool) -> (String, String)) -> Vec<Row> {
    let mut rows = common::rows(find("planted-document").unwrap().card().planted);
    for (at, row) in rows.iter_mut().enumerate() {
        let (source, created) = origin(at, row[0].1.contains("ruelka"));
        row.push((Role::Source, source));
        row.push((Role::Created, created));
    }
    rows
}

#[test]
fn the_trigger_is_shown_whole_and_every_document_has_its_own_score() {
    let rows = planted(|at, _| (format!("site {}", at % 7), format!("2021-0{}-11T09:00:00Z", 1 + at % 9)));
    let outcome = outcome(&rows);
    let [finding] = &outcome.findings[..] else { panic!("{:?}", outcome.findings) };
    assert_eq!(finding.trigger.as_ref().unwrap().parts, ["[[ruelka]]"]);
    assert_eq!(finding.origin, None);
    for mark in &outcome.marks {
        let has = rows[mark.id.row as usize][0].1.contains("ruelka");
        assert_eq!(mark.member, has, "{mark:?}");
    }
}

#[test]
fn one_source_or_a_few_days_behind_a_finding_are_named() {
    let one = |at: usize, planted: bool| if planted && !at.is_multiple_of(9) { 99 } else { at % 7 };
    let rows = planted(|at, planted| (format!("site {}", one(at, planted)), String::new()));
    let origin = outcome(&rows).findings[0].origin.clone().unwrap();
    assert_eq!((origin.kind.as_str(), origin.value.as_str()), ("source", "site 99"));
    let day = |at: usize, planted: bool| if planted { 3 } else { 4 + at % 19 };
    let rows = planted(|at, p| (format!("site {}", at % 7), format!("2021-06-{:02}T10:00", day(at, p))));
    let finding = &outcome(&rows).findings[0];
    let origin = finding.origin.clone().unwrap();
    assert_eq!((origin.kind.as_str(), origin.value.as_str()), ("day", "2021-06-03"));
    assert!(finding.evidence.iter().any(|e| e.what.contains("day") && e.q.is_some_and(|q| q < 1e-6)));
}
