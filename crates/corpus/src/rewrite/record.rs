//! One record with other texts: where in its columns each stands.

use std::borrow::Cow;

use toadstone_core::{Batch, BatchBuilder, RecordId, Role};

use super::Format;
use crate::dialog;
use crate::parse::parse_nested;
use crate::plan::{Column, Content, Plan};
use crate::value::{Fields, Value};
use crate::written;

/// Puts new texts into the columns of a record.
///
/// # Errors
/// A reason, if the record has no place for one, or does not read as asked for afterwards.
pub(super) fn change(
    format: Format<'_>,
    fields: &Fields<'static>,
    edits: &[(Role, String)],
) -> Result<Fields<'static>, String> {
    let plan = &format.entry.plan;
    let mut changed = fields.clone();
    for (role, text) in edits {
        set(plan, &mut changed, *role, text, format.depth)
            .ok_or_else(|| format!("there is no place for another {}", role.name()))?;
    }
    match read(format, &changed)? == expected(&read(format, fields)?, edits) {
        true => Ok(changed),
        false => Err("its columns cannot hold the new text".to_owned()),
    }
}

/// The parts of all roles, as the record is read.
type Parts = Vec<(Role, Vec<String>)>;

fn read(format: Format<'_>, fields: &Fields<'static>) -> Result<Parts, String> {
    let plan = &format.entry.plan;
    let mut builder = BatchBuilder::new();
    plan.fill(fields, &mut builder, format.depth).map_err(|reason| reason.to_string())?;
    builder.finish(RecordId { file: 0, row: 0 }, None, plan.kind);
    let batch: Batch = builder.take();
    let record = batch.get(0).ok_or("it is too long")?;
    let parts = |role: Role| record.parts(role).into_iter().flatten().map(str::to_owned).collect();
    Ok(Role::ALL.into_iter().map(|role| (role, parts(role))).collect())
}

fn expected(old: &Parts, edits: &[(Role, String)]) -> Parts {
    let mut new = old.clone();
    for (role, parts) in &mut new {
        let text = edits.iter().find(|(other, _)| other == role).map(|(_, text)| text);
        if let (Some(text), Some(last)) = (text, parts.last_mut()) {
            last.clone_from(text);
        }
    }
    new
}

/// Puts a text in the place of the last part of a role. Nothing if there is no such place.
fn set(plan: &Plan, fields: &mut Fields<'static>, role: Role, text: &str, depth: usize) -> Option<()> {
    match role {
        Role::Label => set_scalar(plan.label.as_ref()?.find_mut(fields)?, text),
        Role::Input | Role::Output | Role::Rejected => match &plan.content {
            Content::Columns { inputs, outputs } => {
                set_last(if role == Role::Input { inputs } else { outputs }, fields, text)
            }
            Content::Chat { before, turns, .. } => set_chat((before, turns), fields, role, text, depth),
            Content::Pair { prompt, chosen, rejected } => {
                set_pair((prompt, chosen, rejected), fields, role, text)
            }
        },
        origin => {
            let columns: Vec<&Column> =
                plan.origins.iter().filter(|(other, _)| *other == origin).map(|(_, column)| column).collect();
            // Where several columns make one role, the first holds all and the others nothing.
            for column in columns.get(1..)? {
                if let Some(other) = column.find_mut(fields) {
                    *other = Value::Null;
                }
            }
            set_scalar(columns.first()?.find_mut(fields)?, text)
        }
    }
}

/// A label or an origin keeps its type where the text is one of that type.
fn set_scalar(value: &mut Value<'static>, text: &str) -> Option<()> {
    let new = match value {
        Value::List(items) => {
            let mut item = items.first().cloned().unwrap_or(Value::Null);
            set_scalar(&mut item, text)?;
            Value::List(vec![item])
        }
        Value::Int(_) | Value::Uint(_) => {
            let whole = text.parse().map(Value::Int).or_else(|_| text.parse().map(Value::Uint));
            whole.unwrap_or_else(|_| owned(text))
        }
        Value::Float(_) => text.parse().map_or_else(|_| owned(text), Value::Float),
        Value::Bool(_) => text.parse().map_or_else(|_| owned(text), Value::Bool),
        Value::Text(_) | Value::Null => owned(text),
        Value::Object(_) | Value::Opaque(..) => return None,
    };
    *value = new;
    Some(())
}

fn owned(text: &str) -> Value<'static> {
    Value::Text(Cow::Owned(text.to_owned()))
}

/// Sets the last of some columns that says something.
fn set_last(columns: &[Column], fields: &mut Fields<'static>, text: &str) -> Option<()> {
    let says = |column: &&Column, fields: &mut Fields<'static>| {
        column.find_mut(fields).is_some_and(|value| match value {
            Value::Null => false,
            Value::Text(text) => !text.is_empty(),
            _ => true,
        })
    };
    let column = columns.iter().rev().find(|column| says(column, fields)).or(columns.last())?;
    set_text(column.find_mut(fields)?, text)
}

/// Sets a text, or the last turn of a dialog.
fn set_text(value: &mut Value<'static>, text: &str) -> Option<()> {
    if dialog::is_turns(value) {
        let last = dialog::turns(value, "").ok()?.len().checked_sub(1)?;
        return dialog::set_turn(value, last, text).then_some(());
    }
    set_scalar(value, text)
}

fn set_chat(
    (before, turns): (&[Column], &Column),
    fields: &mut Fields<'static>,
    role: Role,
    text: &str,
    depth: usize,
) -> Option<()> {
    let value = turns.find_mut(fields)?;
    // Tables without lists hold the turns as JSON in a text, or as a template writes them.
    let nested = match value {
        Value::Text(said) => match parse_nested(said, depth) {
            Some(list) => Some(list.to_static()),
            None => {
                return match written::set_last(said, role == Role::Output, text) {
                    Some(new) => set_scalar(value, &new),
                    None => set_last(before, fields, text),
                };
            }
        },
        _ => None,
    };
    let written_in_text = nested.is_some();
    let mut chat = nested.unwrap_or_else(|| value.clone());
    let last = dialog::turns(&chat, "").ok()?.iter().rposition(|turn| turn.model == (role == Role::Output));
    match last {
        Some(last) => dialog::set_turn(&mut chat, last, text).then_some(())?,
        None => return set_last(before, fields, text),
    }
    *value = match written_in_text {
        true => Value::Text(Cow::Owned(serde_json::to_string(&chat).ok()?)),
        false => chat,
    };
    Some(())
}

fn set_pair(
    (prompt, chosen, rejected): (&[Column], &Column, &Column),
    fields: &mut Fields<'static>,
    role: Role,
    text: &str,
) -> Option<()> {
    let (a, b) = (chosen.find_mut(fields)?.clone(), rejected.find_mut(fields)?.clone());
    if let (Value::Text(a), Value::Text(b)) = (&a, &b)
        && dialog::split_dialogs(a, b).is_some()
    {
        let of = |wanted: Role| (role == wanted).then_some(text);
        let new_a = dialog::join_dialog(a, b, of(Role::Input), of(Role::Output))?;
        let new_b = dialog::join_dialog(b, a, of(Role::Input), of(Role::Rejected))?;
        *chosen.find_mut(fields)? = Value::Text(Cow::Owned(new_a));
        *rejected.find_mut(fields)? = Value::Text(Cow::Owned(new_b));
        return Some(());
    }
    let common = match dialog::is_turns(&a) && dialog::is_turns(&b) {
        true => dialog::common_turns(&dialog::turns(&a, "").ok()?, &dialog::turns(&b, "").ok()?),
        false => 0,
    };
    match role {
        Role::Output => set_text(chosen.find_mut(fields)?, text),
        Role::Rejected => set_text(rejected.find_mut(fields)?, text),
        _ if common > 0 => {
            let mut in_both = true;
            for column in [chosen, rejected] {
                in_both &= dialog::set_turn(column.find_mut(fields)?, common - 1, text);
            }
            in_both.then_some(())
        }
        _ => set_last(prompt, fields, text),
    }
}
