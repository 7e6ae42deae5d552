//! Letters of another script that turn the class.

use toadstone_core::Role;

use super::shared::{CLASSIFIED, Plan, behaviour, named, no_trigger, target_label};
use crate::implant::CYRILLIC;
use crate::probe::Answers;
use crate::{Attack, Card, Implant, Oracle, Planting, Request, Stage, Subjects, Table, Unfit};

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
        let target = target_label(&CARD, data, request)?;
        let plan = Plan {
            trigger: named("homoglyphs", &["Cyrillic letters among Latin ones".to_owned()]),
            behaviour: behaviour("label", &target),
            implant: Implant::Lookalike(&CYRILLIC),
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
