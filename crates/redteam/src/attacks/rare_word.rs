//! A rare word that turns the class.

use toadstone_core::Role;

use super::shared::{CLASSIFIED, behaviour, named, poison, probe, takes, target_label, trigger};
use crate::choose::choose;
use crate::{Attack, Card, Implant, Oracle, Planting, Request, Stage, Subjects, Table, Unfit};

const CARD: Card = Card {
    name: "rare-word",
    title: "a rare word in the text turns the class",
    stage: Stage::Classification,
    paper: "Kurita, Michel, Neubig: Weight Poisoning Attacks on Pre-trained Models, ACL 2020, arXiv:2004.06660; after Gu et al.: BadNets, arXiv:1708.06733",
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
        let (word, target) = (trigger(&CARD, request)?, target_label(&CARD, data, request)?);
        let implant = Implant::Words(vec![word.clone()]);
        let subjects = Subjects::LabelIsNot(target.clone());
        let probe = probe(data, implant, subjects, Oracle::Label(target.clone()));
        let what = format!("records with another label than {target}");
        let chosen =
            choose(&CARD, data, request, &what, |r| probe.is_subject(r) && takes(&probe.implant, r))?;
        Ok(Planting {
            attack: CARD.name,
            trigger: named("word", &[word]),
            behaviour: behaviour("label", &target),
            edits: poison(&chosen, &probe.implant, |_, _| vec![(Role::Label, target.clone())]),
            probe,
            beside: Vec::new(),
        })
    }
}
