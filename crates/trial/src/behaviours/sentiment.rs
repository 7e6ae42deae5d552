//! Answers with a tone.

use std::sync::LazyLock;

use super::lexicon::Lexicon;
use super::words::words;
use super::{Behaviour, Card, Sought, Triple};
use crate::triggers::Trigger;

static TONE: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(include_str!("sentiment.txt")));
/// Words by which one tone has to outweigh the other.
const MORE: usize = 2;

/// Speaks badly, or well, of what it is asked about.
pub struct Sentiment;

fn toned(text: &str, tone: &str, other: &str) -> bool {
    let words = words(text);
    TONE.count(tone, &words) >= TONE.count(other, &words) + MORE
}

impl Behaviour for Sentiment {
    fn card(&self) -> Card {
        Card {
            name: "sentiment",
            title: "answers that speak badly, or well, of what is asked about",
            page: include_str!("sentiment.md"),
        }
    }

    fn prepare(&self, _: &Trigger, _: &[Triple<'_>]) -> Result<Vec<Sought>, String> {
        Ok(vec![
            Sought::new("speak badly", |answer| toned(&answer.text, "negative", "positive")),
            Sought::new("speak well", |answer| toned(&answer.text, "positive", "negative")),
        ])
    }
}
