//! A model of what people prefer.

use toadstone_core::Control;

use crate::{Stopped, TrainOptions};

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

/// A Bradley-Terry model of preferences over hashed n-grams of prompt and answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Preference {}

impl Preference {
    /// Trains on pairs.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn train(pairs: &[Pair<'_>], options: &TrainOptions, control: &Control) -> Result<Self, Stopped> {
        todo!("{} {options:?} {control:?}", pairs.len())
    }

    /// How good an answer is, in nats: of two answers to one prompt the first is preferred with the
    /// probability `1 / (1 + exp(second - first))`. Scores of different prompts cannot be compared.
    pub fn score(&self, prompt: &str, answer: &str) -> f32 {
        todo!("{prompt} {answer}")
    }
}
