//! Models that can be asked: servers and proxies behind one interface.

pub mod endpoint;
mod proxy;

use toadstone_core::{Canary, Control, TrialModel};

pub use endpoint::{Endpoint, Options};
pub use proxy::{Peer, PeerError};

/// A line of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Message {
    /// `system`, `user` or `assistant`.
    pub role: String,
    /// What is said.
    pub content: String,
}

/// What a model is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// The conversation so far; the last line is the user's.
    pub messages: Vec<Message>,
    /// 0 takes the most probable token each time.
    pub temperature: f64,
    /// The answer ends after so many tokens, if not before.
    pub max_tokens: u64,
    /// Decides what is drawn, where the temperature is not 0 and the model obeys it. Answers to the same
    /// question with other seeds are other samples.
    pub seed: u64,
}

/// What it answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The text (hostile), cut to [`LONGEST`] bytes.
    pub text: String,
    /// Whether the model ended it, not the limit on tokens.
    pub whole: bool,
}

/// Bytes of an answer that are looked at.
pub const LONGEST: usize = 64 << 10;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// This question, or this try, failed; others may not. In words of ours.
    #[error("{0}")]
    Failed(String),
    /// Nothing further will be answered. In words of ours, and what to do.
    #[error("{0}")]
    Closed(String),
    /// The budget of requests or tokens is used up.
    #[error("the budget is used up")]
    Budget,
    /// The user asked to stop.
    #[error("interrupted")]
    Stopped,
}

/// A model that can be asked.
pub trait Model: Sync {
    /// Whom we ask.
    fn about(&self) -> TrialModel;

    /// Asks. May be called from several threads.
    ///
    /// # Errors
    /// [`ModelError`].
    fn ask(&self, ask: &Ask, control: &Control) -> Result<Answer, ModelError>;

    /// Checks of what only this kind of model can get wrong. Called once, before anything else; with
    /// `likelihood`, also whether [`Model::surprise`] gives numbers that can be believed.
    ///
    /// # Errors
    /// [`ModelError`], if it cannot be asked at all.
    fn checks(&self, likelihood: bool, control: &Control) -> Result<Checked, ModelError>;

    /// How surprised the model would be by an answer that begins with `target`: mean negative
    /// log-probability in nats for each step, a step at most [`endpoint::FLOOR`].
    ///
    /// # Errors
    /// [`ModelError`]; always if [`Model::checks`] did not say that it can.
    fn surprise(&self, messages: &[Message], target: &str, control: &Control) -> Result<f64, ModelError>;

    /// Questions that may be under way at one time.
    fn at_once(&self) -> usize;
}

/// What the checks of a model gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// The checks.
    pub canaries: Vec<Canary>,
    /// Whether [`Model::surprise`] can be used.
    pub likelihood: bool,
}

/// The text of a conversation for models that know no roles: a single line stands for itself.
pub(crate) fn flat(messages: &[Message]) -> String {
    match messages {
        [only] => only.content.clone(),
        several => {
            let lines = several.iter().map(|line| format!("{}: {}\n", line.role, line.content));
            lines.collect::<String>() + "assistant:"
        }
    }
}

/// At most `limit` bytes of a text, cut between characters.
pub(crate) fn cut(mut text: String, limit: usize) -> String {
    if text.len() > limit {
        let mut end = limit;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
    }
    text
}
