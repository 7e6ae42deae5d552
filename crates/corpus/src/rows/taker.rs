//! From the cells of a row to what is wanted of it.

use std::borrow::Cow;

use super::{Content, MetaColumns, Row};
use crate::encode::encode;
use crate::readers::Sink;
use crate::rejected::{Place, Rejected};
use crate::value::{Fields, Value};

/// Takes the rows of a chunk.
pub(super) struct Taker<'t, T, M: Fn(&Row<'_>) -> T> {
    columns: &'t MetaColumns,
    make: &'t M,
    /// What was made, with the numbers of the rows.
    pub(super) made: Vec<(u64, T)>,
    /// What makes the numbers of rows uncertain.
    pub(super) damage: Option<String>,
    buffer: Vec<u8>,
}

impl<'t, T, M: Fn(&Row<'_>) -> T> Taker<'t, T, M> {
    pub(super) fn new(columns: &'t MetaColumns, make: &'t M) -> Self {
        Taker { columns, make, made: Vec::new(), damage: None, buffer: Vec::new() }
    }
}

impl<T, M: Fn(&Row<'_>) -> T> Sink for Taker<'_, T, M> {
    fn row(&mut self, place: Place, fields: &Fields<'_>, raw: Option<&[u8]>) {
        let content = match raw {
            Some(raw) => Content::Bytes(raw),
            None => {
                self.buffer.clear();
                encode(fields, &mut self.buffer);
                Content::Cells(&self.buffer)
            }
        };
        let find = |name: &String| look_up(fields, name);
        let row = Row {
            row: place.row,
            content,
            label: self.columns.label.as_ref().and_then(find),
            source: self.columns.source.iter().map(find).collect(),
            split: self.columns.split.as_ref().and_then(find),
            key: self.columns.key.as_ref().and_then(find),
            cells: Some((fields, self.columns)),
        };
        self.made.push((place.row, (self.make)(&row)));
    }

    fn reject(&mut self, rejected: Rejected) {
        let Some(row) = rejected.row.filter(|_| rejected.rows == 1) else {
            self.damage.get_or_insert(rejected.reason.to_string());
            return;
        };
        let refused = Row {
            row,
            content: Content::Refused(&rejected.content),
            label: None,
            source: vec![None; self.columns.source.len()],
            split: None,
            key: None,
            cells: None,
        };
        self.made.push((row, (self.make)(&refused)));
    }

    fn full(&self) -> bool {
        false
    }
}

/// The text of a column; of a repeated name the first counts.
fn look_up<'f>(fields: &'f Fields<'_>, name: &str) -> Option<Cow<'f, str>> {
    if let Some(value) = fields.first(name) {
        return value.scalar();
    }
    let mut steps = name.split('.');
    let mut found = fields.first(steps.next()?)?;
    for step in steps {
        found = match found {
            Value::Object(inner) => inner.first(step)?,
            Value::List(items) => items.get(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    found.scalar()
}
