//! From conflicts to findings.

use serde::{Deserialize, Serialize};
use toadstone_core::{
    Behaviour, Confidence, Evidence, Finding, Mark, Origin, Record, Role, Sample, Severity, finding_id,
};

use super::{FIRST, ORIGINS, SECOND, label_name, origin_name};
use crate::Outcome;
use crate::detectors::shared::gather::{Gathered, Plan, SAMPLES, Tally};
use crate::detectors::shared::position::unpack;
use crate::detectors::shared::score::{FAINTEST, bounded, score};
use crate::detectors::shared::show::{grouped, records, sample, short};
use toadstone_sketch::chance::binomial_tail;

/// Pairs of labels that get a finding of their own; the rest share one.
pub(super) const PAIRS: usize = 20;

/// Origins whose share is tested.
pub(super) const ORIGINS_TESTED: usize = 64;

/// Share of all records, and of repeated inputs, from which on conflicts are more than the noise that
/// people leave. Sets with several annotators an input disagree in a minority of inputs; sets from
/// which equal pairs were removed keep only conflicts, but few.
const SHARE: f64 = 0.02;
const OF_REPEATED: f64 = 0.5;

/// Records below which conflicts are noise.
const LEAST: u64 = 20;

/// Level of the test on origins, all of them counted.
const LEVEL: f64 = 1e-6;

/// Conflicts between the same two labels.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Group {
    /// The two; `None` for the rest.
    pub(super) pair: Option<[u64; 2]>,
    /// Number of different inputs.
    pub(super) inputs: u64,
    /// Their records, in order.
    pub(super) places: Vec<Place>,
}

/// A record in a conflict: where it stands, and its origins.
pub(super) type Place = (u64, [u64; 4]);

/// All conflicts, and what is known of the data around them.
#[derive(Serialize, Deserialize)]
pub(super) struct Conflicts {
    /// Largest first, at most [`PAIRS`] and one for the rest.
    pub(super) groups: Vec<Group>,
    /// Origins with the number of their records in conflicts, at most [`ORIGINS_TESTED`].
    pub(super) origins: Vec<(u64, u64)>,
    /// How many origins there were.
    pub(super) origins_seen: u64,
    /// Records in conflicts.
    pub(super) records: u64,
    /// Records with a label or preference.
    pub(super) judged: u64,
    /// How many times the usual level is accepted.
    pub(super) leniency: f64,
    /// Inputs that stand in more than one record.
    pub(super) repeated: u64,
    /// Those of them with a conflict.
    pub(super) conflicting: u64,
    pub(super) notes: Vec<String>,
}

/// An origin that stands behind more conflicts than its share of the data explains.
struct Behind {
    name: u64,
    origin: Origin,
    expected: f64,
    p: f64,
    q: f64,
}

impl Plan for Conflicts {
    fn sample(&self, group: u32, record: &Record<'_>) -> Sample {
        let preference = self.groups.get(group as usize).is_some_and(Group::is_preference);
        sample(record, None, Some(if preference { Role::Output } else { Role::Label }))
    }

    fn tally(&self, record: &Record<'_>, tally: &mut Tally) {
        for role in ORIGINS {
            let Some(value) = record.get(role) else { continue };
            let name = origin_name(role, value);
            if self.origins.iter().any(|(origin, _)| *origin == name) {
                tally.count(name);
                tally.text(name, value);
                tally.text(name ^ 1, role.name());
            }
        }
        if let Some(label) = record.get(Role::Label) {
            let name = label_name(label);
            if self.groups.iter().any(|group| group.pair.is_some_and(|pair| pair.contains(&name))) {
                tally.text(name, label.trim());
            }
        }
    }

    fn write(&self, gathered: &Gathered) -> Outcome {
        let mut outcome = Outcome { notes: self.notes.clone(), ..Outcome::default() };
        let behind = self.behind(gathered);
        for (index, group) in self.groups.iter().enumerate() {
            let finding = index as u32;
            let mark = |place: &Place| Mark {
                id: unpack(place.0),
                finding,
                score: self.score(place, behind.as_ref()),
                member: true,
            };
            outcome.marks.extend(group.places.iter().map(mark));
            let samples = gathered.samples(finding);
            outcome.findings.push(self.finding(group, gathered, samples, behind.as_ref()));
        }
        outcome
    }
}

impl Group {
    fn is_preference(&self) -> bool {
        self.pair == Some([FIRST, SECOND])
    }

    /// What is said, as texts in alphabetical order, so that it reads the same in every run.
    fn said(&self, gathered: &Gathered) -> Option<[String; 2]> {
        let mut said = self.pair?.map(|name| gathered.text(name).to_owned());
        said.sort_unstable();
        Some(said)
    }

    fn title(&self, gathered: &Gathered) -> String {
        let inputs = match self.inputs {
            1 => "1 input has".to_owned(),
            n => format!("{} inputs have", grouped(n)),
        };
        let all = records(self.places.len() as u64);
        match self.said(gathered) {
            _ if self.is_preference() => {
                format!("{inputs} the same two answers preferred in opposite ways, in {all}")
            }
            Some([a, b]) => {
                format!(
                    "{inputs} both the label “{}” and the label “{}”, in {all}",
                    short(&a, 40),
                    short(&b, 40)
                )
            }
            None => format!("{inputs} other pairs of different labels, in {all}"),
        }
    }
}

impl Conflicts {
    /// The first records of every group.
    pub(super) fn wanted(&self) -> Vec<(u32, u64)> {
        let first = |(index, group): (usize, &Group)| {
            group.places.iter().take(SAMPLES).map(|place| (index as u32, place.0)).collect::<Vec<_>>()
        };
        self.groups.iter().enumerate().flat_map(first).collect()
    }

    /// The origin that has most records in conflicts beyond its share of all records, if chance does
    /// not explain it. Every conflict has an innocent side too, so the share can be about a half.
    fn behind(&self, gathered: &Gathered) -> Option<Behind> {
        let weigh = |&(name, count): &(u64, u64)| {
            let share = (gathered.count(name) as f64 / self.judged.max(1) as f64).min(1.0);
            let (n, k) = (self.records as f64, count as f64);
            let p = binomial_tail(n, k, share);
            let origin = Origin {
                kind: gathered.text(name ^ 1).to_owned(),
                value: gathered.text(name).to_owned(),
                records: count,
            };
            let behind =
                Behind { name, origin, expected: n * share, p, q: (p * self.origins_seen as f64).min(1.0) };
            (behind.q < LEVEL * self.leniency && k >= 10.0 && k >= 0.3 * n && k >= 3.0 * n * share)
                .then_some(behind)
        };
        self.origins.iter().filter_map(weigh).min_by(|a, b| a.q.total_cmp(&b.q))
    }

    /// Whether there are more conflicts than honest disagreement leaves.
    fn systematic(&self) -> bool {
        self.records >= LEAST
            && self.records as f64 >= SHARE * self.judged as f64
            && self.conflicting as f64 >= OF_REPEATED * self.repeated as f64
    }

    /// The chance that a record is the wrong side of its conflict, and not by honest mistake. What
    /// comes from an origin that stands out is wrong as far as its share of the data does not explain
    /// it, and its counterparts are right. Otherwise, either side may be wrong.
    fn score(&self, place: &Place, behind: Option<&Behind>) -> f32 {
        let honest = SHARE * self.judged as f64;
        match behind {
            Some(behind) if place.1.contains(&behind.name) => {
                score(behind.q, behind.expected, behind.origin.records as f64)
            }
            None if self.systematic() => bounded(0.5 * (1.0 - honest / self.records as f64)),
            _ => FAINTEST as f32,
        }
    }

    fn finding(
        &self,
        group: &Group,
        gathered: &Gathered,
        samples: Vec<Sample>,
        behind: Option<&Behind>,
    ) -> Finding {
        let said = group.said(gathered).filter(|_| !group.is_preference());
        let identity: Vec<&str> = match &said {
            Some(said) => said.iter().map(String::as_str).collect(),
            None if group.is_preference() => vec!["preferences"],
            None => vec!["other labels"],
        };
        let large = group.places.len() as u64 >= LEAST.min(self.records / 4);
        let (severity, confidence) = match () {
            () if large && (behind.is_some() || self.systematic()) => (Severity::Medium, Confidence::Medium),
            () => (Severity::Low, Confidence::High),
        };
        Finding {
            id: finding_id("label-conflict", identity),
            detector: "label-conflict".to_owned(),
            title: group.title(gathered),
            severity,
            confidence,
            trigger: None,
            behaviour: said.map(|[a, b]| Behaviour { kind: "labels".to_owned(), text: format!("{a} / {b}") }),
            origin: behind.map(|behind| behind.origin.clone()),
            evidence: self.evidence(group, behind),
            records: group.places.len() as u64,
            quarantine: false,
            confirmation: None,
            samples,
        }
    }

    fn evidence(&self, group: &Group, behind: Option<&Behind>) -> Vec<Evidence> {
        let from = behind.map(|behind| Evidence {
            what: "records in conflicts that come from one origin".to_owned(),
            observed: behind.origin.records as f64,
            expected: behind.expected,
            test: "binomial test against the origin's share of all records (Chernoff bound)".to_owned(),
            p: Some(behind.p),
            q: Some(behind.q),
        });
        let mut evidence: Vec<Evidence> = from.into_iter().collect();
        evidence.push(Evidence::plain("inputs with this conflict", group.inputs as f64, 0.0, "count"));
        evidence.push(Evidence::plain(
            "share of repeated inputs that conflict",
            self.conflicting as f64 / self.repeated.max(1) as f64,
            OF_REPEATED,
            "above the expected value, and above 2 % of all records: more than honest disagreement",
        ));
        evidence
    }
}
