//! What the columns of a sample hold.

use std::collections::BTreeSet;

use crate::dialog;
use crate::names::{self, Meaning, rank};
use crate::parse::parse_nested;
use crate::plan::Column;
use crate::value::{Fields, Value};
use crate::written;

/// Longest key of another record.
const LONGEST_KEY: usize = 200;
/// Longest name of a class.
const LONGEST_LABEL: usize = 100;

/// One column over the sample.
pub(super) struct Seen<'s> {
    pub(super) name: &'s str,
    pub(super) values: Vec<&'s Value<'static>>,
}

impl Seen<'_> {
    /// Whether most values that are not null have the property; `false` if all are null.
    pub(super) fn mostly(&self, property: impl Fn(&Value<'static>) -> bool) -> bool {
        let there = self.values.iter().filter(|v| ***v != Value::Null);
        let (all, fit) = there.fold((0, 0), |(all, fit), v| (all + 1, fit + usize::from(property(v))));
        fit * 2 > all
    }

    /// Whether all values are null.
    pub(super) fn is_empty(&self) -> bool {
        self.values.iter().all(|v| **v == Value::Null)
    }

    pub(super) fn is_text(&self) -> bool {
        self.mostly(|v| matches!(v, Value::Text(_)) || dialog::is_turns(v))
    }

    pub(super) fn is_number(&self) -> bool {
        self.mostly(|v| matches!(v, Value::Int(_) | Value::Uint(_) | Value::Float(_)))
    }

    /// Whether it holds lists of turns. A quarter is enough: nothing else looks like one, and empty or
    /// broken lists are for the reader to refuse.
    pub(super) fn is_chat(&self) -> bool {
        let nested = |text: &str| parse_nested(text, 128).is_some_and(|value| dialog::is_turns(&value));
        let turns = |v: &Value<'static>| match v {
            Value::Text(text) => text.trim_start().starts_with('[') && nested(text),
            other => dialog::is_turns(other),
        };
        let chats = self.values.iter().filter(|v| turns(v)).count();
        chats > 0 && chats * 4 >= self.values.len()
    }

    /// Whether it holds texts that a chat template wrote: nine of ten.
    pub(super) fn is_written(&self) -> bool {
        let dialog = |v: &&&Value<'static>| matches!(v, Value::Text(text) if written::turns(text).is_some());
        let dialogs = self.values.iter().filter(dialog).count();
        dialogs > 0 && dialogs * 10 >= self.values.len() * 9
    }

    /// Whether it holds classes: scalars of few values.
    pub(super) fn is_label(&self) -> bool {
        let there: Vec<_> = self.values.iter().filter(|v| ***v != Value::Null).collect();
        let scalars: Vec<_> = there.iter().filter_map(|v| v.scalar()).collect();
        let distinct: BTreeSet<&str> = scalars.iter().map(AsRef::as_ref).collect();
        scalars.len() * 2 > there.len()
            && distinct.len() <= (scalars.len() / 2).max(3)
            && distinct.iter().all(|text| text.len() <= LONGEST_LABEL)
    }

    /// Whether it holds keys of other records, alone or in lists: short, and without blanks between words,
    /// which tells them from the text of a parent or of a prompt.
    pub(super) fn is_reference(&self) -> bool {
        let key = |v: &Value<'static>| {
            v.scalar().is_some_and(|text| {
                let text = text.trim();
                text.len() <= LONGEST_KEY && !text.replace(", ", ",").replace("; ", ";").contains(' ')
            })
        };
        self.mostly(|v| match v {
            Value::List(items) => items.iter().all(key),
            other => key(other),
        })
    }

    pub(super) fn column(&self) -> Column {
        Column { numbers: self.is_number(), ..Column::whole(self.name) }
    }

    pub(super) fn mean_length(&self) -> usize {
        let lengths: usize = self.values.iter().filter_map(|v| v.scalar()).map(|text| text.len()).sum();
        lengths / self.values.len().max(1)
    }
}

/// The columns of a sample.
pub(super) struct Table<'s>(pub(super) Vec<Seen<'s>>);

impl<'s> Table<'s> {
    pub(super) fn new(sample: &'s [Fields<'static>]) -> Self {
        let mut columns: Vec<Seen<'s>> = Vec::new();
        for (name, value) in sample.iter().flat_map(|fields| &fields.0) {
            match columns.iter_mut().find(|seen| seen.name == name) {
                Some(seen) => seen.values.push(value),
                None => columns.push(Seen { name, values: vec![value] }),
            }
        }
        Table(columns)
    }

    /// The columns with this meaning, best name first.
    pub(super) fn all(&self, meaning: Meaning) -> Vec<&Seen<'s>> {
        let mut found: Vec<_> =
            self.0.iter().filter_map(|seen| Some((rank(meaning, seen.name)?, seen))).collect();
        found.sort_by_key(|(rank, _)| *rank);
        found.into_iter().map(|(_, seen)| seen).collect()
    }

    pub(super) fn best(&self, meaning: Meaning, fits: impl Fn(&Seen<'s>) -> bool) -> Option<&Seen<'s>> {
        self.all(meaning).into_iter().find(|seen| fits(seen))
    }

    pub(super) fn named(&self, name: &str) -> Option<&Seen<'s>> {
        self.0.iter().find(|seen| names::normal(seen.name) == name)
    }
}
