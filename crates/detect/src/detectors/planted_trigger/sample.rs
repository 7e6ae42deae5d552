//! The records that are looked at closely: all of them, or a weighted sample of bounded size.

use std::collections::BTreeMap;

use toadstone_core::{Record, RecordId, Role};

use super::behaviour::{content_hash, keys};
use super::count::Counts;

/// Bytes of text that a sample may hold.
pub const BUDGET: usize = 24 << 20;
/// Bytes that are kept of an input, and of the start and the end of an answer.
const INPUT: usize = 6 << 10;
const ANSWER: usize = 1 << 10;

/// What is kept of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The input, cut at the end if it is very long.
    pub input: Box<str>,
    /// The answer, without its middle if it is very long.
    pub answer: Option<Box<str>>,
    /// The label.
    pub label: Option<Box<str>>,
}

impl Kept {
    fn of(record: &Record<'_>) -> Kept {
        let cut = |text: &str| Box::from(&text[..floor(text, INPUT)]);
        let answer = |text: &str| -> Box<str> {
            if text.len() <= 2 * ANSWER {
                return text.into();
            }
            let tail = floor(text, text.len() - ANSWER);
            format!("{}\n{}", &text[..floor(text, ANSWER)], &text[tail..]).into()
        };
        Kept {
            input: cut(record.input()),
            answer: record.get(Role::Output).map(answer),
            label: record.get(Role::Label).map(Box::from),
        }
    }

    fn size(&self) -> usize {
        let of = |text: &Option<Box<str>>| text.as_ref().map_or(0, |t| t.len());
        self.input.len() + of(&self.answer) + of(&self.label) + 64
    }
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// A sample: the records with the smallest priorities whose texts fit the budget together.
///
/// A record's priority depends on its content alone, so the sample does not depend on how the
/// records were split (bottom-k sampling; Cohen and Kaplan, 2007). Records whose answer has a
/// stretch that some, but not most, others share are drawn sixteen times as often.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    kept: BTreeMap<(u64, RecordId), Kept>,
    bytes: usize,
    seen: u64,
}

impl Sample {
    /// Looks at one record.
    pub fn observe(&mut self, record: &Record<'_>, counts: &Counts) {
        self.seen += 1;
        let priority = (content_hash(record), record.id());
        let boosted = record.get(Role::Output).is_some_and(|answer| {
            let mut shared = false;
            keys(answer, |key| shared |= counts.is_shared(key));
            shared
        });
        let priority = if boosted { (priority.0 >> 4, priority.1) } else { priority };
        let full = self.bytes >= BUDGET;
        if full && self.kept.last_key_value().is_some_and(|(last, _)| priority > *last) {
            return;
        }
        self.insert(priority, Kept::of(record));
    }

    fn insert(&mut self, priority: (u64, RecordId), kept: Kept) {
        self.bytes += kept.size();
        self.kept.insert(priority, kept);
        // One record more than fits is kept: what stays is then the same in whatever order they came.
        while let Some(entry) = self.kept.last_entry() {
            let without = self.bytes - entry.get().size();
            if without < BUDGET {
                break;
            }
            self.bytes = without;
            entry.remove();
        }
    }

    /// Adds another sample.
    pub fn merge(&mut self, other: Sample) {
        self.seen += other.seen;
        for (priority, kept) in other.kept {
            self.insert(priority, kept);
        }
    }

    /// The records in the order of the input, and how many there were to choose from.
    pub fn conclude(self) -> (Vec<(RecordId, Kept)>, u64) {
        let mut kept: Vec<_> = self.kept.into_iter().map(|((_, id), kept)| (id, kept)).collect();
        kept.sort_unstable_by_key(|(id, _)| *id);
        (kept, self.seen)
    }
}
