//! A run as a fragment of a notebook: what was found, at a glance.
//!
//! Whoever shows it puts it into a page of theirs, so its style names nothing but itself, it has no script
//! and no identifiers, and it loads nothing.

use maud::{Markup, PreEscaped, html};
use toadstone_core::{Check, Finding, Run, visible};

use crate::html::{severity, svg, text};
use crate::view::{View, file_name};
use crate::words;

const STYLE: &str = include_str!("notebook.css");
/// Findings that are shown; a notebook is kept with what it shows.
const FINDINGS: usize = 10;
/// Sample rows of each.
const ROWS: usize = 2;
/// Characters of a text of a row.
const TEXT: usize = 240;

/// The fragment. Text of records stands in it as text, escaped.
pub fn notebook(run: &Run) -> String {
    let view = View::new(run);
    let verdict = view.scanned().then_some(run.verdict);
    let markup = html! {
        div.toadstone {
            style { (PreEscaped(STYLE)) }
            p.verdict.(verdict.map_or("none", |v| v.name())) {
                (svg::verdict(verdict)) strong { (words::verdict_word(&view)) } " " (words::verdict(&view))
            }
            (coverage(&view))
            @for finding in run.findings.iter().take(FINDINGS) { (item(&view, finding)) }
            @if run.findings.len() > FINDINGS {
                p.quiet { (words::plural((run.findings.len() - FINDINGS) as u64, "more finding")) }
            }
        }
    };
    markup.into_string()
}

/// What was looked at, and as near to it what was not.
fn coverage(view: &View<'_>) -> Markup {
    let names = |checks: &mut dyn Iterator<Item = &Check>| {
        checks.map(|check| visible(&check.detector)).collect::<Vec<_>>().join(", ")
    };
    let mut not_run = view.not_run().map(|(check, _)| check).peekable();
    html! {
        p.quiet {
            (words::count(view.run.records)) " records read, "
            (words::count(view.rejected())) " refused, "
            (words::count(view.run.quarantined)) " set aside. "
            @if view.ran().next().is_some() { "Checked by " (names(&mut view.ran())) ". " }
            @if not_run.peek().is_some() { "Not checked: " (names(&mut not_run)) "." }
        }
    }
}

fn item(view: &View<'_>, finding: &Finding) -> Markup {
    html! {
        details {
            summary {
                (severity(finding.severity)) " "
                span.title { (text::sentence(&finding.title, 300)) }
                span.quiet {
                    (words::plural(finding.records, "record")) ", " (finding.confidence.name()) " confidence, "
                    (view.standing(finding).word())
                }
            }
            @for evidence in finding.evidence.iter().take(3) {
                p { (text::sentence(&evidence.what, 300)) ": " (words::against(evidence)) }
            }
            @for sample in finding.samples.iter().take(ROWS) {
                p.quiet { bdi { (text::sentence(file_name(view.run, sample.id), 120)) } " row " (sample.id.row) }
                p.row dir="auto" { (text::sample(&sample.input, &sample.spans, TEXT)) }
                @if let Some(output) = &sample.output {
                    p.row dir="auto" { "→ " (text::sample(output, &sample.output_spans, TEXT)) }
                }
            }
            p.quiet { code { (visible(&finding.id)) } }
        }
    }
}
