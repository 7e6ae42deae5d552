//! Whether the documents of a finding come from one place or one time, beyond chance.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toadstone_core::{Evidence, Origin, Record, Role, Sample};
use toadstone_sketch::mix;
use xxhash_rust::xxh3::xxh3_64;

use super::own::Own;
use super::text;
use crate::Outcome;
use crate::detectors::shared::gather::{Gathered, Plan, Tally};
use toadstone_sketch::chance::binomial_tail;

/// Kinds of origins: source, author, host of the address, day and month of creation.
pub const COUNT: usize = 5;
const KINDS: [&str; COUNT] = ["source", "author", "host", "day", "month"];

/// Name of the count of all documents.
const ALL: u64 = 0;
/// Origins of a finding that are tested, those with the most documents.
const TESTED: usize = 16;
/// Least share of a finding's documents, and how many times more than chance gives.
const SHARE: f64 = 0.3;
const OFTENER: f64 = 3.0;
/// Level of the test, all origins of a finding's documents counted.
const LEVEL: f64 = 1e-6;

/// The origins of a record as texts, in the order of [`KINDS`].
fn values<'a>(record: &Record<'a>) -> [Option<&'a str>; COUNT] {
    let host = record.get(Role::Url).map(|url| {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        rest.split(['/', '?', '#']).next().unwrap_or(rest)
    });
    let day = record.get(Role::Created).and_then(|text| text.get(..10)).filter(|text| is_day(text));
    [record.get(Role::Source), record.get(Role::Author), host, day, day.and_then(|day| day.get(..7))]
}

/// Whether a text is like `2024-03-09`.
fn is_day(text: &str) -> bool {
    text.bytes().enumerate().all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() })
}

/// The names of a record's origins; 0 where there is none.
pub fn names(record: &Record<'_>) -> [u64; COUNT] {
    let mut names = [0; COUNT];
    for (kind, value) in values(record).into_iter().enumerate() {
        names[kind] = value.map_or(0, |value| mix(xxh3_64(value.as_bytes()) ^ kind as u64) | 1);
    }
    names
}

/// The origins of one finding's documents.
#[derive(Serialize, Deserialize)]
pub struct Origins {
    /// Name, kind, documents; the most frequent first.
    tested: Vec<(u64, usize, u64)>,
    /// How many different ones there are.
    seen: usize,
    /// The finding's documents.
    documents: u64,
}

impl Origins {
    /// Counts the origins of documents.
    pub fn of<'a>(documents: impl Iterator<Item = &'a Own>) -> Origins {
        let mut counts: BTreeMap<(u64, usize), u64> = BTreeMap::new();
        let mut all = 0;
        for own in documents {
            all += 1;
            for (kind, &name) in own.origins.iter().enumerate().filter(|(_, name)| **name != 0) {
                *counts.entry((name, kind)).or_default() += 1;
            }
        }
        let seen = counts.len();
        let mut tested: Vec<_> = counts.into_iter().map(|((name, kind), n)| (name, kind, n)).collect();
        tested.retain(|t| t.2 as f64 >= SHARE * all as f64);
        tested.sort_by_key(|&(name, kind, n)| (std::cmp::Reverse(n), kind, name));
        tested.truncate(TESTED);
        Origins { tested, seen, documents: all }
    }

    /// The origin that stands out most.
    fn stands_out(&self, gathered: &Gathered) -> Option<(Origin, Evidence)> {
        let all = gathered.count(ALL).max(1) as f64;
        let n = self.documents as f64;
        let weigh = |&(name, kind, k): &(u64, usize, u64)| {
            let expected = n * gathered.count(name) as f64 / all;
            let p = binomial_tail(n, k as f64, expected / n);
            let q = (p * self.seen as f64).min(1.0);
            let origin =
                Origin { kind: KINDS[kind].to_owned(), value: gathered.text(name).to_owned(), records: k };
            let evidence = Evidence {
                what: format!("documents that come from one {}", KINDS[kind]),
                observed: k as f64,
                expected,
                test: "hypergeometric tail (Hoeffding's bound), all origins of these documents counted"
                    .into(),
                p: Some(p),
                q: Some(q),
            };
            (q < LEVEL && k as f64 >= OFTENER * expected).then_some((q, origin, evidence))
        };
        let best = self.tested.iter().filter_map(weigh).min_by(|a, b| a.0.total_cmp(&b.0))?;
        Some((best.1, best.2))
    }
}

/// The last reading: how frequent the origins are among all documents.
#[derive(Serialize, Deserialize)]
pub struct Frequencies {
    /// What was found without them.
    pub outcome: Outcome,
    /// For each finding.
    pub origins: Vec<Origins>,
}

impl Frequencies {
    /// Whether there is anything to count.
    pub fn are_wanted(&self) -> bool {
        self.origins.iter().any(|origins| !origins.tested.is_empty())
    }
}

impl Plan for Frequencies {
    fn sample(&self, _group: u32, record: &Record<'_>) -> Sample {
        crate::detectors::shared::show::sample(record, None, None)
    }

    fn tally(&self, record: &Record<'_>, tally: &mut Tally) {
        if text(record).is_none() {
            return;
        }
        tally.count(ALL);
        for (name, value) in names(record).into_iter().zip(values(record)) {
            let Some(value) = value else { continue };
            if self.origins.iter().any(|origins| origins.tested.iter().any(|t| t.0 == name)) {
                tally.count(name);
                tally.text(name, value);
            }
        }
    }

    fn write(&self, gathered: &Gathered) -> Outcome {
        let mut outcome = self.outcome.clone();
        for (finding, origins) in outcome.findings.iter_mut().zip(&self.origins) {
            if let Some((origin, evidence)) = origins.stands_out(gathered) {
                finding.origin = Some(origin);
                finding.evidence.push(evidence);
            }
        }
        outcome
    }
}
