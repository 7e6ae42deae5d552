//! For a person at a terminal.

use std::io;

use toadstone_core::lineage::{HabitKind, Lineage};

use super::{Taint, sentences};
use crate::columns::{aligned, field, labelled, row};
use crate::layout::{Ink, Line, Page};
use crate::{Style, shown, words};

/// Rows of a table; the rest is in the JSON.
const ROWS: usize = 12;
/// Styles that are shown; they are information.
const STYLES: usize = 4;

pub(super) fn write(taint: &Taint<'_>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let lineage = taint.lineage;
    let mut page = Page::new(out, style);
    let tainted = lineage.blast.descendants > 0;
    let head =
        Line::default().with("TAINT", if tainted { Ink::Red } else { Ink::Green }).with("  ", Ink::Plain);
    page.line(0, &head.with(&sentences::headline(lineage), Ink::Bold))?;
    if let Some(entrance) = sentences::entrance(lineage) {
        page.line(7, &Line::default().with(&entrance, Ink::Bold))?;
    }
    page.gap()?;
    facts(&mut page, lineage)?;
    habits(&mut page, lineage)?;
    generators(&mut page, lineage)?;
    generations(&mut page, lineage)?;
    multipliers(&mut page, lineage)?;
    diversity(&mut page, lineage)?;
    gates(&mut page, lineage)?;
    for (i, command) in taint.next.iter().enumerate() {
        if i == 0 {
            page.gap()?;
        }
        let label = Line::default().with(if i == 0 { "next" } else { "" }, Ink::Faint);
        page.unwrapped(6, &label, &Line::default().with(command, Ink::Bold))?;
    }
    Ok(())
}

fn facts(page: &mut Page<'_>, lineage: &Lineage) -> io::Result<()> {
    field(page, "lineage", &sentences::extent(lineage))?;
    for (name, what, damage) in sentences::damage(lineage) {
        field(page, name, &format!("{what}: {}", sentences::places(&damage.first, 3)))?;
    }
    if lineage.links.prompts_elsewhere > 0 {
        let elsewhere = words::plural(lineage.links.prompts_elsewhere, "prompt id");
        field(page, "prompts", &format!("{elsewhere} of prompts that are not in this data"))?;
    }
    for (i, cause) in lineage.blast.causes.iter().take(5).enumerate() {
        let what = format!(
            "{}: {}, {}",
            shown::plain(&cause.cause, sentences::NAME),
            words::plural(cause.roots, "record"),
            words::plural(cause.descendants, "descendant")
        );
        field(page, if i == 0 { "from" } else { "" }, &what)?;
    }
    let by =
        |d: &toadstone_core::lineage::AtDistance| format!("{} at {}", words::count(d.records), d.distance);
    if lineage.blast.descendants > 0 {
        let far: Vec<String> = lineage.blast.distances.iter().skip(1).take(8).map(by).collect();
        field(page, "steps away", &far.join(", "))?;
    }
    for (i, what) in lineage.not_checked.iter().enumerate() {
        field(page, if i == 0 { "not checked" } else { "" }, what)?;
    }
    Ok(())
}

fn habits(page: &mut Page<'_>, lineage: &Lineage) -> io::Result<()> {
    if lineage.habits.is_empty() {
        return Ok(());
    }
    heading(page, "What generators add")?;
    let mut styles = 0;
    for (number, habit) in lineage.habits.iter().enumerate() {
        styles += usize::from(habit.kind == HabitKind::Style);
        if styles > STYLES {
            let more = lineage.habits.len() - number;
            return page
                .line(5, &Line::default().with(&format!("and {more} more habits of style"), Ink::Faint));
        }
        let label = Line::default().with(&format!("{:>3}.", number + 1), Ink::Bold);
        let ink = match habit.kind {
            HabitKind::Planted => Ink::Red,
            HabitKind::Doubtful => Ink::Yellow,
            HabitKind::Style => Ink::Faint,
        };
        let line = Line::default().with(sentences::verdict(habit.kind), ink).with("  ", Ink::Plain);
        let line = line.quote(&habit.generator, sentences::NAME);
        page.labelled(5, &label, &line.with(&format!("  {}", sentences::habit(habit)), Ink::Plain))?;
    }
    Ok(())
}

fn generators(page: &mut Page<'_>, lineage: &Lineage) -> io::Result<()> {
    if lineage.blast.roots == 0 {
        return Ok(());
    }
    heading(page, "Generators")?;
    let columns = [11, 10, 11, 11, 13];
    let wide = wide(page, &columns);
    let head = Line::default().with("generator", Ink::Faint);
    labelled(
        page,
        wide,
        &head,
        &columns,
        &["records", "poison", "came in", "expected", "descendants"],
        Ink::Faint,
    )?;
    for one in lineage.generators.iter().take(ROWS) {
        let name = match &one.name {
            Some(name) => Line::default().with(&shown::plain(name, wide - 2), Ink::Code),
            None => Line::default().with("none named", Ink::Faint),
        };
        let cells = [
            words::count(one.records),
            words::count(one.roots),
            words::count(one.entered),
            words::number(one.expected),
            words::count(one.descendants),
        ];
        let ink = if sentences::is_entrance(one) { Ink::Red } else { Ink::Plain };
        labelled(page, wide, &name, &columns, &cells.each_ref().map(String::as_str), ink)?;
    }
    more(page, lineage.generators.len())
}

fn generations(page: &mut Page<'_>, lineage: &Lineage) -> io::Result<()> {
    heading(page, "Generations")?;
    let columns = [12, 12, 12, 12, 12, 16, 14];
    let head = ["generation", "records", "tainted", "parents", "children", "median below", "most below"];
    row(page, &columns, &head, Ink::Faint)?;
    for one in lineage.generations.iter().take(ROWS) {
        let cells = [
            one.generation.to_string(),
            words::count(one.records),
            words::count(one.tainted),
            words::count(one.parents),
            words::number(one.children),
            words::count(one.median),
            words::count(one.most),
        ];
        row(page, &columns, &cells.each_ref().map(String::as_str), Ink::Plain)?;
    }
    more(page, lineage.generations.len())
}

fn multipliers(page: &mut Page<'_>, lineage: &Lineage) -> io::Result<()> {
    if lineage.multipliers.is_empty() {
        return Ok(());
    }
    heading(page, "Records that multiply more than the others")?;
    for one in lineage.multipliers.iter().take(ROWS) {
        let line = Line::default().with(&sentences::place(&one.place), Ink::Code);
        page.line(5, &line.with(&format!("  {}", sentences::multiplier(one)), Ink::Plain))?;
    }
    more(page, lineage.multipliers.len())
}

fn diversity(page: &mut Page<'_>, lineage: &Lineage) -> io::Result<()> {
    if lineage.diversity.len() < 2 {
        return Ok(());
    }
    heading(page, "Variety (runs of three words that are new; different outputs in a thousand)")?;
    let columns = [10, 12, 12];
    let wide = wide(page, &columns);
    let head = Line::default().with("outputs of", Ink::Faint);
    labelled(page, wide, &head, &columns, &["outputs", "new runs", "different"], Ink::Faint)?;
    for one in lineage.diversity.iter().take(ROWS) {
        let name = Line::default().with(&shown::plain(&sentences::whose(one), wide - 2), Ink::Plain);
        let lost = if one.lost { "  less varied" } else { "" };
        let cells = [
            words::count(one.outputs),
            format!("{:.2}", one.distinct),
            words::count(one.effective.round() as u64),
        ];
        let line = aligned(&columns, &cells.each_ref().map(String::as_str), Ink::Plain);
        page.unwrapped(wide, &name, &line.with(lost, Ink::Yellow))?;
    }
    more(page, lineage.diversity.len())
}

fn gates(page: &mut Page<'_>, lineage: &Lineage) -> io::Result<()> {
    if lineage.gates.is_empty() {
        return Ok(());
    }
    heading(page, "Validation gates")?;
    for gate in &lineage.gates {
        let first = if gate.first.is_empty() {
            String::new()
        } else {
            format!(": {}", sentences::places(&gate.first, 3))
        };
        let what = format!("{} {}{first}", words::plural(gate.records, "record"), gate.about);
        field(page, &gate.gate, &what)?;
    }
    Ok(())
}

fn heading(page: &mut Page<'_>, text: &str) -> io::Result<()> {
    page.gap()?;
    page.line(0, &Line::default().with(text, Ink::Bold))
}

fn more(page: &mut Page<'_>, all: usize) -> io::Result<()> {
    match all.saturating_sub(ROWS) {
        0 => Ok(()),
        more => page
            .line(0, &Line::default().with(&format!("and {} more", words::count(more as u64)), Ink::Faint)),
    }
}

/// Columns that are left for names.
fn wide(page: &Page<'_>, columns: &[usize]) -> usize {
    page.style().width.saturating_sub(columns.iter().sum::<usize>() + 2).clamp(12, 44)
}
