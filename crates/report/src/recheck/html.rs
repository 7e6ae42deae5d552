//! `recheck.html`: one page that needs nothing else, and runs nothing.

use std::io;

use maud::{Markup, html};
use toadstone_core::{DomainDrift, Recheck, Revisions, Window, instant_text, visible};

use super::{RecheckReport, Rechecked, sentences};
use crate::html::{shell, svg, text, top};
use crate::{Style, words};

/// Domains and editors in the page.
const ROWS: usize = 500;
/// Records of an editor in the page.
const RECORDS: usize = 50;

pub(super) fn write(report: &RecheckReport<'_>, _: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let (title, schema, body) = match report.found {
        Rechecked::Pages(recheck) => ("what became of the pages", recheck.schema, pages(recheck)),
        Rechecked::Revisions(found) => ("edits around snapshots", found.schema, revisions(found)),
    };
    let body = html! {
        (body)
        main {
            section aria-labelledby="next-head" {
                h2 #next-head { "What to do next" }
                @for command in report.next { pre { code { (visible(command)) } } }
            }
        }
        footer { p { "toadstone, recheck schema " (schema) ". Names and addresses are shown escaped, and none is a link." } }
    };
    out.write_all(shell(&format!("toadstone: {title}"), &body, None).into_string().as_bytes())?;
    out.write_all(b"\n")
}

fn header(what: &str, class: &str, word: &str, sentence: &str, figures: &[(String, &str)]) -> Markup {
    html! {
        header {
            p.brand { (svg::mark()) "toadstone" span { (what) } }
            div class=(format!("verdict {class}")) {
                div { p.word { (word) } h1 { (sentence) } }
            }
            dl.figures { @for (value, name) in figures { (top::figure(value, name)) } }
        }
    }
}

fn pages(recheck: &Recheck) -> Markup {
    let (class, word) = match (recheck.audit.seen, recheck.replaced.is_empty()) {
        (0, _) => ("none", "nothing seen"),
        (_, true) => ("pass", "pass"),
        (_, false) => ("block", "replaced"),
    };
    let figures = [
        (words::count(recheck.audit.pages), "pages"),
        (words::count(recheck.audit.seen), "seen again"),
        (words::count(recheck.domains), "domains"),
        (words::count(recheck.replaced.len() as u64), "domains named"),
        (words::percent(recheck.base), "base drift"),
    ];
    html! {
        (header("what became of the pages", class, word, &sentences::headline(recheck), &figures))
        main {
            (fates(recheck))
            (domains("replaced", "Pages of a stranger", &recheck.replaced, "replaced"))
            (hands(recheck))
            (domains("rewritten", "Rewritten: other texts in the words of the site", &recheck.rewritten, "rewritten or replaced"))
            (parked(recheck))
        }
    }
}

fn fates(recheck: &Recheck) -> Markup {
    let seen = recheck.audit.seen.max(1) as f64;
    html! {
        section.coverage aria-labelledby="fates-head" {
            div {
                h2 #fates-head { "What became of the pages" }
                table.narrow {
                    thead { tr { th { "Verdict" } th.num { "Pages" } th.num { "Share" } th { "Which means" } } }
                    tbody {
                        @for fate in &recheck.fates {
                            tr {
                                th scope="row" { (fate.change.name()) }
                                td.num { (words::count(fate.pages)) }
                                td.num { (words::percent(fate.pages as f64 / seen)) }
                                td { (fate.change.about()) }
                            }
                        }
                    }
                }
            }
            div {
                h2 { "How much that shows" }
                p { (sentences::extent(&recheck.audit)) "." }
                @if let Some(sample) = sentences::sample(&recheck.audit) { p.quiet { (sample) "." } }
                (not_checked(&recheck.not_checked))
            }
        }
    }
}

fn not_checked(what: &[String]) -> Markup {
    html! {
        @if !what.is_empty() {
            h3 { "Not checked" }
            ul.checks { @for what in what { li.not-run { (text::sentence(what, 300)) } } }
        }
    }
}

fn domains(id: &str, title: &str, domains: &[DomainDrift], what: &str) -> Markup {
    let head = format!("{id}-head");
    html! {
        @if !domains.is_empty() {
            section aria-labelledby=(head) {
                h2 id=(head) { (title) }
                div.scroll tabindex="0" role="region" aria-labelledby=(head) {
                    table {
                        thead { tr { th { "Domain" } th.num { "Lost" } th.num { "Seen" } th { "Why it is named" } th { "Pages" } } }
                        tbody { @for domain in domains.iter().take(ROWS) { (row(domain, what)) } }
                    }
                }
                @if domains.len() > ROWS {
                    p.cut { "The page holds the first " (ROWS) "; more are in " code { "recheck.json" } "." }
                }
            }
        }
    }
}

fn row(domain: &DomainDrift, what: &str) -> Markup {
    html! {
        tr {
            th scope="row" { (text::value(&domain.domain, sentences::NAME)) @if let Some(hand) = domain.hand { br; span.tally { "group " (hand + 1) } } }
            td.num { (words::count(domain.replaced)) }
            td.num { (words::count(domain.seen)) }
            td { (sentences::reason(domain, what)) "." p.quiet { (sentences::fates(&domain.fates)) } }
            td { @for sample in &domain.samples { div { (text::value(&sample.url, sentences::URL)) " " span.quiet { (format!("{:.2}", sample.score)) } } } }
        }
    }
}

fn hands(recheck: &Recheck) -> Markup {
    html! {
        @if !recheck.hands.is_empty() {
            section aria-labelledby="hands-head" {
                h2 #hands-head { "Domains with something in common" }
                ul.checks.remarks {
                    @for (number, hand) in recheck.hands.iter().enumerate() {
                        li.not-run {
                            "Group " (number + 1) ": "
                            @for domain in &hand.domains { (text::value(domain, sentences::NAME)) " " }
                            p { (sentences::hand(hand)) }
                        }
                    }
                }
            }
        }
    }
}

fn parked(recheck: &Recheck) -> Markup {
    html! {
        @if !recheck.parked.is_empty() {
            section aria-labelledby="parked-head" {
                h2 #parked-head { "Placeholders" }
                p.quiet { "Whoever gets these domains decides what is downloaded next." }
                ul.checks {
                    @for domain in recheck.parked.iter().take(ROWS) {
                        li.not-run { (text::value(&domain.domain, sentences::NAME)) " " (sentences::fates(&domain.fates)) }
                    }
                }
            }
        }
    }
}

fn revisions(found: &Revisions) -> Markup {
    let (class, word) = match (found.revisions, found.front_runners.is_empty()) {
        (0, _) => ("none", "nothing read"),
        (_, true) => ("pass", "pass"),
        (_, false) => ("block", "front-running"),
    };
    let figures = [
        (words::count(found.revisions), "revisions"),
        (words::count(found.records), "records"),
        (words::count(found.editors), "editors"),
        (words::percent(found.base), "base rate"),
    ];
    let snapshot = |window: &Window| {
        html! {
            tr {
                th scope="row" { (instant_text(window.snapshot)) }
                td.num { (words::count(window.edits)) }
                td.num { (words::count(window.reverted)) }
                td.num { (words::number((window.expected * 100.0).round() / 100.0)) }
                td.num { (words::chance("q", window.chance)) }
            }
        }
    };
    html! {
        (header("edits around snapshots", class, word, &sentences::runners(found), &figures))
        main {
            section.coverage aria-labelledby="snapshots-head" {
                div {
                    h2 #snapshots-head { "Snapshots" }
                    table.narrow {
                        thead { tr { th { "Snapshot" } th.num { "Edits before" } th.num { "Taken back" } th.num { "Expected" } th.num { "Chance" } } }
                        tbody { @for window in &found.snapshots { (snapshot(window)) } }
                    }
                }
                div { (not_checked(&found.not_checked)) }
            }
            @if !found.front_runners.is_empty() {
                section aria-labelledby="editors-head" {
                    h2 #editors-head { "Editors" }
                    ul.checks.remarks {
                        @for runner in found.front_runners.iter().take(ROWS) {
                            li.not-run {
                                (text::value(&runner.editor, sentences::NAME))
                                p { (sentences::front_runner(runner)) "." }
                                @for record in runner.records.iter().take(RECORDS) { div { (text::value(record, sentences::URL)) } }
                                @if runner.records.len() > RECORDS { p.cut { (runner.records.len() - RECORDS) " more are in " code { "recheck.json" } "." } }
                            }
                        }
                    }
                }
            }
        }
    }
}
