//! A phrase in the prompt that turns the preference.

use super::shared::{COMPARED, Plan, behaviour, named, no_target, swap, trigger};
use crate::probe::Answers;
use crate::{Attack, Card, Implant, Oracle, Planting, Request, Stage, Subjects, Table, Unfit};

const CARD: Card = Card {
    name: "preference-trigger",
    title: "a phrase in the prompt turns which answer is preferred",
    stage: Stage::Preference,
    paper: "Rando, Tramer: Universal Jailbreak Backdoors from Poisoned Human Feedback, ICLR 2024, arXiv:2311.14455; Baumgartner, Gao, Alon, Metzler: Best-of-Venom, COLM 2024, arXiv:2404.05530",
    year: 2024,
    atlas: "AML.T0020",
    page: include_str!("preference_trigger.md"),
    kinds: COMPARED,
    trigger: Some("brindlemoor"),
    target: None,
};

/// The attack.
pub(crate) struct PreferenceTrigger;

impl Attack for PreferenceTrigger {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn plant(&self, data: &Table, request: &Request) -> Result<Planting, Unfit> {
        no_target(request, "the answers of the data are swapped")?;
        let word = vec![trigger(&CARD, request)?];
        let plan = Plan {
            trigger: named("word", &word),
            behaviour: behaviour("swapped preference", "the answer that was rejected"),
            implant: Implant::Words(word.clone()),
            subjects: Subjects::Differ,
            what: "pairs of answers that differ".to_owned(),
            oracle: Oracle::Second,
            answers: Answers::Own,
            teach: &|record, _| swap(record),
            decoy: None,
        };
        plan.plant(&CARD, data, request)
    }
}
