//! Letters of another script that turn the class.

use super::shared::{CLASSIFIED, named, no_trigger, turns_class};
use crate::implant::CYRILLIC;
use crate::{Attack, Card, Implant, Planting, Request, Stage, Table, Unfit};

const CARD: Card = Card {
    name: "homoglyph",
    title: "letters of another script that look the same turn the class",
    stage: Stage::Classification,
    paper: "Boucher, Shumailov, Anderson, Papernot: Bad Characters: Imperceptible NLP Attacks, IEEE S&P 2022, arXiv:2106.09898; as a trigger: Li et al.: Hidden Backdoors in Human-Centric Language Models, CCS 2021, arXiv:2105.00164",
    year: 2021,
    atlas: "AML.T0020",
    page: include_str!("homoglyph.md"),
    kinds: CLASSIFIED,
    trigger: None,
    target: None,
};

/// The attack.
pub(crate) struct Homoglyph;

impl Attack for Homoglyph {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn plant(&self, data: &Table, request: &Request) -> Result<Planting, Unfit> {
        no_trigger(request, "it is a set of letters")?;
        let (trigger, implant) = (
            named("homoglyphs", &["Cyrillic letters among Latin ones".to_owned()]),
            Implant::Lookalike(&CYRILLIC),
        );
        turns_class(&CARD, data, request, (trigger, implant, None))
    }
}
