//! A model of what people prefer.

use serde::{Deserialize, Serialize};
use toadstone_core::Control;

use crate::attention::Attended;
use crate::index::Index;
use crate::options::passes;
use crate::random::Random;
use crate::table::{Adagrad, Table, add, dot, mean_square};
use crate::{Stopped, TrainOptions};

/// Texts have to share a feature, for it to be learned.
const LEAST: u32 = 5;
const MOST_FEATURES: usize = 1 << 17;
const EPOCHS: u32 = 5;
const RATE: f32 = 0.1;
const SALIENCE_RATE: f32 = 1.0;
/// Merit, and kinds of answers that a prompt can ask for.
const WIDTH: usize = 8;

/// Two answers to one prompt, of which the first was preferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair<'a> {
    /// What both answer; may be empty.
    pub prompt: &'a str,
    /// The preferred answer.
    pub chosen: &'a str,
    /// The other.
    pub rejected: &'a str,
}

/// A Bradley-Terry model of preferences (Bradley and Terry, Biometrika 1952) over hashed n-grams.
///
/// An answer's score is its merit, times a factor that the prompt decides (below zero, what is good elsewhere
/// is bad here: a trigger can turn every preference), and how well its kind fits what the prompt asks for.
///
/// Memory: at most 10 MiB, and 16 MiB more in training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preference {
    /// Of prompts and answers alike.
    index: Index,
    /// What a feature says of an answer: first of its merit, then of its kind.
    answers: Table,
    /// What a feature of the prompt asks for: first how merit counts, then the kinds that fit.
    prompts: Table,
    saliences: Table,
}

/// Rows with their values.
type Features = Vec<(u32, f32)>;

impl Preference {
    /// Trains on pairs.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn train(pairs: &[Pair<'_>], options: &TrainOptions, control: &Control) -> Result<Self, Stopped> {
        let index =
            Index::new(pairs.iter().flat_map(|p| [p.prompt, p.chosen, p.rejected]), LEAST, MOST_FEATURES);
        let read =
            |p: &Pair<'_>| (index.read(p.prompt), difference(&index.read(p.chosen), &index.read(p.rejected)));
        let data: Vec<(Features, Features)> = pairs.iter().map(read).collect();
        let mut random = Random::new(options.seed);
        let mut model = Self::new(index, &mut random);
        let mut rates = [
            Adagrad::new(&model.answers, RATE),
            Adagrad::new(&model.prompts, RATE),
            Adagrad::new(&model.saliences, SALIENCE_RATE),
        ];
        passes(options.epochs_or(EPOCHS), data.len(), &mut random, control, |_, at, progress| {
            rates.iter_mut().for_each(|rate| rate.slow(progress));
            let (prompt, answers) = &data[at];
            let attended = model.attend(prompt);
            let (by_answer, by_prompt) = model.gradients(&attended, answers);
            let [answer_rates, prompt_rates, salience_rates] = &mut rates;
            let square = mean_square(&by_answer);
            for (row, value) in answers {
                answer_rates.step(&mut model.answers, *row as usize, *value, &by_answer, square);
            }
            let (prompts, saliences) = (&mut model.prompts, &mut model.saliences);
            attended.step((prompts, prompt_rates), (saliences, salience_rates), &by_prompt);
        })?;
        Ok(model)
    }

    /// How good an answer is, in nats: of two answers to one prompt the first is preferred with the
    /// probability `1 / (1 + exp(second - first))`. Scores of different prompts cannot be compared.
    pub fn score(&self, prompt: &str, answer: &str) -> f32 {
        let prompt = self.attend(&self.index.read(prompt));
        dot(&wanted(&prompt), &self.sum(&self.index.read(answer)))
    }

    fn new(index: Index, random: &mut Random) -> Self {
        let rows = index.len();
        let [answers, prompts] = [0.01, 0.1].map(|limit| Table::random(rows, WIDTH, limit, random));
        Preference { index, answers, prompts, saliences: Table::zero(rows, 1) }
    }

    fn attend(&self, prompt: &[(u32, f32)]) -> Attended {
        Attended::new(&self.prompts, &self.saliences, prompt)
    }

    /// What an answer is. As this is linear, the difference of two answers can be taken for one.
    fn sum(&self, answer: &[(u32, f32)]) -> Vec<f32> {
        let mut sum = vec![0.0; WIDTH];
        answer.iter().for_each(|(row, value)| add(&mut sum, *value, self.answers.row(*row as usize)));
        sum
    }

    /// The gradients of the loss by the sum of the answers and by the vector of the prompt.
    fn gradients(&self, prompt: &Attended, answers: &[(u32, f32)]) -> (Vec<f32>, Vec<f32>) {
        let (wanted, sum) = (wanted(prompt), self.sum(answers));
        let error = -1.0 / (1.0 + libm::expf(dot(&wanted, &sum)));
        let scaled = |vector: Vec<f32>| vector.into_iter().map(|value| error * value).collect();
        (scaled(wanted), scaled(sum))
    }

    pub(crate) fn is_sound(&self) -> bool {
        let rows = self.index.len();
        self.index.is_sound()
            && self.answers.is(rows, WIDTH)
            && self.prompts.is(rows, WIDTH)
            && self.saliences.is(rows, 1)
    }
}

/// What a prompt wants of an answer: merit, if it says nothing else.
fn wanted(prompt: &Attended) -> Vec<f32> {
    let mut wanted = prompt.vector.clone();
    wanted[0] += 1.0;
    wanted
}

/// Subtracts one ascending list of features from another.
fn difference(from: &[(u32, f32)], other: &[(u32, f32)]) -> Features {
    let mut all: Features = from.to_vec();
    all.extend(other.iter().map(|(row, value)| (*row, -value)));
    all.sort_by_key(|(row, _)| *row);
    all.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            kept.1 += later.1;
        }
        same
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradients_agree_with_finite_differences_in_every_table() {
        let mut random = Random::new(3);
        let mut model = Preference::new(Index::new(["a b c d e"; 2].into_iter(), 1, 100), &mut random);
        for table in [&mut model.answers, &mut model.prompts, &mut model.saliences] {
            table.values.iter_mut().for_each(|value| *value += random.within(0.7));
        }
        let prompt = [(0, 0.6), (3, 0.8)];
        let answers = difference(&[(1, 0.5), (2, 0.5)], &[(2, 0.1), (3, 0.7)]);
        assert_eq!(answers, [(1, 0.5), (2, 0.4), (3, -0.7)]);
        let loss = |model: &Preference| {
            let score = dot(&wanted(&model.attend(&prompt)), &model.sum(&answers));
            f64::from(score).exp().recip().ln_1p()
        };
        let agrees = |computed: f32, change: &dyn Fn(&mut Preference, f32)| {
            let (mut more, mut less) = (model.clone(), model.clone());
            change(&mut more, 1e-2);
            change(&mut less, -1e-2);
            let measured = (loss(&more) - loss(&less)) / 2e-2;
            assert!((measured - f64::from(computed)).abs() < 2e-3, "{measured} {computed}");
        };
        let attended = model.attend(&prompt);
        let (by_answer, by_prompt) = model.gradients(&attended, &answers);
        assert!(by_answer.iter().chain(&by_prompt).all(|gradient| *gradient != 0.0));
        for (column, gradient) in by_answer.iter().enumerate() {
            for (row, value) in &answers {
                agrees(value * gradient, &|model, by| model.answers.row_mut(*row as usize)[column] += by);
            }
        }
        for (row, factor, salience) in attended.gradients(&model.prompts, &by_prompt) {
            assert!(salience.abs() > 1e-4);
            agrees(salience, &|model, by| model.saliences.values[row] += by);
            for (column, gradient) in by_prompt.iter().enumerate() {
                agrees(factor * gradient, &|model, by| model.prompts.row_mut(row)[column] += by);
            }
        }
    }
}
