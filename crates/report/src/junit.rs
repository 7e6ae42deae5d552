//! JUnit XML, as continuous-integration servers read it, and its dialect for a scan.
//!
//! There is no standard; this is the part that Jenkins, GitLab and GitHub's actions agree on: a suite of test
//! cases with at most one outcome each. Several failures in one case would be within the schema of Jenkins,
//! but others show only the first.

use std::io;

use toadstone_core::{Check, Finding, Run};

use crate::view::{LISTED, Standing, View};
use crate::{Context, shown, words};

/// Characters of a name or a message.
const LIMIT: usize = 400;

/// What became of a test case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing to object to; the text, if there is one, is told all the same.
    Passed(String),
    /// What was tested is not as it should be.
    Failed { kind: String, message: String, text: String },
    /// It could not be decided.
    Undecided { kind: String, message: String, text: String },
    /// It was not tested, and why.
    Skipped(String),
}

/// A test case. All its text may be hostile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Case {
    /// What the server groups by.
    pub(crate) class: String,
    pub(crate) name: String,
    pub(crate) outcome: Outcome,
}

/// Writes one suite in the list of suites that servers expect.
///
/// # Errors
/// Whatever `out` gives.
pub(crate) fn suite(list: &str, name: &str, cases: &[Case], out: &mut dyn io::Write) -> io::Result<()> {
    let count = |is: fn(&Outcome) -> bool| cases.iter().filter(|case| is(&case.outcome)).count();
    let sums = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"",
        cases.len(),
        count(|o| matches!(o, Outcome::Failed { .. })),
        count(|o| matches!(o, Outcome::Undecided { .. })),
        count(|o| matches!(o, Outcome::Skipped(_))),
    );
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"{}\" {sums}>", value(list))?;
    writeln!(out, "  <testsuite name=\"{}\" {sums}>", value(name))?;
    for case in cases {
        write_case(case, out)?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

fn write_case(case: &Case, out: &mut dyn io::Write) -> io::Result<()> {
    let start = format!("    <testcase classname=\"{}\" name=\"{}\"", value(&case.class), value(&case.name));
    let inside = match &case.outcome {
        Outcome::Passed(text) if text.is_empty() => return writeln!(out, "{start}/>"),
        Outcome::Passed(text) => format!("<system-out>{}</system-out>", lines(text)),
        Outcome::Failed { kind, message, text } => detail("failure", kind, message, text),
        Outcome::Undecided { kind, message, text } => detail("error", kind, message, text),
        Outcome::Skipped(why) => format!("<skipped message=\"{}\"/>", value(why)),
    };
    writeln!(out, "{start}>\n      {inside}\n    </testcase>")
}

fn detail(element: &str, kind: &str, message: &str, text: &str) -> String {
    let (kind, message) = (value(kind), value(message));
    format!("<{element} type=\"{kind}\" message=\"{message}\">{}</{element}>", lines(text))
}

/// Hostile text as the value of an attribute.
fn value(text: &str) -> String {
    escaped(&shown::plain(text, LIMIT))
}

/// Our own lines of hostile text, each made inert, with the line feeds between them kept.
fn lines(text: &str) -> String {
    text.lines().map(|line| escaped(&shown::plain(line, 4 * LIMIT)) + "\n").collect()
}

/// Inert text without the signs of XML. What XML cannot hold at all is a control or a noncharacter, and
/// [`toadstone_core::visible`] has written those out already.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            c => out.push(c),
        }
    }
    out
}

/// A case for each check that ran and found nothing to object to, one for each finding that the policy
/// objects to; what was not checked is skipped, with the reason, and never a pass.
pub(crate) fn write(run: &Run, _: &Context<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let view = View::new(run);
    let mut cases = Vec::new();
    if !view.scanned() {
        let message = words::verdict(&view);
        cases.push(case("scan", "records", undecided("nothing-scanned", message)));
    }
    for check in view.ran() {
        checked(&view, check, &mut cases);
    }
    // A finding of a detector that is on no list is shown nevertheless.
    let listed = |finding: &&Finding| view.ran().any(|check| check.detector == finding.detector);
    cases.extend(run.findings.iter().filter(|f| !listed(f)).filter_map(|f| objection(&view, f)));
    for (check, why) in view.not_run() {
        cases.push(case(&check.detector, &check.title, Outcome::Skipped(why.to_owned())));
    }
    for (name, why) in view.unreadable().take(LISTED) {
        cases.push(case("files", name, Outcome::Skipped(format!("cannot be read: {why}"))));
    }
    if let Some(more) = view.more_unreadable() {
        cases.push(case("files", "more files", Outcome::Skipped(more)));
    }
    for refused in &run.rejected {
        let why = format!("{} refused", words::plural(refused.records, "record"));
        cases.push(case("records", &refused.reason, Outcome::Skipped(why)));
    }
    suite("toadstone scan", &words::verdict(&view), &cases, out)
}

fn case(what: &str, name: &str, outcome: Outcome) -> Case {
    let name = if name.trim().is_empty() { what } else { name };
    Case { class: format!("toadstone.scan.{what}"), name: name.to_owned(), outcome }
}

fn undecided(kind: &str, message: String) -> Outcome {
    Outcome::Undecided { kind: kind.to_owned(), message, text: String::new() }
}

/// The cases of a check that ran: its objections, or one that passed and says what the policy accepts.
fn checked(view: &View<'_>, check: &Check, cases: &mut Vec<Case>) {
    let own = view.run.findings.iter().filter(|finding| finding.detector == check.detector);
    let before = cases.len();
    cases.extend(own.clone().filter_map(|finding| objection(view, finding)));
    if cases.len() == before {
        let accepted = own
            .map(|f| format!("{}: {} ({})\n", view.standing(f).word(), inert(&f.title), inert(&f.id)))
            .collect();
        cases.push(case(&check.detector, &check.title, Outcome::Passed(accepted)));
    }
}

/// A finding as a failure, if the policy objects to it.
fn objection(view: &View<'_>, f: &Finding) -> Option<Case> {
    let standing = view.standing(f);
    if !matches!(standing, Standing::Blocks | Standing::Reviews) {
        return None;
    }
    let (severity, confidence) = (f.severity.name(), f.confidence.name());
    let mut text = format!("{severity} severity, {confidence} confidence, {}\n", standing.word());
    text += &format!("support: {}\n", words::plural(f.records, "record"));
    for evidence in &f.evidence {
        let (against, test) = (words::against(evidence), words::test(evidence));
        text += &format!("evidence: {}: {against} ({})\n", inert(&evidence.what), inert(&test));
    }
    for sample in f.samples.iter().take(3) {
        let place = format!("{}:{}", crate::view::file_name(view.run, sample.id), sample.id.row);
        let input = shown::bracketed(&sample.input, &sample.spans, LIMIT);
        text += &format!("row: {}: {input}\n", inert(&place));
    }
    let failed = Outcome::Failed { kind: severity.to_owned(), message: f.title.clone(), text };
    Some(case(&f.detector, &format!("{} ({})", inert(&f.title), f.id), failed))
}

/// Hostile text that brings no line of its own.
fn inert(text: &str) -> String {
    shown::plain(text, LIMIT)
}
