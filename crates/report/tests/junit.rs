//! JUnit XML of a scan: well-formed, of the shape that servers read, and honest about what did not run.

#![allow(clippy::unwrap_used, reason = "a failure in a helper is a failed test")]

mod fixtures;

use roxmltree::{Document, Node};
use toadstone_core::Run;
use toadstone_report::{Context, Format, Style};

fn junit(run: &Run) -> String {
    let mut out = Vec::new();
    let context = Context { pages: &|_| None, style: Style::default() };
    Format::Junit.render(run, &context, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn elements<'a>(parent: Node<'a, 'a>) -> Vec<Node<'a, 'a>> {
    parent.children().filter(Node::is_element).collect()
}

/// Holds a document to the shape, and gives the cases.
fn cases<'a>(document: &'a Document<'a>) -> Vec<Node<'a, 'a>> {
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "testsuites");
    let suites = elements(root);
    assert_eq!(suites.len(), 1);
    let cases = elements(suites[0]);
    for case in &cases {
        assert_eq!(case.tag_name().name(), "testcase");
        assert!(case.attributes().all(|a| ["classname", "name"].contains(&a.name())));
        assert!(
            !case.attribute("name").unwrap().is_empty() && !case.attribute("classname").unwrap().is_empty()
        );
        let inside = elements(*case);
        assert!(inside.len() <= 1, "some servers read only the first outcome");
        for outcome in inside {
            assert!(["failure", "error", "skipped", "system-out"].contains(&outcome.tag_name().name()));
        }
    }
    for node in [root, suites[0]] {
        assert_eq!(node.attribute("tests"), Some(cases.len().to_string().as_str()));
        for (sum, element) in [("failures", "failure"), ("errors", "error"), ("skipped", "skipped")] {
            assert_eq!(node.attribute(sum), Some(of(&cases, element).len().to_string().as_str()), "{sum}");
        }
    }
    cases
}

/// The classes and names of the cases with an outcome, without what they have in common.
fn of<'a>(cases: &[Node<'a, 'a>], outcome: &str) -> Vec<(&'a str, &'a str)> {
    let has = |case: &&Node<'a, 'a>| elements(**case).iter().any(|e| e.tag_name().name() == outcome);
    let told = |case: &Node<'a, 'a>| {
        (
            case.attribute("classname").unwrap().strip_prefix("toadstone.scan.").unwrap(),
            case.attribute("name").unwrap(),
        )
    };
    cases.iter().filter(has).map(told).collect()
}

#[test]
fn every_run_is_well_formed_and_of_the_shape() {
    for run in [
        fixtures::realistic(),
        fixtures::hostile(),
        fixtures::clean(),
        fixtures::nothing(),
        fixtures::large(50),
    ] {
        let text = junit(&run);
        let document = Document::parse(&text).unwrap_or_else(|e| panic!("{e}: {text}"));
        cases(&document);
    }
    // The parser refuses what this test is about, so that a pass of it says something.
    for bad in ["<a b=\"\u{1b}\"/>", "<a>\u{ffff}</a>", "<a b=\"<\"/>", "<a>&x;</a>"] {
        assert!(Document::parse(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn findings_that_the_policy_objects_to_fail_and_others_are_told() {
    let run = fixtures::realistic();
    let text = junit(&run);
    let document = Document::parse(&text).unwrap();
    let cases = cases(&document);
    let failed = of(&cases, "failure");
    let objected = run.decision.blocking.iter().chain(&run.decision.reviewing).collect::<Vec<_>>();
    assert_eq!(failed.len(), objected.len());
    assert!(
        objected.iter().all(|id| failed.iter().any(|(_, name)| name.ends_with(&format!("({id})")))),
        "{failed:?}"
    );
    let told = of(&cases, "system-out");
    assert!(told.iter().any(|(class, _)| *class == "label-conflict"), "{told:?}");
    assert!(text.contains("waived: Equal inputs with opposite labels"), "{text}");
    assert!(text.contains("row: train/reviews.jsonl:812: "), "{text}");
}

#[test]
fn what_was_not_checked_is_skipped_with_its_reason() {
    let run = fixtures::realistic();
    let text = junit(&run);
    let document = Document::parse(&text).unwrap();
    let cases = cases(&document);
    let skipped = of(&cases, "skipped");
    let not_run = run.checks.iter().filter(|c| c.state != toadstone_core::CheckState::Ran);
    for check in not_run {
        assert!(skipped.iter().any(|(class, _)| *class == check.detector), "{}: {skipped:?}", check.detector);
    }
    assert!(skipped.contains(&("files", "train/late.csv.gz")), "{skipped:?}");
    assert!(skipped.contains(&("records", "not valid UTF-8")), "{skipped:?}");
    assert!(text.contains("cannot be read: permission denied") && text.contains("10 records refused"));
}

#[test]
fn nothing_scanned_is_an_error_and_never_a_pass() {
    let text = junit(&fixtures::nothing());
    let document = Document::parse(&text).unwrap();
    let cases = cases(&document);
    assert_eq!(of(&cases, "error"), [("scan", "records")]);
    assert_eq!(of(&cases, "skipped").len(), cases.len() - 1, "no case passes");
    let clean = junit(&fixtures::clean());
    assert!(clean.contains("failures=\"0\" errors=\"0\""), "{clean}");
}
