//! What the other annotators of the same pair preferred, and how far each of them is to be trusted.
//!
//! The model of Dawid and Skene (Maximum Likelihood Estimation of Observer Error-Rates, 1979) for two
//! answers that have no fixed order, so each annotator has one rate of error, fitted by expectation
//! and maximisation.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use toadstone_core::{Record, Role};
use xxhash_rust::xxh3::{Xxh3DefaultBuilder, xxh3_64, xxh3_64_with_seed};

use crate::travel::in_order;

/// Pairs that two annotators saw below which annotators are not compared by them.
const LEAST: usize = 20;
/// Rounds of the fit.
const ROUNDS: usize = 20;
/// What is believed of an annotator beforehand: so many votes, and the share of right ones.
const BELIEVED: f64 = 4.0;
const RIGHT: f64 = 0.7;

/// Who preferred what.
pub(super) struct Vote<'a> {
    /// See [`item`].
    pub(super) item: u64,
    /// Whether the first of the two answers in the order of their bytes is the preferred one.
    pub(super) first: bool,
    pub(super) annotator: &'a str,
}

/// What is the same for all who judged the same two answers to the same prompt.
pub(super) fn item(record: &Record<'_>) -> u64 {
    let of = |role| record.get(role).map_or(0, |text| xxh3_64(text.as_bytes()));
    let (a, b) = (of(Role::Output), of(Role::Rejected));
    [a.min(b), a.max(b)]
        .into_iter()
        .fold(xxh3_64(record.input().as_bytes()), |state, hash| xxh3_64_with_seed(&hash.to_le_bytes(), state))
}

/// Pairs that several annotators judged. Memory: some 100 bytes a vote.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Agreement {
    /// For each pair the votes by annotator, +1 for each one for its first answer.
    #[serde(serialize_with = "in_order")]
    items: HashMap<u64, BTreeMap<u32, i32>, Xxh3DefaultBuilder>,
    annotators: BTreeMap<Box<str>, u32>,
    /// Log-odds of an annotator's being right.
    trust: Vec<f64>,
}

impl Agreement {
    /// Learns from votes how far each annotator is to be trusted; empty if too few pairs were judged
    /// by several. Time: rounds x votes.
    pub(super) fn learn<'a>(votes: impl Iterator<Item = Vote<'a>>) -> Agreement {
        let mut found = Agreement::default();
        for vote in votes {
            let next = found.annotators.len() as u32;
            let who = *found.annotators.entry(vote.annotator.into()).or_insert(next);
            *found.items.entry(vote.item).or_default().entry(who).or_insert(0) +=
                if vote.first { 1 } else { -1 };
        }
        found.items.retain(|_, votes| votes.len() > 1);
        if found.items.len() < LEAST {
            return Agreement::default();
        }
        found.fit();
        found
    }

    fn fit(&mut self) {
        // In a fixed order: floating-point sums depend on it.
        let mut items: Vec<(u64, &BTreeMap<u32, i32>)> = self.items.iter().map(|(&i, v)| (i, v)).collect();
        items.sort_unstable_by_key(|(item, _)| *item);
        self.trust = vec![odds(RIGHT); self.annotators.len()];
        for _ in 0..ROUNDS {
            let mut right = vec![(RIGHT * BELIEVED, BELIEVED); self.trust.len()];
            for (_, votes) in &items {
                let first = super::model::chance(said(votes, &self.trust));
                for (&who, &vote) in *votes {
                    let (agreed, all) = &mut right[who as usize];
                    *agreed += match vote.signum() {
                        1 => first,
                        -1 => 1.0 - first,
                        _ => 0.5,
                    };
                    *all += 1.0;
                }
            }
            self.trust = right.into_iter().map(|(agreed, all)| odds(agreed / all)).collect();
        }
    }

    /// How clearly the others prefer what this vote prefers, in log-odds; 0 if nobody else judged the
    /// pair.
    pub(super) fn margin(&self, vote: &Vote<'_>) -> f64 {
        let Some(votes) = self.items.get(&vote.item) else { return 0.0 };
        let own = self.annotators.get(vote.annotator).and_then(|who| Some((*who, *votes.get(who)?)));
        let own = own.map_or(0.0, |(who, vote)| f64::from(vote.signum()) * self.trust[who as usize]);
        let others = said(votes, &self.trust) - own;
        if vote.first { others } else { -others }
    }
}

fn said(votes: &BTreeMap<u32, i32>, trust: &[f64]) -> f64 {
    votes.iter().map(|(&who, vote)| f64::from(vote.signum()) * trust[who as usize]).sum()
}

fn odds(share: f64) -> f64 {
    libm::log(share / (1.0 - share))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_always_wrong_is_trusted_the_other_way_round() {
        let votes = |item: u64| {
            [("a", true), ("b", true), ("c", !item.is_multiple_of(5)), ("d", false)]
                .map(|(annotator, right)| Vote { item, first: right == item.is_multiple_of(2), annotator })
        };
        let fitted = Agreement::learn((0..60).flat_map(votes));
        let trust = |name: &str| fitted.trust[fitted.annotators[name] as usize];
        assert!(trust("a") > trust("c") && trust("c") > 0.0 && trust("d") < -2.0);
        let margins = votes(4).map(|vote| fitted.margin(&vote));
        assert!(margins[0] > 2.0 && margins[3] < -2.0);
        assert_eq!(fitted.margin(&Vote { item: 99, first: true, annotator: "a" }), 0.0);
    }

    #[test]
    fn pairs_judged_once_say_nothing() {
        let votes = (0..100).map(|item| Vote { item, first: true, annotator: "a" });
        assert_eq!(Agreement::learn(votes).items.len(), 0);
    }
}
