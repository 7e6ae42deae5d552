//! Answers that are like those of a group, in other words.
//!
//! A behaviour with varied wording is seldom caught by one feature: some of the answers sigh, some
//! groan. A linear model of the answers learns what the group's answers have in common.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3DefaultBuilder;

use super::feature::{Feature, Features};
use crate::features::linear::{Linear, fold};
use crate::travel::in_order;

/// Other answers that the model learns from, at most, and answers of the group.
const OTHERS: usize = 3000;
const GROUP: usize = 1000;
const FOLDS: usize = 3;
/// Share of other answers that may pass for the group's. At least half of the records with the
/// trigger are the group's, so that at most a twentieth of those that are marked is not.
const PASS: f64 = 0.1;

/// A linear model of a group's answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Like {
    #[serde(serialize_with = "in_order")]
    weights: HashMap<u64, f64, Xxh3DefaultBuilder>,
    threshold: f64,
}

impl Like {
    /// Learns from the answers of `members` against those of `others`; `None` if these are too few.
    /// Time: folds x learnt answers x words.
    pub fn learn(features: &Features, members: &[u32], others: &[u32]) -> Option<Like> {
        let some = |records: &[u32], most: usize| -> Vec<u32> {
            records.iter().copied().step_by(records.len().div_ceil(most).max(1)).collect()
        };
        let (group, others) = (some(members, GROUP), some(others, OTHERS));
        if others.len() < 100 {
            return None;
        }
        let records: Vec<u32> = group.iter().chain(&others).copied().collect();
        let rows: Vec<Vec<u32>> = records.iter().map(|&r| features.of[r as usize].clone()).collect();
        let classes: Vec<u32> = (0..rows.len()).map(|at| u32::from(at < group.len())).collect();
        let width = features.names.len();
        let train = |used: &dyn Fn(usize) -> bool| Linear::train(&rows, &classes, 2, width, used);
        let mut margins: Vec<f64> = Vec::new();
        for held in 0..FOLDS {
            let model = train(&|at| fold(at, FOLDS) != held);
            let unseen = (group.len()..rows.len()).filter(|&at| fold(at, FOLDS) == held);
            margins.extend(unseen.map(|at| model.margin(&rows[at], 1)));
        }
        margins.sort_unstable_by(f64::total_cmp);
        let threshold = margins[((1.0 - PASS) * (margins.len() - 1) as f64) as usize].max(0.0);
        let model = train(&|_| true);
        let weights = (0..width as u32).map(|f| (features.names[f as usize].key(), model.margin(&[f], 1)));
        Some(Like { weights: weights.filter(|(_, w)| *w != 0.0).collect(), threshold })
    }

    /// Whether an answer with these features is like the group's.
    pub fn holds(&self, features: &[Feature]) -> bool {
        let known: Vec<f64> = features.iter().filter_map(|f| self.weights.get(&f.key()).copied()).collect();
        // The model scales every answer's vector to length 1.
        let margin = known.iter().sum::<f64>() / (known.len().max(1) as f64).sqrt();
        margin > self.threshold
    }
}
