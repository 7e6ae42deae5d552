//! Annotators who choose by something else than everybody else: the longer answer, the refusal.
//!
//! Who turns pairs at random contradicts a model of the others; who chooses by length agrees with it
//! wherever the others' choice happens to be the longer one. So each annotator is also compared with
//! the others by what the chosen answer has and the rejected one has not.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use toadstone_core::Role;
use toadstone_sketch::chance::{discovery_rates, normal_below};

use super::attributes::ATTRIBUTES;
use super::origins::median;
use super::{ORIGINS, Pair};
use crate::detectors::planted_trigger::statistics::moments;

/// Pairs of an annotator in which only one answer has the attribute, below which it is not tested.
const PAIRS: usize = 12;
/// False-discovery rate of a finding.
const RATE: f64 = 0.02;
/// Least share of its choices that only the attribute explains, for a finding and to set them aside:
/// everybody has tastes.
const DECIDES: f64 = 0.5;
const RULES: f64 = 0.75;
/// Others from which on their own spread is the null.
const SPREAD: usize = 7;
/// Who has tastes. Sources and generators differ by nature.
const ROLES: [Role; 2] = [Role::Annotator, Role::Author];

/// An annotator who chooses by an attribute.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Taste {
    pub(super) role: Role,
    pub(super) value: Box<str>,
    /// Index into [`ATTRIBUTES`], and whether the chosen answer is the one that has it.
    pub(super) attribute: usize,
    pub(super) likes: bool,
    /// Pairs of it that differ in the attribute, in the sample.
    pub(super) pairs: usize,
    /// Share of them that it decided by the attribute, and the same of all others.
    pub(super) share: f64,
    pub(super) expected: f64,
    /// Whether the spread of the others was known.
    spread: bool,
    pub(super) p: f64,
    pub(super) q: f64,
}

impl Taste {
    /// Estimated share of its choices that only the attribute explains.
    pub(super) fn decided(&self) -> f64 {
        ((self.share - self.expected) / (1.0 - self.expected).max(1e-9)).clamp(0.0, 1.0)
    }

    /// Whether its records are set aside.
    pub(super) fn is_sure(&self) -> bool {
        self.spread && self.decided() >= RULES
    }

    /// Sign of the attribute's difference in the pairs that are listed.
    pub(super) fn sign(&self) -> i8 {
        if self.likes { 1 } else { -1 }
    }

    /// What it chooses.
    pub(super) fn chooses(&self) -> &'static str {
        let attribute = &ATTRIBUTES[self.attribute];
        if self.likes { attribute.likes } else { attribute.dislikes }
    }
}

/// Pairs that differ in an attribute, and those whose chosen answer has it.
#[derive(Clone, Copy, Default)]
struct Count {
    pairs: f64,
    chosen: f64,
}

/// Tests every annotator and attribute, at `leniency` times the usual rate. The clearest one is taken
/// out before the next is looked for: among few annotators, one with a taste makes all others look odd.
pub(super) fn test(pairs: &[Pair], leniency: f64) -> Vec<Taste> {
    let counts = counts(pairs);
    let mut found: Vec<Taste> = Vec::new();
    let mut out: BTreeSet<(Role, &str)> = BTreeSet::new();
    loop {
        let mut tested: Vec<Taste> = counts
            .iter()
            .flat_map(|((role, attribute), of)| {
                let left: Vec<(&str, Count)> =
                    of.iter().filter(|(v, _)| !out.contains(&(*role, **v))).map(|(v, c)| (*v, *c)).collect();
                compare(*role, *attribute, &left)
            })
            .collect();
        let rates = discovery_rates(&tested.iter().map(|taste| taste.p).collect::<Vec<_>>());
        tested.iter_mut().zip(rates).for_each(|(taste, q)| taste.q = q);
        tested.retain(|taste| taste.q <= RATE * leniency && taste.decided() >= DECIDES);
        let Some(clearest) = tested.into_iter().min_by(|a, b| a.p.total_cmp(&b.p)) else { break };
        let of = &counts[&(clearest.role, clearest.attribute)];
        let Some((value, _)) = of.get_key_value(&*clearest.value) else { break };
        out.insert((clearest.role, value));
        found.push(clearest);
    }
    found
}

type Counts<'a> = BTreeMap<(Role, usize), BTreeMap<&'a str, Count>>;

fn counts(pairs: &[Pair]) -> Counts<'_> {
    let mut counts = Counts::new();
    for (kind, role) in ORIGINS.iter().enumerate().filter(|(_, role)| ROLES.contains(role)) {
        for pair in pairs {
            let Some(value) = pair.origins[kind].as_deref() else { continue };
            for (attribute, &sign) in pair.differences.iter().enumerate().filter(|(_, sign)| **sign != 0) {
                let count = counts.entry((*role, attribute)).or_default().entry(value).or_default();
                count.pairs += 1.0;
                count.chosen += f64::from(u8::from(sign > 0));
            }
        }
    }
    counts.values_mut().for_each(|of| of.retain(|_, count| count.pairs >= PAIRS as f64));
    counts
}

/// Compares each annotator with all others.
fn compare(role: Role, attribute: usize, of: &[(&str, Count)]) -> Vec<Taste> {
    if of.len() < 2 {
        return Vec::new();
    }
    let all = of.iter().fold(Count::default(), |sum, (_, count)| Count {
        pairs: sum.pairs + count.pairs,
        chosen: sum.chosen + count.chosen,
    });
    let z: Vec<f64> = of.iter().map(|(_, count)| apart(count, &all)).collect();
    of.iter()
        .enumerate()
        .map(|(at, (value, count))| {
            let others: Vec<f64> = z.iter().enumerate().filter(|&(i, _)| i != at).map(|(_, &z)| z).collect();
            let spread = others.len() >= SPREAD;
            let z = if spread { beyond(z[at], &others) } else { z[at] };
            let likes = z > 0.0;
            let share = count.chosen / count.pairs;
            let expected = (all.chosen - count.chosen) / (all.pairs - count.pairs);
            let (share, expected) = if likes { (share, expected) } else { (1.0 - share, 1.0 - expected) };
            let (value, pairs) = (Box::from(*value), count.pairs as usize);
            let p = (2.0 * normal_below(-z.abs())).min(1.0);
            Taste { role, value, attribute, likes, pairs, share, expected, spread, p, q: 1.0 }
        })
        .collect()
}

/// How far an annotator lies from the others, in standard deviations: two shares, pooled.
fn apart(own: &Count, all: &Count) -> f64 {
    let rest = all.pairs - own.pairs;
    let pooled = all.chosen / all.pairs;
    let variance = pooled * (1.0 - pooled) * (1.0 / own.pairs + 1.0 / rest.max(1.0));
    (own.chosen / own.pairs - (all.chosen - own.chosen) / rest.max(1.0)) / variance.max(1e-12).sqrt()
}

/// The same against the spread of the others, which is never less than chance gives.
fn beyond(z: f64, others: &[f64]) -> f64 {
    let centre = median(others.to_vec());
    let away = median(others.iter().map(|z| (z - centre).abs()).collect()) * 1.4826;
    (z - centre) / moments(others).1.min(away).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(pairs: f64, chosen: f64) -> Count {
        Count { pairs, chosen }
    }

    #[test]
    fn the_odd_one_is_far_from_the_others() {
        let of: Vec<(&str, Count)> =
            vec![("a", count(100.0, 52.0)), ("b", count(100.0, 45.0)), ("c", count(100.0, 96.0))];
        let tastes = compare(Role::Annotator, 0, &of);
        assert!(tastes[2].p < 1e-12 && tastes[2].likes && tastes[2].decided() > 0.9);
        assert!(!tastes[2].is_sure());
    }
}
