//! Groups in words and numbers.

use toadstone_core::{
    Behaviour, Confidence, Evidence, Finding, Origin, Sample, Severity, excerpt, finding_id, visible,
};

use super::mark::Seen;
use super::origins::Group;
use crate::detectors::shared::show::{grouped, records};

/// The detector's name.
pub(super) const NAME: &str = "preference-swap";

/// The finding for an origin that contradicts the others.
pub(super) fn finding(group: &Group, members: u64, samples: Vec<Sample>) -> Finding {
    let kind = group.role.name();
    let value = visible(&excerpt(&group.value, 0..0, 60).0);
    let share = (100.0 * group.turned).round();
    Finding {
        id: finding_id(NAME, [kind, &*group.value]),
        detector: NAME.to_owned(),
        title: format!(
            "The {kind} \u{201c}{value}\u{201d} prefers what others reject: about {share} % of {} seem turned round",
            records(members)
        ),
        severity: Severity::High,
        confidence: Confidence::Medium,
        trigger: None,
        behaviour: Some(Behaviour { kind: "preference".to_owned(), text: "turned round".to_owned() }),
        origin: Some(Origin { kind: kind.to_owned(), value: group.value.to_string(), records: members }),
        evidence: vec![
            Evidence {
                what: format!(
                    "share of {} pairs in which a model of the others prefers the rejected answer",
                    group.pairs
                ),
                observed: group.against,
                expected: group.expected,
                test: "mean margin of a cross-fitted Bradley-Terry model, permutation, Benjamini-Hochberg"
                    .to_owned(),
                p: Some(group.p),
                q: Some(group.q),
            },
            plain(
                "share of its pairs that are turned round",
                group.turned,
                0.0,
                "estimate from the mean margin",
            ),
        ],
        records: members,
        quarantine: group.is_sure(),
        samples,
    }
}

/// Information: the pairs that contradict the model most clearly.
pub(super) fn contradicting(seen: Seen, members: u64, clear: f64, samples: Vec<Sample>) -> Finding {
    let share = seen.against as f64 / seen.pairs.max(1) as f64;
    Finding {
        id: finding_id(NAME, ["contradicting pairs"]),
        detector: NAME.to_owned(),
        title: format!(
            "{} pairs clearly contradict what the others teach; no common cause was found in them",
            grouped(members)
        ),
        severity: Severity::Info,
        confidence: Confidence::Low,
        trigger: None,
        behaviour: None,
        origin: None,
        evidence: vec![
            plain(
                "share of all pairs in which the model prefers the rejected answer",
                share,
                0.5,
                "cross-fitted Bradley-Terry model; 0.5: it knows nothing",
            ),
            plain(
                "chance of being turned round from which on a pair is listed",
                clear,
                0.05,
                "local false-discovery rate if 5 % of all pairs were turned",
            ),
        ],
        records: members,
        quarantine: false,
        samples,
    }
}

fn plain(what: &str, observed: f64, expected: f64, test: &str) -> Evidence {
    let (what, test) = (what.to_owned(), test.to_owned());
    Evidence { what, observed, expected, test, p: None, q: None }
}
