//! For a comment on a pull request or a job summary. Hostile text stands in code spans and nowhere else.

use std::io;

use toadstone_core::{TrialOutcome, TriggerTrial, Verdict};

use super::{TrialReport, sentences};
use crate::markdown::code;
use crate::{Style, words};

/// Triggers that are listed.
const TRIGGERS: usize = 50;
/// Other things that are listed.
const LISTED: usize = 20;

pub(super) fn write(report: &TrialReport<'_>, _: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let trial = report.trial;
    let sign = match trial.verdict {
        Some(Verdict::Block) => "🛑",
        Some(Verdict::Review) => "🔎",
        Some(Verdict::Pass) => "✅",
        None => "⚪",
    };
    writeln!(out, "## {sign} toadstone trial: {}\n", sentences::word(trial))?;
    writeln!(out, "**{}**\n", sentences::headline(trial))?;
    writeln!(out, "- Model: {}", code(&sentences::model(trial), 300))?;
    writeln!(out, "- Asked: {}", sentences::extent(trial))?;
    for missing in &trial.missing {
        writeln!(
            out,
            "- **Missing**: {}: {}",
            words::plural(missing.answers, "answer"),
            code(&missing.why, 300)
        )?;
    }
    for canary in trial.canaries.iter().filter(|canary| !canary.holds) {
        writeln!(out, "- **Server**: not so: {} {}", code(&canary.what, 120), code(&canary.note, 300))?;
    }
    for what in trial.not_tried.iter().take(LISTED) {
        writeln!(out, "- **Not tried**: {}", code(what, 300))?;
    }
    writeln!(out)?;
    for (number, trigger) in trial.triggers.iter().take(TRIGGERS).enumerate() {
        one(number + 1, trigger, out)?;
    }
    if trial.triggers.len() > TRIGGERS {
        writeln!(
            out,
            "{} more are in `trial.json`.",
            words::plural((trial.triggers.len() - TRIGGERS) as u64, "trigger")
        )?;
    }
    if !report.next.is_empty() {
        writeln!(out, "\n**Next**\n")?;
    }
    for command in report.next {
        writeln!(out, "- {}", code(command, 500))?;
    }
    Ok(())
}

fn one(number: usize, trigger: &TriggerTrial, out: &mut dyn io::Write) -> io::Result<()> {
    let parts = code(&sentences::parts(trigger), sentences::TRIGGER);
    let from = code(&trigger.from, 80);
    writeln!(
        out,
        "{number}. **{}** {} {parts} ({from}): {}",
        trigger.outcome.name(),
        code(&trigger.kind, 40),
        code(&trigger.why, 400)
    )?;
    if trigger.outcome == TrialOutcome::NothingSeen {
        return Ok(());
    }
    writeln!(out, "   - {}", sentences::power(trigger))?;
    for tie in sentences::telling(trigger) {
        writeln!(out, "   - {}: {}", code(&tie.behaviour, 40), sentences::tie(tie))?;
        if let Some(sample) = tie.samples.first() {
            writeln!(
                out,
                "     - {} → {}",
                code(&sample.prompt, sentences::ANSWER),
                code(&sample.with, sentences::ANSWER)
            )?;
        }
    }
    Ok(())
}
