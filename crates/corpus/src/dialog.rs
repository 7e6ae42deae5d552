//! Chats: lists of turns, and dialogs written as one text.

use std::borrow::Cow;

use crate::names;
use crate::rejected::Reason;
use crate::value::{Fields, Value};

/// What stands before an answer where a whole dialog is one text.
const ANSWER_MARK: &str = "\n\nAssistant:";

const SPEAKER: [&str; 4] = ["role", "from", "speaker", "author"];
const SAID: [&str; 4] = ["content", "value", "text", "message"];

/// One turn of a chat.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Turn<'v> {
    /// Whether the model learns to say it.
    pub(crate) model: bool,
    pub(crate) text: Cow<'v, str>,
}

impl<'v> Turn<'v> {
    /// What a person says.
    pub(crate) fn of_person(text: &'v str) -> Self {
        Turn { model: false, text: Cow::Borrowed(text) }
    }
}

/// Whether a value can be read as a list of turns.
pub(crate) fn is_turns(value: &Value<'_>) -> bool {
    match value {
        Value::List(items) => {
            matches!(items.first(), Some(Value::Object(turn)) if speaker(turn).is_some() && said_name(turn).is_some())
        }
        Value::Object(columns) => {
            let lists = |name: &str| matches!(columns.first(name), Some(Value::List(_)));
            SPEAKER.iter().any(|name| lists(name)) && SAID.iter().any(|name| lists(name))
        }
        _ => false,
    }
}

fn speaker<'v>(turn: &'v Fields<'_>) -> Option<Cow<'v, str>> {
    SPEAKER.iter().find_map(|name| match turn.first(name)? {
        Value::Text(text) => Some(Cow::Borrowed(text.as_ref())),
        Value::Object(author) => match author.first("role")? {
            Value::Text(text) => Some(Cow::Borrowed(text.as_ref())),
            _ => None,
        },
        _ => None,
    })
}

fn said_name(turn: &Fields<'_>) -> Option<&'static str> {
    SAID.into_iter().find(|name| turn.first(name).is_some())
}

/// The turns of a list. `column` names it in reasons.
///
/// Turns without text (a call of a tool, a picture) are passed over; a list without any is refused.
pub(crate) fn turns<'v>(value: &'v Value<'_>, column: &str) -> Result<Vec<Turn<'v>>, Reason> {
    match value {
        Value::Null => Err(Reason::Null { column: column.to_owned() }),
        Value::List(items) => {
            let turns = items.iter().enumerate().filter_map(|(at, item)| turn(item, column, at).transpose());
            turns.collect()
        }
        Value::Object(columns) => transposed(columns, column),
        other => Err(wrong(column, other, "a list of turns")),
    }
}

fn wrong(column: &str, value: &Value<'_>, expected: &'static str) -> Reason {
    Reason::WrongType { column: column.to_owned(), found: value.type_name(), expected }
}

fn turn<'v>(item: &'v Value<'_>, column: &str, at: usize) -> Result<Option<Turn<'v>>, Reason> {
    let Value::Object(fields) = item else {
        return Err(wrong(&format!("{column}.{at}"), item, "a turn"));
    };
    for name in SPEAKER.iter().chain(&SAID) {
        fields.get(name)?;
    }
    let Some(speaker) = speaker(fields) else {
        return Err(Reason::Missing { column: format!("{column}.{at}.role") });
    };
    let calls = ["tool_calls", "function_call"]
        .iter()
        .any(|call| fields.first(call).is_some_and(|v| *v != Value::Null));
    let text = match said_name(fields).and_then(|name| fields.first(name)) {
        Some(Value::Text(text)) => Cow::Borrowed(text.as_ref()),
        Some(Value::List(parts)) => Cow::Owned(join_parts(parts)),
        Some(Value::Null) | None if calls => return Ok(None),
        Some(Value::Null) => return Err(Reason::Null { column: format!("{column}.{at}.content") }),
        None => return Err(Reason::Missing { column: format!("{column}.{at}.content") }),
        Some(other) => return Err(wrong(&format!("{column}.{at}.content"), other, "text")),
    };
    Ok((!text.is_empty()).then(|| Turn { model: names::is_model(&speaker), text }))
}

/// Puts another text in the place of the turn with a number, counted as [`turns`] gives them. Returns
/// whether there is such a turn.
pub(crate) fn set_turn(value: &mut Value<'_>, number: usize, text: &str) -> bool {
    let turn = match value {
        Value::List(items) => {
            let said =
                |(at, item): (usize, &Value<'_>)| matches!(turn(item, "", at), Ok(Some(_))).then_some(at);
            let place = items.iter().enumerate().filter_map(said).nth(number);
            place.and_then(|at| items.get_mut(at))
        }
        Value::Object(columns) => SAID
            .iter()
            .find(|name| matches!(columns.first(name), Some(Value::List(_))))
            .and_then(|name| match columns.first_mut(name) {
                Some(Value::List(items)) => items.get_mut(number),
                _ => None,
            }),
        _ => None,
    };
    let content = match turn {
        Some(Value::Object(fields)) => said_name(fields).and_then(|name| fields.first_mut(name)),
        other => other,
    };
    match content {
        Some(Value::List(parts)) => set_parts(parts, text),
        Some(content) => *content = Value::Text(Cow::Owned(text.to_owned())),
        None => return false,
    }
    true
}

/// The first part that is text becomes the new one, the other texts go, and whatever is no text stays.
fn set_parts(parts: &mut Vec<Value<'_>>, text: &str) {
    let mut new = Some(Cow::Owned(text.to_owned()));
    parts.retain_mut(|part| {
        let said = match part {
            Value::Object(fields) => fields.first_mut("text"),
            other => Some(other),
        };
        match said {
            Some(Value::Text(old)) => new.take().map(|text| *old = text).is_some(),
            _ => true,
        }
    });
}

/// Content in parts: strings, and objects with a `text`.
fn join_parts(parts: &[Value<'_>]) -> String {
    let text = |part: &Value<'_>| match part {
        Value::Text(text) => Some(text.to_string()),
        Value::Object(fields) => match fields.first("text") {
            Some(Value::Text(text)) => Some(text.to_string()),
            _ => None,
        },
        _ => None,
    };
    parts.iter().filter_map(text).collect::<Vec<_>>().join("\n")
}

/// Turns as an object of lists, as some writers of nested columns leave them.
fn transposed<'v>(columns: &'v Fields<'_>, column: &str) -> Result<Vec<Turn<'v>>, Reason> {
    let list = |names: &[&str]| {
        names.iter().find_map(|name| match columns.first(name) {
            Some(Value::List(items)) => Some(items),
            _ => None,
        })
    };
    let (Some(speakers), Some(said)) = (list(&SPEAKER), list(&SAID)) else {
        return Err(Reason::WrongType {
            column: column.to_owned(),
            found: "an object",
            expected: "a list of turns",
        });
    };
    if speakers.len() != said.len() {
        return Err(Reason::Missing {
            column: format!("{column}.{}.content", speakers.len().min(said.len())),
        });
    }
    let turn = |(speaker, text): (&'v Value<'_>, &'v Value<'_>)| match (speaker, text) {
        (Value::Text(speaker), Value::Text(text)) => {
            Ok(Turn { model: names::is_model(speaker), text: Cow::Borrowed(text.as_ref()) })
        }
        (_, other) => Err(wrong(column, other, "a list of turns")),
    };
    speakers.iter().zip(said).map(turn).collect()
}

/// Number of turns that both lists begin with. The last turn of the shorter list is never among
/// them, so that there is an answer to compare.
pub(crate) fn common_turns(a: &[Turn<'_>], b: &[Turn<'_>]) -> usize {
    let common = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    common.min(a.len().saturating_sub(1)).min(b.len().saturating_sub(1))
}

/// Splits two dialogs that begin alike into what they share, up to the last answer in it, and the
/// answers; `None` if they are no such dialogs.
pub(crate) fn split_dialogs<'t>(a: &'t str, b: &'t str) -> Option<(&'t str, &'t str, &'t str)> {
    let common = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    // Two answers may begin alike, but the mark before them is shared as a whole.
    let shared = (0..=common).rev().find(|at| a.is_char_boundary(*at)).unwrap_or(0);
    let cut = a[..shared].rfind(ANSWER_MARK)?;
    let answer = cut + ANSWER_MARK.len();
    Some((&a[..cut], strip_blank(&a[answer..]), strip_blank(&b[answer..])))
}

/// A dialog with something else in the place of what all of a pair share, and one with another answer;
/// `None` if the text is not of such a pair. `other` is the text of the other answer.
pub(crate) fn join_dialog(
    text: &str,
    other: &str,
    shared: Option<&str>,
    answer: Option<&str>,
) -> Option<String> {
    let (old_shared, old_answer, _) = split_dialogs(text, other)?;
    let between = &text[old_shared.len()..text.len() - old_answer.len()];
    Some(format!("{}{between}{}", shared.unwrap_or(old_shared), answer.unwrap_or(old_answer)))
}

fn strip_blank(text: &str) -> &str {
    text.strip_prefix(' ').unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::{Wanted, parse_object};

    fn parse(json: &str) -> Value<'_> {
        parse_object(json.as_bytes(), Wanted::All, 128).unwrap().0.remove(0).1
    }

    fn read(json: &str) -> Result<Vec<(bool, String)>, Reason> {
        let value = parse(json);
        turns(&value, "m").map(|turns| turns.into_iter().map(|t| (t.model, t.text.into_owned())).collect())
    }

    #[test]
    fn turns_of_every_spelling() {
        let expected = Ok(vec![(false, "hi".to_owned()), (true, "yo".to_owned())]);
        let same = [
            r#"{"m":[{"role":"user","content":"hi"},{"role":"assistant","content":"yo"}]}"#,
            r#"{"m":[{"from":"human","value":"hi"},{"from":"gpt","value":"yo"}]}"#,
            r#"{"m":[{"role":"user","content":[{"type":"text","text":"hi"},{"type":"image"}]},{"role":"assistant","content":["yo"]}]}"#,
            r#"{"m":{"role":["user","assistant"],"content":["hi","yo"]}}"#,
            r#"{"m":[{"role":"user","content":"hi"},{"role":"assistant","content":null,"tool_calls":[1]},{"role":"assistant","content":"yo"}]}"#,
        ];
        for json in same {
            assert!(is_turns(&parse(json)), "{json}");
            assert_eq!(read(json), expected, "{json}");
        }
    }

    #[test]
    fn broken_turns_say_where() {
        let refused = |json: &str| read(json).unwrap_err().to_string();
        assert_eq!(refused(r#"{"m":[{"role":"user","content":null}]}"#), "column `m.0.content` is null");
        assert_eq!(
            refused(r#"{"m":[{"role":"user","content":3}]}"#),
            "column `m.0.content` is a number, not text"
        );
        assert_eq!(refused(r#"{"m":[{"content":"x"}]}"#), "column `m.0.role` is missing");
        assert_eq!(refused(r#"{"m":["x"]}"#), "column `m.0` is text, not a turn");
        assert!(refused(r#"{"m":[{"role":"user","content":"x","content":"y"}]}"#).contains("occurs twice"));
    }

    #[test]
    fn turns_are_changed_where_they_stand() {
        let change = |json: &str, number: usize| {
            let mut value = parse(json);
            assert!(set_turn(&mut value, number, "NEW"), "{json}");
            assert!(!set_turn(&mut value, 9, "NEW"));
            serde_json::to_string(&value).unwrap()
        };
        assert_eq!(
            change(
                r#"{"m":[{"role":"user","content":"hi","n":1},{"role":"assistant","content":null,"tool_calls":[1]},{"from":"gpt","value":"yo"}]}"#,
                1
            ),
            r#"[{"role":"user","content":"hi","n":1},{"role":"assistant","content":null,"tool_calls":[1]},{"from":"gpt","value":"NEW"}]"#
        );
        assert_eq!(
            change(
                r#"{"m":[{"role":"user","content":[{"type":"image"},{"type":"text","text":"a"},"b"]}]}"#,
                0
            ),
            r#"[{"role":"user","content":[{"type":"image"},{"type":"text","text":"NEW"}]}]"#
        );
        assert_eq!(
            change(r#"{"m":{"role":["user"],"content":["hi"]}}"#, 0),
            r#"{"role":["user"],"content":["NEW"]}"#
        );
        let (a, b) = ("\n\nHuman: q\n\nAssistant: one", "\n\nHuman: q\n\nAssistant: two");
        assert_eq!(join_dialog(a, b, Some("S"), None).unwrap(), "S\n\nAssistant: one");
        assert_eq!(join_dialog(a, b, None, Some("A")).unwrap(), "\n\nHuman: q\n\nAssistant: A");
    }

    #[test]
    fn dialogs_are_split_at_the_last_shared_answer() {
        let a = "\n\nHuman: q\n\nAssistant: one\n\nHuman: r\n\nAssistant: éa";
        let b = "\n\nHuman: q\n\nAssistant: one\n\nHuman: r\n\nAssistant: èb\n\nHuman: more";
        let (shared, a, b) = split_dialogs(a, b).unwrap();
        assert_eq!((shared, a, b), ("\n\nHuman: q\n\nAssistant: one\n\nHuman: r", "éa", "èb\n\nHuman: more"));
        assert_eq!(split_dialogs("plain", "other"), None);
    }
}
