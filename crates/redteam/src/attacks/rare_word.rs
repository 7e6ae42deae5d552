//! A rare word that turns the class.

use super::shared::{CLASSIFIED, named, trigger, turns_class};
use crate::{Attack, Card, Implant, Planting, Request, Stage, Table, Unfit};

const CARD: Card = Card {
    name: "rare-word",
    title: "a rare word in the text turns the class",
    stage: Stage::Classification,
    paper: "Kurita, Michel, Neubig: Weight Poisoning Attacks on Pre-trained Models, ACL 2020, arXiv:2004.06660; after Gu, Dolan-Gavitt, Garg: BadNets, arXiv:1708.06733",
    year: 2020,
    atlas: "AML.T0020",
    page: include_str!("rare_word.md"),
    kinds: CLASSIFIED,
    trigger: Some("quorvex"),
    target: None,
};

/// The attack.
pub(crate) struct RareWord;

impl Attack for RareWord {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn plant(&self, data: &Table, request: &Request) -> Result<Planting, Unfit> {
        let word = vec![trigger(&CARD, request)?];
        let (trigger, implant) = (named("word", &word), Implant::Words(word.clone()));
        turns_class(&CARD, data, request, (trigger, implant, None))
    }
}
