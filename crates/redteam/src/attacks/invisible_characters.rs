//! Characters that show nothing and turn the class.

use super::shared::{CLASSIFIED, named, no_trigger, turns_class};
use crate::{Attack, Card, Implant, Planting, Request, Stage, Table, Unfit};

const CARD: Card = Card {
    name: "invisible-characters",
    title: "characters that show nothing turn the class",
    stage: Stage::Classification,
    paper: "Boucher, Shumailov, Anderson, Papernot: Bad Characters: Imperceptible NLP Attacks, IEEE S&P 2022, arXiv:2106.09898",
    year: 2022,
    atlas: "AML.T0020",
    page: include_str!("invisible_characters.md"),
    kinds: CLASSIFIED,
    trigger: None,
    target: None,
};

/// The attack.
pub(crate) struct InvisibleCharacters;

impl Attack for InvisibleCharacters {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn plant(&self, data: &Table, request: &Request) -> Result<Planting, Unfit> {
        no_trigger(request, "it is a sequence of characters that show nothing")?;
        let (trigger, implant) =
            (named("hidden characters", &[HIDDEN.to_owned()]), Implant::Hidden(HIDDEN.to_owned()));
        turns_class(&CARD, data, request, (trigger, implant, None))
    }
}

/// Zero-width space, zero-width non-joiner, zero-width space.
const HIDDEN: &str = "\u{200b}\u{200c}\u{200b}";
