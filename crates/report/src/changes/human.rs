//! For a person at a terminal.

use std::io;

use toadstone_core::{ChangeExample, ChangedRecord};

use super::{Compared, sentences};
use crate::layout::{Ink, Line, Page};
use crate::{Style, shown, words};

/// Files, and examples of each kind, that are printed; the rest is in the JSON.
const FILES: usize = 12;
const EXAMPLES: usize = 5;

pub(super) fn write(compared: &Compared<'_>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let changes = compared.changes;
    let mut page = Page::new(out, style);
    let head = Line::default().with("DIFF", if changes.none() { Ink::Green } else { Ink::Yellow });
    page.line(0, &head.with("  ", Ink::Plain).with(&sentences::headline(changes), Ink::Bold))?;
    page.gap()?;
    page.line(4, &Line::new(&sentences::extent(changes)))?;
    for note in &changes.notes {
        page.line(4, &Line::new(note))?;
    }
    concentrations(&mut page, compared)?;
    ways(&mut page, compared)?;
    files(&mut page, compared)?;
    examples(&mut page, compared)?;
    for (i, command) in compared.next.iter().enumerate() {
        if i == 0 {
            page.gap()?;
        }
        let label = Line::default().with(if i == 0 { "next" } else { "" }, Ink::Faint);
        page.unwrapped(6, &label, &Line::default().with(command, Ink::Bold))?;
    }
    Ok(())
}

fn title(page: &mut Page<'_>, text: &str) -> io::Result<()> {
    page.gap()?;
    page.line(0, &Line::default().with(text, Ink::Bold))
}

fn concentrations(page: &mut Page<'_>, compared: &Compared<'_>) -> io::Result<()> {
    let found = &compared.changes.concentrations;
    if found.is_empty() {
        return Ok(());
    }
    title(page, "Changes concentrate beyond chance")?;
    for (number, found) in found.iter().take(FILES).enumerate() {
        let label = Line::default().with(&format!("{:>3}.", number + 1), Ink::Bold);
        let line = Line::default().quote(&found.value, sentences::NAME);
        page.labelled(5, &label, &line.with(&format!("  {}", sentences::concentration(found)), Ink::Plain))?;
    }
    Ok(())
}

fn ways(page: &mut Page<'_>, compared: &Compared<'_>) -> io::Result<()> {
    if compared.changes.relabelled.is_empty() {
        return Ok(());
    }
    title(page, "Labels")?;
    for (from, to, count) in compared.changes.relabelled.iter().take(FILES) {
        let line = Line::new(&format!("{:>10}  ", words::count(*count))).quote(from, sentences::NAME);
        page.line(2, &line.with(" → ", Ink::Plain).quote(to, sentences::NAME))?;
    }
    Ok(())
}

fn files(page: &mut Page<'_>, compared: &Compared<'_>) -> io::Result<()> {
    let files = &compared.changes.files;
    if files.is_empty() {
        return Ok(());
    }
    title(page, "Files")?;
    for change in files.iter().take(FILES) {
        let name = Line::default().with(&shown::plain(&change.name, sentences::NAME), Ink::Code);
        let what = shown::plain(&sentences::file(change), 300);
        page.line(4, &name.with(&format!("  {what}"), Ink::Plain))?;
    }
    if files.len() > FILES {
        page.line(4, &Line::default().with(&format!("and {} more", files.len() - FILES), Ink::Faint))?;
    }
    Ok(())
}

fn examples(page: &mut Page<'_>, compared: &Compared<'_>) -> io::Result<()> {
    let changes = compared.changes;
    for (change, count) in changes.counts.iter().filter(|(_, count)| *count > 0) {
        title(page, &format!("{} {}", words::count(*count), change.name()))?;
        for example in changes.examples.iter().filter(|e| e.change == *change).take(EXAMPLES) {
            page.line(4, &line(example))?;
        }
    }
    Ok(())
}

fn line(example: &ChangeExample) -> Line {
    let add = |line: Line, record: &ChangedRecord| {
        let line = line.with(&shown::plain(&record.file, sentences::NAME), Ink::Code);
        line.with(&shown::plain(&sentences::record(record), 200), Ink::Plain)
    };
    match (&example.before, &example.after) {
        (Some(before), Some(after)) => add(add(Line::default(), before).with("  →  ", Ink::Faint), after),
        (Some(one), None) | (None, Some(one)) => add(Line::default(), one),
        (None, None) => Line::default(),
    }
}
