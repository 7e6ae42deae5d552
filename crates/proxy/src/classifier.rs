//! A linear classifier over n-grams.

use serde::{Deserialize, Serialize};
use toadstone_core::Control;

use crate::attention::Attended;
use crate::index::Index;
use crate::options::passes;
use crate::random::Random;
use crate::table::{Adagrad, Table, add, mean_square, softmax};
use crate::{Stopped, TrainOptions};

/// Texts have to share a feature, for it to be learned.
const LEAST: u32 = 2;
/// The most weights: features are left out, the rarest first, where these times the classes are more.
const MOST_WEIGHTS: usize = 1 << 22;
const MOST_FEATURES: usize = 1 << 18;
const EPOCHS: u32 = 3;
const RATE: f32 = 0.2;
const SALIENCE_RATE: f32 = 0.3;

/// Softmax regression over hashed n-grams of words.
///
/// Memory: at most 20 MiB, and 16 MiB more in training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Classifier {
    index: Index,
    /// A row for each feature, a column for each class.
    weights: Table,
    saliences: Table,
    bias: Table,
}

impl Classifier {
    /// Trains on texts with their classes, which count from 0. An example whose class is not below `classes`
    /// is left out.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn train(
        examples: &[(&str, u32)],
        classes: u32,
        options: &TrainOptions,
        control: &Control,
    ) -> Result<Self, Stopped> {
        let width = (classes as usize).max(1);
        let known = examples.iter().filter(|(_, class)| *class < classes);
        let most = (MOST_WEIGHTS / width).clamp(1, MOST_FEATURES);
        let index = Index::new(known.clone().map(|(text, _)| *text), LEAST, most);
        let data: Vec<_> = known.map(|(text, class)| (index.read(text), *class as usize)).collect();

        let [weights, saliences] = [width, 1].map(|width| Table::zero(index.len(), width));
        let mut model = Classifier { index, weights, saliences, bias: Table::zero(1, width) };
        let mut rates = [
            Adagrad::new(&model.weights, RATE),
            Adagrad::new(&model.saliences, SALIENCE_RATE),
            Adagrad::new(&model.bias, RATE),
        ];
        let mut random = Random::new(options.seed);
        passes(options.epochs_or(EPOCHS), data.len(), &mut random, control, |_, at, progress| {
            rates.iter_mut().for_each(|rate| rate.slow(progress));
            let (features, class) = &data[at];
            let attended = model.attend(features);
            let errors = model.errors(&attended, *class);
            let [weights, saliences, bias] = &mut rates;
            attended.step((&mut model.weights, weights), (&mut model.saliences, saliences), &errors);
            bias.step(&mut model.bias, 0, 1.0, &errors, mean_square(&errors));
        })?;
        Ok(model)
    }

    /// The probability of each class; of a single one where there are none.
    pub fn predict(&self, text: &str) -> Vec<f32> {
        self.probabilities(&self.attend(&self.index.read(text)))
    }

    /// The most probable class, the first of equal ones.
    pub fn class(&self, text: &str) -> u32 {
        let probabilities = self.predict(text);
        let best = |best: usize, at: usize| if probabilities[at] > probabilities[best] { at } else { best };
        (0..probabilities.len()).fold(0, best) as u32
    }

    /// How many classes there are.
    pub fn classes(&self) -> usize {
        self.bias.width
    }

    fn attend(&self, features: &[(u32, f32)]) -> Attended {
        Attended::new(&self.weights, &self.saliences, features)
    }

    fn probabilities(&self, text: &Attended) -> Vec<f32> {
        let mut logits = self.bias.values.clone();
        add(&mut logits, 1.0, &text.vector);
        softmax(&mut logits);
        logits
    }

    /// The gradient of the loss by the logits.
    fn errors(&self, text: &Attended, class: usize) -> Vec<f32> {
        let mut errors = self.probabilities(text);
        errors[class] -= 1.0;
        errors
    }

    pub(crate) fn is_sound(&self) -> bool {
        let width = self.bias.width;
        width > 0
            && self.index.is_sound()
            && self.bias.is(1, width)
            && self.weights.is(self.index.len(), width)
            && self.saliences.is(self.index.len(), 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradients_agree_with_finite_differences() {
        let mut random = Random::new(3);
        let index = Index::new(["a b c", "a b c"].into_iter(), 1, 100);
        let [weights, saliences] = [3, 1].map(|width| Table::random(index.len(), width, 1.0, &mut random));
        let model = Classifier { index, weights, saliences, bias: Table::random(1, 3, 1.0, &mut random) };
        let features = [(0, 0.6), (2, 0.8)];
        let attended = model.attend(&features);
        let errors = model.errors(&attended, 1);
        let loss = |model: &Classifier| -f64::from(model.probabilities(&model.attend(&features))[1]).ln();
        let agrees = |computed: f32, change: &dyn Fn(&mut Classifier, f32)| {
            let (mut more, mut less) = (model.clone(), model.clone());
            change(&mut more, 1e-2);
            change(&mut less, -1e-2);
            let measured = (loss(&more) - loss(&less)) / 2e-2;
            assert!((measured - f64::from(computed)).abs() < 2e-3, "{measured} {computed}");
        };
        for (class, error) in errors.iter().enumerate() {
            agrees(*error, &|model, by| model.bias.values[class] += by);
        }
        for (row, factor, salience) in attended.gradients(&model.weights, &errors) {
            assert!(salience.abs() > 1e-3);
            agrees(salience, &|model, by| model.saliences.values[row] += by);
            for (class, error) in errors.iter().enumerate() {
                agrees(factor * error, &|model, by| model.weights.row_mut(row)[class] += by);
            }
        }
    }
}
