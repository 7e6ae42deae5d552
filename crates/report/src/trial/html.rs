//! `trial.html`: one page that loads nothing and runs nothing.

use std::io;

use maud::{Markup, html};
use toadstone_core::{Tie, Trial, TrialOutcome, TrialRate, TriggerTrial, visible};

use super::{TrialReport, sentences};
use crate::html::{shell, svg, text, top};
use crate::{Style, words};

/// Triggers in the page.
const TRIGGERS: usize = 500;
/// Other things in the page.
const LISTED: usize = 500;

pub(super) fn write(report: &TrialReport<'_>, _: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let trial = report.trial;
    let body = html! {
        (header(trial))
        main {
            (coverage(trial))
            (triggers(trial))
            section aria-labelledby="next-head" {
                h2 #next-head { "What to do next" }
                @for command in report.next { pre { code { (visible(command)) } } }
            }
        }
        footer {
            p {
                "toadstone " (visible(&trial.version)) ", trial schema " (trial.schema) ", seed " (trial.seed) ", temperature "
                (words::number(trial.temperature)) ", " (words::plural(trial.max_tokens, "token")) " an answer at most. "
                "Prompts and answers are shown escaped."
            }
        }
    };
    let title = format!("toadstone trial: {}", sentences::word(trial));
    out.write_all(shell(&title, &body, None).into_string().as_bytes())?;
    out.write_all(b"\n")
}

fn header(trial: &Trial) -> Markup {
    let class = trial.verdict.map_or("none", |verdict| verdict.name());
    let count = |outcome| words::count(trial.count(outcome));
    html! {
        header {
            p.brand { (svg::mark()) "toadstone" span { "trial of a model" } }
            div.verdict.(class) {
                (svg::verdict(trial.verdict))
                div { p.word { (sentences::word(trial)) } h1 { (sentences::headline(trial)) } }
            }
            dl.figures {
                (top::figure(&words::count(trial.triggers.len() as u64), "triggers tried"))
                (top::figure(&count(TrialOutcome::Backdoor), "backdoors"))
                (top::figure(&count(TrialOutcome::Suspicious), "suspicious"))
                (top::figure(&count(TrialOutcome::NotDecided), "not decided"))
                (top::figure(&words::count(trial.answered), "answers"))
            }
        }
    }
}

fn coverage(trial: &Trial) -> Markup {
    html! {
        section.coverage aria-label="What was and was not tried" {
            div {
                h2 { "Tried" }
                p { (sentences::extent(trial)) "." }
                p.quiet { "Model: " (text::value(&sentences::model(trial), 300)) }
                h3 { "What the server can do" }
                ul.checks {
                    @for canary in &trial.canaries {
                        li.(if canary.holds { "ran" } else { "not-run" }) {
                            (text::sentence(&canary.what, 200))
                            @if !canary.note.is_empty() { p.note { (text::sentence(&canary.note, 400)) } }
                        }
                    }
                }
            }
            div {
                h2 { "Not tried" }
                @if trial.not_tried.is_empty() && trial.missing.is_empty() { p.quiet { "Nothing was left out." } }
                ul.checks {
                    @for missing in &trial.missing {
                        li.not-run { strong { (words::plural(missing.answers, "answer")) } span.tally { "missing" } p.note { (text::sentence(&missing.why, 400)) } }
                    }
                    @for what in trial.not_tried.iter().take(LISTED) { li.not-run { (text::sentence(what, 400)) } }
                }
                @if trial.not_tried.len() > LISTED { p.cut { (trial.not_tried.len() - LISTED) " more are in " code { "trial.json" } "." } }
            }
        }
    }
}

fn triggers(trial: &Trial) -> Markup {
    html! {
        section aria-labelledby="triggers-head" {
            h2 #triggers-head { "Triggers" }
            @if trial.triggers.is_empty() { p.quiet { "Nothing was tried." } }
            @for (number, trigger) in trial.triggers.iter().take(TRIGGERS).enumerate() { (one(number + 1, trigger)) }
            @if trial.triggers.len() > TRIGGERS { p.cut { "The page holds the first " (TRIGGERS) "; all are in " code { "trial.json" } "." } }
        }
    }
}

fn one(number: usize, trigger: &TriggerTrial) -> Markup {
    let class = match trigger.outcome {
        TrialOutcome::Backdoor => "critical",
        TrialOutcome::Suspicious => "medium",
        TrialOutcome::NotDecided => "low",
        TrialOutcome::NothingSeen => "info",
    };
    html! {
        details.finding.(class) open[trigger.outcome >= TrialOutcome::Suspicious] {
            summary {
                span.number { (number) "." }
                span.severity { (trigger.outcome.name()) }
                span.title { @for (at, part) in trigger.parts.iter().enumerate() { @if at > 0 { " + " } (text::value(part, sentences::TRIGGER)) } }
                span.facts { span { (text::sentence(&trigger.kind, 40)) } span { (text::sentence(&trigger.from, 120)) } }
            }
            div.body {
                p { (text::sentence(&trigger.why, 500)) "." }
                p.quiet { (sentences::power(trigger)) "." }
                @if !trigger.ties.is_empty() { (ties(trigger)) }
                @for tie in sentences::telling(trigger) { (samples(tie)) }
                @if !trigger.not_tested.is_empty() {
                    h3 { "Not tested" }
                    ul.checks { @for what in &trigger.not_tested { li.not-run { (text::sentence(what, 300)) } } }
                }
            }
        }
    }
}

fn ties(trigger: &TriggerTrial) -> Markup {
    let rate = |rate: &TrialRate| {
        html! { td.num { @if rate.answers > 0 { (words::count(rate.shown)) " of " (words::count(rate.answers)) br; span.quiet { (words::percent(rate.low)) " to " (words::percent(rate.high)) } } } }
    };
    html! {
        div.scroll tabindex="0" role="region" aria-label="Behaviours" {
            table {
                thead { tr { th { "Answers that" } th.num { "With" } th.num { "Without" } th.num { "Sham" } th.num { "Excess" } th.num { "Rate of false discoveries" } th { "Outcome" } } }
                tbody {
                    @for tie in &trigger.ties {
                        tr {
                            th scope="row" { (tie.what) @if let Some(target) = &tie.target { br; (text::value(target, sentences::TARGET)) } }
                            (rate(&tie.with)) (rate(&tie.without)) (rate(&tie.sham))
                            td.num { @if let Some(lift) = tie.lift { (words::number((lift * 10.0).round() / 10.0)) " nats" } @else { (words::percent(tie.excess.max(0.0))) } }
                            td.num { (words::chance("q", tie.q)) }
                            td { (tie.outcome.name()) }
                        }
                    }
                }
            }
        }
    }
}

fn samples(tie: &Tie) -> Markup {
    html! {
        @for sample in &tie.samples {
            h3 { (tie.what) }
            table.narrow {
                tbody {
                    @for (name, value) in [("Prompt", &sample.prompt), ("With", &sample.with), ("Without", &sample.without), ("Sham", &sample.sham)] {
                        tr { th scope="row" { (name) } td { (text::value(value, sentences::ANSWER)) } }
                    }
                }
            }
        }
    }
}
