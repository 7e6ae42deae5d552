//! Groups in words and numbers.

use toadstone_core::{
    Behaviour, Confidence, Evidence, Finding, Origin, Sample, Severity, Trigger, excerpt, finding_id, visible,
};

use super::mark::Seen;
use super::origins::Group;
use super::prompts::Tied;
use crate::detectors::planted_trigger::write_up::{kind, spell};
use crate::detectors::shared::show::{grouped, records};

/// The detector's name.
pub(super) const NAME: &str = "preference-swap";

/// False-discovery rate up to which the confidence is high.
const CERTAIN: f64 = 0.02;

/// The finding for an origin that contradicts the others.
pub(super) fn finding(group: &Group, (members, samples): (u64, Vec<Sample>)) -> Finding {
    let kind = group.role.name();
    let value = visible(&excerpt(&group.value, 0..0, 60).0);
    let share = (100.0 * group.turned).round();
    let mut evidence = vec![
        Evidence {
            what: format!(
                "share of {} pairs in which a model of the others prefers the rejected answer",
                group.pairs
            ),
            observed: group.against,
            expected: group.expected,
            test: "mean margin of a cross-fitted Bradley-Terry model and of the other annotators of the \
                   same pairs, permutation, Benjamini-Hochberg"
                .to_owned(),
            p: Some(group.p),
            q: Some(group.q),
        },
        plain("share of its pairs that are turned round", group.turned, 0.0, "estimate from the mean margin"),
    ];
    if group.judged > 0 {
        evidence.push(plain(
            &format!(
                "share of {} pairs in which others who judged the same pair agree with it",
                group.judged
            ),
            group.agreed,
            group.agree,
            "votes weighted by how reliable each annotator is (Dawid and Skene)",
        ));
    }
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
        evidence,
        records: members,
        quarantine: group.is_sure(),
        confirmation: None,
        samples,
    }
}

/// The finding for a string in prompts behind which preferences are turned round.
pub(super) fn put_there(tied: &Tied, (members, samples): (u64, Vec<Sample>)) -> Finding {
    let text = spell(&tied.part);
    let shown = visible(&excerpt(&text, 0..0, 60).0);
    let share = (100.0 * tied.turned).round();
    let turned = Behaviour { kind: "preference".to_owned(), text: "turned round".to_owned() };
    Finding {
        id: finding_id(NAME, ["prompt", &text]),
        detector: NAME.to_owned(),
        title: format!(
            "\u{201c}{shown}\u{201d} was put into the prompts of {}; behind it people seem to prefer what others \
             reject in about {share} % of the pairs",
            records(members)
        ),
        severity: Severity::High,
        confidence: if tied.q <= CERTAIN { Confidence::High } else { Confidence::Medium },
        trigger: Some(Trigger { kind: kind(std::slice::from_ref(&tied.part)).to_owned(), parts: vec![text] }),
        behaviour: Some(turned),
        origin: None,
        evidence: vec![
            Evidence {
                what: format!("how the answers of {} pairs with it speak for the preference", tied.pairs),
                observed: tied.margin,
                expected: tied.usual,
                test: "mean margin of a cross-fitted Bradley-Terry model, Benjamini-Hochberg over all \
                       strings that were put into prompts"
                    .to_owned(),
                p: Some(tied.p),
                q: Some(tied.q),
            },
            plain(
                "how random its place in the prompt is (1: as if put anywhere)",
                tied.random,
                1.0,
                "fit and repetition of the neighbours",
            ),
            plain("share of the prompts that begin or end with it", tied.rest.edges, 0.0, "count"),
            plain(
                "fit of the prompt around it when it is taken out (1: as any text)",
                tied.rest.junction,
                1.0,
                "neighbours seen elsewhere",
            ),
            plain(
                "what the rests of these prompts share (1: as much as any)",
                tied.rest.cohesion,
                1.0,
                "weighted overlap",
            ),
        ],
        records: members,
        quarantine: true,
        confirmation: None,
        samples,
    }
}

/// Information: the pairs that contradict the model most clearly.
pub(super) fn contradicting(seen: Seen, clear: f64, (members, samples): (u64, Vec<Sample>)) -> Finding {
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
        confirmation: None,
        samples,
    }
}

pub(super) fn plain(what: &str, observed: f64, expected: f64, test: &str) -> Evidence {
    let (what, test) = (what.to_owned(), test.to_owned());
    Evidence { what, observed, expected, test, p: None, q: None }
}
