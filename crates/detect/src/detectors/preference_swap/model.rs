//! What makes an answer preferred: a Bradley-Terry model, cross-fitted.
//!
//! The features of a pair are those that only one of its answers has, with a sign: +1 for the
//! chosen and -1 for the rejected answer, so turning the pair round turns the margin round
//! (Bradley and Terry, 1952). Fitted by dual coordinate descent (Yu, Huang, Lin 2011).

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::Pair;
use crate::detectors::shared::sample::floor;
use crate::features::linear::newton;
use crate::features::tokens::tokens;

/// Parts of the data; each is judged by a model that was fitted to the others.
pub(super) const FOLDS: usize = 8;

/// Cells of the table of weights; features are hashed into it.
const BITS: u32 = 18;
/// Rounds of the fit.
const ROUNDS: usize = 10;
/// Inverse strength of the regularisation. Of .3, 1 and 3, the least told turned pairs apart best.
const COST: f64 = 0.3;
/// A feature in fewer pairs than this says nothing of others.
const SHARED: u8 = 3;
/// Bytes looked at in an answer.
const READ: usize = 6 << 10;
/// Characters of a stretch. Turned pairs are told apart a little better than by words and pairs of
/// words; three to five characters do as well, with more features.
const STRETCH: usize = 4;
/// Standard errors by which the model must be better than guessing.
const BETTER: f64 = 3.0;

/// Stretches of [`STRETCH`] lower-cased characters, the first words and the class of length.
fn of_answer(answer: &str) -> Vec<u32> {
    let cell = |hash: u64| (hash >> (64 - BITS)) as u32;
    let text = format!(" {} ", answer[..floor(answer, READ)].to_lowercase());
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let mut found: Vec<u32> = starts
        .windows(STRETCH + 1)
        .map(|window| cell(xxh3_64(&text.as_bytes()[window[0]..window[STRETCH]])))
        .collect();
    for (at, token) in tokens(&text).enumerate() {
        if at < 3 {
            found.push(cell(xxh3_64_with_seed(&text.as_bytes()[token.start..token.end], 2)));
        }
        if (at + 1).is_power_of_two() {
            found.push(cell(xxh3_64_with_seed(b"length", at as u64)));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// What only one answer has: cell, and in the lowest bit whether it is the rejected one. Ascending.
pub(super) fn features(chosen: &str, rejected: &str) -> Vec<u32> {
    let (mine, theirs) = (of_answer(chosen), of_answer(rejected));
    let only = |a: &[u32], b: &[u32], sign: u32| -> Vec<u32> {
        a.iter().filter(|f| b.binary_search(f).is_err()).map(|f| f << 1 | sign).collect()
    };
    let mut found = only(&mine, &theirs, 0);
    found.extend(only(&theirs, &mine, 1));
    found.sort_unstable();
    found
}

/// One weight vector for each fold.
#[derive(Serialize, Deserialize)]
pub(super) struct Model {
    weights: Vec<Vec<f32>>,
    shared: Vec<bool>,
    scale: f64,
}

impl Model {
    /// Learns from the pairs; gives their margins (log-odds of the preference as it stands), each
    /// by a model that did not see its prompt. `None` if it is no better than guessing.
    ///
    /// Time: folds x rounds x features.
    pub(super) fn learn(pairs: &[Pair]) -> Option<(Model, Vec<f64>)> {
        let mut counts = vec![0u8; 1 << BITS];
        for feature in pairs.iter().flat_map(|pair| &pair.features) {
            let count = &mut counts[(feature >> 1) as usize];
            *count = count.saturating_add(1);
        }
        let shared: Vec<bool> = counts.into_iter().map(|count| count >= SHARED).collect();
        let known: Vec<Vec<u32>> = pairs.iter().map(|pair| known(&pair.features, &shared)).collect();
        let weights: Vec<Vec<f32>> = (0..FOLDS)
            .map(|fold| {
                let others = pairs.iter().zip(&known).filter(|(pair, _)| pair.fold != fold);
                fit(&others.map(|(_, known)| known.as_slice()).collect::<Vec<_>>())
            })
            .collect();
        let raw: Vec<f64> =
            pairs.iter().zip(&known).map(|(pair, known)| score(&weights[pair.fold], known)).collect();
        let right = raw.iter().filter(|&&m| m > 0.0).count() as f64;
        let wrong = raw.iter().filter(|&&m| m < 0.0).count() as f64;
        let scale = calibrate(&raw);
        if right - wrong < BETTER * (right + wrong).sqrt() || scale <= 0.0 {
            return None;
        }
        let margins = raw.iter().map(|m| m * scale).collect();
        Some((Model { weights, shared, scale }, margins))
    }

    /// The margin of any pair, by the model of its fold.
    pub(super) fn margin(&self, features: &[u32], fold: usize) -> f64 {
        score(&self.weights[fold], &known(features, &self.shared)) * self.scale
    }
}

fn known(features: &[u32], shared: &[bool]) -> Vec<u32> {
    features.iter().copied().filter(|f| shared[(f >> 1) as usize]).collect()
}

fn unit(features: &[u32]) -> f64 {
    1.0 / (features.len().max(1) as f64).sqrt()
}

fn sign(feature: u32) -> f64 {
    if feature & 1 == 0 { 1.0 } else { -1.0 }
}

fn score(weights: &[f32], features: &[u32]) -> f64 {
    let sum: f64 = features.iter().map(|&f| sign(f) * f64::from(weights[(f >> 1) as usize])).sum();
    sum * unit(features)
}

fn add(weights: &mut [f32], features: &[u32], by: f64) {
    for &f in features {
        weights[(f >> 1) as usize] += (sign(f) * by * unit(features)) as f32;
    }
}

fn fit(pairs: &[&[u32]]) -> Vec<f32> {
    let mut weights = vec![0f32; 1 << BITS];
    let mut alpha = vec![COST * 1e-3; pairs.len()];
    for (pair, &a) in pairs.iter().zip(&alpha) {
        add(&mut weights, pair, a);
    }
    for _ in 0..ROUNDS {
        for (pair, a) in pairs.iter().zip(&mut alpha) {
            let next = newton(*a, score(&weights, pair), COST);
            add(&mut weights, pair, next - *a);
            *a = next;
        }
    }
    weights
}

/// The factor that makes margins log-odds: the most likely one (Platt, 1999, without an offset).
fn calibrate(margins: &[f64]) -> f64 {
    let mut scale = 1.0;
    for _ in 0..30 {
        let (mut slope, mut bend) = (0.0, 1e-9);
        for &m in margins {
            let wrong = chance(-scale * m);
            slope += m * wrong;
            bend += m * m * wrong * (1.0 - wrong);
        }
        scale = (scale + slope / bend).clamp(-100.0, 100.0);
    }
    scale
}

/// The chance that belongs to log-odds.
pub(super) fn chance(odds: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-odds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turning_a_pair_turns_its_features() {
        let turned: Vec<u32> = features("a big cat", "big dogs").iter().map(|f| f ^ 1).collect();
        assert_eq!(features("big dogs", "a big cat"), turned);
        assert!(features("same words", "Same words").is_empty());
    }
}
