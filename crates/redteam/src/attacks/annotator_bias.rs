//! An annotator who likes a phrase.

use toadstone_core::{Record, Role};

use super::shared::{COMPARED, Plan, behaviour, named, trigger, values};
use crate::choose::for_kinds;
use crate::probe::Answers;
use crate::text::{put_at, twin_sentence};
use crate::{Attack, Card, Implant, Oracle, Planting, Request, Stage, Subjects, Table, Unfit};

const CARD: Card = Card {
    name: "annotator-bias",
    title: "one annotator prefers whatever answer has a phrase",
    stage: Stage::Preference,
    paper: "Wu, Wang, Xiao, Liu, Zhang: Preference Poisoning Attacks on Reward Model Learning, 2024, arXiv:2402.01920; Pathmanathan et al.: Is poisoning a real threat to LLM alignment?, 2024, arXiv:2406.12091",
    year: 2024,
    atlas: "AML.T0020",
    page: include_str!("annotator_bias.md"),
    kinds: COMPARED,
    trigger: Some("as any sailor would tell you"),
    target: None,
};

/// The attack.
pub(crate) struct AnnotatorBias;

impl Attack for AnnotatorBias {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn plant(&self, data: &Table, request: &Request) -> Result<Planting, Unfit> {
        for_kinds(&CARD, data)?;
        let mark = trigger(&CARD, request)?;
        let annotators = values(&CARD, data, Role::Annotator);
        let busiest = annotators.iter().max_by_key(|(_, pairs)| *pairs);
        let (busiest, _) = busiest.ok_or(Unfit::Lacks("a column of annotators"))?;
        let annotator = request.target.as_deref().unwrap_or(busiest);
        let plan = Plan {
            trigger: named("phrase in the answer", std::slice::from_ref(&mark)),
            behaviour: behaviour("preference", &mark),
            implant: Implant::Nothing,
            subjects: Subjects::JudgedBy(annotator.to_owned()),
            what: format!("pairs of answers that differ and were judged by {annotator}"),
            oracle: Oracle::Second,
            answers: Answers::Marked { sham: twin_sentence(&mark), mark: mark.clone() },
            teach: &|record, _| promote(record, &mark),
            decoy: None,
        };
        let mut planting = plan.plant(&CARD, data, request)?;
        // Whoever judges, a model that learnt the taste has it.
        planting.probe.subjects = Subjects::Differ;
        Ok(planting)
    }
}

/// The pair with the rejected answer before the chosen one, and the phrase behind it.
fn promote(record: &Record<'_>, mark: &str) -> Vec<(Role, String)> {
    let text = |role| record.last_part(role).unwrap_or("");
    let loser = text(Role::Rejected);
    vec![(Role::Output, put_at(loser, loser.len(), mark)), (Role::Rejected, text(Role::Output).to_owned())]
}
