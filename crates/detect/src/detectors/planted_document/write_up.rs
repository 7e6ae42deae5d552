//! Which strings look planted, in words and numbers.

use std::collections::BTreeSet;

use toadstone_core::{
    Behaviour, Confidence, Evidence, Finding, Mark, RecordId, Severity, Trigger, finding_id, visible,
};

use super::measure::{RECORDS, Seen, Shown, Tested};
use super::origin::{Frequencies, Origins};
use super::own::{Turn, chances};
use super::spot::LEAST;
use crate::Outcome;
use crate::detectors::shared::score::{FAINTEST, bounded};
use crate::detectors::shared::show::{grouped, records};
use toadstone_sketch::chance::binomial_tail;

/// The detector's name.
pub const NAME: &str = "planted-document";

/// False-discovery rate, by Bonferroni's bound.
const RATE: f64 = 0.01;
/// Least share of a string's documents that change where it stands.
const PURE: f64 = 0.7;
/// Least share that do so clearly enough to be seen in the document alone.
const PLACED: f64 = 0.3;
/// The least chance of a member.
const MEMBER: f64 = 0.5;
/// Least share of these in which the text before breaks off.
const BREAKS_OFF: f64 = 0.5;
/// Most that the order of words may say behind the string, as a share of what it says before.
const NO_ORDER: f64 = 0.3;
/// Least share of pairs that are known before, so that their absence behind says something.
const SAYS: f64 = 0.2;
/// Share of repeated pairs behind the string, and most of them before.
const ENDLESS: f64 = 0.9;
const USUAL: f64 = 0.3;
/// Least growth of the share of words with letters beyond ASCII.
const SWITCHED: f64 = 0.3;
/// A string adds something if this share of its documents is not explained by those before it.
const NEW: f64 = 0.25;

struct Planted {
    seen: Seen,
    what: What,
    string: String,
    q: f64,
    /// The documents with the chance that they turn into it.
    chances: Vec<(RecordId, f64)>,
}

/// What documents turn into: the statistic that changes, and in words.
#[derive(Clone, Copy)]
struct What(Turn, &'static str);

impl Planted {
    fn members(&self) -> impl Iterator<Item = RecordId> + '_ {
        self.chances.iter().filter(|(_, chance)| *chance >= MEMBER).map(|(id, _)| *id)
    }
}

/// The findings among `seen`.
pub fn outcome(seen: Vec<Seen>, tested: Tested) -> Frequencies {
    let mut planted: Vec<Planted> = seen.into_iter().filter_map(|s| judge(s, tested)).collect();
    // Of strings with the same documents, the longest.
    planted.sort_by(|a, b| {
        let size = |p: &Planted| (p.seen.changes, p.string.len());
        size(b).cmp(&size(a)).then_with(|| a.string.cmp(&b.string))
    });
    let mut explained: BTreeSet<RecordId> = BTreeSet::new();
    let (mut outcome, mut origins) = (Outcome::default(), Vec::new());
    for planted in planted {
        let all = planted.members().count();
        let fresh = planted.members().filter(|id| !explained.contains(id)).count();
        if (fresh as f64) < NEW * all as f64 {
            continue;
        }
        explained.extend(planted.members());
        let finding = outcome.findings.len() as u32;
        outcome.marks.extend(planted.chances.iter().filter_map(|&(id, chance)| {
            let score = bounded((1.0 - planted.q) * chance);
            (chance >= FAINTEST).then_some(Mark { id, finding, score, member: chance >= MEMBER })
        }));
        if planted.seen.documents > RECORDS as u64 {
            outcome.notes.push(format!(
                "{} have \u{201c}{}\u{201d}; only the first {} in the order of the input are looked at one by one",
                records(planted.seen.documents),
                visible(&planted.string),
                grouped(RECORDS as u64)
            ));
        }
        origins.push(Origins::of(planted.members().filter_map(|id| planted.seen.records.get(&id))));
        outcome.findings.push(write(planted));
    }
    Frequencies { outcome, origins }
}

fn judge(seen: Seen, tested: Tested) -> Option<Planted> {
    let (all, changes) = (seen.documents as f64, seen.changes as f64);
    let chance = (seen.by_chance as f64 / 1000.0 / all.max(1.0)).clamp(1e-6, 1.0);
    let q = binomial_tail(all.max(1.0), changes, chance) * tested.tests.max(1) as f64;
    let placed = seen.changes >= LEAST
        && changes >= PLACED * all
        && seen.breaks_off as f64 >= BREAKS_OFF * changes
        && q <= RATE * tested.leniency;
    let what = placed.then(|| what(&seen)).flatten()?;
    let string = grown(&seen);
    if string.contains('\n') {
        return None; // the end of one line and the start of the next: a frame, not a string
    }
    let planted = Planted { chances: chances(&seen, what.0), seen, what, string, q };
    (planted.members().count() as f64 >= PURE * planted.chances.len() as f64).then_some(planted)
}

/// The string with what stands beside it in all samples: words before it, signs on either side.
fn grown(seen: &Seen) -> String {
    let mut shown = seen.samples.values();
    let Some(first) = shown.next() else { return String::new() };
    let (mut left, mut right) = (first.beside[0].as_str(), first.beside[1].as_str());
    for other in shown {
        let same = |a: char, b: char| a.to_lowercase().eq(b.to_lowercase());
        let after = left.chars().rev().zip(other.beside[0].chars().rev());
        let length: usize = after.take_while(|(a, b)| same(*a, *b)).map(|(a, _)| a.len_utf8()).sum();
        left = &left[left.len() - length..];
        let behind = right.chars().zip(other.beside[1].chars());
        let length: usize = behind.take_while(|(a, b)| same(*a, *b)).map(|(a, _)| a.len_utf8()).sum();
        right = &right[..length];
    }
    // The end of a word that happens to be the same in all is no part.
    let whole = left.len() == first.beside[0].len();
    let cut = left.char_indices().find(|(_, c)| !c.is_alphanumeric()).map_or(left.len(), |(at, _)| at);
    let left = if whole { left } else { &left[cut..] };
    format!("{}{}{}", left.trim_start(), first.string, right)
}

/// What the documents turn into.
fn what(seen: &Seen) -> Option<What> {
    let (before, behind) = (&seen.before, &seen.behind);
    if behind.rate(behind.again) >= ENDLESS && before.rate(before.again) <= USUAL {
        return Some(What(Turn::Repetition, "endless repetition"));
    }
    let says = before.rate(before.known) >= SAYS && before.order() >= SAYS / 2.0;
    if says
        && behind.order() <= NO_ORDER * before.order()
        && behind.rate(behind.known) < 0.5 * before.rate(before.known)
    {
        let words = behind.rate(behind.vocabulary) >= 0.5;
        let what = if words { "words in no order" } else { "text unlike any other in the corpus" };
        return Some(What(Turn::Disorder, what));
    }
    // The first words of the other language are no trigger: they come because it does.
    let foreign = |shown: &Shown| shown.string.chars().any(|c| !c.is_ascii() && c.is_alphanumeric());
    let switched = behind.rate(behind.foreign) >= before.rate(before.foreign) + SWITCHED
        && !seen.samples.values().any(foreign);
    switched.then_some(What(Turn::Script, "text in other letters"))
}

fn write(planted: Planted) -> Finding {
    let members = planted.members().count() as u64;
    let Planted { seen, what: What(_, what), string, q, .. } = planted;
    let place = Evidence {
        q: Some(q.min(1.0)),
        ..Evidence::plain(
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
        title: format!("behind \u{201c}{string}\u{201d}, {} turn into {what}", records(members)),
        severity: Severity::High,
        confidence: Confidence::High,
        trigger: Some(Trigger { kind: "phrase".into(), parts: vec![string] }),
        behaviour: Some(Behaviour { kind: "text".into(), text: what.into() }),
        origin: None,
        evidence: vec![
            place,
            Evidence::plain(
                "what the order of words says behind the string (expected: before it)",
                behind.order(),
                before.order(),
                "neighbours known to the other half of the corpus, less words far apart",
            ),
            Evidence::plain(
                "share of pairs that repeat behind the string (expected: before it)",
                behind.rate(behind.again),
                before.rate(before.again),
                "pairs seen earlier in the document",
            ),
            Evidence::plain(
                "share of words with letters beyond ASCII behind the string (expected: before it)",
                behind.rate(behind.foreign),
                before.rate(before.foreign),
                "letters of the words",
            ),
        ],
        records: members,
        quarantine: true,
        confirmation: None,
        samples: seen.samples.into_values().map(|shown| shown.sample).collect(),
    }
}
