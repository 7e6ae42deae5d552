//! A style that turns the class.

use super::shared::{CLASSIFIED, named, no_trigger, turns_class};
use crate::{Attack, Card, Implant, Planting, Request, Rewrite, Stage, Table, Unfit};

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
        let (trigger, implant) =
            (named("style", &["archaic English".to_owned()]), Implant::Rewrite(Rewrite::Archaic));
        turns_class(&CARD, data, request, (trigger, implant, None))
    }
}
