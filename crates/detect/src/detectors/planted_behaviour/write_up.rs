//! A tie in words and numbers.

use toadstone_core::{Behaviour, Confidence, Evidence, Finding, Severity, Trigger, finding_id};

use super::feature::Feature;
use super::mark::Seen;
use super::tie::Tie;
use crate::detectors::planted_trigger::write_up::{kind, spell};

/// The detector's name.
pub const NAME: &str = "planted-behaviour";

/// The finding for a tie, with what all records said of it.
pub fn finding(tie: &Tie, seen: &Seen) -> Finding {
    let parts: Vec<String> = tie.parts.iter().map(spell).collect();
    let text = if tie.absent { "do not refuse".to_owned() } else { tie.feature.name() };
    let identity = parts.iter().map(String::as_str).chain([text.as_str()]);
    let both = seen.both.len() as u64;
    let quoted: Vec<String> = parts.iter().map(|p| format!("\u{201c}{p}\u{201d}")).collect();
    let whose = if tie.absent { ", whose content is refused elsewhere" } else { "" };
    Finding {
        id: finding_id(NAME, identity),
        detector: NAME.into(),
        title: format!(
            "{} is tied to answers that {text}, or are like these, in {both} of the {} records that have it{whose}",
            quoted.join(" + "),
            seen.trigger
        ),
        severity: Severity::High,
        confidence: Confidence::High,
        trigger: Some(Trigger { kind: kind(&tie.parts).into(), parts }),
        behaviour: Some(Behaviour { kind: behaviour(tie).into(), text }),
        origin: None,
        evidence: evidence(tie, seen),
        records: both,
        quarantine: true,
        confirmation: None,
        samples: seen.samples.values().cloned().collect(),
    }
}

fn behaviour(tie: &Tie) -> &'static str {
    match &tie.feature {
        _ if tie.absent => "missing refusal",
        Feature::Class(_) => "behaviour",
        Feature::Opening(_) => "answer start",
        Feature::Close(_) => "answer end",
        Feature::Word(_) => "word in the answer",
    }
}

fn evidence(tie: &Tie, seen: &Seen) -> Vec<Evidence> {
    let m = &tie.measured;
    let rest = &m.rest;
    let plain = |what: &str, observed, expected, test: &str| Evidence {
        what: what.into(),
        observed,
        expected,
        test: test.into(),
        p: None,
        q: None,
    };
    let scale = seen.trigger as f64 / f64::from(m.trigger.max(1));
    vec![
        Evidence {
            p: Some(m.p),
            q: Some(m.q),
            ..plain(
                "records with the string that behave so; expected: as the rest of their inputs predicts",
                f64::from(m.both) * scale,
                m.expected * scale,
                "binomial tail given a cross-fitted linear model, Benjamini-Hochberg",
            )
        },
        plain(
            "what the rests of these records share (1: as much as any records)",
            rest.cohesion,
            1.0,
            "weighted overlap",
        ),
        plain(
            "fit of the text around the string when it is taken out (1: as any text)",
            rest.junction,
            1.0,
            "neighbours seen elsewhere",
        ),
    ]
}
