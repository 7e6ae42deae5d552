//! All around the findings: verdict, coverage, what to do next, provenance.

use maud::{Markup, html};
use toadstone_core::{InputFile, Run, visible};

use super::{svg, text};
use crate::view::View;
use crate::words;

/// Files listed in the provenance.
const FILES: usize = 1000;

pub(crate) fn header(view: &View<'_>) -> Markup {
    let run = view.run;
    let verdict = view.scanned().then_some(run.verdict);
    let class = verdict.map_or("none", |v| v.name());
    html! {
        header {
            p.brand { (svg::mark()) "toadstone" span { "training data report" } }
            div.verdict.(class) {
                (svg::verdict(verdict))
                div {
                    p.word { (words::verdict_word(view)) }
                    h1 { (words::verdict(view)) }
                }
            }
            dl.figures {
                (figure(&words::count(run.records), "records read"))
                (figure(&words::count(run.findings.len() as u64), "findings"))
                (figure(&words::count(run.quarantined), "records set aside"))
                (figure(&words::count(view.rejected()), "records refused"))
                (figure(&words::bytes(run.text_bytes), "of text"))
            }
        }
    }
}

pub(crate) fn figure(value: &str, name: &str) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

/// What was checked, and beside it, as prominent, what was not.
pub(crate) fn coverage(view: &View<'_>) -> Markup {
    let unchecked = view.not_run().count() + view.unreadable().count() + view.run.rejected.len();
    html! {
        section.coverage aria-label="What was and was not checked" {
            div {
                h2 { "Checked" }
                @if view.ran().next().is_none() { p.quiet { "Nothing." } }
                ul.checks {
                    @for check in view.ran() {
                        li.ran {
                            strong { (visible(&check.detector)) }
                            span.tally { @if check.findings == 0 { "nothing found" } @else { (words::plural(check.findings, "finding")) } }
                            p { (text::sentence(&check.title, 300)) }
                            @for note in &check.notes { p.note { (text::sentence(note, 600)) } }
                        }
                    }
                }
            }
            div {
                h2 { "Not checked" }
                @if unchecked == 0 { p.quiet { "Nothing: every detector ran, every file and every record was read." } }
                ul.checks {
                    @for (check, why) in view.not_run() {
                        li.not-run {
                            strong { (visible(&check.detector)) } span.tally { "did not run" }
                            p { (text::sentence(&check.title, 300)) }
                            p.note { "Why: " (text::sentence(why, 600)) }
                        }
                    }
                    @for (name, why) in view.unreadable().take(FILES) {
                        li.not-run {
                            strong { bdi { (text::sentence(name, 200)) } } span.tally { "could not be read" }
                            p.note { "Why: " (text::sentence(why, 600)) }
                        }
                    }
                    @for r in &view.run.rejected {
                        li.not-run {
                            strong { (words::plural(r.records, "record")) } span.tally { "refused" }
                            p.note { "Why: " (text::sentence(&r.reason, 600)) }
                        }
                    }
                }
            }
        }
    }
}

pub(crate) fn next(run: &Run) -> Markup {
    html! {
        section aria-labelledby="next-head" {
            h2 #next-head { "What to do next" }
            @if run.next.is_empty() { p.quiet { "Nothing." } }
            @for command in &run.next { pre { code { (visible(command)) } } }
            @if !run.decision.stale.is_empty() {
                h3 { "Waivers that do nothing" }
                ul {
                    @for s in &run.decision.stale {
                        li { "Waiver " (s.index + 1) ", " (text::value(&s.finding, 100)) ": " (text::sentence(&s.why, 200)) }
                    }
                }
            }
        }
    }
}

pub(crate) fn provenance(view: &View<'_>) -> Markup {
    let run = view.run;
    html! {
        section aria-labelledby="provenance-head" {
            h2 #provenance-head { "Provenance" }
            div.scroll tabindex="0" role="region" aria-labelledby="provenance-head" {
                table {
                    thead { tr { th { "File" } th { "Format" } th.num { "Records" } th.num { "Size" } th { "Columns" } th { "xxh3-128" } } }
                    tbody { @for input in run.inputs.iter().take(FILES) { (file(input)) } }
                }
            }
            @if run.inputs.len() > FILES {
                p.cut { (words::plural((run.inputs.len() - FILES) as u64, "more file")) ": see " code { "run.json" } "." }
            }
        }
    }
}

fn file(input: &InputFile) -> Markup {
    html! {
        tr {
            th scope="row" { bdi { (text::sentence(&input.name, 200)) } }
            td {
                @if input.format.is_empty() { "unknown" } @else { (text::sentence(&input.format, 40)) }
                @if !input.kind.is_empty() { br; span.quiet { (text::sentence(&input.kind, 40)) } }
            }
            @if input.error.is_some() {
                td.num colspan="4" { "could not be read" }
            } @else {
                td.num { (words::count(input.records)) }
                td.num { (words::bytes(input.bytes)) }
                td.columns {
                    @for column in input.columns.iter().take(20) {
                        div { (visible(&column.role)) " ← " (text::value(&column.column, 80)) }
                    }
                }
                td.digest { (text::sentence(&input.digest, 40)) }
            }
        }
    }
}

pub(crate) fn footer(run: &Run) -> Markup {
    html! {
        footer {
            p {
                "toadstone " (visible(&run.version)) ", report schema " (run.schema) ". "
                (format!("{:.1} s", run.seconds))
                @if let Some(peak) = run.peak_memory { ", " (words::bytes(peak)) " of memory at most" }
                "."
            }
            p { "Text of records is shown escaped: a character that would be invisible or move others about stands as its number, like " span.esc { "U+200B" } "." }
        }
    }
}
