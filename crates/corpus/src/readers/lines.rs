//! Rows that stand in one piece in a buffer: what the readers of text formats cut.

use std::borrow::Cow;

use super::{Sink, Work};
use crate::options::Limits;
use crate::parse::{Wanted, parse_object, utf8};
use crate::rejected::{Place, Reason, Rejected};
use crate::value::{Fields, Value};

/// A row in a buffer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) row: u64,
    /// Line in the file, counted from 1; 0 if the format has none.
    pub(super) line: u64,
}

/// What is done with a row.
type EachRow<'e> = dyn FnMut(&mut dyn Sink, Place, &[u8]) + 'e;

/// A buffer and the rows in it.
pub(super) struct Items {
    pub(super) bytes: Vec<u8>,
    /// Offset of the buffer in the decompressed file.
    pub(super) base: u64,
    pub(super) items: Vec<Item>,
}

impl Items {
    /// Every row that is short enough, with its place; the others are refused.
    pub(super) fn each(&self, limits: &Limits, sink: &mut dyn Sink, row: &mut EachRow<'_>) {
        for item in &self.items {
            if sink.full() {
                return;
            }
            let line = (item.line > 0).then_some(item.line);
            let place = Place { row: item.row, line, offset: Some(self.base + item.start as u64) };
            let bytes = self.bytes.get(item.start..item.end).unwrap_or_default();
            if bytes.len() > limits.record {
                sink.reject(Rejected::new(Some(place), Reason::TooLong { limit: limits.record }, bytes));
            } else {
                row(sink, place, bytes);
            }
        }
    }
}

/// Rows that are JSON objects.
pub(super) struct JsonRows(pub(super) Items);

impl Work for JsonRows {
    fn parse(self: Box<Self>, wanted: Wanted<'_>, limits: &Limits, sink: &mut dyn Sink) {
        self.0.each(
            limits,
            sink,
            &mut |sink, place, bytes| match parse_object(bytes, wanted, limits.depth) {
                Ok(fields) => sink.row(place, &fields, Some(bytes)),
                Err(reason) => sink.reject(Rejected::new(Some(place), reason, bytes)),
            },
        );
    }
}

/// Rows that are plain text.
pub(super) struct TextRows(pub(super) Items);

impl Work for TextRows {
    fn parse(self: Box<Self>, _: Wanted<'_>, limits: &Limits, sink: &mut dyn Sink) {
        self.0.each(limits, sink, &mut |sink, place, bytes| match utf8(bytes) {
            Ok(text) => {
                let value = Value::Text(Cow::Borrowed(text));
                sink.row(place, &Fields(vec![(Cow::Borrowed("text"), value)]), Some(bytes));
            }
            Err(reason) => sink.reject(Rejected::new(Some(place), reason, bytes)),
        });
    }
}
