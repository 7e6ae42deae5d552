//! Whose preferences contradict the model more than everybody else's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toadstone_core::Role;
use toadstone_sketch::chance::{discovery_rates, normal_below};

use super::agreement::Agreement;
use super::{ORIGINS, Pair};
use crate::detectors::planted_trigger::statistics::moments;

/// Pairs of an origin in the sample below which it is not tested.
const PAIRS: usize = 20;
/// False-discovery rate of a finding, and that at which its records are set aside.
const RATE: f64 = 0.05;
const SURE: f64 = 0.02;
/// Least share of turned pairs that is reported: what is less is a taste.
const TURNED: f64 = 0.25;
/// The same where others judged the same pairs: a poor annotator agrees with them less, but does not
/// contradict them.
const CONTRADICTS: f64 = 0.5;
/// Such pairs from which on that is known.
const JUDGED: usize = 10;
/// Standard errors by which the mean margin of these has to lie below zero before they are set aside.
const OUTRIGHT: f64 = 2.33;
/// Origins of one kind from which on their own spread is the null (Efron 2004).
const SPREAD: usize = 8;

/// An origin that contradicts.
#[derive(Serialize, Deserialize)]
pub(super) struct Group {
    pub(super) role: Role,
    pub(super) value: Box<str>,
    /// Pairs of it in the sample.
    pub(super) pairs: usize,
    /// Share of them in which the model prefers the rejected answer, and the same of all others.
    pub(super) against: f64,
    pub(super) expected: f64,
    /// Pairs of it that others judged, too; the share of them in which these prefer the same, and
    /// the same of all others.
    pub(super) judged: usize,
    pub(super) agreed: f64,
    pub(super) agree: f64,
    /// Estimated share of its pairs that are turned round.
    pub(super) turned: f64,
    /// Mean margin in standard errors.
    outright: f64,
    pub(super) p: f64,
    pub(super) q: f64,
}

impl Group {
    /// Whether its records are set aside.
    pub(super) fn is_sure(&self) -> bool {
        self.q <= SURE && (self.judged < JUDGED || self.outright <= -OUTRIGHT)
    }

    /// Whether a lack of care or a taste does not explain it.
    fn is_turned(&self) -> bool {
        self.turned >= if self.judged < JUDGED { TURNED } else { CONTRADICTS }
    }
}

/// Sums over the pairs of one origin.
#[derive(Default, Clone, Copy)]
struct Sums {
    pairs: usize,
    against: usize,
    judged: usize,
    agreed: usize,
    margin: f64,
    square: f64,
}

impl Sums {
    /// `voted` is what others say of the same pair.
    fn add(&mut self, margin: f64, voted: f64) {
        self.pairs += 1;
        self.judged += usize::from(voted != 0.0);
        self.agreed += usize::from(voted > 0.0);
        self.against += usize::from(margin < 0.0);
        self.margin += margin;
        self.square += margin * margin;
    }

    fn mean(&self) -> f64 {
        self.margin / self.pairs.max(1) as f64
    }

    /// What is left of `self` without `part`.
    fn without(&self, part: &Sums) -> Sums {
        Sums {
            pairs: self.pairs - part.pairs,
            against: self.against - part.against,
            judged: self.judged - part.judged,
            agreed: self.agreed - part.agreed,
            margin: self.margin - part.margin,
            square: self.square - part.square,
        }
    }

    /// How far the mean of `part` lies from that of all, where `part` is drawn from them at random:
    /// mean and variance over all permutations are known in closed form.
    fn z(&self, part: &Sums) -> f64 {
        let (all, n) = (self.pairs as f64, part.pairs as f64);
        let variance = (self.square / all - self.mean().powi(2)).max(1e-12);
        (part.mean() - self.mean()) / (variance / n * (all - n) / (all - 1.0).max(1.0)).max(1e-12).sqrt()
    }
}

/// Tests every origin of every kind, at `leniency` times the usual rate; all of them are counted in
/// the false-discovery rate. What the model says of a pair and what the other annotators of the same
/// pair say are added up.
pub(super) fn test(pairs: &[Pair], margins: &[f64], agreement: &Agreement, leniency: f64) -> Vec<Group> {
    let votes: Vec<f64> =
        pairs.iter().map(|pair| pair.vote().map_or(0.0, |vote| agreement.margin(&vote))).collect();
    let mut groups = Vec::new();
    for (kind, &role) in ORIGINS.iter().enumerate() {
        let mut sums: BTreeMap<&str, Sums> = BTreeMap::new();
        let mut all = Sums::default();
        for ((pair, &margin), &voted) in pairs.iter().zip(margins).zip(&votes) {
            if let Some(value) = &pair.origins[kind] {
                sums.entry(value).or_default().add(margin + voted, voted);
                all.add(margin + voted, voted);
            }
        }
        sums.retain(|_, sums| sums.pairs >= PAIRS);
        if sums.len() < 2 {
            continue;
        }
        let z: Vec<f64> = sums.values().map(|part| all.z(part)).collect();
        for (at, (value, part)) in sums.iter().enumerate() {
            let mut group = group(role, value, part, &all.without(part));
            group.p = chance_below(&z, at, &group);
            groups.push(group);
        }
    }
    let rates = discovery_rates(&groups.iter().map(|group| group.p).collect::<Vec<_>>());
    groups.iter_mut().zip(rates).for_each(|(group, q)| group.q = q);
    groups.retain(|group| group.q <= RATE * leniency && group.is_turned());
    groups
}

/// The chance that an honest origin lies as low as the one at `at`.
fn chance_below(z: &[f64], at: usize, group: &Group) -> f64 {
    // A source may be about other things than the rest, and where there are few origins nobody knows
    // how far honest ones differ: these have to be against the model outright.
    let few = z.len() < SPREAD;
    if few || matches!(group.role, Role::Source | Role::Generator) {
        return normal_below(z[at].max(group.outright));
    }
    let (centre, spread) = spread(z, at);
    normal_below((z[at] - centre) / spread)
}

/// Where honest origins lie and how far they differ, from all but the one at `at`; never less than
/// chance gives. Several turned ones widen the deviation, a few honest ones the median of
/// distances: the smaller of the two counts.
fn spread(z: &[f64], at: usize) -> (f64, f64) {
    let others: Vec<f64> = z.iter().enumerate().filter(|&(i, _)| i != at).map(|(_, &z)| z).collect();
    let deviation = moments(&others).1;
    // An honest majority next to turned pairs lies above the mean of all; that is no reason to hold
    // it against the others.
    let centre = median(others.clone()).min(0.0);
    let away = median(others.iter().map(|z| (z - centre).abs()).collect());
    (centre, deviation.min(away * 1.4826).max(1.0))
}

pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    (values[(values.len() - 1) / 2] + values[values.len() / 2]) / 2.0
}

fn group(role: Role, value: &str, part: &Sums, others: &Sums) -> Group {
    let share = |sums: &Sums| sums.against as f64 / sums.pairs.max(1) as f64;
    let agree = |sums: &Sums| sums.agreed as f64 / sums.judged.max(1) as f64;
    // Turning a share t of the pairs makes a mean margin m into (1 - 2t) m.
    let turned = if others.mean() > 0.0 { (1.0 - part.mean() / others.mean()) / 2.0 } else { 0.0 };
    Group {
        role,
        value: value.into(),
        pairs: part.pairs,
        against: share(part),
        expected: share(others),
        judged: part.judged,
        agreed: agree(part),
        agree: agree(others),
        turned: turned.clamp(0.0, 1.0),
        outright: part.margin / part.square.max(1e-12).sqrt(),
        p: 1.0,
        q: 1.0,
    }
}
