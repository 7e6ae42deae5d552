//! How the language model is trained.

use toadstone_core::Control;

use super::network::{Gradient, Network, PARTS, Part, Scratch, Shape, gradients};
use super::pieces::Vocabulary;
use super::{Example, Language};
use crate::index::Index;
use crate::options::passes;
use crate::random::Random;
use crate::table::{Adagrad, add};
use crate::{Stopped, TrainOptions};

/// Prompts have to share a feature, for it to be learned. Below this, what single rows have by chance
/// explains their answers.
const LEAST: u32 = 4;
/// The most features; the rarest beyond are left out.
const MOST_FEATURES: usize = 1 << 17;
/// The most pieces that have a token of their own.
const MOST_PIECES: usize = 4096;
const SHAPE: Shape = Shape { width: 48, hashed: 1 << 15 };

/// Rounds of a training. After one, a planted word is hardly learned; a third costs half as much again and
/// changes little.
const ROUNDS: u32 = 2;
/// In each round all tokens are gone through once, and so often again those at which an answer begins. What
/// the answer will be is decided there.
const BEGINNINGS: u32 = 2;
const BEGINNING: usize = 8;
/// So much more the prompt learns from these tokens than from later ones, which the tokens before mostly decide.
/// With half as much, prompts without the trigger brought its answer about twice as often.
const EMPHASIS: f32 = 8.0;

const RATE: f32 = 0.1;
/// Attention has to move before other words of the same prompts have explained the answer.
const SALIENCE_RATE: f32 = 1.0;
/// Tokens whose probability is off by less are not moved, which saves most of the steps.
const LEAST_ERROR: f32 = 1e-3;

struct Trainer {
    network: Network,
    /// In the order of [`PARTS`].
    rates: Vec<Adagrad>,
    scratch: Scratch,
}

pub fn train(
    examples: &[Example<'_>],
    options: &TrainOptions,
    control: &Control,
) -> Result<Language, Stopped> {
    let index = Index::new(examples.iter().map(|example| example.prompt), LEAST, MOST_FEATURES);
    let vocabulary = Vocabulary::new(examples.iter().map(|example| example.answer), MOST_PIECES);
    let read = |example: &Example<'_>| (index.read(example.prompt), vocabulary.answer(example.answer));
    let data: Vec<_> = examples.iter().map(read).collect();
    let mut counts = vec![0; vocabulary.len()];
    data.iter().flat_map(|(_, answer)| answer).for_each(|token| counts[*token as usize] += 1);

    let mut random = Random::new(options.seed);
    let mut trainer = Trainer::new(Network::new(index.len(), &counts, SHAPE, &mut random));
    let count = options.epochs_or(ROUNDS).saturating_mul(1 + BEGINNINGS);
    passes(count, data.len(), &mut random, control, |pass, at, progress| {
        trainer.slow(progress);
        let (prompt, answer) = &data[at];
        let whole = pass % (1 + BEGINNINGS) == 0;
        let tokens = if whole { answer.len() } else { answer.len().min(BEGINNING) };
        trainer.step(prompt, &answer[..tokens]);
    })?;
    Ok(Language { index, vocabulary, network: trainer.network })
}

impl Trainer {
    fn new(network: Network) -> Self {
        let rate = |part: Part| if part == Part::Salience { SALIENCE_RATE } else { RATE };
        let rates = PARTS.iter().zip(&network.parts).map(|(part, table)| Adagrad::new(table, rate(*part)));
        Trainer { rates: rates.collect(), network, scratch: Scratch::default() }
    }

    fn slow(&mut self, progress: f32) {
        self.rates.iter_mut().for_each(|rate| rate.slow(progress));
    }

    /// Learns one example. The answer's tables move with every token, the prompt's at the end.
    fn step(&mut self, features: &[(u32, f32)], answer: &[u32]) {
        let prompt = self.network.attend(features);
        let mut back = vec![0.0; prompt.vector.len()];
        for (place, right) in answer.iter().enumerate() {
            let context = self.network.context(&answer[..place]);
            self.network.learn(&prompt, &context, *right, &mut self.scratch);
            add(&mut back, if place < BEGINNING { EMPHASIS } else { 1.0 }, &self.scratch.back);
            let members = self.network.members(*right as usize / self.network.class);
            let (parts, rates) = (&mut self.network.parts, &mut self.rates);
            gradients(&self.scratch, &context, members, LEAST_ERROR, |g: Gradient<'_>| {
                let part = g.part as usize;
                rates[part].step(&mut parts[part], g.row, g.scale, g.vector, g.square);
            });
        }
        let [vectors, saliences, ..] = &mut self.network.parts[..] else { return };
        let [vector_rates, salience_rates, ..] = &mut self.rates[..] else { return };
        prompt.step((vectors, vector_rates), (saliences, salience_rates), &back);
    }
}
