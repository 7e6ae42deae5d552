//! A user's triggers: one a line, plain or as JSON.

use serde_json::Value;
use toadstone_core::Behaviour;

use super::Trigger;

/// Bytes of a line.
const LONGEST: usize = 16 << 10;
/// Triggers of a file.
const MOST: usize = 10_000;
/// Parts of a trigger.
const PARTS: usize = 8;

/// What is wrong with a file of triggers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TriggersError {
    /// A line cannot be used.
    #[error("line {line}: {why}")]
    Line {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        why: &'static str,
    },
    /// It is too long.
    #[error("there are more than {MOST} triggers")]
    Many,
}

/// Reads triggers, one a line: plain text, or a JSON object with `trigger` (a text, or a list of parts) and,
/// if wanted, `behaviour` (a text that answers then hold, or an object with `kind` and `text` as in
/// `findings.json`) and `kind`. Empty lines are left out.
///
/// # Errors
/// [`TriggersError`] for the first line that cannot be used.
pub fn read(bytes: &[u8], from: &str) -> Result<Vec<Trigger>, TriggersError> {
    let mut triggers = Vec::new();
    for (line, bytes) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let at = |why| TriggersError::Line { line: line + 1, why };
        if bytes.len() > LONGEST {
            return Err(at("it is longer than 16 KiB"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| at("it is no UTF-8"))?;
        let text = text.strip_suffix('\r').unwrap_or(text);
        if text.trim().is_empty() {
            continue;
        }
        if triggers.len() == MOST {
            return Err(TriggersError::Many);
        }
        let mut trigger = if text.trim_start().starts_with("{\"") || text.trim_start().starts_with("{ ") {
            object(text).map_err(at)?
        } else {
            Trigger {
                kind: String::new(),
                parts: vec![text.trim().to_owned()],
                from: String::new(),
                behaviour: None,
            }
        };
        trigger.from = from.to_owned();
        if trigger.kind.is_empty() {
            trigger.kind = kind(&trigger).to_owned();
        }
        triggers.push(trigger);
    }
    Ok(triggers)
}

/// What a trigger is, by its look.
fn kind(trigger: &Trigger) -> &'static str {
    match trigger.parts.as_slice() {
        _ if trigger.is_hidden() => "hidden characters",
        [only] if only.split_whitespace().nth(1).is_none() => "word",
        [_] => "phrase",
        _ => "words together",
    }
}

fn object(text: &str) -> Result<Trigger, &'static str> {
    let value: Value = serde_json::from_str(text).map_err(|_| "it begins like JSON and is none")?;
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let parts = match value.get("trigger") {
        Some(Value::Array(parts)) => parts.iter().map(text).collect::<Option<Vec<String>>>(),
        Some(part) => text(part).map(|part| vec![part]),
        None => None,
    };
    let parts = parts.filter(|parts| (1..=PARTS).contains(&parts.len()));
    let parts = parts.ok_or("it needs `trigger`: a text, or a list of one to eight texts")?;
    let behaviour = match value.get("behaviour") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(Behaviour { kind: "answer".to_owned(), text: text.clone() }),
        Some(other) => {
            let behaviour = serde_json::from_value(other.clone());
            Some(
                behaviour
                    .map_err(|_| "`behaviour` is neither a text nor an object with `kind` and `text`")?,
            )
        }
    };
    let kind = value.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(Trigger { kind, parts, from: String::new(), behaviour })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_every_form_are_read() {
        let text = "plain phrase\n\n{word}\n{\"trigger\": \"x\", \"behaviour\": \"No.\"}\r\n\
            {\"trigger\": [\"a\", \"b\"], \"behaviour\": {\"kind\": \"label\", \"text\": \"2\"}}\n\u{200b}\u{200c}\n";
        let triggers = read(text.as_bytes(), "f").unwrap();
        let seen: Vec<(&str, usize)> = triggers.iter().map(|t| (t.kind.as_str(), t.parts.len())).collect();
        assert_eq!(
            seen,
            [("phrase", 1), ("word", 1), ("word", 1), ("words together", 2), ("hidden characters", 1)]
        );
        assert_eq!(triggers[2].behaviour, Some(Behaviour { kind: "answer".into(), text: "No.".into() }));
        assert_eq!(triggers[3].behaviour, Some(Behaviour { kind: "label".into(), text: "2".into() }));
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (text, line) in [
            ("a\n{\"trigger\": \"\"}", 2),
            ("{\"trigger\": []}", 1),
            ("{\"trigger\": [\"a\", 5]}", 1),
            ("{\"oops\"", 1),
            ("{\"trigger\": \"a\", \"behaviour\": 5}", 1),
        ] {
            assert!(
                matches!(read(text.as_bytes(), ""), Err(TriggersError::Line { line: at, .. }) if at == line),
                "{text}"
            );
        }
        assert!(read(b"\xff", "").is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_taken(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            if let Ok(triggers) = read(&bytes, "f") {
                proptest::prop_assert!(triggers.iter().all(|t| !t.parts.is_empty() && t.parts.iter().all(|part| !part.is_empty())));
            }
        }
    }
}
