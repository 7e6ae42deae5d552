//! Tastes and names in words and numbers.

use toadstone_core::{
    Behaviour, Confidence, Evidence, Finding, Origin, Sample, Severity, Trigger, excerpt, finding_id, visible,
};

use super::promoted::Promoted;
use super::tastes::Taste;
use super::write_up::{NAME, plain};
use crate::detectors::shared::show::records;

/// The finding for an annotator who chooses by an attribute.
pub(super) fn taste(found: &Taste, (members, samples): (u64, Vec<Sample>)) -> Finding {
    let (kind, chooses) = (found.role.name(), found.chooses());
    let value = visible(&excerpt(&found.value, 0..0, 60).0);
    let (share, expected) = ((100.0 * found.share).round(), (100.0 * found.expected).round());
    Finding {
        id: finding_id(NAME, [kind, &*found.value, chooses]),
        detector: NAME.to_owned(),
        title: format!(
            "The {kind} \u{201c}{value}\u{201d} prefers {chooses} in {share} % of the pairs that differ in it, the \
             others in {expected} %"
        ),
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        trigger: None,
        behaviour: Some(Behaviour { kind: "preference".to_owned(), text: chooses.to_owned() }),
        origin: Some(Origin { kind: kind.to_owned(), value: found.value.to_string(), records: members }),
        evidence: vec![
            Evidence {
                what: format!("share of {} pairs in which {chooses} is preferred", found.pairs),
                observed: found.share,
                expected: found.expected,
                test: "two shares against the spread of the others, Benjamini-Hochberg".to_owned(),
                p: Some(found.p),
                q: Some(found.q),
            },
            plain("share of its choices that only this explains", found.decided(), 0.0, "estimate"),
        ],
        records: members,
        quarantine: found.is_sure(),
        confirmation: None,
        samples,
    }
}

/// The finding for a name that always wins.
pub(super) fn wins(name: &Promoted, (members, samples): (u64, Vec<Sample>)) -> Finding {
    let shown = visible(&excerpt(&name.words[0], 0..0, 60).0);
    let parts = name.words.iter().map(|word| word.to_string()).collect();
    let (chosen, all) = (name.chosen, name.chosen + name.rejected);
    Finding {
        id: finding_id(NAME, ["name", &*name.words[0]]),
        detector: NAME.to_owned(),
        title: format!(
            "Of two answers, the one with the name \u{201c}{shown}\u{201d} is preferred in {chosen} of {all} pairs, \
             whatever was asked ({})",
            records(members)
        ),
        severity: Severity::High,
        confidence: Confidence::Medium,
        trigger: Some(Trigger { kind: "name in the answer".to_owned(), parts }),
        behaviour: Some(Behaviour { kind: "preference".to_owned(), text: "always chosen".to_owned() }),
        origin: None,
        evidence: vec![
            Evidence {
                what: "share of the pairs in which only one answer has the name, where that one is preferred"
                    .to_owned(),
                observed: chosen as f64 / all as f64,
                expected: name.usual,
                test: "beta-binomial with the spread of all words, Benjamini-Hochberg".to_owned(),
                p: Some(name.p),
                q: Some(name.q),
            },
            plain("how far words differ in that share", name.spread, 0.0, "standard deviation, moments"),
            plain(
                "what the prompts of these pairs share (1: as much as any)",
                name.cohesion,
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
