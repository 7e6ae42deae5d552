//! Whose preferences contradict the model more than everybody else's.

use std::collections::BTreeMap;

use super::model::chance;
use super::{ORIGINS, Pair};
use crate::detectors::planted_trigger::statistics::{discovery_rates, normal_below};
use toadstone_core::Role;

/// Pairs of an origin in the sample below which it is not tested.
const PAIRS: usize = 20;
/// False-discovery rate of a finding, and that at which its records are set aside.
const RATE: f64 = 0.05;
const SURE: f64 = 0.02;
/// Origins of one kind from which on their own spread is the null (Efron 2004).
const SPREAD: usize = 8;

/// An origin that contradicts.
pub(super) struct Group {
    pub(super) role: Role,
    pub(super) value: Box<str>,
    /// Pairs of it in the sample.
    pub(super) pairs: usize,
    /// Share of them in which the model prefers the rejected answer, and what it expects.
    pub(super) against: f64,
    pub(super) expected: f64,
    /// Estimated share of its pairs that are turned round.
    pub(super) turned: f64,
    pub(super) p: f64,
    pub(super) q: f64,
}

impl Group {
    /// Whether its records are set aside.
    pub(super) fn is_sure(&self) -> bool {
        self.q <= SURE && self.turned >= 0.25
    }
}

/// Sums over the pairs of one origin. Given how sure the model is (|m|), the margin of an honest
/// pair has the mean |m| tanh(|m|/2): hard pairs are not held against anybody.
#[derive(Default)]
struct Sums {
    pairs: usize,
    against: usize,
    margin: f64,
    honest: f64,
    variance: f64,
    doubt: f64,
}

impl Sums {
    fn add(&mut self, margin: f64) {
        let sure = margin.abs();
        let tilt = 2.0 * chance(sure) - 1.0;
        self.pairs += 1;
        self.against += usize::from(margin < 0.0);
        self.margin += margin;
        self.honest += sure * tilt;
        self.variance += sure * sure * (1.0 - tilt * tilt);
        self.doubt += chance(-sure);
    }

    fn z(&self) -> f64 {
        (self.margin - self.honest) / self.variance.max(1e-12).sqrt()
    }
}

/// Tests every origin of every kind; all of them are counted in the false-discovery rate.
pub(super) fn test(pairs: &[Pair], margins: &[f64]) -> Vec<Group> {
    let mut groups = Vec::new();
    for (kind, &role) in ORIGINS.iter().enumerate() {
        let mut sums: BTreeMap<&str, Sums> = BTreeMap::new();
        for (pair, &margin) in pairs.iter().zip(margins) {
            if let Some(value) = &pair.origins[kind] {
                sums.entry(value).or_default().add(margin);
            }
        }
        sums.retain(|_, sums| sums.pairs >= PAIRS);
        if sums.len() < 2 {
            continue;
        }
        let (centre, spread) = null(sums.values().map(Sums::z).collect());
        groups.extend(sums.iter().map(|(value, sums)| group(role, value, sums, centre, spread)));
    }
    let rates = discovery_rates(&groups.iter().map(|group| group.p).collect::<Vec<_>>());
    groups.iter_mut().zip(rates).for_each(|(group, q)| group.q = q);
    groups.retain(|group| group.q <= RATE);
    groups
}

/// Honest origins differ among themselves: their median and spread, never less than chance gives.
fn null(mut z: Vec<f64>) -> (f64, f64) {
    if z.len() < SPREAD {
        return (0.0, 1.0);
    }
    let median = |values: &mut Vec<f64>| {
        values.sort_unstable_by(f64::total_cmp);
        (values[(values.len() - 1) / 2] + values[values.len() / 2]) / 2.0
    };
    // An honest majority next to turned pairs agrees more than its calibration says; that is no
    // reason to hold it against the others.
    let centre = median(&mut z).min(0.0);
    let mut away: Vec<f64> = z.iter().map(|z| (z - centre).abs()).collect();
    (centre, (median(&mut away) * 1.4826).max(1.0))
}

fn group(role: Role, value: &str, sums: &Sums, centre: f64, spread: f64) -> Group {
    let n = sums.pairs as f64;
    // A source may be about things that the model does not know: it has to be against it outright.
    let own_topics = matches!(role, Role::Source | Role::Generator) && sums.margin >= 0.0;
    let p = if own_topics { 1.0 } else { normal_below((sums.z() - centre) / spread) };
    Group {
        role,
        value: value.into(),
        pairs: sums.pairs,
        against: sums.against as f64 / n,
        expected: sums.doubt / n,
        turned: ((sums.honest - sums.margin) / (2.0 * sums.honest.max(1e-12))).clamp(0.0, 1.0),
        p,
        q: 1.0,
    }
}
