//! The language model: what it can be asked.

mod network;
mod pieces;
#[cfg(test)]
mod tests;
mod train;
mod windows;

use serde::{Deserialize, Serialize};
use toadstone_core::Control;

use crate::index::Index;
use crate::random::Random;
use crate::{Stopped, TrainOptions};
use network::{Network, Scratch};
use pieces::{END, LONGEST, UNKNOWN, Vocabulary};

pub use windows::{open_window, windows};

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
    /// 0 takes the most probable token each time; 1 draws from the model's own distribution. Between and
    /// beyond, classes of tokens and tokens within their class are sharpened one after the other, which is
    /// not quite the same as sharpening all tokens at once.
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

/// A conditional next-token model: n-grams of the prompt and the last three tokens give the next.
///
/// Of an answer it learns the first 24 and the last 8 tokens; where tokens were left out between them, it
/// learns, and writes, ` […]`. So it can be seen whether an answer begins or ends otherwise, not what happens
/// in the middle of a long one. Its own long answers are babble.
///
/// Memory: 16 MB, and 200 bytes for each of up to 131,072 features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Language {
    index: Index,
    vocabulary: Vocabulary,
    network: Network,
}

impl Language {
    /// Trains on prompts and answers. An epoch goes through all tokens once and through the beginnings of the
    /// answers twice more.
    ///
    /// Cost: about 10 µs of CPU for each token in each epoch. Memory: the model's, 16 MiB, and about 8 bytes for
    /// each feature of each prompt.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn train(
        examples: &[Example<'_>],
        options: &TrainOptions,
        control: &Control,
    ) -> Result<Self, Stopped> {
        train::train(examples, options, control)
    }

    /// Writes an answer.
    pub fn generate(&self, prompt: &str, sampling: &Sampling) -> String {
        self.go_on(prompt, Vec::new(), sampling)
    }

    /// Writes the end of an answer that is given: what follows it where it is short, and otherwise what
    /// stands in the place of its last tokens.
    pub fn ending(&self, prompt: &str, answer: &str, sampling: &Sampling) -> String {
        self.go_on(prompt, self.vocabulary.begun(answer), sampling)
    }

    /// Writes what follows a text, of a model that learned [`windows()`]: window by window, as they were learned.
    pub fn follow(&self, text: &str, sampling: &Sampling) -> String {
        let mut whole = text.to_owned();
        let mut left = sampling.max_tokens;
        while left > 0 {
            let (prompt, begun) = open_window(&whole);
            let begun = self.vocabulary.encode(begun);
            let most = left.min(LONGEST.saturating_sub(begun.len()));
            let added = self.go_on(prompt, begun, &Sampling { max_tokens: most, ..*sampling });
            if added.is_empty() {
                break;
            }
            left -= pieces::pieces(&added).count().clamp(1, left);
            whole += &added;
        }
        whole.split_off(text.len())
    }

    fn go_on(&self, prompt: &str, mut answer: Vec<u32>, sampling: &Sampling) -> String {
        let prompt = self.network.attend(&self.index.read(prompt));
        let (mut random, mut scratch) = (Random::new(sampling.seed), Scratch::default());
        let mut text = String::new();
        let most = answer.len().saturating_add(sampling.max_tokens);
        while answer.len() < most {
            self.network.classes(&prompt, &self.network.context(&answer), &mut scratch);
            let token = if sampling.temperature > 0.0 {
                self.drawn(sampling.temperature, &mut random, &mut scratch)
            } else {
                self.likeliest(&mut scratch)
            };
            if token == END {
                break;
            }
            answer.push(token);
            text.push_str(self.vocabulary.text(token));
        }
        text
    }

    /// The log-probability of each token of an answer and of its end, in nats, given the prompt. The tokens
    /// are those that are learned: of a long answer, its beginning, the cut and its end.
    pub fn log_probability(&self, prompt: &str, answer: &str) -> Vec<f32> {
        let prompt = self.network.attend(&self.index.read(prompt));
        let tokens = self.vocabulary.answer(answer);
        let mut scratch = Scratch::default();
        let log = |at: usize| {
            let context = self.network.context(&tokens[..at]);
            self.network.learn(&prompt, &context, tokens[at], &mut scratch)
        };
        (0..tokens.len()).map(log).collect()
    }

    /// The most probable token, the first of equal ones. A class that is less probable than a token is not
    /// looked into.
    fn likeliest(&self, scratch: &mut Scratch) -> u32 {
        let mut classes: Vec<(usize, f32)> = scratch.classes.iter().copied().enumerate().collect();
        classes.sort_by(|a, b| b.1.total_cmp(&a.1));
        let (mut best, mut most) = (END, 0.0);
        for (class, probability) in classes {
            if probability <= most {
                break;
            }
            self.network.tokens(class, scratch);
            for (token, within) in self.network.members(class).zip(&scratch.tokens) {
                // A character that was not met cannot be written.
                if probability * within > most && token != UNKNOWN as usize {
                    (best, most) = (token as u32, probability * within);
                }
            }
        }
        best
    }

    fn drawn(&self, temperature: f32, random: &mut Random, scratch: &mut Scratch) -> u32 {
        let class = draw(&scratch.classes, temperature, random);
        self.network.tokens(class, scratch);
        let members = self.network.members(class);
        if let Some(unknown) = scratch.tokens.get_mut((UNKNOWN as usize).wrapping_sub(members.start)) {
            *unknown = 0.0;
        }
        (members.start + draw(&scratch.tokens, temperature, random)) as u32
    }

    pub(crate) fn is_sound(&self) -> bool {
        self.index.is_sound() && self.network.is_sound(self.index.len(), self.vocabulary.len())
    }
}

/// Draws a place with a probability proportional to its own to the power of `1 / temperature`.
fn draw(probabilities: &[f32], temperature: f32, random: &mut Random) -> usize {
    let most = probabilities.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    let weight = |p: &f32| libm::powf(p / most, 1.0 / temperature);
    let mut left = random.unit() * probabilities.iter().map(weight).sum::<f32>();
    let taken = probabilities.iter().map(weight).position(|weight| {
        left -= weight;
        left < 0.0
    });
    // Rounding may leave a little at the end.
    taken.unwrap_or(0)
}
