//! What the rules of quality say.

use maud::{Markup, html};
use toadstone_core::{Quality, QualityExample, QualityRule, visible};

use super::text;
use crate::{quality as judged, words};

/// Languages that are named.
const LANGUAGES: usize = 12;
/// Characters of an example.
const SHOWN: usize = 200;

pub(crate) fn section(quality: &Quality) -> Markup {
    let failed = judged::failed(quality);
    let silent = judged::silent(quality);
    html! {
        section aria-labelledby="quality-head" {
            h2 #quality-head { "Quality" }
            p { strong { (judged::sentence(quality)) } " " (judged::NO_POISON) }
            @if !failed.is_empty() {
                p.quiet { "All records and their rules are in " code { "quality.parquet" } "." }
                (table(&failed))
            }
            @if let Some(languages) = judged::languages(quality, LANGUAGES) {
                p { "Languages, where they can be told: " (languages) "." }
            }
            @if !silent.is_empty() {
                p.quiet { "Nothing that they can judge, or switched off: " (silent.join(", ")) "." }
            }
        }
    }
}

fn table(rules: &[&QualityRule]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-labelledby="quality-head" {
            table {
                thead { tr {
                    th { "Rule" } th { "What a text needs" } th.num { "Judged" } th.num { "Fail" } th.num { "Fail no other" }
                } }
                tbody { @for rule in rules { (row(rule)) } }
            }
        }
    }
}

fn row(rule: &QualityRule) -> Markup {
    html! {
        tr {
            td { code { (visible(&rule.name)) } }
            td {
                (judged::condition(rule))
                @if !rule.examples.is_empty() {
                    details {
                        summary { "Some that fail" }
                        @for example in &rule.examples { (shown(example)) }
                    }
                }
            }
            td.num { (words::count(rule.judged)) }
            td.num { (words::count(rule.failed)) }
            td.num { (words::count(rule.alone)) }
        }
    }
}

fn shown(example: &QualityExample) -> Markup {
    html! {
        p {
            bdi { (text::sentence(&example.file, 120)) } ":" (example.row) ", " (words::number(f64::from(example.value))) br;
            (text::value(&example.text, SHOWN))
        }
    }
}
