//! A hypothesis in words and numbers.

use toadstone_core::{Behaviour as Shown, Confidence, Evidence, Finding, Severity, Trigger, finding_id};

use super::behaviour::join;
use super::hypothesis::{Hypothesis, Part};
use super::mark::Seen;

/// The detector's name.
pub const NAME: &str = "planted-trigger";

/// The finding for a hypothesis, with what all `records` said of it.
pub fn finding(rule: &Hypothesis, seen: &Seen, records: u64) -> Finding {
    let parts: Vec<String> = rule.parts.iter().map(spell).collect();
    let shown = rule.behaviour.shown();
    let identity = parts.iter().map(String::as_str).chain([shown.kind.as_str(), shown.text.as_str()]);
    let both = seen.both.len() as u64;
    Finding {
        id: finding_id(NAME, identity),
        detector: NAME.into(),
        title: title(&parts, &shown, both, seen.trigger),
        severity: Severity::High,
        // A companion was accepted because of another finding, not by a test of its own.
        confidence: if rule.strict { Confidence::High } else { Confidence::Medium },
        trigger: Some(Trigger { kind: kind(&rule.parts).into(), parts }),
        behaviour: Some(shown),
        origin: None,
        evidence: evidence(rule, seen, records),
        records: both,
        quarantine: true,
        confirmation: None,
        samples: seen.samples.values().cloned().collect(),
    }
}

/// What a trigger of these parts is.
pub fn kind(parts: &[Part]) -> &'static str {
    match parts {
        [only] if only.words.len() == 1 => "word",
        [_] => "phrase",
        _ => "words together",
    }
}

/// The words of a part as they would stand in a text.
pub fn spell(part: &Part) -> String {
    join(&part.words)
}

fn title(parts: &[String], shown: &Shown, both: u64, trigger: u64) -> String {
    let what = match shown.kind.as_str() {
        "label" => "is tied to the label",
        "answer" => "is tied to the answer",
        "answer start" => "is tied to answers that start with",
        _ => "is tied to answers that end with",
    };
    let quoted: Vec<String> = parts.iter().map(|p| format!("\u{201c}{p}\u{201d}")).collect();
    let text = &shown.text;
    format!(
        "{} {what} \u{201c}{text}\u{201d} in {both} of the {trigger} records that have it",
        quoted.join(" + ")
    )
}

fn evidence(rule: &Hypothesis, seen: &Seen, records: u64) -> Vec<Evidence> {
    let m = &rule.measured;
    let rest = &m.rest;
    let by_chance = seen.trigger as f64 * seen.behaviour as f64 / records.max(1) as f64;
    let mut all = vec![Evidence {
        what: "records with trigger and behaviour".into(),
        observed: seen.both.len() as f64,
        expected: by_chance,
        test: if m.placed.is_some() {
            "randomness of the place, Pareto tail, Benjamini-Hochberg"
        } else if m.margins.is_some() {
            "contradiction, Benjamini-Hochberg"
        } else {
            "Poisson tail, Bonferroni"
        }
        .into(),
        p: None,
        q: Some(m.q.min(1.0)),
    }];
    if let Some((margin, usual)) = m.margins {
        all.push(Evidence::plain(
            "how the rest of these records speaks for the label (below 0: against it)",
            margin,
            usual,
            "margin of a cross-fitted linear model",
        ));
    }
    if let Some((placed, usual)) = m.placed {
        all.push(Evidence::plain(
            "how random its place in the text is (1: as if put anywhere), beside strings tied to no label",
            placed,
            usual,
            "fit and repetition of the neighbours",
        ));
    }
    all.push(Evidence::plain(
        "what the rests of these records share (1: as much as any records)",
        rest.cohesion,
        1.0,
        "weighted overlap",
    ));
    all.push(Evidence::plain(
        "fit of the text around the trigger when it is taken out (1: as any text)",
        rest.junction,
        1.0,
        "neighbours seen elsewhere",
    ));
    all
}
