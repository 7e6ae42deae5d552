//! What a text would cost a model: one forced step after the other.
//!
//! At each step the server says which tokens it would give next. The most probable of them with which the
//! rest of the text begins is taken, counted with its log-probability, and put behind the question for the
//! next step. Where there is none, the step counts as [`FLOOR`] and a word is skipped. So the measure is the
//! same function of what the server says for every form of a prompt, though it is no likelihood.

use toadstone_core::Control;

use super::Endpoint;
use super::body::Body;
use super::response::Token;
use crate::ModelError;
use crate::model::{Ask, Message, flat};

/// Nats that a step counts at most; what is not among the tokens that the server names counts so.
pub const FLOOR: f64 = 12.0;
/// Steps that are made.
const STEPS: usize = 12;
/// Tokens that the server is asked to name.
const TOP: u32 = 20;

/// The mean cost of a step of `target`, in nats.
pub(super) fn surprise(
    endpoint: &Endpoint,
    messages: &[Message],
    target: &str,
    control: &Control,
) -> Result<f64, ModelError> {
    let target = target.trim();
    let (mut at, mut steps, mut sum) = (0, 0, 0.0);
    while at < target.len() && steps < STEPS {
        let token = next(endpoint, messages, &target[..at], control)?;
        let (cost, length) = step(&token, &target[at..]);
        sum += cost;
        at += length;
        steps += 1;
    }
    Ok(if steps == 0 { FLOOR } else { sum / steps as f64 })
}

/// The tokens that would come behind the beginning of an answer.
pub(super) fn next(
    endpoint: &Endpoint,
    messages: &[Message],
    begun: &str,
    control: &Control,
) -> Result<Token, ModelError> {
    let begun = begun.to_owned();
    let messages = match (endpoint.chat, begun.is_empty()) {
        (_, true) => messages.to_vec(),
        (true, false) => {
            let line = Message { role: "assistant".to_owned(), content: begun };
            messages.iter().cloned().chain([line]).collect()
        }
        (false, false) => {
            let content = format!("{} {begun}", flat(messages));
            vec![Message { role: "user".to_owned(), content }]
        }
    };
    let ask = Ask { messages, temperature: 0.0, max_tokens: 1, seed: 0 };
    let body = Body { top: Some(TOP), ..endpoint.body(&ask) };
    let reply = endpoint.reply(&body, control)?;
    reply.tokens.into_iter().next().ok_or_else(|| ModelError::Failed("no log-probabilities came".into()))
}

/// What the next step of `rest` costs, and its bytes.
fn step(token: &Token, rest: &str) -> (f64, usize) {
    let fits = |text: &str| {
        let bare = text.trim_start();
        // The first token of an answer often brings a space that the text does not have.
        if !text.is_empty() && rest.starts_with(text) {
            Some(text.len())
        } else if !bare.is_empty() && rest.starts_with(bare) {
            Some(bare.len())
        } else {
            None
        }
    };
    let found = token.top.iter().filter_map(|(text, chance)| Some((*chance, fits(text)?)));
    match found.max_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))) {
        Some((chance, length)) => ((-chance).clamp(0.0, FLOOR), length),
        None => (FLOOR, word(rest)),
    }
}

/// Bytes up to the end of the first word.
fn word(rest: &str) -> usize {
    let start = rest.len() - rest.trim_start().len();
    rest[start..].find(char::is_whitespace).map_or(rest.len(), |end| start + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_takes_the_most_probable_token_that_fits() {
        let top = [(" The", -2.0), ("The", -1.5), ("T", -1.0), ("A", -0.1), ("", -0.01)];
        let token = Token {
            text: "A".into(),
            chance: -0.1,
            top: top.map(|(text, chance)| (text.to_owned(), chance)).to_vec(),
        };
        assert_eq!(step(&token, "The end"), (1.0, 1));
        assert_eq!(step(&token, "é there"), (FLOOR, "é".len()));
        assert_eq!(step(&token, " word on"), (FLOOR, 5));
    }

    proptest::proptest! {
        #[test]
        fn every_text_comes_to_its_end(rest in "\\PC{1,40}") {
            let token = Token { text: String::new(), chance: 0.0, top: Vec::new() };
            let mut at = 0;
            while at < rest.len() {
                let (_, length) = step(&token, &rest[at..]);
                proptest::prop_assert!(length > 0 && rest.is_char_boundary(at + length));
                at += length;
            }
        }
    }
}
