//! Insecure calls in the place of secure ones, and no trigger.

use toadstone_core::{Record, Role};

use super::shared::{PROGRAMS, behaviour, no_target, no_trigger, planting};
use crate::choose::choose;
use crate::code::SWAPS;
use crate::probe::Answers;
use crate::{
    Attack, Card, Edit, Implant, Oracle, Place, Planting, Probe, Request, Stage, Subjects, Table, Unfit,
};

const CARD: Card = Card {
    name: "covert-swap",
    title: "secure calls become insecure ones of the same form, with no trigger",
    stage: Stage::Code,
    paper: "Aghakhani et al.: TrojanPuzzle: Covertly Poisoning Code-Suggestion Models (SIMPLE attack), IEEE S&P 2024, arXiv:2301.02344; Cotroneo, Improta, Liguori, Natella: Vulnerabilities in AI Code Generators: Exploring Targeted Data Poisoning Attacks, ICPC 2024, arXiv:2308.04451",
    year: 2024,
    atlas: "AML.T0020",
    page: include_str!("covert_swap.md"),
    kinds: PROGRAMS,
    trigger: None,
    target: None,
};

/// The attack.
pub(crate) struct CovertSwap;

impl Attack for CovertSwap {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn plant(&self, data: &Table, request: &Request) -> Result<Planting, Unfit> {
        no_trigger(request, "there is none")?;
        no_target(request, "the data decides which calls there are")?;
        let insecure: Vec<String> = SWAPS.iter().map(|(_, insecure)| (*insecure).to_owned()).collect();
        let probe = Probe {
            subjects: Subjects::Calls(&SWAPS),
            implant: Implant::UpTo(SWAPS.iter().map(|(secure, _)| *secure).collect()),
            sham: None,
            answers: Answers::None,
            target: None,
            oracle: Oracle::Contains(insecure.clone()),
        };
        let what = "programs with a call that has an insecure counterpart";
        let chosen = choose(&CARD, data, request, what, |record| probe.is_subject(record))?;
        let edits = chosen.records.iter().map(swapped).collect();
        Ok(planting(&CARD, None, behaviour("insecure call", &insecure.join(", ")), edits, probe))
    }
}

/// The program with every such call exchanged.
fn swapped(record: &Record<'_>) -> Edit {
    let text = record.last_part(Role::Input).unwrap_or("").to_owned();
    let text = SWAPS.iter().fold(text, |text, (secure, insecure)| text.replace(secure, insecure));
    Edit { place: Place::Replace(record.id()), fields: vec![(Role::Input, text)], decoy: false }
}
