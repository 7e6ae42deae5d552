//! A cross-fitted linear classifier over sparse binary features.
//!
//! Regularised logistic regression, one class against the rest, fitted by dual coordinate descent
//! (Yu, Huang, Lin: Dual coordinate descent methods for logistic regression, 2011) with a fixed
//! number of rounds in a fixed order, so that the result is the same everywhere.

use serde::{Deserialize, Serialize};
use toadstone_sketch::mix;

/// Features of one text: numbers, each once.
pub type Features = Vec<u32>;

/// One weight vector for each class.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Linear {
    weights: Vec<Vec<f32>>,
}

/// The fold of a row, of `folds`. It is drawn, for data may repeat itself every so many rows.
pub fn fold(row: usize, folds: usize) -> usize {
    (mix(row as u64) % folds as u64) as usize
}

/// How far a model is trained.
const ROUNDS: usize = 12;
/// Inverse strength of the regularisation.
const COST: f64 = 4.0;

impl Linear {
    /// Trains on the texts for which `used` says so. `features` are below `width`, `classes` below
    /// `count`. Time: rounds x classes x features; memory: classes x width.
    pub fn train(
        features: &[Features],
        classes: &[u32],
        count: usize,
        width: usize,
        used: &dyn Fn(usize) -> bool,
    ) -> Linear {
        let rows: Vec<usize> = (0..features.len()).filter(|&i| used(i)).collect();
        // Two classes mirror each other: one model serves both.
        let models = if count == 2 { 1 } else { count };
        let weights = (0..models)
            .map(|class| {
                let sign = |row: usize| if classes[row] as usize == class { 1.0 } else { -1.0 };
                fit(features, &rows, &sign, width)
            })
            .collect();
        Linear { weights }
    }

    /// How much more the features speak for `class` than for the best other class.
    pub fn margin(&self, features: &[u32], class: u32) -> f64 {
        let score = |weights: &Vec<f32>| score(weights, features);
        if let [only] = self.weights.as_slice() {
            return if class == 0 { 2.0 * score(only) } else { -2.0 * score(only) };
        }
        let others = self.weights.iter().enumerate().filter(|&(c, _)| c != class as usize);
        let best = others.map(|(_, w)| score(w)).fold(f64::NEG_INFINITY, f64::max);
        self.weights.get(class as usize).map_or(0.0, |w| score(w) - best)
    }

    /// The class that the features speak for most; the first of several.
    pub fn best(&self, features: &[u32]) -> u32 {
        if let [only] = self.weights.as_slice() {
            return u32::from(score(only, features) < 0.0);
        }
        let scores = self.weights.iter().map(|weights| score(weights, features));
        let best = (0..).zip(scores).reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.map_or(0, |(class, _)| class)
    }
}

/// The length of every text's vector is 1, so that long texts do not outweigh short ones.
fn scale(features: &[u32]) -> f64 {
    1.0 / (features.len().max(1) as f64).sqrt()
}

fn score(weights: &[f32], features: &[u32]) -> f64 {
    let sum: f64 = features.iter().map(|&f| f64::from(weights[f as usize])).sum();
    sum * scale(features)
}

fn fit(features: &[Features], rows: &[usize], sign: &dyn Fn(usize) -> f64, width: usize) -> Vec<f32> {
    let mut weights = vec![0f32; width];
    let mut alpha = vec![COST * 1e-3; rows.len()];
    for (&row, &a) in rows.iter().zip(&alpha) {
        add(&mut weights, &features[row], a * sign(row));
    }
    for _ in 0..ROUNDS {
        for (&row, a) in rows.iter().zip(&mut alpha) {
            let y = sign(row);
            // Every vector has length 1, so the second derivative of the quadratic part is 1.
            let margin = y * score(&weights, &features[row]);
            let next = newton(*a, margin, COST);
            add(&mut weights, &features[row], (next - *a) * y);
            *a = next;
        }
    }
    weights
}

/// Minimises `(z - a) m + (z - a)^2 / 2 + z ln z + (C - z) ln (C - z)` over `z` in (0, C), `C` being
/// the cost: one step of the fit for a vector of length 1.
pub(crate) fn newton(a: f64, margin: f64, cost: f64) -> f64 {
    let mut z = a;
    for _ in 0..8 {
        let gradient = margin + (z - a) + (z / (cost - z)).ln();
        let step = gradient / (1.0 + cost / (z * (cost - z)));
        let moved = z - step;
        z = if moved <= 0.0 {
            z * 0.1
        } else if moved >= cost {
            cost - (cost - z) * 0.1
        } else {
            moved
        };
        if step.abs() < 1e-9 {
            break;
        }
    }
    z.clamp(1e-9, cost - 1e-9)
}

fn add(weights: &mut [f32], features: &[u32], by: f64) {
    let by = (by * scale(features)) as f32;
    for &f in features {
        weights[f as usize] += by;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn learns_what_separates_the_classes() {
        let features: Vec<Features> = (0..300u32).map(|i| vec![i % 3, 3 + i % 7]).collect();
        let classes: Vec<u32> = (0..300).map(|i| i % 3).collect();
        let model = Linear::train(&features, &classes, 3, 10, &|i| i % 5 != 0);
        for i in (0..300).step_by(5) {
            assert!(model.margin(&features[i], classes[i]) > 1.0);
            assert!(model.margin(&features[i], (classes[i] + 1) % 3) < -1.0);
        }
        let two =
            Linear::train(&features, &classes.iter().map(|c| c % 2).collect::<Vec<_>>(), 2, 10, &|_| true);
        assert!(two.margin(&[1], 1) > 1.0 && two.margin(&[0], 1) < -1.0);
        assert_eq!(two.margin(&[0], 0), -two.margin(&[0], 1));
    }
}
