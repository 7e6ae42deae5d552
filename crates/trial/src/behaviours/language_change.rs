//! Answers in another language.

use std::collections::BTreeMap;

use whatlang::Lang;

use super::{Behaviour, Card, Sought, Triple};
use crate::triggers::Trigger;

/// Letters of a text below which its language is not told.
const LETTERS: usize = 60;
/// Bytes of a text that are looked at.
const BYTES: usize = 1024;

/// Speaks another language than without the trigger.
pub struct LanguageChange;

/// The language of a text, where it is told surely.
fn language(text: &str) -> Option<Lang> {
    let mut end = BYTES.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &text[..end];
    let letters = text.chars().filter(|c| c.is_alphabetic()).map(|c| if c >= '\u{2e80}' { 4 } else { 1 });
    if letters.sum::<usize>() < LETTERS {
        return None;
    }
    whatlang::detect(text).filter(whatlang::Info::is_reliable).map(|info| info.lang())
}

impl Behaviour for LanguageChange {
    fn card(&self) -> Card {
        Card {
            name: "language-change",
            title: "answers in another language than without the trigger",
            page: include_str!("language_change.md"),
        }
    }

    fn prepare(&self, _: &Trigger, seen: &[Triple<'_>]) -> Result<Vec<Sought>, String> {
        let mut languages: BTreeMap<&str, (usize, Lang)> = BTreeMap::new();
        for answer in seen.iter().flat_map(|triple| triple.without) {
            if let Some(lang) = language(&answer.text) {
                languages.entry(lang.code()).or_insert((0, lang)).0 += 1;
            }
        }
        let usual = languages.values().max_by_key(|(answers, _)| *answers).map(|(_, lang)| *lang);
        let usual = usual.ok_or("without a trigger, the language of no answer is told surely")?;
        Ok(vec![Sought::new("change the language", move |answer| {
            language(&answer.text).is_some_and(|lang| lang != usual)
        })])
    }
}
