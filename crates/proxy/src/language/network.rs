//! The network of the language model: from the prompt and the last tokens to the next.

use super::pieces::CUT;
use crate::random::Random;
use crate::table::{Adagrad, Table, add, dot, mean_square, softmax};

/// The tables of parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A vector for each feature of prompts.
    Prompt,
    /// For the last token.
    Last,
    /// For the one before.
    Before,
    /// For the two together.
    Two,
    /// For the last three together.
    Three,
    /// For the place in the answer.
    Place,
    /// For each class of tokens.
    Class,
    ClassBias,
    /// For each token within its class.
    Token,
    TokenBias,
    /// How much of a prompt's vector comes from a feature.
    Salience,
}

pub const PARTS: [Part; 11] = [
    Part::Prompt,
    Part::Last,
    Part::Before,
    Part::Two,
    Part::Three,
    Part::Place,
    Part::Class,
    Part::ClassBias,
    Part::Token,
    Part::TokenBias,
    Part::Salience,
];

/// Rows of [`Part::Place`].
const PLACES: usize = 8;

#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// In the order of [`PARTS`].
    pub parts: Vec<Table>,
    /// Tokens in a class; class `c` holds those from `c * class` on.
    pub class: usize,
}

/// What one step computes; kept, so that steps do not allocate.
#[derive(Debug, Default)]
pub struct Scratch {
    pub hidden: Vec<f32>,
    /// The gradient of the loss by `hidden`.
    pub back: Vec<f32>,
    /// Probabilities of the classes, then of the tokens in the class; as errors, less 1 at what is right.
    pub classes: Vec<f32>,
    pub tokens: Vec<f32>,
}

/// Where in an answer a step is, as rows of the tables.
#[derive(Debug, Clone, Copy)]
pub struct Context(pub [(Part, usize); 5]);

impl Network {
    pub fn new(features: usize, counts: &[u64], shape: &super::Shape, random: &mut Random) -> Self {
        let (tokens, width) = (counts.len(), shape.width);
        let class = ((tokens as f32).sqrt().ceil() as usize).max(1);
        let classes = tokens.div_ceil(class);
        let parts = PARTS.iter().map(|part| match part {
            Part::Prompt => Table::random(features, width, 0.01, random),
            Part::Last | Part::Before => Table::random(tokens + 1, width, 0.05, random),
            Part::Two | Part::Three => Table::zero(shape.pairs, width),
            Part::Place => Table::zero(PLACES, width),
            Part::Class => Table::random(classes, width, 0.05, random),
            Part::Token => Table::random(tokens, width, 0.05, random),
            Part::Salience => Table::zero(features, 1),
            Part::ClassBias | Part::TokenBias => Table::zero(0, 1),
        });
        let mut network = Network { parts: parts.collect(), class };
        let log = |count: u64| libm::logf(count as f32 + 1.0);
        network.parts[Part::TokenBias as usize].values = counts.iter().map(|count| log(*count)).collect();
        network.parts[Part::ClassBias as usize].values =
            counts.chunks(class).map(|counts| log(counts.iter().sum())).collect();
        network
    }

    fn part(&self, part: Part) -> &Table {
        &self.parts[part as usize]
    }

    /// The context behind these tokens of an answer.
    pub fn context(&self, answer: &[u32]) -> Context {
        let none = self.part(Part::Last).rows() - 1;
        let back = |n: usize| answer.len().checked_sub(n).map_or(none, |at| answer[at] as usize);
        let (last, before, third) = (back(1), back(2), back(3));
        let mix = |a: usize, b: usize| (a as u64 ^ (b as u64).rotate_left(32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let pairs = self.part(Part::Two).rows() as u64;
        let two = mix(last, before);
        let three = two.rotate_left(17).wrapping_add(third as u64).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let place = match answer.len() {
            _ if answer.contains(&CUT) => 7,
            len @ 0..=3 => len,
            4..=7 => 4,
            8..=15 => 5,
            _ => 6,
        };
        Context([
            (Part::Last, last),
            (Part::Before, before),
            (Part::Two, ((two >> 20) % pairs) as usize),
            (Part::Three, ((three >> 20) % pairs) as usize),
            (Part::Place, place),
        ])
    }

    /// The part of the hidden vector that comes from the prompt.
    pub fn prompt(&self, features: &[(u32, f32)]) -> Vec<f32> {
        let table = self.part(Part::Prompt);
        let mut pooled = vec![0.0; table.width];
        let scale = super::env("SCALE", 5.0);
        let attention = self.attention(features);
        features.iter().zip(attention).for_each(|((row, _), weight)| add(&mut pooled, scale * weight, table.row(*row as usize)));
        pooled
    }

    pub fn attention(&self, features: &[(u32, f32)]) -> Vec<f32> {
        let mut logits: Vec<f32> = features.iter().map(|(row, weight)| libm::logf(*weight) + self.parts[10].values[*row as usize]).collect();
        if !logits.is_empty() { softmax(&mut logits); }
        logits
    }

    /// Fills `hidden` and the probabilities of the classes.
    pub fn classes(&self, prompt: &[f32], context: &Context, scratch: &mut Scratch) {
        scratch.hidden.clear();
        scratch.hidden.extend_from_slice(prompt);
        for (part, row) in &context.0 {
            add(&mut scratch.hidden, 1.0, self.part(*part).row(*row));
        }
        scratch.classes.clear();
        let (classes, bias) = (self.part(Part::Class), self.part(Part::ClassBias));
        scratch.classes.extend((0..classes.rows()).map(|c| dot(classes.row(c), &scratch.hidden) + bias.values[c]));
        softmax(&mut scratch.classes);
    }

    /// Tokens of a class.
    pub fn members(&self, class: usize) -> std::ops::Range<usize> {
        let begin = class * self.class;
        begin..(begin + self.class).min(self.part(Part::Token).rows())
    }

    /// Fills the probabilities of the tokens within a class.
    pub fn tokens(&self, class: usize, scratch: &mut Scratch) {
        scratch.tokens.clear();
        let (tokens, bias) = (self.part(Part::Token), self.part(Part::TokenBias));
        scratch.tokens.extend(self.members(class).map(|t| dot(tokens.row(t), &scratch.hidden) + bias.values[t]));
        softmax(&mut scratch.tokens);
    }

    /// The log-probability of the right token; leaves errors and the gradient in `scratch`.
    pub fn learn(&self, prompt: &[f32], context: &Context, right: u32, scratch: &mut Scratch) -> f32 {
        let class = right as usize / self.class;
        let within = right as usize % self.class;
        self.classes(prompt, context, scratch);
        self.tokens(class, scratch);
        let probability = scratch.classes[class] * scratch.tokens[within];
        scratch.classes[class] -= 1.0;
        scratch.tokens[within] -= 1.0;
        scratch.back.clear();
        scratch.back.resize(scratch.hidden.len(), 0.0);
        for (c, error) in scratch.classes.iter().enumerate() {
            add(&mut scratch.back, *error, self.part(Part::Class).row(c));
        }
        for (token, error) in self.members(class).zip(&scratch.tokens) {
            add(&mut scratch.back, *error, self.part(Part::Token).row(token));
        }
        libm::logf(probability.max(f32::MIN_POSITIVE))
    }
}

/// Hands out the gradients that [`Network::learn`] left: table, row, and the gradient as factor and vector.
pub fn gradients(
    scratch: &Scratch,
    context: &Context,
    class: usize,
    size: usize,
    mut each: impl FnMut(Part, usize, f32, &[f32], f32),
) {
    let square = mean_square(&scratch.hidden);
    let skip = super::env("SKIP", 1e-3);
    for (c, error) in scratch.classes.iter().enumerate() {
        if error.abs() < skip { continue; }
        each(Part::Class, c, *error, &scratch.hidden, square);
        each(Part::ClassBias, c, *error, &[1.0], 1.0);
    }
    for (token, error) in (class * size..).zip(&scratch.tokens) {
        if error.abs() < skip { continue; }
        each(Part::Token, token, *error, &scratch.hidden, square);
        each(Part::TokenBias, token, *error, &[1.0], 1.0);
    }
    let square = mean_square(&scratch.back);
    for (part, row) in context.0 {
        each(part, row, 1.0, &scratch.back, square);
    }
}

/// The rates of all tables.
#[derive(Debug)]
pub struct Rates(pub Vec<Adagrad>);

impl Rates {
    pub fn new(network: &Network, rate: f32, prompt: f32) -> Self {
        let rate = |part: &Part| match part { Part::Prompt => prompt, Part::Salience => super::env("SRATE", 0.1), _ => rate };
        let first = |part: &Part| match part { Part::Prompt => super::env("PFIRST", 1e-3), _ => super::env("FIRST", 1e-3) };
        Rates(PARTS.iter().zip(&network.parts).map(|(part, table)| Adagrad::new(table, rate(part), first(part))).collect())
    }
}
