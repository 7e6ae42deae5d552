//! A table for documentation. Only names of our own, numbers and escaped text stand in it.

use std::io;

use toadstone_core::scorecard::{Attacked, Cell, Outcome};

use super::{Scored, sentences};
use crate::{Style, markdown, words};

pub(super) fn write(scored: &Scored<'_>, _: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let card = scored.scorecard;
    writeln!(out, "{}\n", sentences::headline(card))?;
    writeln!(
        out,
        "Measured: {}. Model: {}. {}\n",
        sentences::extent(card),
        card.proxy,
        sentences::baseline(card)
    )?;
    writeln!(
        out,
        "| attack | records | clean model | poisoned | without trigger | sham trigger | cleaned | control | recall | \
         precision | stopped | outcome |"
    )?;
    writeln!(out, "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|")?;
    for attack in &card.attacks {
        for cell in &attack.cells {
            writeln!(out, "{}", row(attack, cell))?;
        }
    }
    writeln!(out)?;
    for outcome in [Outcome::Caught, Outcome::Missed, Outcome::NotLearnable] {
        writeln!(out, "- **{}**: {}.", outcome.name(), sentences::meaning(outcome))?;
    }
    let not_run = sentences::not_run(card);
    if !not_run.is_empty() {
        writeln!(out, "\nNot run:\n")?;
    }
    for (what, why) in not_run {
        writeln!(out, "- {what}: {}", markdown::code(&why, 200))?;
    }
    Ok(())
}

fn row(attack: &Attacked, cell: &Cell) -> String {
    let success = |of: fn(&toadstone_core::scorecard::Success) -> toadstone_core::Rate| {
        cell.success.as_ref().map_or_else(|| "-".to_owned(), |s| sentences::interval(of(s)))
    };
    let columns = [
        attack.attack.clone(),
        words::count(cell.count),
        success(|s| s.clean),
        success(|s| s.poisoned),
        success(|s| s.untriggered),
        success(|s| s.sham),
        success(|s| s.cleaned),
        success(|s| s.random),
        sentences::share(cell.recall),
        sentences::share(cell.precision),
        sentences::of(cell.stopped),
        cell.outcome.name().to_owned(),
    ];
    format!("| {} |", columns.join(" | "))
}
