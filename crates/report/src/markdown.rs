//! For a comment on a pull request or a job summary.
//!
//! Hostile text stands in code spans and nowhere else: in them there is no link, mention, image,
//! HTML or issue number. Tables hold our own words only, because a pipe splits a cell even in code.

use std::io;

use toadstone_core::{Evidence, Finding, Run, Sample, Verdict};

use crate::view::{LISTED, Standing, View, file_name, shape};
use crate::{Context, quality, shown, words};

/// Findings told in full: a comment holds 65,536 characters.
const DETAILED: usize = 10;
/// Findings in the table.
const TABLE: usize = 50;
/// Sample rows for each finding told in full.
const SAMPLES: usize = 3;

pub(crate) fn write(run: &Run, _: &Context<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let view = View::new(run);
    let sign = match (view.scanned(), run.verdict) {
        (false, _) => "⚪",
        (true, Verdict::Block) => "🛑",
        (true, Verdict::Review) => "🔎",
        (true, Verdict::Pass) => "✅",
    };
    writeln!(out, "## {sign} toadstone: {}\n", words::verdict_word(&view))?;
    writeln!(out, "**{}**\n", words::verdict(&view))?;
    coverage(&view, out)?;
    if !run.findings.is_empty() {
        table(&view, out)?;
    }
    for (i, finding) in run.findings.iter().take(DETAILED).enumerate() {
        details(&view, i + 1, finding, out)?;
    }
    notes(run, out)?;
    if let Some(quality) = &run.quality {
        writeln!(out, "Quality: {} {}\n", quality::sentence(quality), quality::NO_POISON)?;
    }
    next(run, out)
}

fn coverage(view: &View<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let ran: Vec<String> = view.ran().map(|c| code(&c.detector, 60)).collect();
    write!(out, "- Checked: {}", words::extent(view))?;
    writeln!(out, "{}{}", if ran.is_empty() { "" } else { ", by " }, ran.join(", "))?;
    for (check, why) in view.not_run() {
        writeln!(out, "- **Not checked**: {} did not run: {}", code(&check.detector, 60), code(why, 300))?;
    }
    for (name, why) in view.unreadable().take(LISTED) {
        writeln!(out, "- **Not checked**: {} cannot be read: {}", code(name, 200), code(why, 300))?;
    }
    if let Some(more) = view.more_unreadable() {
        writeln!(out, "- **Not checked**: {more}")?;
    }
    for r in &view.run.rejected {
        writeln!(
            out,
            "- **Not checked**: {} refused: {}",
            words::plural(r.records, "record"),
            code(&r.reason, 300)
        )?;
    }
    writeln!(out)
}

fn table(view: &View<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let findings = &view.run.findings;
    writeln!(out, "| # | severity | confidence | records | set aside | policy |")?;
    writeln!(out, "|--:|---|---|--:|---|---|")?;
    for (i, f) in findings.iter().take(TABLE).enumerate() {
        let (severity, records) = (f.severity.name(), words::count(f.records));
        let aside = if f.quarantine { "yes" } else { "no" };
        let (sign, confidence, policy) = (shape(f.severity), f.confidence.name(), view.standing(f).word());
        writeln!(out, "| {} | {sign} {severity} | {confidence} | {records} | {aside} | {policy} |", i + 1)?;
    }
    writeln!(out)?;
    if findings.len() > TABLE {
        writeln!(
            out,
            "{} in `findings.json`.\n",
            words::plural((findings.len() - TABLE) as u64, "more finding")
        )?;
    }
    Ok(())
}

fn details(view: &View<'_>, number: usize, f: &Finding, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "### {number}. {} {}: {}\n", shape(f.severity), f.severity.name(), code(&f.title, 300))?;
    if let Standing::Waived { reason, expires } = view.standing(f) {
        let until = expires.map(|day| format!(" until {}", code(day, 20))).unwrap_or_default();
        writeln!(out, "- waived{until}: {}", code(reason, 300))?;
    }
    writeln!(out, "- detector: {}, finding {}", code(&f.detector, 60), code(&f.id, 80))?;
    if let Some(t) = &f.trigger {
        let parts: Vec<String> = t.parts.iter().take(8).map(|p| code(p, 120)).collect();
        writeln!(out, "- trigger: {} {}", code(&t.kind, 60), parts.join(" + "))?;
    }
    if let Some(b) = &f.behaviour {
        writeln!(out, "- behaviour: {} {}", code(&b.kind, 60), code(&b.text, 120))?;
    }
    if let Some(o) = &f.origin {
        let (kind, value) = (code(&o.kind, 60), code(&o.value, 120));
        writeln!(
            out,
            "- origin: {kind} {value}, {} of {}",
            words::count(o.records),
            words::plural(f.records, "record")
        )?;
    }
    for e in f.evidence.iter().take(3) {
        writeln!(out, "- {}", evidence(e))?;
    }
    if !f.samples.is_empty() {
        // The blank line after the tag makes what follows Markdown again.
        writeln!(out, "\n<details><summary>Sample rows</summary>\n")?;
        for s in f.samples.iter().take(SAMPLES) {
            writeln!(out, "{}", sample(view.run, s))?;
        }
        writeln!(out, "\n</details>")?;
    }
    writeln!(out)
}

fn evidence(e: &Evidence) -> String {
    let test = words::test(e);
    let test = if test.is_empty() { String::new() } else { format!(" ({})", code(&test, 120)) };
    format!("{}: {}{test}", code(&e.what, 200), words::against(e))
}

fn sample(run: &Run, s: &Sample) -> String {
    let place = format!("{}:{}", file_name(run, s.id), s.id.row);
    let mut out = format!("- {}: {}", code(&place, 200), span(&shown::bracketed(&s.input, &s.spans, 200)));
    if let Some(output) = &s.output {
        out.push_str(&format!(" → {}", span(&shown::bracketed(output, &s.output_spans, 120))));
    }
    out
}

fn notes(run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    let notes = run.checks.iter().flat_map(|c| c.notes.iter().map(|n| format!("- {}", code(n, 300))));
    let stale = run.decision.stale.iter().map(|s| {
        format!("- waiver {} ({}) does nothing: {}", s.index + 1, code(&s.finding, 80), code(&s.why, 80))
    });
    let lines: Vec<String> = notes.chain(stale).take(20).collect();
    if !lines.is_empty() {
        writeln!(out, "**Notes**\n\n{}\n", lines.join("\n"))?;
    }
    Ok(())
}

fn next(run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    if !run.next.is_empty() {
        writeln!(out, "**Next**\n")?;
    }
    for command in &run.next {
        writeln!(out, "- {}", code(command, 500))?;
    }
    Ok(())
}

/// Hostile text as a code span.
pub(crate) fn code(text: &str, limit: usize) -> String {
    span(&shown::plain(text, limit))
}

/// A code span around text that has no line break: one backtick more than it has in a row.
fn span(text: &str) -> String {
    if text.trim().is_empty() {
        return "(empty)".to_owned();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // A space on both sides is taken away again; without it a backtick at the edge would join the fence.
    let edge = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let pad = if edge { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn a_code_span_cannot_be_left() {
        assert_eq!(span("a"), "`a`");
        assert_eq!(span("a`b``c"), "```a`b``c```");
        assert_eq!(span("`"), "`` ` ``");
        assert_eq!(span(" x"), "`  x `");
        assert_eq!(span("  "), "(empty)");
    }
}
