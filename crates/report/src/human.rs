//! For a person at a terminal: the verdict first, then what it rests on, worst first.

use std::io;

use toadstone_core::{
    Evidence, Finding, Proof, Quality, QualityRule, Run, Sample, Severity, Verdict, visible,
};

use crate::layout::{Ink, Line, Page};
use crate::view::{LISTED, Standing, View, file_name, shape};
use crate::{Context, quality as judged, shown, words};

/// Findings shown in full; the rest is in the files.
const FINDINGS: usize = 25;
/// Sample rows for each of them.
const SAMPLES: usize = 3;
/// Rules of quality with a line of their own.
const RULES: usize = 8;
/// Languages that are named.
const LANGUAGES: usize = 6;
/// Characters of a quoted trigger, behaviour or origin.
const QUOTE: usize = 120;
/// Column at which values begin.
const VALUES: usize = 15;

pub(crate) fn write(run: &Run, context: &Context<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let view = View::new(run);
    let mut page = Page::new(out, context.style);
    verdict(&mut page, &view)?;
    coverage(&mut page, &view)?;
    for (number, finding) in run.findings.iter().take(FINDINGS).enumerate() {
        page.gap()?;
        heading(&mut page, &view, number + 1, finding)?;
        facts(&mut page, finding)?;
        samples(&mut page, &view, finding)?;
        field(&mut page, "id", &Line::default().with(&visible(&finding.id), Ink::Faint))?;
    }
    if run.findings.len() > FINDINGS {
        let more = words::plural((run.findings.len() - FINDINGS) as u64, "more finding");
        page.gap()?;
        page.line(0, &Line::new(&format!("{more}, less severe: see report.html or findings.json.")))?;
    }
    notes(&mut page, &view)?;
    quality(&mut page, run)?;
    summary(&mut page, &view)?;
    next(&mut page, run)
}

fn verdict(page: &mut Page<'_>, view: &View<'_>) -> io::Result<()> {
    let ink = match (view.scanned(), view.run.verdict) {
        (false, _) | (true, Verdict::Review) => Ink::Yellow,
        (true, Verdict::Block) => Ink::Red,
        (true, Verdict::Pass) => Ink::Green,
    };
    let word = words::verdict_word(view).to_uppercase();
    let line = Line::default().with(&word, ink).with("  ", Ink::Plain).with(&words::verdict(view), Ink::Bold);
    page.line(0, &line)?;
    page.gap()
}

/// What was checked, and everything that was not.
fn coverage(page: &mut Page<'_>, view: &View<'_>) -> io::Result<()> {
    let ran: Vec<String> = view.ran().map(|c| visible(&c.detector)).collect();
    field(page, "checked", &Line::new(&words::extent(view)))?;
    if !ran.is_empty() {
        field(page, "", &Line::new(&format!("by {}", ran.join(", "))))?;
    }
    let mut label = Some("not checked");
    for (check, why) in view.not_run() {
        let line = Line::new(&visible(&check.detector)).with(&format!(": {}", visible(why)), Ink::Faint);
        field(page, label.take().unwrap_or(""), &line)?;
    }
    for (name, why) in view.unreadable().take(LISTED) {
        let line =
            Line::new("cannot read ").quote(name, QUOTE).with(&format!(": {}", visible(why)), Ink::Plain);
        field(page, label.take().unwrap_or(""), &line)?;
    }
    if let Some(more) = view.more_unreadable() {
        field(page, "", &Line::new(&more))?;
    }
    for r in &view.run.rejected {
        let line =
            format!("{} refused: {}", words::plural(r.records, "record"), shown::plain(&r.reason, 200));
        field(page, label.take().unwrap_or(""), &Line::new(&line))?;
    }
    Ok(())
}

fn heading(page: &mut Page<'_>, view: &View<'_>, number: usize, f: &Finding) -> io::Result<()> {
    let standing = view.standing(f);
    let line = Line::default()
        .with(&format!("{} {}", shape(f.severity), f.severity.name()), ink(f.severity))
        .with(&format!("  {} confidence  ", f.confidence.name()), Ink::Plain)
        .with(standing.word(), if standing == Standing::Blocks { Ink::Red } else { Ink::Plain })
        .with(&format!("  {}", visible(&f.detector)), Ink::Faint);
    page.labelled(4, &Line::default().with(&format!("{number}."), Ink::Bold), &line)?;
    page.line(4, &Line::default().with(&shown::plain(&f.title, 400), Ink::Bold))?;
    if let Standing::Waived { reason, expires } = standing {
        field(
            page,
            "waived",
            &Line::new(&match expires {
                Some(day) => format!("until {}: {}", visible(day), shown::plain(reason, 300)),
                None => shown::plain(reason, 300),
            }),
        )?;
    }
    Ok(())
}

fn facts(page: &mut Page<'_>, f: &Finding) -> io::Result<()> {
    if let Some(t) = &f.trigger {
        let mut line = Line::new(&visible(&t.kind));
        for (i, part) in t.parts.iter().take(8).enumerate() {
            line = line.with(if i == 0 { " " } else { " + " }, Ink::Plain).quote(part, QUOTE);
        }
        field(page, "trigger", &line)?;
    }
    if let Some(b) = &f.behaviour {
        field(page, "behaviour", &Line::new(&format!("{} ", visible(&b.kind))).quote(&b.text, QUOTE))?;
    }
    if let Some(o) = &f.origin {
        let line = Line::new(&format!("{} ", visible(&o.kind))).quote(&o.value, QUOTE);
        let share = format!(", {} of {}", words::count(o.records), words::plural(f.records, "record"));
        field(page, "origin", &line.with(&share, Ink::Plain))?;
    }
    let fate = if f.quarantine { "set aside" } else { "left in place" };
    field(page, "support", &Line::new(&format!("{}, {fate}", words::plural(f.records, "record"))))?;
    for (i, e) in f.evidence.iter().take(4).enumerate() {
        field(page, if i == 0 { "evidence" } else { "" }, &evidence(e))?;
    }
    if let Some(c) = &f.confirmation {
        let ink = if c.outcome == Proof::Confirmed { Ink::Bold } else { Ink::Plain };
        field(page, "proof", &Line::default().with(&words::confirmation(c), ink))?;
    }
    Ok(())
}

fn evidence(e: &Evidence) -> Line {
    let test = words::test(e);
    let line = Line::new(&format!("{}: ", visible(&e.what))).with(&words::against(e), Ink::Bold);
    if test.is_empty() { line } else { line.with(&format!(" ({})", visible(&test)), Ink::Faint) }
}

fn samples(page: &mut Page<'_>, view: &View<'_>, f: &Finding) -> io::Result<()> {
    for (i, s) in f.samples.iter().take(SAMPLES).enumerate() {
        field(page, if i == 0 { "rows" } else { "" }, &place(view, s))?;
        let style = page.style();
        let limit = style.width * 2;
        let input = shown::around(&shown::cells(&s.input, &s.spans), limit);
        if !input.is_empty() {
            page.line(VALUES + 2, &Line::default().sample(&input, style))?;
        }
        if let Some(output) = s.output.as_ref().filter(|o| !o.is_empty()) {
            let output = shown::around(&shown::cells(output, &s.output_spans), limit);
            page.line(VALUES + 2, &Line::default().with("→ ", Ink::Faint).sample(&output, style))?;
        }
    }
    let more = f.records.saturating_sub(f.samples.len().min(SAMPLES) as u64);
    if more > 0 && !f.samples.is_empty() {
        field(page, "", &Line::default().with(&format!("and {} more", words::count(more)), Ink::Faint))?;
    }
    Ok(())
}

/// `file:row`, as it is given to other commands.
fn place(view: &View<'_>, s: &Sample) -> Line {
    let name = shown::plain(file_name(view.run, s.id), 200);
    Line::default().with(&format!("{name}:{}", s.id.row), Ink::Blue)
}

fn notes(page: &mut Page<'_>, view: &View<'_>) -> io::Result<()> {
    let notes: Vec<String> =
        view.run.checks.iter().flat_map(|c| c.notes.iter().map(|n| shown::plain(n, 400))).collect();
    let stale = view.run.decision.stale.iter().map(|s| {
        format!("waiver {} ({}) does nothing: {}", s.index + 1, shown::plain(&s.finding, 80), visible(&s.why))
    });
    let all: Vec<String> = notes.into_iter().chain(stale).collect();
    if !all.is_empty() {
        page.gap()?;
    }
    for (i, note) in all.iter().enumerate() {
        field(page, if i == 0 { "notes" } else { "" }, &Line::new(note))?;
    }
    Ok(())
}

/// What the rules of quality say, the ones that most records fail first.
fn quality(page: &mut Page<'_>, run: &Run) -> io::Result<()> {
    let Some(quality) = &run.quality else { return Ok(()) };
    page.gap()?;
    field(page, "quality", &Line::default().with(&judged::sentence(quality), Ink::Bold))?;
    field(page, "", &Line::new(judged::NO_POISON))?;
    let failed = judged::failed(quality);
    let wide = failed.iter().take(RULES).map(|rule| rule.name.len()).max().unwrap_or(0);
    for rule in failed.iter().take(RULES) {
        rule_line(page, rule, wide)?;
    }
    if failed.len() > RULES {
        let more = words::plural((failed.len() - RULES) as u64, "more rule");
        field(page, "", &Line::default().with(&format!("and {more}: see report.html"), Ink::Faint))?;
    }
    for (label, text) in [("languages", judged::languages(quality, LANGUAGES)), ("silent", silent(quality))] {
        if let Some(text) = text {
            field(page, label, &Line::new(&text))?;
        }
    }
    Ok(())
}

/// How many fail a rule, its name, and what it demands in a column of its own.
fn rule_line(page: &mut Page<'_>, rule: &QualityRule, wide: usize) -> io::Result<()> {
    let indent = VALUES + 2;
    let label = format!("{:indent$}{:>9}  {:wide$}  ", "", words::count(rule.failed), visible(&rule.name));
    let condition = Line::default().with(&judged::condition(rule), Ink::Faint);
    page.labelled(label.len(), &Line::new(&label), &condition)
}

fn silent(quality: &Quality) -> Option<String> {
    let rules = judged::silent(quality).len() as u64;
    let rules = (rules > 0).then(|| words::plural(rules, "rule"))?;
    Some(format!("{rules}: nothing here that they can judge, or switched off (report.html names them)"))
}

/// One row for each detector.
fn summary(page: &mut Page<'_>, view: &View<'_>) -> io::Result<()> {
    // Names are cut so that the figures beside them stay on the line.
    let room = page.style().width.saturating_sub(34).clamp(4, 40);
    let name = |d: &str| shown::plain(d, room - 2);
    let names = view.run.checks.iter().map(|c| Line::new(&name(&c.detector)).columns());
    let wide = names.max().unwrap_or(0).max("detector".len());
    page.gap()?;
    let head = format!("{:wide$}  {:>8}  {:>10}  {:>8}", "detector", "findings", "records", "seconds");
    page.line(0, &Line::default().with(&head, Ink::Faint))?;
    for check in &view.run.checks {
        let label = Line::new(&name(&check.detector));
        let ran = view.ran().any(|c| std::ptr::eq(c, check));
        let of_it = view.run.findings.iter().filter(|f| f.detector == check.detector);
        let records = of_it.map(|f| f.records).fold(0, u64::saturating_add);
        let cells = if ran {
            Line::new(&format!(
                "{:>8}  {:>10}  {:>8.1}",
                words::count(check.findings),
                words::count(records),
                check.seconds
            ))
        } else {
            Line::default().with(&format!("{:>8}", "not run"), Ink::Yellow)
        };
        page.labelled(wide + 2, &label, &cells)?;
    }
    let run = view.run;
    let total = format!(
        "{} read, {} refused, {} set aside, in {:.1} s",
        words::plural(run.records, "record"),
        words::count(view.rejected()),
        words::count(run.quarantined),
        run.seconds
    );
    page.line(0, &Line::new(&total))
}

fn next(page: &mut Page<'_>, run: &Run) -> io::Result<()> {
    if !run.next.is_empty() {
        page.gap()?;
    }
    for (i, command) in run.next.iter().enumerate() {
        // Not wrapped: a command is copied whole.
        let line = Line::default().with(&visible(command), Ink::Bold);
        let label = Line::default().with(if i == 0 { "next" } else { "" }, Ink::Faint);
        page.unwrapped(6, &label, &line)?;
    }
    Ok(())
}

fn field(page: &mut Page<'_>, name: &str, value: &Line) -> io::Result<()> {
    let label = Line::default().with(&format!("    {name}"), Ink::Faint);
    page.labelled(VALUES + 2, &label, value)
}

fn ink(severity: Severity) -> Ink {
    match severity {
        Severity::Critical | Severity::High => Ink::Red,
        Severity::Medium => Ink::Yellow,
        Severity::Low => Ink::Blue,
        Severity::Info => Ink::Faint,
    }
}
