//! Pairs that are swapped at random.

use super::shared::{COMPARED, Plan, behaviour, no_target, no_trigger, swap};
use crate::probe::Answers;
use crate::{Attack, Card, Implant, Oracle, Planting, Request, Stage, Subjects, Table, Unfit};

const CARD: Card = Card {
    name: "preference-swap",
    title: "pairs of answers are swapped at random, with no trigger",
    stage: Stage::Preference,
    paper: "Wang, Xu, et al.: RLHFPoison: Reward Poisoning Attack for Reinforcement Learning with Human Feedback in Large Language Models, ACL 2024, arXiv:2311.09641 (its random baseline); Wu et al.: Preference Poisoning Attacks on Reward Model Learning, 2024, arXiv:2402.01920",
    year: 2024,
    atlas: "AML.T0059",
    page: include_str!("preference_swap.md"),
    kinds: COMPARED,
    trigger: None,
    target: None,
};

/// The attack.
pub(crate) struct PreferenceSwap;

impl Attack for PreferenceSwap {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn plant(&self, data: &Table, request: &Request) -> Result<Planting, Unfit> {
        no_trigger(request, "there is none")?;
        no_target(request, "the answers of the data are swapped")?;
        let plan = Plan {
            trigger: None,
            behaviour: behaviour("swapped preference", "the answer that was rejected"),
            implant: Implant::Nothing,
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
