//! Clusters that are larger than the rest of the corpus explains, as findings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toadstone_core::{Confidence, Evidence, Finding, Mark, Record, Sample, Severity, finding_id};
use toadstone_sketch::tail::{Standouts, standouts};
use xxhash_rust::xxh3::xxh3_64;

use super::gather::{Gather, Gathered, Plan, SAMPLES};
use super::position::{pack, unpack};
use super::score::{bounded, score};
use super::show::{grouped, records, sample};
use crate::{Alike, Cluster, Next, Outcome};

/// Copies below which nothing is called a flood.
const LEAST: u64 = 20;

/// Chance, by the corpus's own tail, below which a cluster is mentioned.
const LEVEL: f64 = 0.01;

/// A cluster that holds this share of all records is the form of the data set (a prompt template, a
/// table header), not something put into it.
const TEMPLATE: f64 = 0.25;

/// Bytes of a common start that make a family of records one of a template.
const TEMPLATE_START: usize = 120;

/// Chance that a flood is a hand's work and not that of a machine that fills in a form: even, as
/// nothing in copies tells the two apart; small where they begin alike, as pages of one form do.
const BY_HAND: f64 = 0.5;
const TEMPLATE_BY_HAND: f64 = 0.1;

/// A detector of duplicates, as its floods are concerned.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Flooded {
    /// Name of the detector.
    pub(crate) detector: String,
    /// How the copies are.
    pub(crate) how: Alike,
    /// Chance below which a flood is worth a review.
    pub(crate) sure: f64,
    /// Whether records that only begin alike (a prompt template, the head of a page) are copies.
    pub(crate) starts_count: bool,
}

/// Ends a detector of duplicates: clusters, notes and the floods among those clusters that `counts`.
///
/// `clusters` are in the order of their survivors; `total` is the number of all records,
/// `leniency` that of [`crate::Setup`].
pub(crate) fn conclude(
    flooded: Flooded,
    clusters: Vec<Cluster>,
    counts: impl Fn(&Cluster) -> bool,
    notes: Vec<String>,
    total: u64,
    leniency: f64,
) -> Next {
    let size = |cluster: &Cluster| cluster.copies.len() as u64 + 1;
    let mut sizes: BTreeMap<u64, u64> = BTreeMap::new();
    for cluster in clusters.iter().filter(|cluster| counts(cluster)) {
        *sizes.entry(size(cluster)).or_default() += 1;
    }
    let sizes: Vec<(u64, u64)> = sizes.into_iter().collect();
    let stand = standouts(&sizes, 2, LEVEL * leniency);
    let limit = (total as f64 * TEMPLATE) as u64;
    let is_flood = |cluster: &&Cluster| {
        let enough = stand.as_ref().is_some_and(|s| size(cluster) >= s.from.max(LEAST));
        enough && size(cluster) <= limit && counts(cluster)
    };
    let floods: Vec<Cluster> = clusters.iter().filter(is_flood).cloned().collect();
    let outcome = Outcome { clusters, notes, ..Outcome::default() };
    let Some(stand) = stand.filter(|_| !floods.is_empty()) else { return Next::Done(outcome) };
    let flooded = Flooded { sure: flooded.sure * leniency, ..flooded };
    let plan = Floods { flooded, floods, stand, outcome };
    let wanted = plan.wanted();
    Gather::start(plan, wanted.into_iter())
}

/// What is fetched for floods.
#[derive(Serialize, Deserialize)]
pub(crate) struct Floods {
    flooded: Flooded,
    floods: Vec<Cluster>,
    stand: Standouts,
    outcome: Outcome,
}

impl Floods {
    /// The first records of each flood. Their places were packed once already.
    fn wanted(&self) -> Vec<(u32, u64)> {
        let first = |(group, cluster): (usize, &Cluster)| {
            let ids = std::iter::once(cluster.survivor).chain(cluster.copies.iter().copied());
            let some = ids.take(SAMPLES).filter_map(|id| Some((group as u32, pack(id).ok()?)));
            some.collect::<Vec<_>>()
        };
        self.floods.iter().enumerate().flat_map(first).collect()
    }

    fn is_template(&self, samples: &[Sample]) -> bool {
        !self.flooded.starts_count && common_start(samples) >= TEMPLATE_START
    }

    /// The chance that a copy is poison: it is one of those that the tail does not explain, and what
    /// made them was a hand.
    fn score(&self, cluster: &Cluster, samples: &[Sample]) -> f32 {
        let by_hand = if self.is_template(samples) { TEMPLATE_BY_HAND } else { BY_HAND };
        let surplus = score(self.stand.chance, self.stand.expected, cluster.copies.len() as f64 + 1.0);
        bounded(by_hand * f64::from(surplus))
    }

    fn finding(&self, cluster: &Cluster, samples: Vec<Sample>) -> Finding {
        let copies = cluster.copies.len() as u64 + 1;
        let text = samples.first().map(|s| format!("{}\0{}", s.input, s.output.as_deref().unwrap_or("")));
        let name = format!("{:016x}", xxh3_64(text.unwrap_or_default().as_bytes()));
        let sure = self.stand.chance < self.flooded.sure && !self.is_template(&samples);
        let confidence = if sure { Confidence::Medium } else { Confidence::Low };
        let others = grouped(self.stand.expected.round() as u64);
        Finding {
            id: finding_id(&self.flooded.detector, [name.as_str()]),
            detector: self.flooded.detector.clone(),
            title: format!(
                "{} are {} copies of one record; elsewhere in this corpus the most would be about {others}",
                records(copies),
                self.flooded.how.name()
            ),
            severity: Severity::Medium,
            confidence,
            trigger: None,
            behaviour: None,
            origin: None,
            evidence: vec![Evidence {
                what: "copies of one record".to_owned(),
                observed: copies as f64,
                expected: self.stand.expected,
                test: "power-law tail of this corpus's own cluster sizes (Hill estimate)".to_owned(),
                p: None,
                q: Some(self.stand.chance.min(1.0)),
            }],
            records: copies,
            quarantine: false,
            confirmation: None,
            samples,
        }
    }
}

impl Plan for Floods {
    fn sample(&self, _group: u32, record: &Record<'_>) -> Sample {
        sample(record, None, None)
    }

    fn write(&self, gathered: &Gathered) -> Outcome {
        let mut outcome = self.outcome.clone();
        for (group, cluster) in self.floods.iter().enumerate() {
            let finding = group as u32;
            let ids = std::iter::once(&cluster.survivor).chain(&cluster.copies);
            let samples = gathered.samples(finding);
            let score = self.score(cluster, &samples);
            outcome.marks.extend(ids.map(|&id| Mark { id, finding, score, member: true }));
            outcome.findings.push(self.finding(cluster, samples));
        }
        outcome
    }
}

/// Bytes with which the inputs of all samples begin.
fn common_start(samples: &[Sample]) -> usize {
    let Some((first, rest)) = samples.split_first() else { return 0 };
    let common =
        |other: &Sample| first.input.bytes().zip(other.input.bytes()).take_while(|(a, b)| a == b).count();
    rest.iter().map(common).min().unwrap_or(0)
}

/// A cluster of packed places, which are in ascending order; `None` without copies.
pub(crate) fn cluster(kind: Alike, places: &[u64]) -> Option<Cluster> {
    let (&first, rest) = places.split_first().filter(|(_, rest)| !rest.is_empty())?;
    Some(Cluster { kind, survivor: unpack(first), copies: rest.iter().map(|&place| unpack(place)).collect() })
}
