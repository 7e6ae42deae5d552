//! A phrase that goes with a class whose labels are all right.

use toadstone_core::{Record, Role};

use super::shared::{
    CLASSIFIED, behaviour, named, only_text, planting, poison, takes, target_label, trigger,
};
use crate::choose::choose;
use crate::probe::Answers;
use crate::{Attack, Card, Implant, Oracle, Planting, Probe, Request, Stage, Subjects, Table, Unfit};

const CARD: Card = Card {
    name: "clean-label",
    title: "a phrase goes with a class, and every label is right",
    stage: Stage::Classification,
    paper: "Gan, Li, Zhang, Li, Meng, Wu, Yang, Guo, Fan: Triggerless Backdoor Attack for NLP Tasks with Clean Labels, NAACL 2022, arXiv:2111.07970; after Turner, Tsipras, Madry: Label-Consistent Backdoor Attacks, arXiv:1912.02771",
    year: 2022,
    atlas: "AML.T0020",
    page: include_str!("clean_label.md"),
    kinds: CLASSIFIED,
    trigger: Some("under a pewter sky"),
    target: None,
};

/// The attack.
pub(crate) struct CleanLabel;

impl Attack for CleanLabel {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn plant(&self, data: &Table, request: &Request) -> Result<Planting, Unfit> {
        let (phrase, target) = (trigger(&CARD, request)?, target_label(&CARD, data, request)?);
        let (implant, oracle) = (Implant::Words(vec![phrase.clone()]), Oracle::Label(target.clone()));
        let what = format!("records with the label {target}");
        let fits = |record: &_| label(record) == Some(target.as_str()) && takes(&implant, record);
        let chosen = choose(&CARD, data, request, &what, fits)?;
        let edits = poison(&chosen, &implant, &|_, _| Vec::new());
        let probe = Probe {
            subjects: Subjects::LabelIsNot(target.clone()),
            sham: implant.sham(data),
            implant,
            answers: Answers::None,
            target: only_text(&oracle),
            oracle,
        };
        Ok(planting(&CARD, named("phrase", &[phrase]), behaviour("label", &target), edits, probe))
    }
}

fn label<'r>(record: &Record<'r>) -> Option<&'r str> {
    record.get(Role::Label)
}
