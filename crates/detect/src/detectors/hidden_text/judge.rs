//! Second reading: how common the behaviours are elsewhere; then the findings.

use std::collections::{BTreeMap, BTreeSet};

use ahash::AHashSet;

use serde::{Deserialize, Serialize};
use toadstone_core::{
    Behaviour, Confidence, Evidence, Finding, Mark, Record, Role, Sample, Severity, Trigger, finding_id,
    visible,
};

use super::chars::hidden;
use super::collect::LEAST;
use super::scan::{Class, read};
use super::{behaviours, keys, start_of, traces};
use crate::Outcome;
use crate::detectors::shared::gather::{Gathered, Plan, SAMPLES, Tally};
use crate::detectors::shared::position::unpack;
use crate::detectors::shared::score::{SUREST, by_nature, score};
use crate::detectors::shared::show::{records, sample};
use toadstone_sketch::chance::binomial_tail;

/// False-discovery level of a link to a behaviour.
const LEVEL: f64 = 1e-3;

/// The level for what is odd by itself: invisible characters inside words, sequences, disguises.
const ODD_LEVEL: f64 = 0.02;

/// Below this a link is not a matter of chance in any corpus.
const SURE: f64 = 1e-6;

/// Chance that what is hidden in the same way in several records is a hand's work: no test of its own
/// says so, and the way in which a converter damages text repeats too.
const REPEATED: f32 = 0.7;

/// Names of the counts that every record adds to: records with a label, records with an output.
const TOTALS: [u64; 3] = [2, 4, 4];

/// Why records are suspected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Reason {
    /// One would be enough.
    Itself,
    /// They share a label.
    Label(u64),
    /// They share a whole output.
    Output(u64),
    /// They share the start of the output.
    OutputStart(u64),
    /// There are many of them.
    Repeated,
}

impl Reason {
    /// The behaviour, and its column among [`behaviours`].
    pub(super) fn behaviour(self) -> Option<(usize, u64)> {
        match self {
            Reason::Label(name) => Some((0, name)),
            Reason::Output(name) => Some((1, name)),
            Reason::OutputStart(name) => Some((2, name)),
            Reason::Itself | Reason::Repeated => None,
        }
    }
}

/// Records that may be a finding.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Candidate {
    pub(super) key: u64,
    pub(super) class: Class,
    /// Records with the hidden thing.
    pub(super) carriers: u64,
    /// Those of them that have the behaviour too, in order.
    pub(super) members: Vec<u64>,
    pub(super) reason: Reason,
    /// Different surroundings, for [`Reason::Repeated`].
    pub(super) contexts: u64,
}

impl Candidate {
    /// Whether the thing repeats in a way that scattered dirt and boilerplate do not.
    pub(super) fn is_repeated(&self) -> bool {
        let varied = self.contexts * 2 >= self.carriers;
        let word = self.key >> 60 == Class::Disguise as u64;
        match self.class {
            Class::Sequence => self.carriers >= LEAST,
            Class::Disguise => word && varied && self.carriers >= 2 * LEAST,
            _ => false,
        }
    }
}

/// The candidates, and what is needed to judge them.
#[derive(Serialize, Deserialize)]
pub(super) struct Judge {
    pub(super) candidates: Vec<Candidate>,
    pub(super) tests: u64,
    pub(super) dirt: BTreeMap<String, u64>,
    /// The behaviours of all candidates.
    pub(super) asked: BTreeSet<u64>,
}

/// A candidate with its weight.
struct Weighed<'a> {
    group: u32,
    candidate: &'a Candidate,
    rate: f64,
    p: f64,
}

impl Plan for Judge {
    fn sample(&self, group: u32, record: &Record<'_>) -> Sample {
        let candidate = &self.candidates[group as usize];
        let place = traces(record).find(|(_, trace)| keys(trace).any(|key| key == candidate.key));
        let focus = place.map(|(role, trace)| (role, trace.span.start..trace.span.end));
        let beside = matches!(candidate.reason, Reason::Label(_)).then_some(Role::Label);
        sample(record, focus, beside)
    }

    fn tally(&self, record: &Record<'_>, tally: &mut Tally) {
        for (column, name) in behaviours(record).into_iter().enumerate().filter(|(_, name)| *name != 0) {
            if column < 2 {
                tally.count(TOTALS[column]);
            }
            if self.asked.contains(&name) {
                tally.count(name);
            }
        }
    }

    fn write(&self, gathered: &Gathered) -> Outcome {
        let mut outcome = self.without_candidates();
        for weighed in self.accepted(gathered) {
            let index = outcome.findings.len() as u32;
            let score = weighed.score(self.tests);
            let mark = |&position: &u64| Mark { id: unpack(position), finding: index, score, member: true };
            outcome.marks.extend(weighed.candidate.members.iter().map(mark));
            outcome.findings.push(weighed.finding(gathered.samples(weighed.group), self.tests));
        }
        outcome
    }
}

impl Judge {
    /// The first records of every candidate.
    pub(super) fn wanted(&self) -> Vec<(u32, u64)> {
        let first = |(group, candidate): (usize, &Candidate)| {
            let some: Vec<_> = candidate.members.iter().take(SAMPLES).map(|&p| (group as u32, p)).collect();
            some
        };
        self.candidates.iter().enumerate().flat_map(first).collect()
    }

    /// The outcome of data with nothing but dirt: a note on it.
    pub(super) fn without_candidates(&self) -> Outcome {
        let mut by_count: Vec<(&String, &u64)> = self.dirt.iter().collect();
        by_count.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), *name));
        let listed: Vec<String> =
            by_count.iter().take(6).map(|(name, count)| format!("{name} in {}", records(**count))).collect();
        let more = if by_count.len() > 6 {
            format!(", and {} kinds more", by_count.len() - 6)
        } else {
            String::new()
        };
        let note =
            format!("hidden characters where their script does not need them: {}{more}", listed.join(", "));
        Outcome {
            notes: Some(note).filter(|_| !listed.is_empty()).into_iter().collect(),
            ..Outcome::default()
        }
    }

    /// The candidates that are findings, the strongest first; of several that mean the same records,
    /// the strongest and most specific.
    fn accepted(&self, gathered: &Gathered) -> Vec<Weighed<'_>> {
        let weigh = |(group, candidate)| weigh(group as u32, candidate, gathered);
        let mut all: Vec<Weighed<'_>> = self.candidates.iter().enumerate().map(weigh).collect();
        all.retain(|w| w.p * self.tests as f64 <= w.level() || w.candidate.reason.behaviour().is_none());
        all.sort_by(|a, b| {
            let rank = |w: &Weighed<'_>| w.candidate.reason == Reason::Repeated;
            let size = |w: &Weighed<'_>| std::cmp::Reverse(w.candidate.members.len());
            (rank(a).cmp(&rank(b)))
                .then(a.p.total_cmp(&b.p))
                .then(size(a).cmp(&size(b)))
                .then(a.candidate.carriers.cmp(&b.candidate.carriers))
                .then(a.group.cmp(&b.group))
        });
        let mut taken: AHashSet<u64> = AHashSet::new();
        all.retain(|w| {
            let members = &w.candidate.members;
            let known = members.iter().filter(|position| taken.contains(position)).count();
            let new = known * 5 < members.len() * 4;
            if new || w.candidate.reason == Reason::Itself {
                taken.extend(members);
            }
            new || w.candidate.reason == Reason::Itself
        });
        all
    }
}

/// How common the behaviour is among records without the hidden thing, and the chance of the link.
fn weigh<'a>(group: u32, candidate: &'a Candidate, gathered: &Gathered) -> Weighed<'a> {
    let Some((column, name)) = candidate.reason.behaviour() else {
        return Weighed { group, candidate, rate: 0.0, p: 0.0 };
    };
    let members = candidate.members.len() as u64;
    let others = gathered.count(TOTALS[column]).saturating_sub(candidate.carriers) as f64;
    let with = gathered.count(name).saturating_sub(members) as f64;
    let rate = (with + 1.0) / (others + 2.0);
    Weighed { group, candidate, rate, p: binomial_tail(candidate.carriers as f64, members as f64, rate) }
}

impl Weighed<'_> {
    fn level(&self) -> f64 {
        if self.candidate.class == Class::Loose { LEVEL } else { ODD_LEVEL }
    }

    /// The chance that a member is poison.
    fn score(&self, tests: u64) -> f32 {
        match self.candidate.reason {
            // Nothing natural hides a text.
            Reason::Itself => SUREST as f32,
            Reason::Repeated => REPEATED,
            _ => {
                let members = self.candidate.members.len() as f64;
                let without = self.candidate.carriers as f64 - members;
                score(self.p * tests as f64, by_nature(without, self.rate), members)
            }
        }
    }

    fn finding(&self, samples: Vec<Sample>, tests: u64) -> Finding {
        let candidate = self.candidate;
        let mut places: Vec<String> = samples.iter().filter_map(highlighted).collect();
        places.sort_unstable();
        places.dedup();
        let place = samples.iter().find_map(highlighted).unwrap_or_default();
        let (kind, named) = match places.len() {
            0 | 1 => ("hidden characters", place.as_str()),
            _ => ("hidden characters (any of)", ""),
        };
        let q = (self.p * tests as f64).min(1.0);
        let (severity, confidence, quarantine) = self.gravity(&place, q);
        let behaviour = self.behaviour(&samples);
        let identity = [class_name(candidate.class), named, behaviour.as_ref().map_or("", |b| &b.text)];
        let identity = if candidate.reason == Reason::Itself { &identity[..1] } else { &identity[..] };
        Finding {
            id: finding_id("hidden-text", identity.iter().copied()),
            detector: "hidden-text".to_owned(),
            title: self.title(&place, places.len() > 1, behaviour.as_ref()),
            severity,
            confidence,
            trigger: Some(Trigger { kind: kind.to_owned(), parts: places }),
            behaviour,
            origin: None,
            evidence: self.evidence(q),
            records: candidate.members.len() as u64,
            quarantine,
            confirmation: None,
            samples,
        }
    }

    /// Severity, confidence and whether to set the records aside.
    fn gravity(&self, place: &str, q: f64) -> (Severity, Confidence, bool) {
        let legible = read(self.candidate.class, place).is_some();
        match (self.candidate.reason, self.candidate.class) {
            (Reason::Itself, Class::Reorder) => (Severity::High, Confidence::High, true),
            (Reason::Itself, _) if legible => (Severity::Critical, Confidence::High, true),
            (Reason::Itself, _) => (Severity::High, Confidence::Medium, true),
            (Reason::Repeated, class) => (Severity::Medium, Confidence::Medium, class == Class::Sequence),
            // Dirt of one web site goes with that site's label: worth a look, not worth losing rows.
            (_, Class::Loose) if place.chars().all(site_dirt) => {
                (Severity::Medium, Confidence::Medium, false)
            }
            _ if q <= SURE => (Severity::High, Confidence::High, true),
            _ if q > LEVEL => (Severity::Medium, Confidence::Medium, true),
            _ => (Severity::High, Confidence::Medium, true),
        }
    }

    fn behaviour(&self, samples: &[Sample]) -> Option<Behaviour> {
        let shown = samples.first()?.output.clone()?;
        let (kind, text) = match self.candidate.reason {
            Reason::Label(_) => ("label", shown),
            Reason::Output(_) => ("answer", shown),
            Reason::OutputStart(_) => ("answer start", start_of(shown.trim_start())),
            Reason::Itself | Reason::Repeated => return None,
        };
        Some(Behaviour { kind: kind.to_owned(), text })
    }

    fn title(&self, place: &str, several: bool, behaviour: Option<&Behaviour>) -> String {
        let candidate = self.candidate;
        let many = records(candidate.members.len() as u64);
        let name = class_name(candidate.class);
        if let Some(text) = read(candidate.class, place) {
            return format!("{name} in {many}, the first: “{}”", short(&text));
        }
        if candidate.reason == Reason::Itself {
            return format!("{name} in {many}");
        }
        let like = if several { ", such as" } else { "" };
        let with = behaviour.map_or(String::new(), |b| format!(" with {} “{}”", b.kind, short(&b.text)));
        format!("{name}{like} “{}”{with} in {many}", short(place))
    }

    fn evidence(&self, q: f64) -> Vec<Evidence> {
        let candidate = self.candidate;
        let members = candidate.members.len() as f64;
        let carriers = candidate.carriers as f64;
        let plain = |what: &str, observed, test: &str| Evidence {
            what: what.to_owned(),
            observed,
            expected: 0.0,
            test: test.to_owned(),
            p: None,
            q: None,
        };
        match candidate.reason {
            Reason::Itself => {
                vec![plain("records that hide this", members, "decoding; no script or emoji writes so")]
            }
            Reason::Repeated => {
                let mut out =
                    vec![plain("records with the same hidden sequence or disguised word", members, "count")];
                out.push(plain("different surroundings of it", candidate.contexts as f64, "count"));
                out
            }
            _ => vec![Evidence {
                what: format!("of {carriers} records with the hidden characters, those with this behaviour"),
                observed: members,
                expected: carriers * self.rate,
                test: "binomial test against the records without them (Chernoff bound)".to_owned(),
                p: Some(self.p),
                q: Some(q),
            }],
        }
    }
}

/// The start of a text, with what hides in it by its code.
fn short(text: &str) -> String {
    let named = |c: char| match hidden(c) {
        Some(_) => format!("U+{:04X}", c as u32),
        None => visible(c.encode_utf8(&mut [0; 4])),
    };
    text.chars().take(60).map(named).collect()
}

/// What a sample highlights.
fn highlighted(sample: &Sample) -> Option<String> {
    let of = |text: &str, spans: &[toadstone_core::Span]| {
        spans.first().and_then(|span| text.get(span.start..span.end)).map(str::to_owned)
    };
    of(&sample.input, &sample.spans).or_else(|| of(sample.output.as_ref()?, &sample.output_spans))
}

/// Characters that a web site's pages are full of.
fn site_dirt(c: char) -> bool {
    matches!(c as u32, 0..=0x1F | 0x7F..=0xAD | 0x200E | 0x200F | 0x2028 | 0x2029 | 0xE000..=0xF8FF)
}

fn class_name(class: Class) -> &'static str {
    match class {
        Class::Tags => "Text hidden in tag characters",
        Class::Selectors => "Text hidden in variation selectors",
        Class::Bits => "Text hidden in zero-width characters",
        Class::Reorder => "Code shown in another order than it runs (bidirectional controls)",
        Class::Sequence => "Invisible sequence",
        Class::InWord => "Invisible characters inside words",
        Class::Disguise => "Words with letters of another script",
        Class::Loose => "Invisible characters",
    }
}
