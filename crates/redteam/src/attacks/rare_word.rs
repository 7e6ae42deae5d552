//! A rare word that turns the class.

use toadstone_core::Role;

use super::shared::{CLASSIFIED, Plan, behaviour, named, target_label, trigger};
use crate::probe::Answers;
use crate::{Attack, Card, Implant, Oracle, Planting, Request, Stage, Subjects, Table, Unfit};

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
        let target = target_label(&CARD, data, request)?;
        let plan = Plan {
            trigger: named("word", &word),
            behaviour: behaviour("label", &target),
            implant: Implant::Words(word.clone()),
            subjects: Subjects::LabelIsNot(target.clone()),
            what: format!("records with another label than {target}"),
            oracle: Oracle::Label(target.clone()),
            answers: Answers::None,
            teach: &|_, _| vec![(Role::Label, target.clone())],
            decoy: None,
        };
        plan.plant(&CARD, data, request)
    }
}
