//! A linear classifier over n-grams.

use serde::{Deserialize, Serialize};
use toadstone_core::Control;

use crate::index::Index;
use crate::random::Random;
use crate::table::{Adagrad, Table, add, mean_square, softmax};
use crate::{Stopped, TrainOptions};

/// Texts have to share a feature, for it to be learned.
const LEAST: u32 = 2;
/// The most weights: features are left out, the rarest first, where these times the classes are more.
const MOST_WEIGHTS: usize = 1 << 22;
const MOST_FEATURES: usize = 1 << 18;
const EPOCHS: u32 = 5;
const RATE: f32 = 0.5;

/// Softmax regression over hashed n-grams of words.
///
/// Memory: at most 16 MiB, twice that in training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Classifier {
    index: Index,
    /// A row for each feature, a column for each class.
    weights: Table,
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

        let (weights, bias) = (Table::zero(index.len(), width), Table::zero(1, width));
        let mut model = Classifier { index, weights, bias };
        let mut rates = [Adagrad::new(&model.weights, RATE), Adagrad::new(&model.bias, RATE)];
        let mut random = Random::new(options.seed);
        let epochs = options.epochs_or(EPOCHS);
        for epoch in 0..epochs {
            for (step, at) in random.order(data.len()).into_iter().enumerate() {
                if control.stopped() {
                    return Err(Stopped);
                }
                let progress = (epoch as f32 + step as f32 / data.len() as f32) / epochs as f32;
                rates.iter_mut().for_each(|rate| rate.slow(progress));
                let (features, class) = &data[at];
                let errors = model.errors(features, *class);
                let square = mean_square(&errors);
                for (row, value) in features {
                    rates[0].step(&mut model.weights, *row as usize, *value, &errors, square);
                }
                rates[1].step(&mut model.bias, 0, 1.0, &errors, square);
            }
        }
        Ok(model)
    }

    /// The probability of each class; of a single one where there are none.
    pub fn predict(&self, text: &str) -> Vec<f32> {
        self.probabilities(&self.index.read(text))
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

    fn probabilities(&self, features: &[(u32, f32)]) -> Vec<f32> {
        let mut logits = self.bias.values.clone();
        features.iter().for_each(|(row, value)| add(&mut logits, *value, self.weights.row(*row as usize)));
        softmax(&mut logits);
        logits
    }

    /// The gradient of the loss by the logits.
    fn errors(&self, features: &[(u32, f32)], class: usize) -> Vec<f32> {
        let mut errors = self.probabilities(features);
        errors[class] -= 1.0;
        errors
    }

    pub(crate) fn is_sound(&self) -> bool {
        let width = self.bias.width;
        width > 0
            && self.index.is_sound()
            && self.bias.is(1, width)
            && self.weights.is(self.index.len(), width)
    }
}
