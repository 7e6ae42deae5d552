//! What is sent.

use serde::Serialize;

use crate::model::{Ask, flat};

/// How a server wants it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Dialect {
    /// The limit is called `max_completion_tokens`, and there is no temperature (reasoning models).
    pub(super) reasoning: bool,
}

/// A question as the body of a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body<'a> {
    pub(super) model: &'a str,
    pub(super) chat: bool,
    pub(super) ask: &'a Ask,
    /// So many of the most probable tokens, with their log-probabilities.
    pub(super) top: Option<u32>,
}

#[derive(Serialize)]
struct Line<'a> {
    role: &'a str,
    content: &'a str,
}

#[derive(Serialize)]
struct Wire<'a> {
    model: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    messages: Option<Vec<Line<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    seed: u64,
    /// A number in one of the protocols, a switch in the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    logprobs: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_logprobs: Option<u32>,
    stream: bool,
}

impl Body<'_> {
    /// The body; equal questions give equal bytes.
    pub(super) fn json(&self, dialect: Dialect) -> String {
        let ask = self.ask;
        let line = |line: &'_ crate::model::Message| (line.role.clone(), line.content.clone());
        let lines: Vec<(String, String)> = ask.messages.iter().map(line).collect();
        let messages = lines.iter().map(|(role, content)| Line { role, content }).collect();
        let limit = Some(ask.max_tokens);
        let wire = Wire {
            model: self.model,
            messages: self.chat.then_some(messages),
            prompt: (!self.chat).then(|| flat(&ask.messages)),
            max_tokens: limit.filter(|_| !dialect.reasoning),
            max_completion_tokens: limit.filter(|_| dialect.reasoning),
            temperature: (!dialect.reasoning).then_some(ask.temperature),
            // Some servers read it as a signed number of 32 bits.
            seed: ask.seed & 0x7FFF_FFFF,
            logprobs: self.top.map(|top| if self.chat { true.into() } else { top.into() }),
            top_logprobs: self.top.filter(|_| self.chat),
            stream: false,
        };
        serde_json::to_string(&wire).unwrap_or_default()
    }
}
