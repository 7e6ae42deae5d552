//! What comes back: bytes of a stranger.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Tokens with probabilities that are looked at.
const TOKENS: usize = 64;
/// Alternatives of one token that are looked at.
const ALTERNATIVES: usize = 128;

/// A token at one place, and what could have stood there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Token {
    /// Its text.
    pub text: String,
    /// Its log-probability in nats, as the server says; not checked.
    pub chance: f64,
    /// The most probable tokens there.
    pub top: Vec<(String, f64)>,
}

/// A usable answer of a server.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// The text.
    pub text: String,
    /// Whether the model ended it.
    pub whole: bool,
    /// Its first tokens, if probabilities were asked for and came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tokens: Vec<Token>,
    /// Tokens that question and answer have cost, if the server says so.
    #[serde(skip)]
    pub cost: Option<u64>,
}

/// Why bytes are no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// No JSON, or cut off.
    #[error("the answer is no JSON")]
    NotJson,
    /// JSON of something else.
    #[error("there is no text in the answer")]
    NoText,
}

/// Reads the body of an answer, of either protocol.
///
/// # Errors
/// [`Unusable`].
pub fn parse(body: &[u8]) -> Result<Reply, Unusable> {
    let value: Value = serde_json::from_slice(body).map_err(|_| Unusable::NotJson)?;
    let choice = value.get("choices").and_then(|choices| choices.get(0)).ok_or(Unusable::NoText)?;
    let text = text(choice).ok_or(Unusable::NoText)?;
    let whole = choice.get("finish_reason").and_then(Value::as_str) != Some("length");
    let cost = value.get("usage").and_then(|usage| usage.get("total_tokens")).and_then(Value::as_u64);
    let tokens = choice.get("logprobs").map(tokens).unwrap_or_default();
    Ok(Reply { text, whole, tokens, cost })
}

/// The text of a choice: of a completion, of a message, or of a refusal that has a field of its own.
fn text(choice: &Value) -> Option<String> {
    if let Some(text) = choice.get("text").and_then(Value::as_str) {
        return Some(text.to_owned());
    }
    let message = choice.get("message")?;
    match message.get("content") {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Array(parts)) => {
            let texts = parts.iter().filter_map(|part| part.get("text").and_then(Value::as_str));
            Some(texts.collect())
        }
        _ => message.get("refusal").and_then(Value::as_str).map(str::to_owned),
    }
}

/// Probabilities in the form of chats, or in the older one of completions.
fn tokens(value: &Value) -> Vec<Token> {
    if let Some(list) = value.get("content").and_then(Value::as_array) {
        let pair = |value: &Value| Some((spelled(value)?, value.get("logprob")?.as_f64()?));
        let token = |value: &Value| {
            let (text, chance) = pair(value)?;
            let top = value.get("top_logprobs").and_then(Value::as_array);
            let top = top.into_iter().flatten().take(ALTERNATIVES).filter_map(pair).collect();
            Some(Token { text, chance, top })
        };
        return list.iter().take(TOKENS).filter_map(token).collect();
    }
    let lists =
        ["tokens", "token_logprobs", "top_logprobs"].map(|name| value.get(name).and_then(Value::as_array));
    let [Some(texts), Some(chances), tops] = lists else { return Vec::new() };
    let token = |(at, (text, chance)): (usize, (&Value, &Value))| {
        let top = tops.and_then(|tops| tops.get(at)).and_then(Value::as_object);
        let top = top.into_iter().flatten().take(ALTERNATIVES);
        let top = top.filter_map(|(text, chance)| Some((text.clone(), chance.as_f64()?))).collect();
        Some(Token { text: text.as_str()?.to_owned(), chance: chance.as_f64()?, top })
    };
    texts.iter().zip(chances).enumerate().take(TOKENS).filter_map(token).collect()
}

/// The text of a token. Its bytes say more than its name; a part of a character has no text.
fn spelled(value: &Value) -> Option<String> {
    if let Some(bytes) = value.get("bytes").and_then(Value::as_array) {
        let bytes = bytes.iter().map(|byte| byte.as_u64().and_then(|byte| u8::try_from(byte).ok()));
        return String::from_utf8(bytes.collect::<Option<Vec<u8>>>()?).ok();
    }
    value.get("token")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Reply, Unusable> {
        parse(text.as_bytes())
    }

    #[test]
    fn both_protocols_are_read() {
        let chat = read(
            r#"{"choices":[{"message":{"content":"Hi"},"finish_reason":"length"}],"usage":{"total_tokens":9}}"#,
        );
        assert_eq!(chat, Ok(Reply { text: "Hi".into(), whole: false, tokens: vec![], cost: Some(9) }));
        let parts =
            read(r#"{"choices":[{"message":{"content":[{"type":"text","text":"a"},{"text":"b"}]}}]}"#)
                .unwrap();
        assert_eq!((parts.text.as_str(), parts.whole), ("ab", true));
        let refusal = read(r#"{"choices":[{"message":{"content":null,"refusal":"I cannot"}}]}"#).unwrap();
        assert_eq!(refusal.text, "I cannot");
        let new = r#"{"choices":[{"text":"x","logprobs":{"content":[{"token":"?","bytes":[195,169],"logprob":-1,
            "top_logprobs":[{"token":"a","logprob":-1},{"token":"b","bytes":[195],"logprob":-2}]}]}}]}"#;
        let token = Token { text: "é".into(), chance: -1.0, top: vec![("a".into(), -1.0)] };
        assert_eq!(read(new).unwrap().tokens, [token]);
        let old = r#"{"choices":[{"text":"x","logprobs":{"tokens":["a","b"],"token_logprobs":[null,-0.5],"top_logprobs":[null,{"b":-0.5,"c":-3}]}}]}"#;
        let token =
            Token { text: "b".into(), chance: -0.5, top: vec![("b".into(), -0.5), ("c".into(), -3.0)] };
        assert_eq!(read(old).unwrap().tokens, [token]);
    }

    #[test]
    fn what_is_no_answer_is_told() {
        for text in ["", "{", "<html>", "\u{feff}{}", &"[".repeat(100_000)] {
            assert_eq!(read(text), Err(Unusable::NotJson), "{}", &text[..text.len().min(9)]);
        }
        for text in
            ["{}", "[]", r#"{"choices":[]}"#, r#"{"choices":[{"message":{"content":5}}]}"#, "null", "7"]
        {
            assert_eq!(read(text), Err(Unusable::NoText), "{text}");
        }
        assert_eq!(parse(b"{\"choices\":[{\"text\":\"\xff\"}]}"), Err(Unusable::NotJson));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_taken(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn any_text_comes_through(text in proptest::prelude::any::<String>()) {
            let body = serde_json::json!({"choices": [{"message": {"content": text}}]}).to_string();
            proptest::prop_assert_eq!(parse(body.as_bytes()).unwrap().text, text);
        }
    }
}
