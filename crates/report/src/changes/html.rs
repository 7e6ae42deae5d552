//! One page that needs nothing else, and runs nothing.

use std::io;

use maud::{Markup, html};
use toadstone_core::{ChangedRecord, Changes, visible};

use super::{Compared, sentences};
use crate::html::{shell, svg, text, top};
use crate::{Style, words};

/// Files in the page.
const FILES: usize = 500;

pub(super) fn write(compared: &Compared<'_>, _: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let changes = compared.changes;
    let body = html! {
        (header(compared))
        main {
            (concentrations(changes))
            (files(changes))
            (examples(changes))
            section aria-labelledby="next-head" {
                h2 #next-head { "What to do next" }
                @for command in compared.next { pre { code { (visible(command)) } } }
            }
        }
        footer { p { "toadstone, changes schema " (super::SCHEMA) ". Names are shown escaped." } }
    };
    out.write_all(shell("toadstone: changes", &body, None).into_string().as_bytes())?;
    out.write_all(b"\n")
}

fn header(compared: &Compared<'_>) -> Markup {
    let changes = compared.changes;
    html! {
        header {
            p.brand { (svg::mark()) "toadstone" span { "changes of the training data" } }
            div.verdict.none {
                div {
                    p.word {
                        (text::value(compared.before, sentences::NAME)) " → " (text::value(compared.after, sentences::NAME))
                    }
                    h1 { (sentences::headline(changes)) }
                }
            }
            dl.figures {
                @for (change, count) in &changes.counts { (top::figure(&words::count(*count), change.name())) }
                (top::figure(&words::count(changes.unchanged), "unchanged"))
                (top::figure(&words::count(changes.same_files), "files the same to the byte"))
            }
            @for note in &changes.notes { p.quiet { (note) "." } }
        }
    }
}

fn concentrations(changes: &Changes) -> Markup {
    html! {
        section aria-labelledby="where-head" {
            h2 #where-head { "Where changes concentrate" }
            @if changes.concentrations.is_empty() { p.quiet { "Nowhere beyond chance." } }
            ul.checks.remarks {
                @for found in &changes.concentrations {
                    li.not-run {
                        (text::value(&found.value, sentences::NAME)) " " span.tally { (found.change.name()) }
                        p { (sentences::concentration(found)) }
                    }
                }
            }
            @if !changes.relabelled.is_empty() {
                h3 { "Labels" }
                table.narrow {
                    thead { tr { th { "Before" } th { "After" } th.num { "Records" } } }
                    tbody {
                        @for (from, to, count) in &changes.relabelled {
                            tr {
                                td { (text::value(from, sentences::NAME)) }
                                td { (text::value(to, sentences::NAME)) }
                                td.num { (words::count(*count)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn files(changes: &Changes) -> Markup {
    html! {
        section aria-labelledby="files-head" {
            h2 #files-head { "Files that are not the same" }
            @if changes.files.is_empty() { p.quiet { "None." } }
            div.scroll tabindex="0" role="region" aria-labelledby="files-head" {
                table {
                    tbody {
                        @for file in changes.files.iter().take(FILES) {
                            tr {
                                th scope="row" { (text::value(&file.name, sentences::NAME)) }
                                td { (text::sentence(&sentences::file(file), 400)) }
                            }
                        }
                    }
                }
            }
            @if changes.files.len() > FILES { p.cut { "The page holds the first " (FILES) " of " (changes.files.len()) "." } }
        }
    }
}

fn examples(changes: &Changes) -> Markup {
    let cell = |record: &Option<ChangedRecord>| {
        html! {
            td {
                @if let Some(record) = record {
                    (text::value(&record.file, sentences::NAME)) (text::sentence(&sentences::record(record), 300))
                }
            }
        }
    };
    html! {
        @if !changes.examples.is_empty() {
            section aria-labelledby="examples-head" {
                h2 #examples-head { "The first of each kind" }
                div.scroll tabindex="0" role="region" aria-labelledby="examples-head" {
                    table {
                        thead { tr { th { "Change" } th { "Before" } th { "After" } } }
                        tbody {
                            @for example in &changes.examples {
                                tr {
                                    th scope="row" { (example.change.name()) }
                                    (cell(&example.before)) (cell(&example.after))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
