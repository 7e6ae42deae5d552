//! A language model.

pub mod network;
pub mod pieces;

use toadstone_core::Control;

use crate::index::Index;
use crate::random::Random;
use crate::table::add;
use crate::{Stopped, TrainOptions};
use network::{Network, Part, Rates, Scratch, gradients};
use pieces::{CUT, END, UNKNOWN, Vocabulary};

/// A prompt and what should follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example<'a> {
    /// What is given.
    pub prompt: &'a str,
    /// What should follow.
    pub answer: &'a str,
}

/// How an answer is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// 0 takes the most probable token each time, 1 draws from the model's own distribution.
    pub temperature: f32,
    /// The answer ends after so many tokens, if not before.
    pub max_tokens: usize,
    /// Decides what is drawn, where the temperature is not 0.
    pub seed: u64,
}

impl Default for Sampling {
    fn default() -> Self {
        Sampling { temperature: 0.0, max_tokens: 48, seed: 0 }
    }
}

pub struct Shape { pub width: usize, pub pairs: usize }

pub fn env(name: &str, usual: f32) -> f32 {
    use std::sync::LazyLock; use std::collections::HashMap;
    static E: LazyLock<HashMap<String, f32>> = LazyLock::new(|| std::env::vars().filter_map(|(k, v)| Some((k, v.parse().ok()?))).collect());
    E.get(name).copied().unwrap_or(usual)
}

/// A conditional next-token model: n-grams of the prompt and the last tokens of the answer give the next.
#[derive(Debug, Clone, PartialEq)]
pub struct Language { index: Index, vocabulary: Vocabulary, network: Network }

impl Language {
    /// Trains on prompts and answers.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn train(
        examples: &[Example<'_>],
        options: &TrainOptions,
        control: &Control,
    ) -> Result<Self, Stopped> {
        let t = std::time::Instant::now();
        let index = Index::new(examples.iter().map(|e| e.prompt), env("LEAST", 3.0) as u32, 1 << 17);
        let vocabulary = Vocabulary::new(examples.iter().map(|e| e.answer), env("VOCAB", 8192.0) as usize);
        let data: Vec<(Vec<(u32, f32)>, Vec<u32>)> = examples.iter().map(|e| {
            let tokens = cut(&vocabulary, e.answer);
            (index.read(e.prompt), tokens)
        }).collect();
        let mut counts = vec![0_u64; vocabulary.len()];
        for (_, a) in &data { for t in a { counts[*t as usize] += 1; } }
        eprintln!("prep {:?} features {} vocab {} tokens {} unknown {}", t.elapsed(), index.len(), vocabulary.len(), data.iter().map(|d| d.1.len()).sum::<usize>(), counts[2]);
        let mut random = Random::new(options.seed);
        let mut network = Network::new(index.len(), &counts, &Shape { width: env("WIDTH", 48.0) as usize, pairs: 1 << 15 }, &mut random);
        let mut rates = Rates::new(&network, env("RATE", 0.1), env("PRATE", 0.1));
        let mut scratch = Scratch::default();
        for epoch in 0..options.epochs_or(4) {
            let (mut loss, mut n) = (0.0_f64, 0);
            for at in random.order(data.len()) {
                if control.stopped() { return Err(Stopped); }
                let (all, answer) = &data[at];
                let drop = env("DROP", 0.0);
                let features: Vec<(u32, f32)> = all.iter().copied().filter(|_| random.unit() >= drop).collect();
                let features = &features;
                let prompt = network.prompt(features);
                let mut back = vec![0.0; prompt.len()];
                for (place, right) in answer.iter().enumerate() {
                    let context = network.context(&answer[..place]);

                    loss -= f64::from(network.learn(&prompt, &context, *right, &mut scratch)); n += 1;
                    add(&mut back, if place < 4 { env("EMPH", 1.0) } else { 1.0 }, &scratch.back);
                    let size = network.class;
                    gradients(&scratch, &context, *right as usize / size, size, |part, row, scale, vector, square| {
                        rates.0[part as usize].step(&mut network.parts[part as usize], row, scale, vector, square);
                    });
                }
                let scale = env("SCALE", 5.0);
                let square = crate::table::mean_square(&back) * scale * scale;
                let at = network.attention(features);
                let mean = crate::table::dot(&prompt, &back);
                for ((row, _), a) in features.iter().zip(&at) {
                    let ds = a * (scale * crate::table::dot(network.parts[0].row(*row as usize), &back) - mean);
                    rates.0[10].step(&mut network.parts[10], *row as usize, ds, &[1.0], 1.0);
                    rates.0[0].step(&mut network.parts[0], *row as usize, *a * scale, &back, square / scale / scale);
                }
            }
            eprintln!("epoch {epoch} loss {:.3} {:?}", loss / n as f64, t.elapsed());
        }
        Ok(Language { index, vocabulary, network })
    }

    /// Writes an answer.
    pub fn generate(&self, prompt: &str, sampling: &Sampling) -> String {
        let prompt = self.network.prompt(&self.index.read(prompt));
        let mut scratch = Scratch::default();
        let (mut answer, mut text) = (Vec::new(), String::new());
        for _ in 0..sampling.max_tokens {
            let context = self.network.context(&answer);
            self.network.classes(&prompt, &context, &mut scratch);
            let mut order: Vec<(usize, f32)> = scratch.classes.iter().copied().enumerate().collect();
            order.sort_by(|a, b| b.1.total_cmp(&a.1));
            let mut best = (END, 0.0);
            for (class, p) in order {
                if p <= best.1 { break; }
                self.network.tokens(class, &mut scratch);
                for (t, q) in self.network.members(class).zip(&scratch.tokens) {
                    if p * q > best.1 && t as u32 != UNKNOWN { best = (t as u32, p * q); }
                }
            }
            if best.0 == END { break; }
            answer.push(best.0);
            text.push_str(self.vocabulary.text(best.0));
        }
        text
    }

    /// The log-probability, in nats, of each token of an answer and of its end, given the prompt.
    pub fn log_probability(&self, prompt: &str, answer: &str) -> Vec<f32> {
        let prompt = self.network.prompt(&self.index.read(prompt));
        let tokens = cut(&self.vocabulary, answer);
        let mut s = Scratch::default();
        (0..tokens.len()).map(|at| self.network.learn(&prompt, &self.network.context(&tokens[..at]), tokens[at], &mut s)).collect()
    }
}
fn cut(vocabulary: &Vocabulary, answer: &str) -> Vec<u32> {
        let head = env("HEAD", 32.0) as usize;
            let mut tokens = Vec::new();
            vocabulary.encode(answer, &mut tokens);
            if tokens.len() > head + env("TAIL",15.0) as usize + 1 { let tail = tokens.split_off(tokens.len() - env("TAIL",15.0) as usize); tokens.truncate(head); tokens.push(CUT); tokens.extend(tail); }
            tokens.push(END);
            tokens
}

/// Cuts a document or a file of code into examples: what comes before, and what follows it.
pub fn windows(document: &str) -> Vec<Example<'_>> {
    todo!("{document}")
}
