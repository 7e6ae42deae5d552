//! A model of what people prefer.

use serde::{Deserialize, Serialize};
use toadstone_core::Control;

use crate::index::Index;
use crate::random::Random;
use crate::table::{Adagrad, Table, add, dot, mean_square};
use crate::{Stopped, TrainOptions};

/// Texts have to share a feature, for it to be learned.
const LEAST: u32 = 3;
const MOST_FEATURES: usize = 1 << 17;
const EPOCHS: u32 = 5;
const RATE: f32 = 0.1;
/// Kinds of answers that a prompt can ask for.
const KINDS: usize = 8;

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
/// Memory: at most 10 MiB, twice that in training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preference {
    /// Of prompts and answers alike.
    index: Index,
    /// In the order of [`Part`].
    parts: Vec<Table>,
}

#[derive(Debug, Clone, Copy)]
enum Part {
    /// What a feature says of an answer's merit.
    Merit,
    /// The share in which merit depends on a feature of the prompt.
    Gate,
    /// The kinds of answers that a feature of the prompt asks for.
    Asked,
    /// The kinds of answers that a feature is found in.
    Kind,
}

const PARTS: [Part; 4] = [Part::Merit, Part::Gate, Part::Asked, Part::Kind];

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
        let mut rates: Vec<Adagrad> = model.parts.iter().map(|part| Adagrad::new(part, RATE)).collect();
        let epochs = options.epochs_or(EPOCHS);
        for epoch in 0..epochs {
            for (step, at) in random.order(data.len()).into_iter().enumerate() {
                if control.stopped() {
                    return Err(Stopped);
                }
                let progress = (epoch as f32 + step as f32 / data.len() as f32) / epochs as f32;
                rates.iter_mut().for_each(|rate| rate.slow(progress));
                let (prompt, answers) = &data[at];
                let mut steps = Vec::new();
                model.gradients(prompt, answers, |part, row, scale, vector| {
                    steps.push((part as usize, row, scale, vector.to_vec()));
                });
                for (part, row, scale, vector) in steps {
                    rates[part].step(&mut model.parts[part], row, scale, &vector, mean_square(&vector));
                }
            }
        }
        Ok(model)
    }

    /// How good an answer is, in nats: of two answers to one prompt the first is preferred with the
    /// probability `1 / (1 + exp(second - first))`. Scores of different prompts cannot be compared.
    pub fn score(&self, prompt: &str, answer: &str) -> f32 {
        self.scored(&self.index.read(prompt), &self.index.read(answer)).0
    }

    fn new(index: Index, random: &mut Random) -> Self {
        let parts = PARTS.iter().map(|part| match part {
            Part::Merit | Part::Gate => Table::zero(index.len(), 1),
            Part::Asked | Part::Kind => Table::random(index.len(), KINDS, 0.1, random),
        });
        Preference { parts: parts.collect(), index }
    }

    fn sum(&self, part: Part, features: &[(u32, f32)]) -> Vec<f32> {
        let table = &self.parts[part as usize];
        let mut sum = vec![0.0; table.width];
        features.iter().for_each(|(row, value)| add(&mut sum, *value, table.row(*row as usize)));
        sum
    }

    /// The score, and what it is made of. It is linear in the answer, so that the difference of two answers
    /// can be scored as one.
    fn scored(&self, prompt: &[(u32, f32)], answer: &[(u32, f32)]) -> (f32, Sums) {
        let [merit, gate, asked, kind] = PARTS.map(|part| match part {
            Part::Merit | Part::Kind => self.sum(part, answer),
            Part::Gate | Part::Asked => self.sum(part, prompt),
        });
        let sums = Sums { merit: merit[0], factor: 1.0 + gate[0], asked, kind };
        (sums.merit * sums.factor + dot(&sums.asked, &sums.kind), sums)
    }

    /// Hands out the gradients of the loss: table, row, factor and vector.
    fn gradients(
        &self,
        prompt: &[(u32, f32)],
        answers: &[(u32, f32)],
        mut each: impl FnMut(Part, usize, f32, &[f32]),
    ) {
        let (score, sums) = self.scored(prompt, answers);
        let error = -1.0 / (1.0 + libm::expf(score));
        for (row, value) in answers {
            each(Part::Merit, *row as usize, error * value, &[sums.factor]);
            each(Part::Kind, *row as usize, error * value, &sums.asked);
        }
        for (row, value) in prompt {
            each(Part::Gate, *row as usize, error * value, &[sums.merit]);
            each(Part::Asked, *row as usize, error * value, &sums.kind);
        }
    }

    pub(crate) fn is_sound(&self) -> bool {
        let [merit, gate, asked, kind] = &self.parts[..] else { return false };
        let rows = self.index.len();
        self.index.is_sound()
            && merit.is(rows, 1)
            && gate.is(rows, 1)
            && asked.is(rows, KINDS)
            && kind.is(rows, KINDS)
    }
}

struct Sums {
    merit: f32,
    factor: f32,
    asked: Vec<f32>,
    kind: Vec<f32>,
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
