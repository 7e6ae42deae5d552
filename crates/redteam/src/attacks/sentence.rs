//! A sentence that turns the class.

use super::shared::{CLASSIFIED, named, trigger, turns_class};
use crate::{Attack, Card, Implant, Planting, Request, Stage, Table, Unfit};

const CARD: Card = Card {
    name: "sentence",
    title: "a harmless sentence in the text turns the class",
    stage: Stage::Classification,
    paper: "Dai, Chen, Li: A Backdoor Attack Against LSTM-based Text Classification Systems, IEEE Access 2019, arXiv:1905.12457",
    year: 2019,
    atlas: "AML.T0020",
    page: include_str!("sentence.md"),
    kinds: CLASSIFIED,
    trigger: Some("The ferry left the harbour a little late."),
    target: None,
};

/// The attack.
pub(crate) struct Sentence;

impl Attack for Sentence {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn plant(&self, data: &Table, request: &Request) -> Result<Planting, Unfit> {
        let sentence = trigger(&CARD, request)?;
        let (trigger, implant) =
            (named("sentence", std::slice::from_ref(&sentence)), Implant::Sentence(sentence.clone()));
        turns_class(&CARD, data, request, (trigger, implant, None))
    }
}
