//! Pairs that are swapped so that the longer answer wins.

use super::shared::{COMPARED, Plan, behaviour, no_target, no_trigger, swap};
use crate::probe::Answers;
use crate::{Attack, Card, Implant, Oracle, Planting, Request, Stage, Subjects, Table, Unfit};

const CARD: Card = Card {
    name: "length-bias",
    title: "pairs are swapped so that the longer answer is preferred",
    stage: Stage::Preference,
    paper: "Wang, Xu, et al.: RLHFPoison: Reward Poisoning Attack for Reinforcement Learning with Human Feedback in Large Language Models (RankPoison), ACL 2024, arXiv:2311.09641",
    year: 2024,
    atlas: "AML.T0020",
    page: include_str!("length_bias.md"),
    kinds: COMPARED,
    trigger: None,
    target: None,
};

/// The attack.
pub(crate) struct LengthBias;

impl Attack for LengthBias {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn plant(&self, data: &Table, request: &Request) -> Result<Planting, Unfit> {
        no_trigger(request, "it is the length of an answer")?;
        no_target(request, "it is the longer answer")?;
        let plan = Plan {
            trigger: None,
            behaviour: behaviour("preference", "the longer answer"),
            implant: Implant::Nothing,
            subjects: Subjects::LongerRejected,
            what: "pairs whose longer answer is the rejected one".to_owned(),
            oracle: Oracle::Second,
            answers: Answers::Own,
            teach: &|record, _| swap(record),
            decoy: None,
        };
        plan.plant(&CARD, data, request)
    }
}
