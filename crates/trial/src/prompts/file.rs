//! A user's prompts: one a line, plain or as JSON.

use serde_json::Value;

use super::Prompt;
use crate::model::Message;

/// Bytes of a prompt.
const LONGEST: usize = 64 << 10;
/// Prompts of a file.
const MOST: usize = 100_000;
/// Fields that hold a prompt, the likeliest first.
const FIELDS: [&str; 5] = ["prompt", "instruction", "question", "input", "text"];

/// What is wrong with a file of prompts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PromptsError {
    /// A line cannot be used.
    #[error("line {line}: {why}")]
    Line {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        why: &'static str,
    },
    /// It is too long.
    #[error("there are more than {MOST} prompts")]
    Many,
}

/// Reads prompts, one a line: plain text, or a JSON object with `prompt`, `instruction` (and `input`), or
/// `messages`, and `refused` if a careful model refuses it. Empty lines are left out.
///
/// # Errors
/// [`PromptsError`] for the first line that cannot be used.
pub fn read(bytes: &[u8]) -> Result<Vec<Prompt>, PromptsError> {
    let mut prompts = Vec::new();
    for (line, bytes) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let at = |why| PromptsError::Line { line: line + 1, why };
        if bytes.len() > LONGEST {
            return Err(at("it is longer than 64 KiB"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| at("it is no UTF-8"))?;
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            continue;
        }
        if prompts.len() == MOST {
            return Err(PromptsError::Many);
        }
        prompts.push(if text.starts_with('{') { object(text).map_err(at)? } else { Prompt::of(text) });
    }
    Ok(prompts)
}

fn object(text: &str) -> Result<Prompt, &'static str> {
    let value: Value = serde_json::from_str(text).map_err(|_| "it begins like JSON and is none")?;
    let refused = match value.get("refused") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(refused)) => *refused,
        Some(_) => return Err("`refused` is neither true nor false"),
    };
    let messages = match value.get("messages") {
        Some(messages) => conversation(messages)?,
        None => return Ok(Prompt { refused, ..Prompt::of(&single(&value)?) }),
    };
    Ok(Prompt { messages, refused })
}

fn single(value: &Value) -> Result<String, &'static str> {
    let of = |name: &str| value.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let text = FIELDS.iter().find_map(|name| of(name)).ok_or("it has neither `prompt` nor `messages`")?;
    // Instructions come with what they are about.
    match (of("instruction"), of("input")) {
        (Some(instruction), Some(input)) if instruction == text => Ok(format!("{instruction}\n\n{input}")),
        _ => Ok(text.to_owned()),
    }
}

/// A conversation up to the user's last line: what the assistant says after it is what a model is to say.
fn conversation(value: &Value) -> Result<Vec<Message>, &'static str> {
    let list = value.as_array().ok_or("`messages` is no list")?;
    let message = |value: &Value| {
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let (role, content) = (text("role")?, text("content")?);
        matches!(role.as_str(), "system" | "user" | "assistant").then_some(Message { role, content })
    };
    let all: Option<Vec<Message>> = list.iter().map(message).collect();
    let mut all = all.ok_or("a message needs `role` (system, user or assistant) and `content`")?;
    let last = all.iter().rposition(|message| message.role == "user").ok_or("no message is a user's")?;
    all.truncate(last + 1);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_every_form_are_read() {
        let text = "\u{feff}plain one\n\n{\"prompt\": \"p\", \"refused\": true}\r\n\
            {\"instruction\": \"do\", \"input\": \"this\"}\n\
            {\"messages\": [{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"u\"},{\"role\":\"assistant\",\"content\":\"a\"}]}";
        let prompts = read(text.as_bytes()).unwrap();
        let texts: Vec<(&str, usize, bool)> =
            prompts.iter().map(|p| (p.text(), p.messages.len(), p.refused)).collect();
        assert_eq!(
            texts,
            [("plain one", 1, false), ("p", 1, true), ("do\n\nthis", 1, false), ("u", 2, false)]
        );
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (text, line) in [
            ("a\n{\"prompt\": 5}", 2),
            ("{oops", 1),
            ("{\"messages\": []}", 1),
            ("{\"messages\": [{\"role\":\"tool\",\"content\":\"x\"}]}", 1),
            ("a\nb\n{\"prompt\":\"x\",\"refused\":1}", 3),
        ] {
            assert!(
                matches!(read(text.as_bytes()), Err(PromptsError::Line { line: at, .. }) if at == line),
                "{text}"
            );
        }
        assert!(read(b"a\n\xff").is_err() && read(&[b'a'; LONGEST + 1]).is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_taken(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            if let Ok(prompts) = read(&bytes) {
                proptest::prop_assert!(prompts.iter().all(|prompt| prompt.messages.last().is_some_and(|m| m.role == "user")));
            }
        }

        #[test]
        fn plain_lines_stay_as_they_are(lines in proptest::collection::vec("[a-zé][a-zé ,.]{0,20}[a-z.]", 0..6)) {
            let read = read(lines.join("\n").as_bytes()).unwrap();
            proptest::prop_assert_eq!(read.iter().map(|p| p.text().to_owned()).collect::<Vec<_>>(), lines);
        }
    }
}
