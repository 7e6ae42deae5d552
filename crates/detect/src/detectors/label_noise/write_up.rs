//! Groups in words and numbers.

use toadstone_core::{
    Behaviour, Confidence, Evidence, Finding, Origin, Sample, Severity, excerpt, finding_id, visible,
};

use super::groups::Group;
use crate::detectors::shared::show::records;

/// The detector's name.
pub(super) const NAME: &str = "label-noise";

/// The finding for an origin that gives one label where the text says another.
pub(super) fn finding(group: &Group, labels: &[Box<str>], members: u64, samples: Vec<Sample>) -> Finding {
    let kind = group.role.name();
    let short = |text: &str| visible(&excerpt(text, 0..0, 40).0);
    let (said, given) = (&*labels[group.said as usize], &*labels[group.given as usize]);
    Finding {
        id: finding_id(NAME, [kind, &*group.value, said, given]),
        detector: NAME.to_owned(),
        title: format!(
            "The {kind} \u{201c}{}\u{201d} gives the label \u{201c}{}\u{201d} to {} that read like \u{201c}{}\u{201d}",
            short(&group.value),
            short(given),
            records(members),
            short(said)
        ),
        severity: Severity::High,
        confidence: Confidence::Medium,
        trigger: None,
        behaviour: Some(Behaviour { kind: "label".to_owned(), text: given.to_owned() }),
        origin: Some(Origin { kind: kind.to_owned(), value: group.value.to_string(), records: members }),
        evidence: vec![
            Evidence {
                what: format!(
                    "share of its {} texts that read like \u{201c}{}\u{201d} with that label",
                    group.texts,
                    short(said)
                ),
                observed: group.share(),
                expected: group.usual,
                test: "confident counts of a cross-fitted model, binomial against all others, Benjamini-Hochberg"
                    .to_owned(),
                p: Some(group.p),
                q: Some(group.q),
            },
            Evidence::plain(
                "records of the sample with the wrong label",
                f64::from(group.wrong),
                f64::from(group.texts) * group.usual,
                "count",
            ),
        ],
        records: members,
        quarantine: true,
        confirmation: None,
        samples,
    }
}
