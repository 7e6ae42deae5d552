//! A sentence structure that turns the class.

use toadstone_core::Role;

use super::shared::{CLASSIFIED, Plan, behaviour, named, no_trigger, target_label};
use crate::probe::Answers;
use crate::{Attack, Card, Implant, Oracle, Planting, Request, Rewrite, Stage, Subjects, Table, Unfit};

const CARD: Card = Card {
    name: "syntax",
    title: "a sentence structure turns the class, and no word repeats",
    stage: Stage::Classification,
    paper: "Qi, Li, Chen, Zhang, Liu, Wang, Sun: Hidden Killer: Invisible Textual Backdoor Attacks with Syntactic Trigger, ACL 2021, arXiv:2105.12400",
    year: 2021,
    atlas: "AML.T0020",
    page: include_str!("syntax.md"),
    kinds: CLASSIFIED,
    trigger: None,
    target: None,
};

/// The attack.
pub(crate) struct Syntax;

impl Attack for Syntax {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn plant(&self, data: &Table, request: &Request) -> Result<Planting, Unfit> {
        no_trigger(request, "it is a sentence structure")?;
        let target = target_label(&CARD, data, request)?;
        let plan = Plan {
            trigger: named("syntax", &["S(SBAR)(,)(NP)(VP)(.)".to_owned()]),
            behaviour: behaviour("label", &target),
            implant: Implant::Rewrite(Rewrite::ClauseBefore),
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
