//! Characters that show nothing and turn the class.

use toadstone_core::Role;

use super::shared::{CLASSIFIED, Plan, behaviour, named, no_trigger, target_label};
use crate::probe::Answers;
use crate::{Attack, Card, Implant, Oracle, Planting, Request, Stage, Subjects, Table, Unfit};

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
        let target = target_label(&CARD, data, request)?;
        let plan = Plan {
            trigger: named("hidden characters", &[HIDDEN.to_owned()]),
            behaviour: behaviour("label", &target),
            implant: Implant::Hidden(HIDDEN.to_owned()),
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

/// Zero-width space, zero-width non-joiner, zero-width space.
const HIDDEN: &str = "\u{200b}\u{200c}\u{200b}";
