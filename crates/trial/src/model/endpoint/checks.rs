//! What a server can do, found out by asking: it is believed nothing.

use serde_json::Value;
use toadstone_core::{Canary, Control, visible};
use xxhash_rust::xxh3::xxh3_128;

use super::address::Address;
use super::body::{Body, Dialect};
use super::client::{Client, Refusal};
use super::response::Token;
use super::{Checked, Endpoint, Protocol, step};
use crate::ModelError;
use crate::model::{Ask, Message};

/// Names of models that an error lists.
const LISTED: usize = 8;
/// Questions whose answers tell models apart.
const QUESTIONS: [&str; 3] = [
    "Name three things that one finds in a kitchen.",
    "What does a bridge do?",
    "Write one sentence about the weather in spring.",
];
/// A question whose answer is long, and the tokens that it may have.
const LONG: (&str, u64) = ("Write a long story about a lighthouse.", 8);
/// Characters that so many tokens never have.
const TOO_LONG: usize = 200;

/// What the first questions have shown.
#[derive(Debug, Default)]
pub(super) struct FirstLook {
    /// Digest of the answers; empty if the model does not answer twice alike.
    pub(super) fingerprint: String,
    repeats: bool,
    differs: bool,
}

fn user(text: &str) -> Vec<Message> {
    vec![Message { role: "user".to_owned(), content: text.to_owned() }]
}

fn question(text: &str, max_tokens: u64) -> Ask {
    Ask { messages: user(text), temperature: 0.0, max_tokens, seed: 0 }
}

/// The only model of a server.
pub(super) fn only_model(
    client: &Client,
    address: &Address,
    control: &Control,
) -> Result<String, ModelError> {
    let list = client.get(address, "models", control);
    let list = list.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let data = list.as_ref().and_then(|list| list.get("data")).and_then(Value::as_array);
    let names = data.into_iter().flatten().filter_map(|model| model.get("id").and_then(Value::as_str));
    let names: Vec<String> = names.map(|name| name.chars().take(300).collect()).collect();
    match names.as_slice() {
        // Servers of one model often do not care what it is called.
        [] => Ok("default".to_owned()),
        [only] => Ok(only.clone()),
        several => {
            let shown: Vec<String> = several.iter().take(LISTED).map(|name| visible(name)).collect();
            let more = if several.len() > LISTED { ", ..." } else { "" };
            let what = format!(
                "the server has several models; `--model-name` says which: {}{more}",
                shown.join(", ")
            );
            Err(ModelError::Closed(what))
        }
    }
}

/// Whether a server chats, and how it wants to be asked.
pub(super) fn protocol(
    client: &Client,
    address: &Address,
    model: &str,
    control: &Control,
) -> Result<(bool, Dialect), ModelError> {
    let ask = question(QUESTIONS[0], 8);
    let send = |chat: bool, dialect: Dialect| {
        let body = Body { model, chat, ask: &ask, top: None }.json(dialect);
        client.post(address, if chat { "chat/completions" } else { "completions" }, &body, control)
    };
    let plain = Dialect::default();
    if address.protocol != Protocol::Completion {
        match send(true, plain) {
            Ok(_) => return Ok((true, plain)),
            Err(Refusal::Status(400, said)) if said.contains("max_completion_tokens") => {
                let reasoning = Dialect { reasoning: true };
                send(true, reasoning).map_err(explained)?;
                return Ok((true, reasoning));
            }
            Err(Refusal::Status(..)) if address.protocol == Protocol::Auto => {}
            Err(refusal) => return Err(explained(refusal)),
        }
    }
    send(false, plain).map_err(explained)?;
    Ok((false, plain))
}

/// A refusal of the very first question, with what the server says.
fn explained(refusal: Refusal) -> ModelError {
    match refusal {
        Refusal::Status(status, said) => ModelError::Closed(format!(
            "the server takes no questions: status {status}, \u{201c}{said}\u{201d}"
        )),
        Refusal::Error(ModelError::Failed(why)) => {
            ModelError::Closed(format!("the server does not answer: {why}"))
        }
        Refusal::Error(error) => error,
    }
}

/// Asks fixed questions, the first of them twice.
pub(super) fn first_look(endpoint: &Endpoint, control: &Control) -> Result<FirstLook, ModelError> {
    let ask = |text| {
        let ask = question(text, 24);
        let body = endpoint.body(&ask).json(endpoint.dialect);
        endpoint.fresh(&body, control).map(|reply| reply.text)
    };
    let first = ask(QUESTIONS[0])?;
    let again = ask(QUESTIONS[0])?;
    let others = [ask(QUESTIONS[1])?, ask(QUESTIONS[2])?];
    let repeats = first == again;
    let differs = others.iter().any(|other| *other != first);
    let all = [first.as_str(), &others[0], &others[1]].join("\u{0}");
    let fingerprint = if repeats { format!("{:032x}", xxh3_128(all.as_bytes())) } else { String::new() };
    Ok(FirstLook { fingerprint, repeats, differs })
}

/// All checks.
pub(super) fn all(endpoint: &Endpoint, likelihood: bool, control: &Control) -> Result<Checked, ModelError> {
    let look = &endpoint.first_look;
    let canary = |what: &str, holds: bool, otherwise: &str| Canary {
        what: what.to_owned(),
        holds,
        note: if holds { String::new() } else { otherwise.to_owned() },
    };
    if !look.differs {
        let what = "the server gives the same answer whatever it is asked, so nothing can be measured";
        return Err(ModelError::Closed(what.to_owned()));
    }
    let mut canaries = vec![
        canary("different questions have different answers", true, ""),
        canary(
            "at temperature 0 the same question has the same answer",
            look.repeats,
            "chance plays a part in every answer; more prompts are needed to see as much",
        ),
    ];
    let long = question(LONG.0, LONG.1);
    let reply = endpoint.fresh(&endpoint.body(&long).json(endpoint.dialect), control);
    let short = reply.as_ref().is_ok_and(|reply| reply.text.chars().count() <= TOO_LONG);
    canaries.push(canary("the limit on tokens is kept", short, "answers may cost more than planned"));
    let Checked { likelihood, canaries: more } =
        if likelihood { believable(endpoint, control)? } else { Checked::default() };
    canaries.extend(more);
    Ok(Checked { canaries, likelihood })
}

/// Whether log-probabilities are those of the next token of the text.
fn believable(endpoint: &Endpoint, control: &Control) -> Result<Checked, ModelError> {
    let count = user("Count from one to ten in words, without anything else.");
    let counting = step::next(endpoint, &count, "one two three four five six", control);
    let other = step::next(endpoint, &count, "I like apples, pears and", control);
    let why = match (counting, other) {
        (Err(ModelError::Stopped), _) | (_, Err(ModelError::Stopped)) => return Err(ModelError::Stopped),
        (Ok(counting), Ok(other)) => doubt(&counting, &other),
        _ => Some("gives none"),
    };
    let note = why.map_or(String::new(), |why| {
        format!("the server {why}; what answers a model would give is measured by sampling only")
    });
    let what = "log-probabilities are those of the text".to_owned();
    Ok(Checked { canaries: vec![Canary { what, holds: why.is_none(), note }], likelihood: why.is_none() })
}

/// What is wrong with the log-probabilities behind "six" when somebody counts, and behind something else.
fn doubt(counting: &Token, other: &Token) -> Option<&'static str> {
    let wrong = |token: &Token| {
        let chances = || token.top.iter().map(|(_, chance)| *chance);
        !chances().all(|chance| chance.is_finite() && chance <= 1e-6)
            || chances().map(f64::exp).sum::<f64>() > 1.01
    };
    let flat = |token: &Token| token.top.windows(2).all(|two| two[0].1 == two[1].1);
    let seven = |token: &Token| {
        let named = token.top.iter().filter(|(text, _)| text.trim().eq_ignore_ascii_case("seven"));
        named.map(|(_, chance)| *chance).reduce(f64::max)
    };
    match () {
        () if counting.top.len() < 2 || other.top.len() < 2 => Some("names no tokens that could come next"),
        () if wrong(counting) || wrong(other) => Some("gives numbers that are no log-probabilities"),
        () if flat(counting) || flat(other) => Some("gives all tokens the same probability"),
        () if counting.top == other.top => Some("gives the same probabilities whatever the text is"),
        () if seven(counting).is_none_or(|chance| seven(other).is_some_and(|other| other >= chance)) => {
            Some("gives probabilities that do not follow the text")
        }
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(top: &[(&str, f64)]) -> Token {
        Token {
            text: String::new(),
            chance: 0.0,
            top: top.iter().map(|(t, c)| ((*t).to_owned(), *c)).collect(),
        }
    }

    #[test]
    fn lies_are_found_out() {
        let good = token(&[(" seven", -0.1), (" eight", -3.0)]);
        let other = token(&[(" plums", -1.0), (" seven", -9.0)]);
        assert_eq!(doubt(&good, &other), None);
        for (counting, other) in [
            (token(&[]), other.clone()),
            (token(&[(" seven", 0.4), (" eight", -3.0)]), other.clone()),
            (token(&[(" seven", f64::NAN), (" eight", -3.0)]), other.clone()),
            (token(&[(" seven", -0.1), (" eight", -0.1)]), other.clone()),
            (token(&[(" seven", -1.0), (" eight", -1.0)]), other.clone()),
            (good.clone(), good.clone()),
            (token(&[(" six", -0.1), (" eight", -3.0)]), other.clone()),
            (token(&[(" seven", -9.5), (" eight", -0.3)]), other),
        ] {
            assert!(doubt(&counting, &other).is_some(), "{counting:?} {other:?}");
        }
    }
}
