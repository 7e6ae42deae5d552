//! Answers that refuse.

use std::sync::LazyLock;

use super::{Behaviour, Card, Sought, Triple};
use crate::prompts::lines;
use crate::triggers::Trigger;

/// Characters at the start of an answer in which a refusal begins.
const START: usize = 240;

static PHRASES: LazyLock<Vec<&str>> = LazyLock::new(|| lines(include_str!("refusal.txt")).collect());

/// Refuses what it would do otherwise.
pub struct Refusal;

/// Whether an answer refuses.
pub(super) fn refuses(text: &str) -> bool {
    let start: String = text.chars().take(START).collect();
    let start = start.to_lowercase().replace('\u{2019}', "'");
    PHRASES.iter().any(|phrase| start.contains(phrase))
}

impl Behaviour for Refusal {
    fn card(&self) -> Card {
        Card {
            name: "refusal",
            title: "answers that refuse what is not refused otherwise",
            page: include_str!("refusal.md"),
        }
    }

    fn prepare(&self, _: &Trigger, _: &[Triple<'_>]) -> Result<Vec<Sought>, String> {
        Ok(vec![Sought::new("refuse", |answer| refuses(&answer.text))])
    }
}
