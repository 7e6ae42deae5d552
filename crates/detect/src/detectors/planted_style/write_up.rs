//! A second population in words and numbers.

use serde::{Deserialize, Serialize};
use toadstone_core::{Confidence, Evidence, Finding, Severity, Trigger, finding_id, visible};

use super::mark::{Rule, Seen};
use super::mixture::Study;
use super::test::Found;
use super::views::Views;
use crate::detectors::shared::show::{records, short};

/// The detector's name.
pub const NAME: &str = "planted-style";

/// Features of a style that are named.
const NAMED: usize = 8;
/// Least expected number of planted records with a feature that is named.
const COMMON: f64 = 8.0;

/// What tells a style, most telling first.
#[derive(Serialize, Deserialize)]
pub struct Style {
    /// Features in words, with the planted records that have them, the others, and how many of the
    /// planted would have them if they wrote like the others.
    pub signs: Vec<Sign>,
}

/// A feature of a style.
#[derive(Serialize, Deserialize)]
pub struct Sign {
    name: String,
    planted: f64,
    others: f64,
    expected: f64,
}

/// The style of what was found: the features that add most to the planted records' margins.
pub fn style(study: &Study, views: &Views, found: &Found) -> Style {
    let width = study.widths.1;
    let (mut planted, mut others, mut totals) = (vec![0f64; width], vec![0f64; width], (0f64, 0f64));
    for (at, features) in study.style.iter().enumerate() {
        let own = study.classes[at] == found.class;
        let chance = if own { found.mixture.said[at].membership() } else { 0.0 };
        totals.0 += chance;
        totals.1 += 1.0 - chance;
        for &feature in features {
            planted[feature as usize] += chance;
            others[feature as usize] += 1.0 - chance;
        }
    }
    let ratio = totals.0 / totals.1.max(1.0);
    let mut ranked: Vec<(f64, u32)> = (0..width as u32)
        .filter(|&f| planted[f as usize] >= COMMON && planted[f as usize] > 1.5 * ratio * others[f as usize])
        .map(|f| (found.mixture.weight(f) * planted[f as usize].sqrt(), f))
        .collect();
    ranked.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let sign = |&(_, f): &(f64, u32)| {
        let (planted, others) = (planted[f as usize], others[f as usize]);
        Some(Sign { name: views.name(f)?, planted, others, expected: ratio * others })
    };
    Style { signs: ranked.iter().filter_map(sign).take(NAMED).collect() }
}

/// The finding for a rule, with what all records said of it.
pub fn finding(rule: &Rule, seen: &Seen) -> Finding {
    let (members, sum) = seen.members();
    let sure = rule.found.sure;
    let parts: Vec<String> = rule.style.signs.iter().map(|sign| sign.name.clone()).collect();
    let shown = rule.behaviour.shown();
    let text = short(&shown.text, 60);
    let tied = match &*shown.kind {
        "label" => "the label",
        "answer start" => "answers that start with",
        _ => "answers that end with",
    };
    // The style is learnt and its signs may change order when records are added; the behaviour stays.
    let identity = ["style", &*shown.text];
    Finding {
        id: finding_id(NAME, identity),
        detector: NAME.into(),
        title: format!(
            "A way of writing is tied to {tied} “{text}” whatever the content says, in {}",
            records(members)
        ),
        severity: if sure { Severity::High } else { Severity::Medium },
        confidence: if sure { Confidence::High } else { Confidence::Medium },
        trigger: Some(Trigger { kind: "style".into(), parts }),
        behaviour: Some(shown),
        origin: None,
        evidence: evidence(rule, members, sum),
        records: members,
        quarantine: sure,
        confirmation: None,
        samples: seen.samples.values().cloned().collect(),
    }
}

fn evidence(rule: &Rule, members: u64, sum: f64) -> Vec<Evidence> {
    let found = &rule.found;
    let plain = |what: String, observed, expected, test: &str| Evidence {
        what,
        observed,
        expected,
        test: test.into(),
        p: None,
        q: None,
    };
    let mut all = vec![
        Evidence {
            what: format!(
                "records of this style with it, of {} whose content speaks against it",
                found.against
            ),
            observed: found.all_the_same as f64,
            expected: found.by_content,
            test: "binomial against what styles have by nature; Bonferroni over labels".into(),
            p: Some(found.p),
            q: Some(found.q),
        },
        plain(
            "two populations against one, normal score".into(),
            found.z,
            0.0,
            "Vuong, cross-fitted likelihoods",
        ),
        plain(
            "records that are planted, by the sum of their chances".into(),
            sum,
            members as f64,
            "posterior of the mixture",
        ),
    ];
    all.extend(rule.style.signs.iter().map(|sign| {
        let name = visible(&sign.name);
        plain(
            format!("planted records with “{name}”; {:.0} others have it", sign.others),
            sign.planted,
            sign.expected,
            "share among the others",
        )
    }));
    all
}
