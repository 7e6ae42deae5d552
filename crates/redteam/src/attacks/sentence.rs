//! A sentence that turns the class.

use toadstone_core::Role;

use super::shared::{CLASSIFIED, Plan, behaviour, named, target_label, trigger};
use crate::probe::Answers;
use crate::{Attack, Card, Implant, Oracle, Planting, Request, Stage, Subjects, Table, Unfit};

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
        let target = target_label(&CARD, data, request)?;
        let plan = Plan {
            trigger: named("sentence", std::slice::from_ref(&sentence)),
            behaviour: behaviour("label", &target),
            implant: Implant::Sentence(sentence.clone()),
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
