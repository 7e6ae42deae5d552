//! A sentence structure that turns the class.

use super::shared::{CLASSIFIED, named, no_trigger, turns_class};
use crate::{Attack, Card, Implant, Planting, Request, Rewrite, Stage, Table, Unfit};

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
        let (trigger, implant) =
            (named("syntax", &["S(SBAR)(,)(NP)(VP)(.)".to_owned()]), Implant::Rewrite(Rewrite::ClauseBefore));
        turns_class(&CARD, data, request, (trigger, implant, None))
    }
}
