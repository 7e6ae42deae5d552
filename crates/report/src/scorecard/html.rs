//! `scorecard.html`: one page that needs nothing else, and runs nothing.

use std::io;

use maud::{Markup, html};
use toadstone_core::scorecard::{Attacked, Cell, Outcome, Scorecard, Success};
use toadstone_core::{Rate, visible};

use super::{Scored, curves, sentences};
use crate::html::{shell, svg, text, top};
use crate::{Style, words};

pub(super) fn write(scored: &Scored<'_>, _: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let card = scored.scorecard;
    let body = html! {
        (header(card))
        main {
            (coverage(card))
            (doses(card))
            (table(card))
            section aria-labelledby="next-head" {
                h2 #next-head { "What to do next" }
                @for command in scored.next { pre { code { (visible(command)) } } }
            }
        }
        footer { p { "toadstone, scorecard schema " (card.schema) ". Text of records is shown escaped." } }
    };
    out.write_all(shell("toadstone: red team", &body, None).into_string().as_bytes())?;
    out.write_all(b"\n")
}

fn header(card: &Scorecard) -> Markup {
    html! {
        header {
            p.brand { (svg::mark()) "toadstone" span { "red team on the training data" } }
            div.verdict.(sentences::tone(card)) {
                div {
                    p.word { (sentences::extent(card)) }
                    h1 { (sentences::headline(card)) }
                }
            }
            dl.figures {
                (top::figure(&words::count(card.attacks.len() as u64), "attacks"))
                @for outcome in [Outcome::Caught, Outcome::Missed, Outcome::NotLearnable] {
                    (top::figure(&words::count(card.outcomes(outcome) as u64), outcome.name()))
                }
                (top::figure(&words::count(card.not_run.len() as u64), "not run"))
            }
        }
    }
}

fn coverage(card: &Scorecard) -> Markup {
    let facts = [
        ("Data", card.files.join(", ")),
        ("Kind", card.kind.clone()),
        ("Model", card.proxy.clone()),
        ("Policy", card.policy.clone()),
        ("As it is", sentences::baseline(card)),
        ("Utility", card.measure.clone()),
    ];
    html! {
        section.coverage aria-label="How it was measured, and what was not" {
            div {
                h2 { "How it was measured" }
                ul.checks {
                    @for (name, fact) in facts { li.ran { strong { (name) } (text::sentence(&fact, 400)) } }
                }
                h3 { "How to read it" }
                p.quiet { (sentences::READING) }
                @for outcome in [Outcome::Caught, Outcome::Missed, Outcome::NotLearnable] {
                    p.quiet { span.outcome.(class(outcome)) { (outcome.name()) } ": " (sentences::meaning(outcome)) "." }
                }
            }
            div {
                h2 { "Not run" }
                @if card.not_run.is_empty() { p.quiet { "Everything that was asked for was measured." } }
                ul.checks {
                    @for (what, why) in sentences::not_run(card) {
                        li.not-run { strong { (what) } p { (text::sentence(&why, 200)) } }
                    }
                }
            }
        }
    }
}

fn doses(card: &Scorecard) -> Markup {
    html! {
        section aria-labelledby="doses-head" {
            h2 #doses-head { "Dose and response" }
            (curves::keys())
            div.attacks { @for attack in &card.attacks { (one(attack)) } }
        }
    }
}

fn one(attack: &Attacked) -> Markup {
    html! {
        div.attack {
            h3 { (attack.attack) }
            p { (attack.title) " " span.quiet { (attack.stage) ", " (attack.atlas) } }
            p { (text::value(&sentences::association(attack), 200)) }
            @match curves::curve(&attack.attack, &attack.cells) {
                Some(curve) => (curve),
                None => @for cell in &attack.cells {
                    p.quiet { (words::plural(cell.count, "record")) ": " (sentences::of(cell.recall)) " found" }
                },
            }
            p { @for (i, cell) in attack.cells.iter().enumerate() {
                @if i > 0 { ", " } (words::count(cell.count)) ": " (outcome(cell))
            } }
        }
    }
}

/// A column: its name, and whose misbehaviour it shows.
type Column = (&'static str, fn(&Success) -> Rate);

const SHARES: [Column; 6] = [
    ("Clean model", |s| s.clean),
    ("Poisoned", |s| s.poisoned),
    ("No trigger", |s| s.untriggered),
    ("Sham", |s| s.sham),
    ("Cleaned", |s| s.cleaned),
    ("Control", |s| s.random),
];

fn table(card: &Scorecard) -> Markup {
    html! {
        section aria-labelledby="table-head" {
            h2 #table-head { "Every figure" }
            div.scroll tabindex="0" role="region" aria-labelledby="table-head" {
                table {
                    thead { tr {
                        th { "Attack" } th.num { "Records" }
                        @for (name, _) in SHARES { th.num { (name) } }
                        th.num { "Recall" } th.num { "Precision" } th.num { "Stopped" } th { "Outcome" }
                        th { "Found by (seeds)" } th.num { "Utility, clean to cleaned" }
                    } }
                    tbody { @for attack in &card.attacks { @for cell in &attack.cells { (row(attack, cell)) } } }
                }
            }
        }
    }
}

fn row(attack: &Attacked, cell: &Cell) -> Markup {
    let shown = |of: fn(&Success) -> Rate| {
        cell.success.as_ref().map_or_else(|| "-".to_owned(), |s| sentences::interval(of(s)))
    };
    html! {
        tr {
            th scope="row" { (attack.attack) }
            td.num { (words::count(cell.count)) }
            @for (_, of) in SHARES { td.num { (shown(of)) } }
            td.num { (sentences::share(cell.recall)) }
            td.num { (sentences::share(cell.precision)) }
            td.num { (sentences::of(cell.stopped)) }
            td { (outcome(cell)) }
            td { (sentences::detectors(cell)) }
            td.num { @match cell.utility {
                Some(u) => (format!("{:.3}, {:.3}, {:.3}", u.clean, u.poisoned, u.cleaned)),
                None => "-",
            } }
        }
    }
}

fn outcome(cell: &Cell) -> Markup {
    html! { span.outcome.(class(cell.outcome)) { (cell.outcome.name()) } }
}

fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Caught => "caught",
        Outcome::Missed => "missed",
        Outcome::NotLearnable => "not-learnable",
    }
}
