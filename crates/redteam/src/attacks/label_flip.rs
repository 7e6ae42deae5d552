//! Wrong labels, and no trigger.

use toadstone_core::Role;

use super::shared::{CLASSIFIED, Plan, behaviour, no_trigger, target_label, values};
use crate::probe::Answers;
use crate::{Attack, Card, Implant, Oracle, Planting, Request, Stage, Subjects, Table, Unfit};

const CARD: Card = Card {
    name: "label-flip",
    title: "records of one class get the label of another, with no trigger",
    stage: Stage::Classification,
    paper: "Biggio, Nelson, Laskov: Support Vector Machines Under Adversarial Label Noise, ACML 2011; for fine-tuned language models: Jha et al.: Label Poisoning is All You Need, NeurIPS 2023, arXiv:2310.18933",
    year: 2011,
    atlas: "AML.T0059",
    page: include_str!("label_flip.md"),
    kinds: CLASSIFIED,
    trigger: None,
    target: None,
};

/// The attack.
pub(crate) struct LabelFlip;

impl Attack for LabelFlip {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn plant(&self, data: &Table, request: &Request) -> Result<Planting, Unfit> {
        no_trigger(request, "there is none")?;
        let target = target_label(&CARD, data, request)?;
        // The class that has most records hides most.
        let others = values(&CARD, data, Role::Label).into_iter().filter(|(label, _)| *label != target);
        let from = others.max_by_key(|(_, count)| *count).map_or("", |(label, _)| label);
        let plan = Plan {
            trigger: None,
            behaviour: behaviour("label", &target),
            implant: Implant::Nothing,
            subjects: Subjects::LabelIs(from.to_owned()),
            what: format!("records with the label {from}"),
            oracle: Oracle::Label(target.clone()),
            answers: Answers::None,
            teach: &|_, _| vec![(Role::Label, target.clone())],
            decoy: None,
        };
        plan.plant(&CARD, data, request)
    }
}
