//! Annotations of a GitHub workflow: one workflow command a line.
//!
//! The runner reads commands from any line of the log, so no line may begin with hostile text and no
//! hostile text may bring a line of its own: everything goes through `visible`, which leaves no line
//! break, and is then escaped as workflow commands want it.

use std::io;

use toadstone_core::{Finding, Run, Verdict};

use crate::view::{LISTED, Standing, View, file_name, line};
use crate::{Context, shown, words};

/// The runner shows at most ten annotations of a kind for each step and drops the others.
const SHOWN: usize = 10;

pub(crate) fn write(run: &Run, _: &Context<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let view = View::new(run);
    let level = match (view.scanned(), run.verdict) {
        (false, _) | (true, Verdict::Block) => "error",
        (true, Verdict::Review) => "warning",
        (true, Verdict::Pass) => "notice",
    };
    let mut used = [0usize; 3];
    used[kind(level)] += 1;
    let title = format!("toadstone: {}", words::verdict_word(&view));
    writeln!(out, "::{level} title={}::{}", property(&title), data(&words::verdict(&view)))?;
    let mut hidden = 0;
    for finding in &run.findings {
        let level = match view.standing(finding) {
            Standing::Blocks => "error",
            Standing::Reviews => "warning",
            Standing::Informs => "notice",
            Standing::Waived { .. } => continue,
        };
        used[kind(level)] += 1;
        if used[kind(level)] > SHOWN {
            hidden += 1;
        } else {
            annotation(&view, level, finding, out)?;
        }
    }
    if hidden > 0 {
        writeln!(out, "{} without an annotation of its own", words::plural(hidden, "more finding"))?;
    }
    for (check, why) in view.not_run() {
        writeln!(out, "not checked: {}: {}", data(&check.detector), data(why))?;
    }
    for (name, why) in view.unreadable().take(LISTED) {
        writeln!(out, "not checked: {}: {}", data(name), data(why))?;
    }
    if let Some(more) = view.more_unreadable() {
        writeln!(out, "not checked: {more}")?;
    }
    for r in &run.rejected {
        writeln!(out, "not checked: {} refused: {}", words::plural(r.records, "record"), data(&r.reason))?;
    }
    for command in &run.next {
        writeln!(out, "next: {}", data(command))?;
    }
    Ok(())
}

fn annotation(view: &View<'_>, level: &str, f: &Finding, out: &mut dyn io::Write) -> io::Result<()> {
    let title = format!("{}: {} severity, {} confidence", f.detector, f.severity.name(), f.confidence.name());
    write!(out, "::{level} ")?;
    if let Some(sample) = f.samples.first() {
        let name = file_name(view.run, sample.id);
        write!(out, "file={},", property(name.strip_prefix("./").unwrap_or(name)))?;
        if let Some(line) = line(view.run, sample.id) {
            write!(out, "line={line},")?;
        }
    }
    let mut message = format!("{} ({}", shown::plain(&f.title, 400), words::plural(f.records, "record"));
    if let Some(e) = f.evidence.first() {
        message.push_str(&format!("; {}: {}", e.what, words::against(e)));
        if let Some(q) = e.q {
            message.push_str(&format!(", {}", words::chance("q", q)));
        }
    }
    message.push_str(&format!(") [{}]", f.id));
    writeln!(out, "title={}::{}", property(&title), data(&message))
}

fn kind(level: &str) -> usize {
    match level {
        "error" => 0,
        "warning" => 1,
        _ => 2,
    }
}

/// Text for the message part of a command.
fn data(text: &str) -> String {
    // `##[command]` is the runner's older syntax, which it looks for in the middle of lines too.
    shown::plain(text, 2000).replace("##[", "## [").replace('%', "%25")
}

/// Text for a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
