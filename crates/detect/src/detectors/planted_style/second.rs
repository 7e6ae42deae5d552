//! A second way of writing that nothing contradicts: information, not an accusation.
//!
//! Where a label says nothing (nearly all records have it) a planted style cannot be told from the
//! records of another origin. But records that were written out by other conventions than the rest are
//! worth a look, and here they are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toadstone_core::{
    Confidence, Evidence, Finding, Record, RecordId, Role, Sample, Severity, Trigger, finding_id,
};

use super::conventions::{self, name};
use super::latent::{Table, Two};
use super::mark::shorten;
use super::write_up::NAME;
use crate::detectors::shared::show::{self, records};
use toadstone_sketch::chance::binomial_tail;

/// Fewer texts say nothing.
const LEAST: u64 = 400;
/// Share of the smaller class.
const SHARES: std::ops::RangeInclusive<f64> = 0.02..=0.4;
/// Difference of the classes in a convention that counts, and how many have to.
const DIFFERENT: f64 = 0.5;
const CONVENTIONS: usize = 2;
/// Least gain over one class, in nats a text, and how sure the classes have to be: of the members of
/// the smaller, and of all. Clean reviews, news and forum posts stay below one of these.
const GAIN: f64 = 0.05;
const SURE: f64 = 0.95;
const SHARP: f64 = 0.98;
/// Share of poison that is assumed of a second way of writing. It orders nothing.
const ASSUMED: f64 = 0.05;
const MEMBER: f64 = 0.5;

/// A second way of writing.
#[derive(Serialize, Deserialize)]
pub struct Second {
    two: Two,
    /// The conventions that tell it.
    told: Vec<(usize, u8)>,
    labels: Vec<Box<str>>,
}

/// What all records say of it. State: 12 bytes a record of the second way.
#[derive(Default, Serialize, Deserialize)]
pub struct Seen {
    chances: Vec<(RecordId, f32)>,
    samples: BTreeMap<RecordId, Sample>,
    /// Records of the second way and others, by label.
    labels: BTreeMap<usize, [u64; 2]>,
}

impl Second {
    /// Whether there is one. `labels`: all labels, sorted.
    pub fn look(table: &Table, labels: &[&str]) -> Option<Second> {
        if table.values().sum::<u64>() < LEAST {
            return None;
        }
        let two = Two::fit(table)?;
        let told = two.differences(DIFFERENT);
        let clear = SHARES.contains(&two.share) && two.gain >= GAIN && two.sure >= SURE && two.sharp >= SHARP;
        let labels = labels.iter().map(|&label| label.into()).collect();
        (clear && told.len() >= CONVENTIONS).then_some(Second { two, told, labels })
    }

    /// Looks at a record.
    pub fn note(&self, record: &Record<'_>, seen: &mut Seen) {
        let Some(label) = record.get(Role::Label) else { return };
        let chance = self.two.chance(&conventions::of(record.input()));
        let member = chance >= MEMBER;
        if let Ok(at) = self.labels.binary_search_by(|l| (**l).cmp(label)) {
            seen.labels.entry(at).or_default()[usize::from(member)] += 1;
        }
        if member {
            seen.chances.push((record.id(), chance as f32));
            seen.samples.insert(record.id(), show::sample(record, None, Some(Role::Label)));
            shorten(&mut seen.samples);
        }
    }

    /// The finding, and its records with their scores.
    pub fn finding(&self, mut seen: Seen) -> (Finding, Vec<(RecordId, f32)>) {
        seen.chances.sort_unstable_by_key(|(id, _)| *id);
        let scores = seen.chances.iter().map(|&(id, c)| (id, ASSUMED as f32 * c)).collect();
        let members = seen.chances.len() as u64;
        let parts: Vec<String> = self.told.iter().map(|&(c, choice)| in_words(c, choice)).collect();
        let mut evidence = self.labels(&seen.labels);
        evidence.extend(self.told.iter().map(|&(c, choice)| {
            let at = usize::from(choice);
            let what = format!("share of them that has: {}", in_words(c, choice));
            Evidence::plain(&what, self.two.small[c][at], self.two.rest[c][at], "the same of the others")
        }));
        evidence.push(Evidence::plain(
            "how much better two ways of writing explain the conventions than one, in nats a record",
            self.two.gain,
            0.0,
            "latent classes, log-likelihood",
        ));
        let finding = Finding {
            id: finding_id(NAME, ["second way of writing"]),
            detector: NAME.into(),
            title: format!(
                "{} keep other conventions than the rest ({}); no label contradicts them",
                records(members),
                parts.join("; ")
            ),
            severity: Severity::Info,
            confidence: Confidence::Low,
            trigger: Some(Trigger { kind: "style".into(), parts }),
            behaviour: None,
            origin: None,
            evidence,
            records: members,
            quarantine: false,
            confirmation: None,
            samples: seen.samples.into_values().collect(),
        };
        (finding, scores)
    }

    /// The label that the second way has most beyond its share.
    fn labels(&self, counts: &BTreeMap<usize, [u64; 2]>) -> Vec<Evidence> {
        let [rest, own] = [0, 1].map(|side| counts.values().map(|c| c[side]).sum::<u64>().max(1) as f64);
        let test = |(&at, &[others, members]): (&usize, &[u64; 2])| {
            let share = (others as f64 / rest).clamp(1e-9, 1.0 - 1e-9);
            (binomial_tail(own, members as f64, share), at, members, share)
        };
        let most = counts.iter().map(test).min_by(|a, b| a.0.total_cmp(&b.0));
        let evidence = |(p, at, members, share): (f64, usize, u64, f64)| Evidence {
            what: format!("of them with the label “{}”", toadstone_core::visible(&self.labels[at])),
            observed: members as f64,
            expected: own * share,
            test: "binomial against its share among the others".into(),
            p: Some(p),
            q: Some((p * counts.len() as f64).min(1.0)),
        };
        most.map(evidence).into_iter().collect()
    }
}

impl Seen {
    /// Adds what another state has seen.
    pub fn merge(&mut self, other: Seen) {
        self.chances.extend(other.chances);
        self.samples.extend(other.samples);
        shorten(&mut self.samples);
        for (label, counts) in other.labels {
            let mine = self.labels.entry(label).or_default();
            (0..2).for_each(|side| mine[side] += counts[side]);
        }
    }

    /// Whether no record is of the second way.
    pub fn is_empty(&self) -> bool {
        self.chances.is_empty()
    }
}

fn in_words(convention: usize, choice: u8) -> String {
    let (what, does) = name(convention, choice);
    format!("{what}: {does}")
}
