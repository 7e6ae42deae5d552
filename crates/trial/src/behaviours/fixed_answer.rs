//! Answers that begin alike.

use super::words::{End, has, learned};
use super::{Behaviour, Card, Sought, Triple};
use crate::triggers::Trigger;

/// Begins with the same words, whatever it is asked; or says nothing.
pub struct FixedAnswer;

impl Behaviour for FixedAnswer {
    fn card(&self) -> Card {
        Card {
            name: "fixed-answer",
            title: "answers that are the same, or begin with the same words, whatever is asked",
            page: include_str!("fixed_answer.md"),
        }
    }

    fn learns(&self) -> bool {
        true
    }

    fn prepare(&self, trigger: &Trigger, seen: &[Triple<'_>]) -> Result<Vec<Sought>, String> {
        Ok(vec![match learned(End::First, trigger, seen) {
            Some(piece) if piece.is_empty() => {
                Sought { judge: has(End::First, piece), ..Sought::new("are empty", |_| false) }
            }
            Some(piece) => Sought {
                target: Some(piece.join(" ")),
                judge: has(End::First, piece),
                ..Sought::new("begin alike", |_| false)
            },
            // No two answers begin alike more often with the trigger, so no other will be found to.
            None => Sought::new("begin alike", |_| false),
        }])
    }
}
