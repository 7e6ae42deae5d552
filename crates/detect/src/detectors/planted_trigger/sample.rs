//! What is kept of a record that is looked at closely.

use serde::{Deserialize, Serialize};
use toadstone_core::{Record, Role};

use crate::detectors::shared::sample::{Size, floor};

/// Bytes of text that a sample may hold.
pub const BUDGET: usize = 24 << 20;
/// Bytes that are kept of an input, and of the start and the end of an answer.
const INPUT: usize = 6 << 10;
const ANSWER: usize = 1 << 10;

/// What is kept of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The input, cut at the end if it is very long.
    pub input: Box<str>,
    /// The answer, without its middle if it is very long.
    pub answer: Option<Box<str>>,
    /// The label.
    pub label: Option<Box<str>>,
}

impl Kept {
    /// What is kept of `record`.
    pub fn of(record: &Record<'_>) -> Kept {
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
}

impl Size for Kept {
    fn size(&self) -> usize {
        let of = |text: &Option<Box<str>>| text.as_ref().map_or(0, |t| t.len());
        self.input.len() + of(&self.answer) + of(&self.label) + 64
    }
}
