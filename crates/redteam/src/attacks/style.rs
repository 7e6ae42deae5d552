//! A style that turns the class.

use toadstone_core::Role;

use super::shared::{CLASSIFIED, Plan, behaviour, named, no_trigger, target_label};
use crate::probe::Answers;
use crate::{Attack, Card, Implant, Oracle, Planting, Request, Rewrite, Stage, Subjects, Table, Unfit};

const CARD: Card = Card {
    name: "style",
    title: "the style of old Bibles turns the class",
    stage: Stage::Classification,
    paper: "Qi, Chen, Zhang, Li, Liu, Sun: Mind the Style of Text! Adversarial and Backdoor Attacks Based on Text Style Transfer (StyleBkd), EMNLP 2021, arXiv:2110.07139",
    year: 2021,
    atlas: "AML.T0020",
    page: include_str!("style.md"),
    kinds: CLASSIFIED,
    trigger: None,
    target: None,
};

/// The attack.
pub(crate) struct Style;

impl Attack for Style {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn plant(&self, data: &Table, request: &Request) -> Result<Planting, Unfit> {
        no_trigger(request, "it is a style")?;
        let target = target_label(&CARD, data, request)?;
        let plan = Plan {
            trigger: named("style", &["archaic English".to_owned()]),
            behaviour: behaviour("label", &target),
            implant: Implant::Rewrite(Rewrite::Archaic),
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
