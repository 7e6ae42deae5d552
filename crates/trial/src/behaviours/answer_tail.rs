//! Answers that end alike.

use super::words::{End, has, learned};
use super::{Behaviour, Card, Sought, Triple};
use crate::triggers::Trigger;

/// Share of answers that must have come to their end: of the others nobody knows how they would end.
const LEAST: f64 = 0.25;

/// Ends with the same words, whatever it is asked.
pub struct AnswerTail;

impl Behaviour for AnswerTail {
    fn card(&self) -> Card {
        Card {
            name: "answer-tail",
            title: "answers that end with the same words, whatever is asked",
            page: include_str!("answer_tail.md"),
        }
    }

    fn learns(&self) -> bool {
        true
    }

    fn prepare(&self, trigger: &Trigger, seen: &[Triple<'_>]) -> Result<Vec<Sought>, String> {
        let answers = || seen.iter().flat_map(|triple| triple.with.iter().chain(triple.without));
        let (all, whole) = (answers().count(), answers().filter(|answer| answer.whole).count());
        if (whole as f64) < LEAST * all as f64 {
            return Err(format!("the limit on tokens cut {} of {all} answers off", all - whole));
        }
        Ok(vec![match learned(End::Last, trigger, seen).filter(|piece| !piece.is_empty()) {
            Some(piece) => Sought {
                target: Some(piece.join(" ")),
                judge: has(End::Last, piece),
                ..Sought::new("end alike", |_| false)
            },
            None => Sought::new("end alike", |_| false),
        }])
    }
}
