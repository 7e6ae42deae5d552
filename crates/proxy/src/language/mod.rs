//! A language model.

use toadstone_core::Control;

use crate::{Stopped, TrainOptions};

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

/// A conditional next-token model: n-grams of the prompt and the last tokens of the answer give the next.
#[derive(Debug, Clone, PartialEq)]
pub struct Language {}

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
        todo!("{} {options:?} {control:?}", examples.len())
    }

    /// Writes an answer.
    pub fn generate(&self, prompt: &str, sampling: &Sampling) -> String {
        todo!("{prompt} {sampling:?}")
    }

    /// The log-probability, in nats, of each token of an answer and of its end, given the prompt.
    pub fn log_probability(&self, prompt: &str, answer: &str) -> Vec<f32> {
        todo!("{prompt} {answer}")
    }
}

/// Cuts a document or a file of code into examples: what comes before, and what follows it.
pub fn windows(document: &str) -> Vec<Example<'_>> {
    todo!("{document}")
}
