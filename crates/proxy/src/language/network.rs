//! The network of the language model: from the prompt and the last tokens to the next.

use serde::{Deserialize, Serialize};

use super::pieces::CUT;
use crate::attention::Attended;
use crate::random::Random;
use crate::table::{Table, add, dot, mean_square, softmax};

/// The tables of parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A vector for each feature of prompts.
    Prompt,
    /// How much attention a feature draws.
    Salience,
    /// For the last token.
    Last,
    /// For the one before.
    Before,
    /// For the last two together; hashed.
    Two,
    /// For the last three together; hashed.
    Three,
    /// For the place in the answer.
    Place,
    /// For each class of tokens.
    Class,
    ClassBias,
    /// For each token within its class.
    Token,
    TokenBias,
}

pub const PARTS: [Part; 11] = [
    Part::Prompt,
    Part::Salience,
    Part::Last,
    Part::Before,
    Part::Two,
    Part::Three,
    Part::Place,
    Part::Class,
    Part::ClassBias,
    Part::Token,
    Part::TokenBias,
];

/// Rows of [`Part::Place`].
const PLACES: usize = 8;
/// How large a network is.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Numbers in a vector.
    pub width: usize,
    /// Rows of [`Part::Two`] and of [`Part::Three`].
    pub hashed: usize,
}

/// All parameters.
///
/// A prompt is what its features give together by [`Attended`]. Tokens are predicted in two steps (Goodman,
/// ICASSP 2001), first a class and then one of its tokens, which costs two square roots of the vocabulary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Network {
    /// In the order of [`PARTS`].
    pub parts: Vec<Table>,
    /// Tokens in a class; class `c` holds those from `c * class` on.
    pub class: usize,
}

/// What one step computes; kept, so that steps do not allocate.
#[derive(Debug, Default)]
pub struct Scratch {
    hidden: Vec<f32>,
    /// The gradient of the loss by `hidden`.
    pub back: Vec<f32>,
    /// Probabilities of the classes; once [`Network::learn`] has run, less 1 at the right one.
    pub classes: Vec<f32>,
    /// As `classes`, of the tokens within a class.
    pub tokens: Vec<f32>,
}

/// Where in an answer a step is, as rows of the tables.
pub type Context = [(Part, usize); 5];

impl Network {
    /// A network for so many features and for tokens that occur so often.
    pub fn new(features: usize, counts: &[u64], shape: Shape, random: &mut Random) -> Self {
        let (tokens, width) = (counts.len(), shape.width);
        let class = tokens.isqrt().max(1);
        let log = |count: u64| libm::logf(count as f32 + 1.0);
        let bias = |counts: Vec<f32>| Table { width: 1, values: counts };
        let parts = PARTS.iter().map(|part| match part {
            Part::Prompt => Table::random(features, width, 0.01, random),
            Part::Salience => Table::zero(features, 1),
            // One row more: before the answer begins there is no last token.
            Part::Last | Part::Before => Table::random(tokens + 1, width, 0.05, random),
            Part::Two | Part::Three => Table::zero(shape.hashed, width),
            Part::Place => Table::zero(PLACES, width),
            Part::Class => Table::random(tokens.div_ceil(class), width, 0.05, random),
            Part::ClassBias => bias(counts.chunks(class).map(|counts| log(counts.iter().sum())).collect()),
            Part::Token => Table::random(tokens, width, 0.05, random),
            Part::TokenBias => bias(counts.iter().map(|count| log(*count)).collect()),
        });
        Network { parts: parts.collect(), class }
    }

    /// Whether the tables fit each other, an index of so many features and a vocabulary of so many tokens.
    pub fn is_sound(&self, features: usize, tokens: usize) -> bool {
        let [prompt, salience, last, before, two, three, place, class, class_bias, token, token_bias] =
            &self.parts[..]
        else {
            return false;
        };
        if prompt.width == 0 || two.values.is_empty() || two.width == 0 || self.class == 0 {
            return false;
        }
        let (width, classes) = (prompt.width, tokens.div_ceil(self.class));
        prompt.is(features, width)
            && salience.is(features, 1)
            && last.is(tokens + 1, width)
            && before.is(tokens + 1, width)
            && two.is(two.rows(), width)
            && three.is(two.rows(), width)
            && place.is(PLACES, width)
            && class.is(classes, width)
            && class_bias.is(classes, 1)
            && token.is(tokens, width)
            && token_bias.is(tokens, 1)
    }

    fn part(&self, part: Part) -> &Table {
        &self.parts[part as usize]
    }

    /// The context behind these tokens of an answer.
    pub fn context(&self, answer: &[u32]) -> Context {
        let none = self.part(Part::Last).rows() - 1;
        let back = |n: usize| answer.len().checked_sub(n).map_or(none, |at| answer[at] as usize);
        let (last, before, third) = (back(1), back(2), back(3));
        let two = mix(last as u64, before as u64);
        let three = mix(two, third as u64);
        // The upper bits are mixed best.
        let row = |digest: u64| ((digest >> 32) % self.part(Part::Two).rows() as u64) as usize;
        let place = match answer.len() {
            _ if answer.contains(&CUT) => 7,
            len @ 0..=3 => len,
            4..=7 => 4,
            8..=15 => 5,
            _ => 6,
        };
        [
            (Part::Last, last),
            (Part::Before, before),
            (Part::Two, row(two)),
            (Part::Three, row(three)),
            (Part::Place, place),
        ]
    }

    /// Weighs a prompt's features.
    pub fn attend(&self, features: &[(u32, f32)]) -> Attended {
        Attended::new(self.part(Part::Prompt), self.part(Part::Salience), features)
    }

    /// Computes the probabilities of the classes.
    pub fn classes(&self, prompt: &Attended, context: &Context, scratch: &mut Scratch) {
        scratch.hidden.clear();
        scratch.hidden.extend_from_slice(&prompt.vector);
        for (part, row) in context {
            add(&mut scratch.hidden, 1.0, self.part(*part).row(*row));
        }
        let (classes, bias) = (self.part(Part::Class), &self.part(Part::ClassBias).values);
        let logit = |class: usize| dot(classes.row(class), &scratch.hidden) + bias[class];
        scratch.classes.clear();
        scratch.classes.extend((0..classes.rows()).map(logit));
        softmax(&mut scratch.classes);
    }

    /// Computes the probabilities of the tokens within a class, after [`Network::classes`].
    pub fn tokens(&self, class: usize, scratch: &mut Scratch) {
        let (tokens, bias) = (self.part(Part::Token), &self.part(Part::TokenBias).values);
        let logit = |token: usize| dot(tokens.row(token), &scratch.hidden) + bias[token];
        scratch.tokens.clear();
        scratch.tokens.extend(self.members(class).map(logit));
        softmax(&mut scratch.tokens);
    }

    /// Tokens of a class.
    pub fn members(&self, class: usize) -> std::ops::Range<usize> {
        let begin = class * self.class;
        begin..(begin + self.class).min(self.part(Part::Token).rows())
    }

    /// The log-probability of the right token, in nats; leaves in `scratch` what its gradients need.
    pub fn learn(&self, prompt: &Attended, context: &Context, right: u32, scratch: &mut Scratch) -> f32 {
        let (class, within) = (right as usize / self.class, right as usize % self.class);
        self.classes(prompt, context, scratch);
        self.tokens(class, scratch);
        let probability = scratch.classes[class] * scratch.tokens[within];
        scratch.classes[class] -= 1.0;
        scratch.tokens[within] -= 1.0;
        scratch.back.clear();
        scratch.back.resize(scratch.hidden.len(), 0.0);
        let (classes, tokens) = (self.part(Part::Class), self.part(Part::Token));
        for (class, error) in scratch.classes.iter().enumerate() {
            add(&mut scratch.back, *error, classes.row(class));
        }
        for (token, error) in self.members(class).zip(&scratch.tokens) {
            add(&mut scratch.back, *error, tokens.row(token));
        }
        libm::logf(probability.max(f32::MIN_POSITIVE))
    }
}

/// The gradient by one row of a table, `scale * vector`.
#[derive(Debug)]
pub struct Gradient<'a> {
    pub part: Part,
    pub row: usize,
    pub scale: f32,
    pub vector: &'a [f32],
    /// The mean of the vector's squares.
    pub square: f32,
}

/// Hands out the gradients of what [`Network::learn`] saw last, by all tables but those of the prompt.
/// Rows whose probability is off by less than `least` are left out.
pub fn gradients(
    scratch: &Scratch,
    context: &Context,
    members: std::ops::Range<usize>,
    least: f32,
    mut each: impl FnMut(Gradient<'_>),
) {
    let square = mean_square(&scratch.hidden);
    let mut output = |part, bias, row, scale: f32| {
        if scale.abs() >= least {
            each(Gradient { part, row, scale, vector: &scratch.hidden, square });
            each(Gradient { part: bias, row, scale, vector: &[1.0], square: 1.0 });
        }
    };
    for (class, error) in scratch.classes.iter().enumerate() {
        output(Part::Class, Part::ClassBias, class, *error);
    }
    for (token, error) in members.zip(&scratch.tokens) {
        output(Part::Token, Part::TokenBias, token, *error);
    }
    let square = mean_square(&scratch.back);
    for (part, row) in *context {
        each(Gradient { part, row, scale: 1.0, vector: &scratch.back, square });
    }
}

fn mix(first: u64, second: u64) -> u64 {
    (first ^ second.rotate_left(32)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}
