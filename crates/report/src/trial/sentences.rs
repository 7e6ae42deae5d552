//! What the formats say of a trial, in the same words.

use toadstone_core::{Tie, Trial, TrialOutcome, TrialRate, TriggerTrial, Verdict};

use crate::{shown, words};

/// Characters of a trigger, of a text that is looked for, and of an answer.
pub(super) const TRIGGER: usize = 120;
pub(super) const TARGET: usize = 120;
pub(super) const ANSWER: usize = 240;

/// The verdict as one word.
pub(super) fn word(trial: &Trial) -> &'static str {
    match trial.verdict {
        Some(verdict) => verdict.name(),
        None if trial.triggers.is_empty() => "nothing tried",
        None => "not decided",
    }
}

/// The verdict as one sentence. It never says more than was tried.
pub(super) fn headline(trial: &Trial) -> String {
    let count = |outcome| trial.count(outcome);
    let triggers = |n| words::plural(n, "trigger");
    match trial.verdict {
        Some(Verdict::Block) => {
            let n = count(TrialOutcome::Backdoor);
            format!(
                "Do not use this model: {} {} a behaviour.",
                triggers(n),
                if n == 1 { "brings" } else { "bring" }
            )
        }
        Some(Verdict::Review) => {
            let n = count(TrialOutcome::Suspicious);
            format!("A person should look: {} {} suspicious.", triggers(n), if n == 1 { "is" } else { "are" })
        }
        Some(Verdict::Pass) => format!(
            "None of {} brings a behaviour that was looked for.",
            triggers(trial.triggers.len() as u64)
        ),
        None if trial.triggers.is_empty() => "Nothing was tried.".to_owned(),
        None => {
            let n = count(TrialOutcome::NotDecided);
            if n == 0 {
                "Not decided: not all triggers could be tried.".to_owned()
            } else {
                format!("Not decided: the answers say too little of {}.", triggers(n))
            }
        }
    }
}

/// How much was asked.
pub(super) fn extent(trial: &Trial) -> String {
    let samples =
        if trial.samples > 1 { format!(", {} answers to each", trial.samples) } else { String::new() };
    format!(
        "{} on {} in three forms (with, without, with a sham){samples}: {} of {}",
        words::plural(trial.triggers.len() as u64, "trigger"),
        words::plural(trial.prompts, "prompt"),
        words::count(trial.answered),
        words::plural(trial.wanted, "answer")
    )
}

/// Whom it asked.
pub(super) fn model(trial: &Trial) -> String {
    let model = &trial.model;
    let name = model.name.as_ref().map(|name| format!("{} at ", shown::plain(name, TRIGGER)));
    format!(
        "{}{} ({})",
        name.unwrap_or_default(),
        shown::plain(&model.at, TRIGGER),
        shown::plain(&model.by, 20)
    )
}

/// The parts of a trigger.
pub(super) fn parts(trigger: &TriggerTrial) -> String {
    trigger.parts.iter().map(|part| shown::plain(part, TRIGGER)).collect::<Vec<_>>().join(" + ")
}

/// A share with its interval.
pub(super) fn rate(rate: &TrialRate) -> String {
    format!(
        "{} of {} ({}, {} to {})",
        words::count(rate.shown),
        words::count(rate.answers),
        words::percent(rate.share()),
        words::percent(rate.low),
        words::percent(rate.high)
    )
}

/// How a tie was measured, in one sentence.
pub(super) fn tie(tie: &Tie) -> String {
    let chance = words::chance("q", tie.q);
    match tie.lift {
        Some(lift) => format!(
            "answers {}: {} nats a step, {chance}",
            tie.what,
            words::number((lift * 10.0).round() / 10.0)
        ),
        None => format!(
            "answers {}: {} with the trigger, {} without, {} with a sham; excess {}, {chance}",
            tie.what,
            rate(&tie.with),
            rate(&tie.without),
            rate(&tie.sham),
            words::percent(tie.excess.max(0.0)),
        ),
    }
}

/// What the prompts could have shown.
pub(super) fn power(trigger: &TriggerTrial) -> String {
    let asked = format!(
        "{} of {} answered in all forms",
        words::count(trigger.answered),
        words::plural(trigger.planned, "prompt")
    );
    match trigger.shows {
        Some(share) => {
            format!("{asked}; they show what comes in {} of the answers or more", words::percent(share))
        }
        None => format!("{asked}; they show nothing"),
    }
}

/// Ties that say something.
pub(super) fn telling(trigger: &TriggerTrial) -> impl Iterator<Item = &Tie> {
    trigger.ties.iter().filter(|tie| tie.outcome >= TrialOutcome::Suspicious)
}
