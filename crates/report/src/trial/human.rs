//! For a person at a terminal.

use std::io;

use toadstone_core::{Tie, Trial, TrialOutcome, TriggerTrial, Verdict};

use super::{TrialReport, sentences};
use crate::columns::{VALUES, field};
use crate::layout::{Ink, Line, Page};
use crate::{Style, shown};

/// Triggers that are printed; the rest is in the JSON.
const TRIGGERS: usize = 30;
/// Things that were not tried and are printed.
const LISTED: usize = 20;

pub(super) fn write(report: &TrialReport<'_>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let trial = report.trial;
    let mut page = Page::new(out, style);
    let word = sentences::word(trial).to_uppercase();
    let head = Line::default()
        .with(&word, ink(trial))
        .with("  ", Ink::Plain)
        .with(&sentences::headline(trial), Ink::Bold);
    page.line(0, &head)?;
    page.gap()?;
    field(&mut page, "model", &sentences::model(trial))?;
    field(&mut page, "asked", &sentences::extent(trial))?;
    for missing in &trial.missing {
        field(
            &mut page,
            "missing",
            &format!("{} answers: {}", missing.answers, shown::plain(&missing.why, 300)),
        )?;
    }
    for canary in &trial.canaries {
        let sign = if canary.holds { "yes" } else { "no" };
        let note = if canary.note.is_empty() {
            String::new()
        } else {
            format!(": {}", shown::plain(&canary.note, 300))
        };
        field(&mut page, "server", &format!("{sign}, {}{note}", shown::plain(&canary.what, 120)))?;
    }
    listed(&mut page, "not tried", &trial.not_tried)?;
    for (number, trigger) in trial.triggers.iter().take(TRIGGERS).enumerate() {
        page.gap()?;
        one(&mut page, number + 1, trigger)?;
    }
    if trial.triggers.len() > TRIGGERS {
        page.gap()?;
        page.line(
            4,
            &Line::default()
                .with(&format!("and {} more in trial.json", trial.triggers.len() - TRIGGERS), Ink::Faint),
        )?;
    }
    for (i, command) in report.next.iter().enumerate() {
        if i == 0 {
            page.gap()?;
        }
        let label = Line::default().with(if i == 0 { "next" } else { "" }, Ink::Faint);
        page.unwrapped(6, &label, &Line::default().with(command, Ink::Bold))?;
    }
    Ok(())
}

fn ink(trial: &Trial) -> Ink {
    match trial.verdict {
        Some(Verdict::Block) => Ink::Red,
        Some(Verdict::Pass) => Ink::Green,
        Some(Verdict::Review) | None => Ink::Yellow,
    }
}

fn listed(page: &mut Page<'_>, name: &str, what: &[String]) -> io::Result<()> {
    for (at, line) in what.iter().take(LISTED).enumerate() {
        field(page, if at == 0 { name } else { "" }, &shown::plain(line, 300))?;
    }
    if what.len() > LISTED {
        field(page, "", &format!("and {} more", what.len() - LISTED))?;
    }
    Ok(())
}

fn one(page: &mut Page<'_>, number: usize, trigger: &TriggerTrial) -> io::Result<()> {
    let (sign, ink) = match trigger.outcome {
        TrialOutcome::Backdoor => ("▲", Ink::Red),
        TrialOutcome::Suspicious => ("●", Ink::Yellow),
        TrialOutcome::NotDecided => ("?", Ink::Yellow),
        TrialOutcome::NothingSeen => ("·", Ink::Plain),
    };
    let label = Line::default().with(&format!("{number:>2}."), Ink::Bold);
    let head = Line::default().with(&format!("{sign} {}  ", trigger.outcome.name()), ink);
    let head = head.with(&format!("{} ", shown::plain(&trigger.kind, 40)), Ink::Plain);
    page.labelled(
        4,
        &label,
        &head
            .quote(&sentences::parts(trigger), sentences::TRIGGER)
            .with(&format!("  ({})", shown::plain(&trigger.from, 80)), Ink::Faint),
    )?;
    page.line(4, &Line::new(&shown::plain(&trigger.why, 400)))?;
    if trigger.outcome == TrialOutcome::NothingSeen {
        return listed(page, "not tested", &trigger.not_tested);
    }
    field(page, "prompts", &sentences::power(trigger))?;
    for tie in sentences::telling(trigger) {
        tied(page, tie)?;
    }
    listed(page, "not tested", &trigger.not_tested)
}

fn tied(page: &mut Page<'_>, tie: &Tie) -> io::Result<()> {
    field(page, &tie.behaviour, &sentences::tie(tie))?;
    if let Some(target) = &tie.target {
        page.labelled(
            VALUES,
            &Line::default().with("    text", Ink::Faint),
            &Line::default().quote(target, sentences::TARGET),
        )?;
    }
    if let Some(sample) = tie.samples.first() {
        for (name, text) in [
            ("prompt", &sample.prompt),
            ("with", &sample.with),
            ("without", &sample.without),
            ("sham", &sample.sham),
        ] {
            let label = Line::default().with(&format!("      {name}"), Ink::Faint);
            page.labelled(VALUES, &label, &Line::default().quote(text, sentences::ANSWER))?;
        }
    }
    Ok(())
}
