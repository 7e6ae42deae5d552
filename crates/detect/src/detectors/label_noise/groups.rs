//! Which origin gives which label where the text says another, more than all others do.
//!
//! Asked from both sides. Of its texts that read like B, too many have the label A: an origin that sees
//! hardly anything but A would show that by nature, for the few that read like B are the model's mistakes. And of
//! its records labelled A, too many read like B: that an honest origin has as often as all others,
//! however many of which label it sees. Both have to be beyond chance.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toadstone_core::Role;

use super::model::Model;
use super::{Kept, ORIGINS};
use toadstone_sketch::chance::{binomial_tail, discovery_rates};

/// Texts of a label from an origin below which it is not tested, and wrong ones among them.
const TEXTS: u32 = 12;
const WRONG: u32 = 8;
/// Least share of wrong labels, and how many times that of the others it has to be: less is a taste.
const SHARE: f64 = 0.25;
const TIMES: f64 = 4.0;
/// False-discovery rate.
const RATE: f64 = 0.01;

/// An origin that gives the label `given` to texts of the label `said`.
#[derive(Serialize, Deserialize)]
pub(super) struct Group {
    pub(super) role: Role,
    pub(super) value: Box<str>,
    pub(super) said: u32,
    pub(super) given: u32,
    /// Texts of `said` from it in the sample, and those among them that it calls `given`.
    pub(super) texts: u32,
    pub(super) wrong: u32,
    /// The share of these among the texts of all other origins.
    pub(super) usual: f64,
    pub(super) p: f64,
    pub(super) q: f64,
}

impl Group {
    /// The share of `said` texts that the origin calls `given`.
    pub(super) fn share(&self) -> f64 {
        f64::from(self.wrong) / f64::from(self.texts.max(1))
    }
}

/// Confident texts: what they read like, and what they were called.
#[derive(Default)]
struct Counts(BTreeMap<(u32, u32), u32>);

impl Counts {
    fn of(&self, said: u32, given: u32) -> u32 {
        self.0.get(&(said, given)).copied().unwrap_or(0)
    }

    fn reading_like(&self, said: u32) -> u32 {
        self.0.iter().filter(|((s, _), _)| *s == said).map(|(_, n)| n).sum()
    }

    fn called(&self, given: u32) -> u32 {
        self.0.iter().filter(|((_, g), _)| *g == given).map(|(_, n)| n).sum()
    }
}

/// Tests every origin of every kind and every pair of labels, at `leniency` times the usual rate.
pub(super) fn test(kept: &[Kept], model: &Model, said: &[Option<u32>], leniency: f64) -> Vec<Group> {
    let mut groups = Vec::new();
    for (kind, &role) in ORIGINS.iter().enumerate() {
        let mut own: BTreeMap<&str, Counts> = BTreeMap::new();
        let mut all = Counts::default();
        for (record, said) in kept.iter().zip(said) {
            let (Some(value), Some(said)) = (&record.origins[kind], said) else { continue };
            let Ok(given) = model.labels.binary_search(&record.label) else { continue };
            let pair = (*said, given as u32);
            *own.entry(value).or_default().0.entry(pair).or_default() += 1;
            *all.0.entry(pair).or_default() += 1;
        }
        for (value, counts) in &own {
            let wrong = counts.0.keys().filter(|(said, given)| said != given);
            let tested = wrong.filter(|(said, _)| counts.reading_like(*said) >= TEXTS);
            groups.extend(tested.map(|&pair| group(role, value, pair, counts, &all)));
        }
    }
    let rates = discovery_rates(&groups.iter().map(|g| g.p).collect::<Vec<_>>());
    groups.iter_mut().zip(rates).for_each(|(group, q)| group.q = q);
    groups.retain(|g| g.q <= RATE * leniency && g.wrong >= WRONG && g.share() >= SHARE.max(TIMES * g.usual));
    groups
}

fn group(role: Role, value: &str, (said, given): (u32, u32), own: &Counts, all: &Counts) -> Group {
    let wrong = own.of(said, given);
    let others = f64::from(all.of(said, given) - wrong);
    // Half a text is added (Jeffreys' prior): none seen is not none possible.
    let among = |mine: u32, everybody: u32| {
        let usual = (others + 0.5) / (f64::from(everybody - mine) + 1.0);
        (usual, binomial_tail(f64::from(mine), f64::from(wrong), usual.min(1.0 - 1e-9)))
    };
    let texts = own.reading_like(said);
    let (usual, of_texts) = among(texts, all.reading_like(said));
    let (_, of_calls) = among(own.called(given), all.called(given));
    Group { role, value: value.into(), said, given, texts, wrong, usual, p: of_texts.max(of_calls), q: 1.0 }
}
