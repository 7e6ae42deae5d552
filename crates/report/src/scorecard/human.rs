//! For a person at a terminal.

use std::io;

use toadstone_core::scorecard::{Attacked, Cell, Outcome, Scorecard};

use super::{Scored, sentences};
use crate::Style;
use crate::columns::{aligned, field};
use crate::layout::{Ink, Line, Page};
use crate::words;

/// Widths of the columns: records, excess of the poisoned, the cleaned and the control model, recall,
/// precision, stopped.
const COLUMNS: [usize; 7] = [9, 10, 10, 10, 9, 11, 9];

/// Where the meanings of outcomes begin.
const LEGEND: usize = 20;

pub(super) fn write(scored: &Scored<'_>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let card = scored.scorecard;
    let mut page = Page::new(out, style);
    let head = Line::default().with("RED TEAM", Ink::Green).with("  ", Ink::Plain);
    page.line(0, &head.with(&sentences::headline(card), Ink::Bold))?;
    page.gap()?;
    field(&mut page, "measured", &sentences::extent(card))?;
    field(&mut page, "model", &card.proxy)?;
    field(&mut page, "policy", &crate::shown::plain(&card.policy, 200))?;
    field(&mut page, "baseline", &sentences::baseline(card))?;
    table(&mut page, card)?;
    page.gap()?;
    for outcome in [Outcome::Caught, Outcome::Missed, Outcome::NotLearnable] {
        let label = Line::default().with("    ", Ink::Plain).with(outcome.name(), ink(outcome));
        page.labelled(LEGEND, &label, &Line::new(sentences::meaning(outcome)))?;
    }
    let label = Line::default().with("    excess", Ink::Faint);
    page.labelled(LEGEND, &label, &Line::new(sentences::READING))?;
    for (i, (what, why)) in sentences::not_run(card).iter().enumerate() {
        field(&mut page, if i == 0 { "not run" } else { "" }, &format!("{what}: {why}"))?;
    }
    for (i, command) in scored.next.iter().enumerate() {
        if i == 0 {
            page.gap()?;
        }
        let label = Line::default().with(if i == 0 { "next" } else { "" }, Ink::Faint);
        page.unwrapped(6, &label, &Line::default().with(command, Ink::Bold))?;
    }
    Ok(())
}

fn table(page: &mut Page<'_>, card: &Scorecard) -> io::Result<()> {
    page.gap()?;
    let groups = aligned(&[9, 30], &["", "excess of the model"], Ink::Faint);
    page.unwrapped(26, &Line::default(), &groups)?;
    let head = ["records", "poisoned", "cleaned", "control", "recall", "precision", "stopped"];
    let line = aligned(&COLUMNS, &head, Ink::Faint);
    page.unwrapped(26, &Line::default().with("attack", Ink::Faint), &line)?;
    for attack in &card.attacks {
        rows(page, attack)?;
    }
    Ok(())
}

fn rows(page: &mut Page<'_>, attack: &Attacked) -> io::Result<()> {
    for (i, cell) in attack.cells.iter().enumerate() {
        let name = Line::default().with(if i == 0 { &attack.attack } else { "" }, Ink::Code);
        let line = aligned(&COLUMNS, &cells(cell).each_ref().map(String::as_str), Ink::Plain);
        page.unwrapped(26, &name, &line.with("  ", Ink::Plain).with(cell.outcome.name(), ink(cell.outcome)))?;
    }
    Ok(())
}

fn cells(cell: &Cell) -> [String; 7] {
    let success = cell.success.as_ref();
    [
        words::count(cell.count),
        sentences::excess(success, |s| s.poisoned),
        sentences::excess(success, |s| s.cleaned),
        sentences::excess(success, |s| s.random),
        sentences::share(cell.recall),
        sentences::share(cell.precision),
        sentences::of(cell.stopped),
    ]
}

fn ink(outcome: Outcome) -> Ink {
    match outcome {
        Outcome::Caught => Ink::Green,
        Outcome::Missed => Ink::Red,
        Outcome::NotLearnable => Ink::Faint,
    }
}
