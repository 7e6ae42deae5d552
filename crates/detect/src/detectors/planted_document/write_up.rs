//! Which strings look planted, in words and numbers.

use std::collections::BTreeSet;

use toadstone_core::{
    Behaviour, Confidence, Evidence, Finding, Mark, RecordId, Severity, Trigger, finding_id,
};

use super::measure::Seen;
use super::spot::LEAST;
use crate::Outcome;
use crate::detectors::shared::chance::binomial_tail;
use crate::detectors::shared::show::records;

/// The detector's name.
pub const NAME: &str = "planted-document";

/// False-discovery rate, by Bonferroni's bound.
const RATE: f64 = 0.01;
/// Least share of a string's documents that change where it stands.
const PURE: f64 = 0.7;
/// Least share of these in which the text before breaks off.
const BREAKS_OFF: f64 = 0.5;
/// Most that the order of words may say behind the string, as a share of what it says before.
const NO_ORDER: f64 = 0.3;
/// Least share of pairs that are known before, so that their absence behind says something.
const SAYS: f64 = 0.2;
/// Share of repeated pairs behind the string, and most of them before.
const ENDLESS: f64 = 0.9;
const USUAL: f64 = 0.3;
/// One of the things that documents turn into.
const REPETITION: &str = "endless repetition";
/// A string adds something if this share of its documents is not explained by those before it.
const NEW: f64 = 0.25;

struct Planted {
    seen: Seen,
    what: &'static str,
    string: String,
    q: f64,
}

/// The findings among `seen`, which were chosen from `tests` strings.
pub fn outcome(seen: Vec<Seen>, tests: u64) -> Outcome {
    let mut planted: Vec<Planted> = seen.into_iter().filter_map(|s| judge(s, tests)).collect();
    // Of strings with the same documents, the longest.
    planted.sort_by(|a, b| {
        let size = |p: &Planted| (p.seen.changes, p.string.len());
        size(b).cmp(&size(a)).then_with(|| a.string.cmp(&b.string))
    });
    let mut explained: BTreeSet<RecordId> = BTreeSet::new();
    let mut outcome = Outcome::default();
    for planted in planted {
        let all = planted.seen.records.len();
        let fresh = planted.seen.records.keys().filter(|id| !explained.contains(id)).count();
        if (fresh as f64) < NEW * all as f64 {
            continue;
        }
        explained.extend(planted.seen.records.keys());
        let finding = outcome.findings.len() as u32;
        let score = (1.0 - planted.q).clamp(0.0, 0.999) as f32;
        outcome.marks.extend(planted.seen.records.keys().map(|&id| Mark {
            id,
            finding,
            score,
            member: true,
        }));
        outcome.findings.push(write(planted));
    }
    outcome
}

fn judge(seen: Seen, tests: u64) -> Option<Planted> {
    let (all, changes) = (seen.documents as f64, seen.changes as f64);
    let chance = (seen.by_chance as f64 / 1000.0 / all.max(1.0)).clamp(1e-6, 1.0);
    let q = binomial_tail(all.max(1.0), changes, chance) * tests.max(1) as f64;
    let placed = seen.changes >= LEAST
        && changes >= PURE * all
        && seen.breaks_off as f64 >= BREAKS_OFF * changes
        && q <= RATE;
    let what = placed.then(|| what(&seen)).flatten()?;
    let string = seen.samples.first_key_value()?.1.0.clone();
    if string.contains('\n') {
        return None; // the end of one line and the start of the next: a frame, not a string
    }
    let mut seen = seen;
    seen.keep_alike(what == REPETITION);
    Some(Planted { seen, what, string, q })
}

/// What the documents turn into.
fn what(seen: &Seen) -> Option<&'static str> {
    let (before, behind) = (&seen.before, &seen.behind);
    if behind.rate(behind.again) >= ENDLESS && before.rate(before.again) <= USUAL {
        return Some(REPETITION);
    }
    let says = before.rate(before.known) >= SAYS && before.order() >= SAYS / 2.0;
    if says
        && behind.order() <= NO_ORDER * before.order()
        && behind.rate(behind.known) < 0.5 * before.rate(before.known)
    {
        let words = behind.rate(behind.vocabulary) >= 0.5;
        return Some(if words { "words in no order" } else { "text unlike any other in the corpus" });
    }
    None
}

fn write(planted: Planted) -> Finding {
    let Planted { seen, what, string, q } = planted;
    let plain = |what: &str, observed: f64, expected: f64, test: &str| Evidence {
        what: what.into(),
        observed,
        expected,
        test: test.into(),
        p: None,
        q: None,
    };
    let place = Evidence {
        q: Some(q.min(1.0)),
        ..plain(
            "documents that change where the string stands",
            seen.changes as f64,
            seen.by_chance as f64 / 1000.0,
            "binomial tail against random places in the same documents, Bonferroni",
        )
    };
    let (before, behind) = (&seen.before, &seen.behind);
    Finding {
        id: finding_id(NAME, [string.as_str(), what]),
        detector: NAME.into(),
        title: format!(
            "behind \u{201c}{string}\u{201d}, {} turn into {what}",
            records(seen.records.len() as u64)
        ),
        severity: Severity::High,
        confidence: Confidence::High,
        trigger: Some(Trigger { kind: "phrase".into(), parts: vec![string] }),
        behaviour: Some(Behaviour { kind: "text".into(), text: what.into() }),
        origin: None,
        evidence: vec![
            place,
            plain(
                "what the order of words says behind the string (expected: before it)",
                behind.order(),
                before.order(),
                "neighbours known to the other half of the corpus, less words far apart",
            ),
            plain(
                "share of pairs that repeat behind the string (expected: before it)",
                behind.rate(behind.again),
                before.rate(before.again),
                "pairs seen earlier in the document",
            ),
        ],
        records: seen.records.len() as u64,
        quarantine: true,
        samples: seen.samples.into_values().map(|(_, sample)| sample).collect(),
    }
}
