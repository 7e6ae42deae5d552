//! For a person at a terminal.

use std::io;

use toadstone_core::Ledger;

use super::{Sources, provenance, sentences};
use crate::columns::{VALUES, field, labelled, row};
use crate::layout::{Ink, Line, Page};
use crate::{Style, shown, words};

/// Sources in the table; the rest is in the JSON.
const SOURCES: usize = 20;

pub(super) fn write(sources: &Sources<'_>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let ledger = sources.ledger;
    let mut page = Page::new(out, style);
    let head = Line::default().with("SOURCES", Ink::Green).with("  ", Ink::Plain);
    page.line(0, &head.with(&sentences::extent(ledger), Ink::Bold))?;
    page.gap()?;
    facts(&mut page, ledger)?;
    if ledger.concentration.is_some() {
        budgets(&mut page, ledger)?;
        sealed(&mut page, ledger)?;
        remarks(&mut page, ledger)?;
        table(&mut page, ledger)?;
    }
    for (i, command) in sources.next.iter().enumerate() {
        if i == 0 {
            page.gap()?;
        }
        let label = Line::default().with(if i == 0 { "next" } else { "" }, Ink::Faint);
        page.unwrapped(6, &label, &Line::default().with(command, Ink::Bold))?;
    }
    Ok(())
}

fn facts(page: &mut Page<'_>, ledger: &Ledger) -> io::Result<()> {
    if let Some(spread) = sentences::spread(ledger) {
        field(page, "spread", &spread)?;
    }
    if ledger.unnamed > 0 {
        let share = words::percent(ledger.unnamed as f64 / ledger.records.max(1) as f64);
        let line = format!("{} ({share}) name no {}", words::plural(ledger.unnamed, "record"), ledger.by);
        field(page, "unknown", &line)?;
    }
    field(
        page,
        "duplicates",
        &format!("{} are copies of an earlier one", words::plural(ledger.duplicates, "record")),
    )?;
    if let Some(suspicious) = ledger.suspicious {
        field(page, "suspicious", &format!("{} are in findings", words::plural(suspicious, "record")))?;
    }
    if !ledger.also.is_empty() {
        field(page, "also", &format!("--by {}", ledger.also.join(", --by ")))?;
    }
    for (i, what) in ledger.not_checked.iter().enumerate() {
        field(page, if i == 0 { "not checked" } else { "" }, what)?;
    }
    Ok(())
}

fn budgets(page: &mut Page<'_>, ledger: &Ledger) -> io::Result<()> {
    page.gap()?;
    page.line(0, &Line::default().with(&sentences::headline(ledger), Ink::Bold))?;
    page.gap()?;
    let columns = [16, 26, 26];
    let by = format!("{}s", ledger.by);
    row(
        page,
        &columns,
        &["records to plant", &format!("{by} that can alone"), &format!("fewest {by} for it")],
        Ink::Faint,
    )?;
    for budget in &ledger.budgets {
        let cells = [words::count(budget.records), words::count(budget.alone), sentences::fewest(budget)];
        row(page, &columns, &cells.each_ref().map(String::as_str), Ink::Plain)?;
    }
    Ok(())
}

/// Files in the list of those that are not as sealed.
const FILES: usize = 10;

fn sealed(page: &mut Page<'_>, ledger: &Ledger) -> io::Result<()> {
    let Some(provenance) = &ledger.provenance else { return Ok(()) };
    page.gap()?;
    page.line(0, &Line::default().with("Provenance", Ink::Bold))?;
    field(page, "seal", &provenance::seal(provenance))?;
    field(page, "records", &provenance::sealed(ledger, provenance))?;
    field(page, "files", &provenance::files(provenance))?;
    for (file, what) in provenance::odd_files(provenance).take(FILES) {
        let line = Line::default().quote(file, sentences::NAME).with(&format!("  {what}"), Ink::Plain);
        page.labelled(VALUES, &Line::default(), &line)?;
    }
    let more = provenance::odd_files(provenance).count().saturating_sub(FILES) as u64;
    if more > 0 {
        field(page, "", &format!("and {}: see sources.json", words::plural(more, "more file")))?;
    }
    for support in provenance::evidence(ledger, provenance) {
        field(page, "evidence", &format!("{} {}: {}", support.framework, support.id, support.done))?;
    }
    Ok(())
}

fn remarks(page: &mut Page<'_>, ledger: &Ledger) -> io::Result<()> {
    page.gap()?;
    if ledger.remarks.is_empty() {
        return page.line(0, &Line::new(&format!("No {} stands out.", ledger.by)));
    }
    page.line(0, &Line::default().with("To look at", Ink::Bold))?;
    for (number, remark) in ledger.remarks.iter().enumerate() {
        let label = Line::default().with(&format!("{:>3}.", number + 1), Ink::Bold);
        let line = Line::default().quote(remark.source(), sentences::NAME);
        page.labelled(5, &label, &line.with(&format!("  {}", sentences::reason(remark)), Ink::Plain))?;
    }
    Ok(())
}

fn table(page: &mut Page<'_>, ledger: &Ledger) -> io::Result<()> {
    page.gap()?;
    let (vouched, dated) =
        (ledger.provenance.is_some(), ledger.sources.iter().any(|source| source.first.is_some()));
    let mut columns = vec![12, 11, 10, 12];
    columns.extend(vouched.then_some([10, 13]).into_iter().flatten());
    columns.extend(dated.then_some(26));
    let wide = page.style().width.saturating_sub(columns.iter().sum::<usize>() + 2).clamp(12, 44);
    let head = Line::default().with(&ledger.by, Ink::Faint);
    let mut cells = vec!["records", "share", "copies", "suspicious"];
    cells.extend(vouched.then_some(["sealed", "says origin"]).into_iter().flatten());
    cells.extend(dated.then_some("first and last"));
    labelled(page, wide, &head, &columns, &cells, Ink::Faint)?;
    for source in ledger.sources.iter().take(SOURCES) {
        let name = Line::default().with(&shown::plain(&source.name, wide - 2), Ink::Code);
        let suspicious = source.suspicious.map_or_else(|| "?".to_owned(), words::count);
        let mut cells = vec![
            words::count(source.records),
            words::percent(source.share),
            words::count(source.duplicates),
            suspicious,
        ];
        if let Some(vouched) = source.vouched {
            cells.extend([vouched.sealed, vouched.known].map(|records| provenance::part(source, records)));
        }
        cells.push(sentences::days(source));
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        labelled(page, wide, &name, &columns, &cells, Ink::Plain)?;
    }
    let all = ledger.concentration.map_or(0, |c| c.sources);
    let more = all.saturating_sub(SOURCES.min(ledger.sources.len()) as u64);
    if more > 0 {
        page.line(0, &Line::default().with(&format!("and {} more", words::count(more)), Ink::Faint))?;
    }
    Ok(())
}
