//! A linear model of soft labels, and the calibration of its margins.

use serde::{Deserialize, Serialize};

use super::linear::Features;

/// How far a model is trained.
const ROUNDS: usize = 5;

/// What a record teaches: that it belongs to the class with this chance, and how much it counts.
#[derive(Debug, Clone, Copy)]
pub struct Lesson {
    /// The chance, 0 to 1.
    pub chance: f64,
    /// Its weight, 0 to 1.
    pub weight: f64,
}

/// `1 / (1 + exp(-x))`, the same on every machine.
pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x.clamp(-30.0, 30.0)))
}

/// Weights of the logistic regression of soft labels, one for each feature below `width`.
///
/// The loss of a record is `log(1 + e^m) - r m` for the margin `m` and the chance `r`, so its dual
/// has one variable `b = C (r - logistic(m))`; coordinate ascent (Yu, Huang, Lin 2011) solves one
/// after the other, in a fixed order and for a fixed number of rounds. `cost` is the inverse
/// strength of the regularisation. Time: rounds x features.
pub fn fit(
    features: &[Features],
    lessons: &[Lesson],
    used: &dyn Fn(usize) -> bool,
    width: usize,
    cost: f64,
) -> Vec<f32> {
    let rows: Vec<usize> = (0..features.len()).filter(|&i| used(i) && lessons[i].weight > 1e-3).collect();
    let mut weights = vec![0f32; width];
    let mut dual = vec![0f64; rows.len()];
    for _ in 0..ROUNDS {
        for (&row, held) in rows.iter().zip(&mut dual) {
            let Lesson { chance, weight } = lessons[row];
            let without = margin(&weights, &features[row]) - *held;
            let next = stationary(without, *held, chance, cost * weight);
            let by = ((next - *held) * scale(&features[row])) as f32;
            features[row].iter().for_each(|&f| weights[f as usize] += by);
            *held = next;
        }
    }
    weights
}

/// What the weights say of a text; every vector has length 1.
pub fn margin(weights: &[f32], features: &[u32]) -> f64 {
    features.iter().map(|&f| f64::from(weights[f as usize])).sum::<f64>() * scale(features)
}

fn scale(features: &[u32]) -> f64 {
    1.0 / (features.len().max(1) as f64).sqrt()
}

/// Solves `b = cost (chance - logistic(without + b))` by Newton steps from `b`.
fn stationary(without: f64, mut b: f64, chance: f64, cost: f64) -> f64 {
    for _ in 0..4 {
        let p = logistic(without + b);
        b -= (b - cost * (chance - p)) / (1.0 + cost * p * (1.0 - p));
    }
    b.clamp(cost * (chance - 1.0), cost * chance)
}

/// A logistic model of a few margins (Platt 1999).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(into = "(f64, Vec<f64>)", try_from = "(f64, Vec<f64>)")]
pub struct Calibration<const N: usize> {
    bias: f64,
    slopes: [f64; N],
}

impl<const N: usize> From<Calibration<N>> for (f64, Vec<f64>) {
    fn from(model: Calibration<N>) -> Self {
        (model.bias, model.slopes.to_vec())
    }
}

impl<const N: usize> TryFrom<(f64, Vec<f64>)> for Calibration<N> {
    type Error = &'static str;

    fn try_from((bias, slopes): (f64, Vec<f64>)) -> Result<Self, Self::Error> {
        let slopes = slopes.try_into().map_err(|_| "a calibration of another number of margins")?;
        Ok(Calibration { bias, slopes })
    }
}

impl<const N: usize> Calibration<N> {
    /// Fits margins to lessons by Newton's method. Time: rows x `N` squared.
    pub fn fit(margins: &[[f64; N]], lessons: &[Lesson]) -> Calibration<N> {
        let mut model = Calibration { bias: 0.0, slopes: [0.0; N] };
        for _ in 0..20 {
            // One step for the bias and the slopes, one at a time: the margins are few and nearly
            // independent, and no matrix has to be inverted.
            let (slope, curve) = model.derivatives(margins, lessons, |_| 1.0);
            model.bias += slope / curve;
            for at in 0..N {
                let (slope, curve) = model.derivatives(margins, lessons, |m| m[at]);
                model.slopes[at] += slope / curve;
            }
        }
        model
    }

    fn derivatives(
        &self,
        margins: &[[f64; N]],
        lessons: &[Lesson],
        part: impl Fn(&[f64; N]) -> f64,
    ) -> (f64, f64) {
        let mut sums = (0.0, 1e-3);
        for (margins, lesson) in margins.iter().zip(lessons) {
            let (p, x) = (self.chance(margins), part(margins));
            sums.0 += lesson.weight * (lesson.chance - p) * x;
            sums.1 += lesson.weight * p * (1.0 - p) * x * x;
        }
        sums
    }

    /// The chance that margins stand for.
    pub fn chance(&self, margins: &[f64; N]) -> f64 {
        let sum: f64 = margins.iter().zip(&self.slopes).map(|(m, s)| m * s).sum();
        logistic(self.bias + sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn soft_labels_are_learnt_and_calibrated() {
        let features: Vec<Features> = (0..400u32).map(|i| vec![i % 2, 2 + i % 5]).collect();
        let lesson = |i: usize| Lesson { chance: if i.is_multiple_of(2) { 0.8 } else { 0.1 }, weight: 1.0 };
        let lessons: Vec<Lesson> = (0..400).map(lesson).collect();
        let weights = fit(&features, &lessons, &|_| true, 7, 4.0);
        let margins: Vec<[f64; 1]> = features.iter().map(|f| [margin(&weights, f)]).collect();
        let calibration = Calibration::fit(&margins, &lessons);
        for (margins, lesson) in margins.iter().zip(&lessons) {
            assert!((calibration.chance(margins) - lesson.chance).abs() < 0.05);
        }
    }

    #[test]
    fn what_has_no_weight_teaches_nothing() {
        let features: Vec<Features> = vec![vec![0], vec![1]];
        let lessons = [Lesson { chance: 1.0, weight: 1.0 }, Lesson { chance: 1.0, weight: 0.0 }];
        let weights = fit(&features, &lessons, &|_| true, 2, 1.0);
        assert!(weights[0] > 0.1 && weights[1] == 0.0);
    }
}
