//! For a person at a terminal.

use std::io;

use toadstone_core::{DomainDrift, Recheck, Revisions, instant_text};

use super::{RecheckReport, Rechecked, sentences};
use crate::columns::field;
use crate::layout::{Ink, Line, Page};
use crate::{Style, shown, words};

/// Domains, records and editors that are printed of each kind; the rest is in the JSON.
const DOMAINS: usize = 20;
const RECORDS: usize = 5;

pub(super) fn write(report: &RecheckReport<'_>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = Page::new(out, style);
    match report.found {
        Rechecked::Pages(recheck) => pages(&mut page, recheck)?,
        Rechecked::Revisions(found) => revisions(&mut page, found)?,
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

fn pages(page: &mut Page<'_>, recheck: &Recheck) -> io::Result<()> {
    let (word, ink) = match (recheck.audit.seen, recheck.replaced.is_empty()) {
        (0, _) => ("NOTHING SEEN", Ink::Yellow),
        (_, true) => ("PASS", Ink::Green),
        (_, false) => ("REPLACED", Ink::Red),
    };
    head(page, word, ink, &sentences::headline(recheck))?;
    field(
        page,
        "seen",
        &format!("{}, of {}", sentences::extent(&recheck.audit), words::plural(recheck.domains, "domain")),
    )?;
    if let Some(sample) = sentences::sample(&recheck.audit) {
        field(page, "which shows", &sample)?;
    }
    for (i, fate) in recheck.fates.iter().enumerate() {
        let share = words::percent(fate.pages as f64 / recheck.audit.seen.max(1) as f64);
        let line = format!(
            "{:>9}  {:<12} {share:>9}  {}",
            words::count(fate.pages),
            fate.change.name(),
            fate.change.about()
        );
        field(page, if i == 0 { "pages" } else { "" }, &line)?;
    }
    field(
        page,
        "base drift",
        &format!("{} of the pages of other domains are replaced", words::percent(recheck.base)),
    )?;
    not_checked(page, &recheck.not_checked)?;
    domains(page, "Pages of a stranger", &recheck.replaced, "replaced", true)?;
    for hand in &recheck.hands {
        let names: Vec<String> =
            hand.domains.iter().map(|name| shown::plain(name, sentences::NAME)).collect();
        let line = Line::default().with(&names.join(", "), Ink::Code);
        page.labelled(
            5,
            &Line::default().with("  =", Ink::Bold),
            &line.with(&format!("  {}", sentences::hand(hand)), Ink::Plain),
        )?;
    }
    domains(
        page,
        "Rewritten: other texts in the words of the site, beyond base drift",
        &recheck.rewritten,
        "rewritten or replaced",
        true,
    )?;
    domains(
        page,
        "Placeholders: whoever gets these domains decides what is downloaded next",
        &recheck.parked,
        "",
        false,
    )
}

fn domains(
    page: &mut Page<'_>,
    title: &str,
    domains: &[DomainDrift],
    what: &str,
    tested: bool,
) -> io::Result<()> {
    if domains.is_empty() {
        return Ok(());
    }
    page.gap()?;
    page.line(0, &Line::default().with(title, Ink::Bold))?;
    for (number, domain) in domains.iter().take(DOMAINS).enumerate() {
        let label = Line::default().with(&format!("{:>3}.", number + 1), Ink::Bold);
        let why = if tested { sentences::reason(domain, what) } else { sentences::fates(&domain.fates) };
        let line = Line::default().quote(&domain.domain, sentences::NAME);
        page.labelled(5, &label, &line.with(&format!("  {why}"), Ink::Plain))?;
        for sample in domain.samples.iter().take(if tested { 2 } else { 0 }) {
            let line = Line::default().with(&format!("{:.2}  ", sample.score), Ink::Faint);
            page.line(8, &line.with(&shown::plain(&sample.url, sentences::URL), Ink::Code))?;
        }
    }
    if domains.len() > DOMAINS {
        page.line(5, &Line::default().with(&format!("and {} more", domains.len() - DOMAINS), Ink::Faint))?;
    }
    Ok(())
}

fn revisions(page: &mut Page<'_>, found: &Revisions) -> io::Result<()> {
    let (word, ink) = match (found.revisions, found.front_runners.is_empty()) {
        (0, _) => ("NOTHING READ", Ink::Yellow),
        (_, true) => ("PASS", Ink::Green),
        (_, false) => ("FRONT-RUNNING", Ink::Red),
    };
    head(page, word, ink, &sentences::runners(found))?;
    field(page, "read", &sentences::revised(found))?;
    let base = format!(
        "{} of the edits in {} of other times were taken back after the moment",
        words::percent(found.base),
        words::plural(found.windows, "window")
    );
    field(page, "base rate", &base)?;
    for (i, window) in found.snapshots.iter().enumerate() {
        let line = format!(
            "{}: {} shortly before, {} taken back after it ({} expected, {})",
            instant_text(window.snapshot),
            words::plural(window.edits, "edit"),
            words::count(window.reverted),
            words::number((window.expected * 100.0).round() / 100.0),
            words::chance("q", window.chance)
        );
        field(page, if i == 0 { "snapshots" } else { "" }, &line)?;
    }
    not_checked(page, &found.not_checked)?;
    if !found.front_runners.is_empty() {
        page.gap()?;
        page.line(0, &Line::default().with("Editors", Ink::Bold))?;
    }
    for (number, runner) in found.front_runners.iter().take(DOMAINS).enumerate() {
        let label = Line::default().with(&format!("{:>3}.", number + 1), Ink::Bold);
        let line = Line::default().quote(&runner.editor, sentences::NAME);
        page.labelled(5, &label, &line.with(&format!("  {}", sentences::front_runner(runner)), Ink::Plain))?;
        for record in runner.records.iter().take(RECORDS) {
            page.line(8, &Line::default().with(&shown::plain(record, sentences::URL), Ink::Code))?;
        }
        if runner.records.len() > RECORDS {
            page.line(
                8,
                &Line::default().with(&format!("and {} more", runner.records.len() - RECORDS), Ink::Faint),
            )?;
        }
    }
    Ok(())
}

fn head(page: &mut Page<'_>, word: &str, ink: Ink, sentence: &str) -> io::Result<()> {
    page.line(0, &Line::default().with(word, ink).with("  ", Ink::Plain).with(sentence, Ink::Bold))?;
    page.gap()
}

fn not_checked(page: &mut Page<'_>, what: &[String]) -> io::Result<()> {
    for (i, what) in what.iter().enumerate() {
        field(page, if i == 0 { "not checked" } else { "" }, &shown::plain(what, 300))?;
    }
    Ok(())
}
