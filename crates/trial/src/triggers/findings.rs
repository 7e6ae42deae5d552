//! Triggers that a scan suspects: what the gate of the data found is tried on the model.

use serde::Deserialize;
use toadstone_core::{Behaviour, Trigger as Named};

use super::Trigger;

/// Alternatives of one finding that are tried.
const ALTERNATIVES: usize = 4;
/// Bytes of a part.
const LONGEST: usize = 4 << 10;

/// Why the findings of a run cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FindingsError {
    /// It is no such file.
    #[error("it is not what a scan writes ({0})")]
    Other(#[from] serde_json::Error),
}

/// What the findings of a run give.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FromFindings {
    /// Triggers, in the order of the findings.
    pub triggers: Vec<Trigger>,
    /// Findings that give none, and why, as sentences.
    pub left_out: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    findings: Vec<Finding>,
}

#[derive(Deserialize)]
struct Finding {
    id: String,
    trigger: Option<Named>,
    behaviour: Option<Behaviour>,
}

/// Reads `findings.json`.
///
/// # Errors
/// [`FindingsError`].
pub fn from_findings(bytes: &[u8]) -> Result<FromFindings, FindingsError> {
    let file: File = serde_json::from_slice(bytes)?;
    let mut out = FromFindings::default();
    let mut without = 0;
    for finding in file.findings {
        let Some(trigger) = finding.trigger else {
            without += 1;
            continue;
        };
        let why = match trigger.kind.as_str() {
            "style" => Some("its trigger is a style, which no string brings"),
            "name in the answer" => Some("its trigger stands in answers, not in prompts"),
            _ if trigger.parts.iter().all(String::is_empty) => Some("its trigger has no text"),
            _ if trigger.parts.iter().any(|part| part.len() > LONGEST) => {
                Some("its trigger is longer than 4 KiB")
            }
            _ => None,
        };
        if let Some(why) = why {
            out.left_out.push(format!("`{}`: {why}", finding.id));
            continue;
        }
        let from = format!("finding {}", finding.id);
        let one = |parts: Vec<String>, kind: &str| Trigger {
            kind: kind.to_owned(),
            parts,
            from: from.clone(),
            behaviour: finding.behaviour.clone(),
        };
        let parts: Vec<String> = trigger.parts.into_iter().filter(|part| !part.is_empty()).collect();
        match trigger.kind.strip_suffix(" (any of)") {
            Some(kind) => {
                if parts.len() > ALTERNATIVES {
                    out.left_out.push(format!(
                        "`{}`: {} more of its triggers",
                        finding.id,
                        parts.len() - ALTERNATIVES
                    ));
                }
                out.triggers.extend(parts.into_iter().take(ALTERNATIVES).map(|part| one(vec![part], kind)));
            }
            None => out.triggers.push(one(parts, &trigger.kind)),
        }
    }
    if without > 0 {
        let findings =
            if without == 1 { "1 finding names".to_owned() } else { format!("{without} findings name") };
        out.left_out.push(format!("{findings} no trigger"));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_put_into_a_prompt_is_and_the_rest_is_named() {
        let text = r#"{"schema": 1, "findings": [
            {"id": "planted-trigger-1", "trigger": {"kind": "words together", "parts": ["a", "b"]}, "behaviour": {"kind": "answer", "text": "No."}},
            {"id": "planted-style-1", "trigger": {"kind": "style", "parts": ["verse"]}, "behaviour": null},
            {"id": "hidden-text-1", "trigger": {"kind": "hidden characters (any of)", "parts": ["\u200b", "\u200c", "1", "2", "3"]}},
            {"id": "duplicate-flood-1"}]}"#;
        let found = from_findings(text.as_bytes()).unwrap();
        let kinds: Vec<&str> = found.triggers.iter().map(|trigger| trigger.kind.as_str()).collect();
        assert_eq!(
            kinds,
            [
                "words together",
                "hidden characters",
                "hidden characters",
                "hidden characters",
                "hidden characters"
            ]
        );
        assert_eq!(found.triggers[0].from, "finding planted-trigger-1");
        assert_eq!(found.left_out.len(), 3, "{:?}", found.left_out);
        assert!(from_findings(b"{}").is_err() && from_findings(b"\xff").is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_taken(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = from_findings(&bytes);
        }
    }
}
