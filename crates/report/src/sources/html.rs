//! `sources.html`: one page that needs nothing else, and runs nothing.

use std::io;

use maud::{Markup, html};
use toadstone_core::{Ledger, Remark, SourceAccount, Topic, visible};

use super::{Sources, charts, provenance, sentences};
use crate::html::{evidence, shell, svg, text, top};
use crate::{Style, words};

/// Sources and topics in the page.
const SOURCES: usize = 500;
const TOPICS: usize = 100;

pub(super) fn write(sources: &Sources<'_>, _: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let ledger = sources.ledger;
    let body = html! {
        (header(ledger))
        main {
            (spread(ledger))
            (sealed(ledger))
            (remarks(ledger))
            (table(ledger))
            (topics(ledger))
            section aria-labelledby="next-head" {
                h2 #next-head { "What to do next" }
                @for command in sources.next { pre { code { (visible(command)) } } }
            }
        }
        footer { p { "toadstone, sources schema " (ledger.schema) ". Names are shown escaped." } }
    };
    out.write_all(shell("toadstone: sources", &body, None).into_string().as_bytes())?;
    out.write_all(b"\n")
}

fn header(ledger: &Ledger) -> Markup {
    html! {
        header {
            p.brand { (svg::mark()) "toadstone" span { "sources of the training data" } }
            div.verdict.none {
                div {
                    p.word { (sentences::extent(ledger)) }
                    h1 { (sentences::headline(ledger)) }
                }
            }
            dl.figures {
                (top::figure(&words::count(ledger.records), "records"))
                @if let Some(c) = ledger.concentration {
                    (top::figure(&words::count(c.sources), &format!("{}s", ledger.by)))
                    (top::figure(&words::number(c.effective), "effective number"))
                    (top::figure(&format!("{:.2}", c.gini), "Gini"))
                    (top::figure(&words::percent(c.largest), "the largest has"))
                }
                (top::figure(&words::count(ledger.duplicates), "copies"))
                @if let Some(n) = ledger.suspicious { (top::figure(&words::count(n), "in findings")) }
                @if ledger.unnamed > 0 { (top::figure(&words::count(ledger.unnamed), "of unknown origin")) }
            }
        }
    }
}

fn spread(ledger: &Ledger) -> Markup {
    html! {
        section.coverage aria-labelledby="spread-head" {
            div {
                h2 #spread-head { "How concentrated it is" }
                @if let Some(curve) = charts::curve(&ledger.ranks, ledger.records, &ledger.by) { (curve) }
                @if let Some(spread) = sentences::spread(ledger) { p.quiet { (spread) "." } }
            }
            div {
                h2 { "An attacker's budget" }
                table.narrow {
                    thead { tr {
                        th.num { "Records to plant" }
                        th.num { (ledger.by) "s that can alone" }
                        th.num { "Fewest that can" }
                    } }
                    tbody {
                        @for budget in &ledger.budgets {
                            tr {
                                td.num { (words::count(budget.records)) }
                                td.num { (words::count(budget.alone)) }
                                td.num { (sentences::fewest(budget)) }
                            }
                        }
                    }
                }
                @if !ledger.not_checked.is_empty() {
                    h3 { "Not checked" }
                    ul.checks { @for what in &ledger.not_checked { li.not-run { (what) } } }
                }
            }
        }
    }
}

fn sealed(ledger: &Ledger) -> Markup {
    let Some(provenance) = &ledger.provenance else { return html! {} };
    html! {
        section aria-labelledby="evidence-head" {
            h2 #evidence-head { "Provenance" }
            p { (text::sentence(&provenance::sealed(ledger, provenance), 200)) ". " (provenance::files(provenance)) "." }
            p.quiet { (text::value(&provenance.seal.seal, 200)) ": " (text::sentence(&provenance::seal(provenance), 300)) "." }
            ul.checks {
                @for (file, what) in provenance::odd_files(provenance).take(SOURCES) {
                    li.not-run { (text::value(file, 200)) " " span.tally { (what) } }
                }
            }
            (evidence::table(&provenance::evidence(ledger, provenance)))
        }
    }
}

fn remarks(ledger: &Ledger) -> Markup {
    let class = |remark: &Remark| match remark {
        Remark::Suspicious { .. } => "in findings",
        Remark::Burst { .. } => "burst",
        Remark::OwnWords { .. } => "own words",
        Remark::Alike { .. } => "alike",
        Remark::Monopoly { .. } => "owns a topic",
        Remark::Copies { .. } => "copies",
    };
    html! {
        section aria-labelledby="remarks-head" {
            h2 #remarks-head { "To look at" }
            @if ledger.remarks.is_empty() { p.quiet { "No " (ledger.by) " stands out." } }
            ul.checks.remarks {
                @for remark in &ledger.remarks {
                    li.not-run {
                        (text::value(remark.source(), sentences::NAME)) " " span.tally { (class(remark)) }
                        p { (text::sentence(&sentences::reason(remark), 400)) }
                    }
                }
            }
        }
    }
}

fn table(ledger: &Ledger) -> Markup {
    let most = ledger.sources.first().map_or(0.0, |source| source.share);
    let dated = ledger.sources.iter().any(|source| source.first.is_some());
    html! {
        section aria-labelledby="sources-head" {
            h2 #sources-head { "The largest " (ledger.by) "s" }
            div.scroll tabindex="0" role="region" aria-labelledby="sources-head" {
                table {
                    thead { tr {
                        th { (ledger.by) } th.num { "Records" } th { "Share" } th.num { "Text" } th.num { "Copies" }
                        th.num { "In findings" }
                        @if ledger.provenance.is_some() { th.num { "Sealed" } th.num { "Says its origin" } }
                        @if dated { th { "First and last" } }
                    } }
                    tbody { @for source in ledger.sources.iter().take(SOURCES) { (row(source, most, dated)) } }
                }
            }
            @if ledger.sources.len() > SOURCES {
                p.cut { "The page holds the largest " (SOURCES) "; more are in " code { "sources.json" } "." }
            }
        }
    }
}

fn row(source: &SourceAccount, most: f64, dated: bool) -> Markup {
    html! {
        tr {
            th scope="row" { (text::value(&source.name, sentences::NAME)) }
            td.num { (words::count(source.records)) }
            td { (charts::share(source.share, most)) }
            td.num { (words::bytes(source.bytes)) }
            td.num { (words::count(source.duplicates)) }
            td.num { @match source.suspicious { Some(n) => (words::count(n)), None => "not scanned" } }
            @if let Some(vouched) = source.vouched {
                td.num { (provenance::part(source, vouched.sealed)) }
                td.num { (provenance::part(source, vouched.known)) }
            }
            @if dated { td { (sentences::days(source)) } }
        }
    }
}

fn topics(ledger: &Ledger) -> Markup {
    let row = |topic: &Topic| {
        let share = topic.owned as f64 / topic.records.max(1) as f64;
        html! {
            tr {
                th scope="row" { (sentences::topic(topic)) }
                td.num { (words::count(topic.records)) }
                td { (text::value(&topic.owner, sentences::NAME)) @if topic.monopoly { br; strong { "owns it" } } }
                td { (charts::share(share, 1.0)) }
                td.num { (words::number(topic.expected)) }
            }
        }
    };
    html! {
        @if !ledger.topics.is_empty() {
            section aria-labelledby="topics-head" {
                h2 #topics-head { "Topics, and who has most of each" }
                div.scroll tabindex="0" role="region" aria-labelledby="topics-head" {
                    table {
                        thead { tr {
                            th { "Topic" } th.num { "Records" } th { "Most from" } th { "Its share" } th.num { "Records expected" }
                        } }
                        tbody { @for topic in ledger.topics.iter().take(TOPICS) { (row(topic)) } }
                    }
                }
                @if ledger.topics.len() > TOPICS {
                    p.cut { "The page holds the largest " (TOPICS) " of " (ledger.topics.len()) "; all are in " code { "sources.json" } "." }
                }
            }
        }
    }
}
