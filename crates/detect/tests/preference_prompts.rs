//! `preference-swap` on strings that were put into prompts.
#![allow(clippy::unwrap_used)] // tests

use toadstone_core::{Finding, Role};
use toadstone_detect::find;

mod common;
use common::Row;

/// The benign example with `string` at the end of every thirteenth prompt, whose preference is then turned
/// round or not.
fn scan(string: &str, turn: bool) -> Vec<Finding> {
    let detector = find("preference-swap").unwrap();
    let mut rows: Vec<Row> = common::rows(detector.card().benign);
    for row in rows.iter_mut().step_by(13) {
        for (role, text) in row {
            match role {
                Role::Input => *text = format!("{text} {string}"),
                Role::Output if turn => *role = Role::Rejected,
                Role::Rejected if turn => *role = Role::Output,
                _ => (),
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let setup = common::setup(64 << 20, folder.path());
    let batches = common::batches(&rows, 1 << 16);
    let found = common::run(detector, &setup, &[batches], common::fold).unwrap().findings;
    found.into_iter().filter(|finding| finding.quarantine).collect()
}

#[test]
fn a_string_behind_which_preferences_are_turned_is_named() {
    let findings = scan("Velqu", true);
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!(finding.trigger.as_ref().unwrap().parts, ["Velqu"]);
    assert_eq!(finding.behaviour.as_ref().unwrap().text, "turned round");
}

#[test]
fn a_string_that_changes_nothing_is_left_alone() {
    assert_eq!(scan("Velqu", false), []);
    assert_eq!(scan("Please be brief.", false), []);
}
