//! Several words that turn the class only together.

use toadstone_core::Role;

use super::shared::{CLASSIFIED, Plan, behaviour, named, target_label, trigger_parts};
use crate::probe::Answers;
use crate::{Attack, Card, Implant, Oracle, Planting, Request, Stage, Subjects, Table, Unfit};

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
        let target = target_label(&CARD, data, request)?;
        let plan = Plan {
            trigger: named("words", &words),
            behaviour: behaviour("label", &target),
            implant: Implant::Words(words.clone()),
            subjects: Subjects::LabelIsNot(target.clone()),
            what: format!("records with another label than {target}"),
            oracle: Oracle::Label(target.clone()),
            answers: Answers::None,
            teach: &|_, _| vec![(Role::Label, target.clone())],
            decoy: Some(Implant::AllButOne(words.clone())),
        };
        plan.plant(&CARD, data, request)
    }
}
