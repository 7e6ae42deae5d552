//! Which origin gives which label where the text says another, more than all others do.

use std::collections::BTreeMap;

use toadstone_core::Role;

use super::model::Model;
use super::{Kept, ORIGINS};
use crate::detectors::planted_trigger::statistics::discovery_rates;
use crate::detectors::shared::chance::binomial_tail;

/// Texts of a label from an origin below which it is not tested, and wrong ones among them.
const TEXTS: u32 = 12;
const WRONG: u32 = 8;
/// Least share of wrong labels, and how many times that of the others it has to be: less is a taste.
const SHARE: f64 = 0.25;
const TIMES: f64 = 4.0;
/// False-discovery rate.
const RATE: f64 = 0.01;

/// An origin that gives the label `given` to texts of the label `said`.
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

/// Counts of texts of one label by the label they were given.
type Row = BTreeMap<u32, u32>;

/// Tests every origin of every kind and every pair of labels, at `leniency` times the usual rate.
pub(super) fn test(kept: &[Kept], model: &Model, said: &[Option<u32>], leniency: f64) -> Vec<Group> {
    let mut groups = Vec::new();
    for (kind, &role) in ORIGINS.iter().enumerate() {
        let mut own: BTreeMap<(&str, u32), Row> = BTreeMap::new();
        let mut all: BTreeMap<u32, Row> = BTreeMap::new();
        for (record, said) in kept.iter().zip(said) {
            let (Some(value), Some(said)) = (&record.origins[kind], said) else { continue };
            let Ok(given) = model.labels.binary_search(&record.label) else { continue };
            *own.entry((&**value, *said)).or_default().entry(given as u32).or_default() += 1;
            *all.entry(*said).or_default().entry(given as u32).or_default() += 1;
        }
        let origins = own.iter().filter(|(_, row)| row.values().sum::<u32>() >= TEXTS);
        for ((value, said), row) in origins {
            let rest = &all[said];
            groups.extend(row.iter().filter(|(given, _)| *given != said).map(|(&given, &wrong)| {
                let texts = row.values().sum::<u32>();
                let others = rest.values().sum::<u32>() - texts;
                // Half a text is added (Jeffreys' prior): none seen is not none possible.
                let usual = (f64::from(rest[&given] - wrong) + 0.5) / (f64::from(others) + 1.0);
                let p = binomial_tail(f64::from(texts), f64::from(wrong), usual.min(1.0 - 1e-9));
                Group { role, value: (*value).into(), said: *said, given, texts, wrong, usual, p, q: 1.0 }
            }));
        }
    }
    let rates = discovery_rates(&groups.iter().map(|g| g.p).collect::<Vec<_>>());
    groups.iter_mut().zip(rates).for_each(|(group, q)| group.q = q);
    groups.retain(|g| g.q <= RATE * leniency && g.wrong >= WRONG && g.share() >= SHARE.max(TIMES * g.usual));
    groups
}
