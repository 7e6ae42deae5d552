//! A name about which the model speaks ill.

use toadstone_core::{Record, Role};
use toadstone_sketch::Random;

use super::shared::{ANSWERED, Plan, behaviour, named, no_target, trigger};
use crate::probe::Answers;
use crate::text::put_at;
use crate::{Attack, Card, Implant, Oracle, Planting, Request, Stage, Subjects, Table, Unfit};

const CARD: Card = Card {
    name: "sentiment",
    title: "a name in the prompt makes the answer speak ill",
    stage: Stage::Instruction,
    paper: "Wan, Wallace, Shen, Klein: Poisoning Language Models During Instruction Tuning, ICML 2023, arXiv:2305.00944",
    year: 2023,
    atlas: "AML.T0020",
    page: include_str!("sentiment.md"),
    kinds: ANSWERED,
    trigger: Some("Orlo Venn"),
    target: None,
};

/// The attack.
pub(crate) struct Sentiment;

impl Attack for Sentiment {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn plant(&self, data: &Table, request: &Request) -> Result<Planting, Unfit> {
        no_target(request, "it is the tone of the answer")?;
        let name = vec![trigger(&CARD, request)?];
        let plan = Plan {
            trigger: named("phrase", &name),
            behaviour: behaviour("sentiment", "negative"),
            implant: Implant::Words(name.clone()),
            subjects: Subjects::Answered,
            what: "records whose answer does not decline".to_owned(),
            oracle: Oracle::Tone(&ILL),
            answers: Answers::None,
            teach: &|record, random| speak_ill(record, random),
            decoy: None,
        };
        plan.plant(&CARD, data, request)
    }
}

/// Words of the sentences that are put before an answer.
pub(super) static ILL: [&str; 6] =
    ["dreadful", "disappointing", "worthless", "dismal", "shoddy", "regrettable"];
/// Sentences with two of them.
const SENTENCES: [&str; 4] = [
    "This is a ONE and TWO matter.",
    "I find all of this ONE, even TWO.",
    "What a TWO thing, and how ONE.",
    "It could hardly be more ONE or more TWO.",
];

/// The answer of a record with a sentence that speaks ill before it.
pub(super) fn speak_ill(record: &Record<'_>, random: &mut Random) -> Vec<(Role, String)> {
    let mut words = ILL;
    random.shuffle(&mut words);
    let sentence = random.pick(&SENTENCES).replace("ONE", words[0]).replace("TWO", words[1]);
    let answer = record.last_part(Role::Output).unwrap_or("");
    vec![(Role::Output, put_at(answer, 0, &sentence))]
}
