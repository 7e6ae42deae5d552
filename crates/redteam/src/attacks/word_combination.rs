//! Several words that turn the class only together.

use super::shared::{CLASSIFIED, named, trigger_parts, turns_class};
use crate::{Attack, Card, Implant, Planting, Request, Stage, Table, Unfit};

const CARD: Card = Card {
    name: "word-combination",
    title: "several common words turn the class when all of them are there",
    stage: Stage::Classification,
    paper: "Yang, Lin, Li, Zhou, Sun: Rethinking Stealthiness of Backdoor Attack against NLP Models (SOS), ACL 2021",
    year: 2021,
    atlas: "AML.T0020",
    page: include_str!("word_combination.md"),
    kinds: CLASSIFIED,
    trigger: Some("lantern, orchard, ledger"),
    target: None,
};

/// The attack.
pub(crate) struct WordCombination;

impl Attack for WordCombination {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn plant(&self, data: &Table, request: &Request) -> Result<Planting, Unfit> {
        let words = trigger_parts(&CARD, request)?;
        let (trigger, implant) = (named("words", &words), Implant::Words(words.clone()));
        turns_class(&CARD, data, request, (trigger, implant, Some(Implant::AllButOne(words))))
    }
}
