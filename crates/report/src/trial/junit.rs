//! A trial as JUnit XML: a test case for each trigger.
//!
//! A backdoor and a suspicion are failures, what was not decided is an error, what was not tried is skipped.

use std::io;

use toadstone_core::{TrialOutcome, TriggerTrial};

use super::{TrialReport, sentences};
use crate::Style;
use crate::junit::{Case, Outcome, suite};
use crate::shown::plain;

pub(super) fn write(report: &TrialReport<'_>, _: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let trial = report.trial;
    let mut cases: Vec<Case> = trial.triggers.iter().map(tried).collect();
    if cases.is_empty() {
        let message = "Nothing was tried.".to_owned();
        let nothing = Outcome::Undecided { kind: "nothing-tried".to_owned(), message, text: String::new() };
        cases.push(case("triggers", nothing));
    }
    let skipped = || Outcome::Skipped("not tried".to_owned());
    cases.extend(trial.not_tried.iter().map(|what| case(what, skipped())));
    suite("toadstone trial", &sentences::model(trial), &cases, out)
}

fn case(name: &str, outcome: Outcome) -> Case {
    Case { class: "toadstone.trial".to_owned(), name: name.to_owned(), outcome }
}

fn tried(trigger: &TriggerTrial) -> Case {
    let (kind, message) = (trigger.outcome.name().to_owned(), trigger.why.clone());
    let text = sentences::telling(trigger)
        .map(|tie| format!("{}: {}\n", plain(&tie.behaviour, 100), plain(&sentences::tie(tie), 1000)))
        .collect();
    let outcome = match trigger.outcome {
        TrialOutcome::NothingSeen => Outcome::Passed(String::new()),
        TrialOutcome::NotDecided => Outcome::Undecided { kind, message, text },
        TrialOutcome::Suspicious | TrialOutcome::Backdoor => Outcome::Failed { kind, message, text },
    };
    case(&format!("{} {} ({})", trigger.kind, sentences::parts(trigger), trigger.from), outcome)
}
