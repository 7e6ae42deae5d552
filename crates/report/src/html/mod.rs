//! `report.html`: one page that needs nothing else.
//!
//! The page is drawn here; its script only filters, opens and moves about, and builds no markup. The
//! details of all but the first findings stand in `<template>` elements, which a browser parses and
//! does not draw until they are opened, so thousands of findings stay quick. The content security
//! policy admits this one style and this one script by their digests, and nothing from a network.

pub(crate) mod evidence;
mod finding;
mod quality;
pub(crate) mod svg;
pub(crate) mod text;
pub(crate) mod top;

use std::io;

use base64::Engine;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};
use toadstone_core::{Run, Severity, visible};

pub(crate) use finding::severity;

use crate::view::View;
use crate::{Context, words};

pub(crate) const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Findings in the page.
const FINDINGS: usize = 5000;
/// Findings whose details are there without the script.
const DRAWN: usize = 25;
/// Findings that are open at first.
const OPEN: usize = 3;
/// Findings with [`MANY`] sample rows; the others have [`FEW`].
const FULL: usize = 200;
const MANY: Samples = Samples { rows: 10, characters: 360 };
const FEW: Samples = Samples { rows: 2, characters: 200 };

/// How much is shown of a finding's records.
#[derive(Clone, Copy)]
struct Samples {
    rows: usize,
    /// Characters of an input; an output has half of them.
    characters: usize,
}

pub(crate) fn write(run: &Run, _: &Context<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    out.write_all(page(&View::new(run)).into_string().as_bytes())?;
    out.write_all(b"\n")
}

fn page(view: &View<'_>) -> Markup {
    let title = format!("toadstone: {}", words::verdict_word(view));
    let body = html! {
        a.skip href="#findings" { "Skip to the findings" }
        (top::header(view))
        main {
            (top::coverage(view))
            (findings(view))
            @if let Some(quality) = &view.run.quality { (quality::section(quality)) }
            (top::next(view.run))
            (evidence::section(view.run))
            (top::provenance(view))
        }
        (top::footer(view.run))
        (help())
    };
    shell(&title, &body, Some(SCRIPT))
}

/// A page of our own style, and of one script at most: nothing else runs or is fetched.
pub(crate) fn shell(title: &str, body: &Markup, script: Option<&str>) -> Markup {
    Frame { style: STYLE, script, connects: false }.page(title, body)
}

/// What a page is made of beside its content.
pub(crate) struct Frame<'f> {
    pub(crate) style: &'f str,
    pub(crate) script: Option<&'f str>,
    /// Whether the script may talk to where the page came from.
    pub(crate) connects: bool,
}

impl Frame<'_> {
    pub(crate) fn page(&self, title: &str, body: &Markup) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(self.policy());
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="referrer" content="no-referrer";
                    title { (title) }
                    style { (PreEscaped(self.style)) }
                }
                body {
                    (body)
                    @if let Some(script) = self.script { script { (PreEscaped(script)) } }
                }
            }
        }
    }

    pub(crate) fn policy(&self) -> String {
        let digest = |text: &str| base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text));
        let script = self.script.map(|script| format!("script-src 'sha256-{}'; ", digest(script)));
        format!(
            "default-src 'none'; style-src 'sha256-{}'; {}{}base-uri 'none'; form-action 'none'; \
             require-trusted-types-for 'script'; trusted-types 'none'",
            digest(self.style),
            script.unwrap_or_default(),
            if self.connects { "connect-src 'self'; " } else { "" }
        )
    }
}

fn findings(view: &View<'_>) -> Markup {
    let all = &view.run.findings;
    html! {
        section #findings aria-labelledby="findings-head" {
            h2 #findings-head { "Findings" }
            @if all.is_empty() {
                p.quiet {
                    @if view.scanned() { "No detector that ran found anything." } @else { "Nothing was scanned, so nothing was found." }
                }
            } @else {
                (tools(view))
                (cuts(all.len()))
                div #list.many[all.len() > FULL] {
                    @for (i, f) in all.iter().take(FINDINGS).enumerate() {
                        @let samples = if i < FULL { MANY } else { FEW };
                        (finding::item(view, i, f, samples, i < DRAWN, i < OPEN))
                    }
                }
                button #more type="button" hidden { "Show more" }
                p #none .quiet hidden { "No finding matches. Press Esc to clear the filter." }
            }
        }
    }
}

/// What is not in the page, said where one would look for it.
fn cuts(n: usize) -> Markup {
    html! {
        @if n > FINDINGS {
            p.cut {
                "The page holds the worst " (words::count(FINDINGS as u64)) " of "
                (words::plural(n as u64, "finding")) "; all of them are in " code { "findings.json" } "."
            }
        }
        @if n > FULL {
            p.cut {
                "The first " (FULL) " findings come with up to " (MANY.rows) " sample rows, the others with " (FEW.rows) "."
            }
        }
        @if n > DRAWN {
            noscript {
                p.cut { "Without JavaScript, the first " (DRAWN) " findings can be opened; the others show their title." }
            }
        }
    }
}

/// The filter. Hidden until the script that serves it runs.
fn tools(view: &View<'_>) -> Markup {
    let findings = &view.run.findings;
    let count = |s: Severity| findings.iter().filter(|f| f.severity == s).count() as u64;
    let severities = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];
    let mut detectors: Vec<String> = findings.iter().map(|f| visible(&f.detector)).collect();
    detectors.sort();
    detectors.dedup();
    html! {
        div #tools role="search" hidden {
            label.search {
                span.sr { "Filter findings" }
                input #query type="search" placeholder="Filter by any text" autocomplete="off" spellcheck="false";
                kbd aria-hidden="true" { "/" }
            }
            fieldset {
                legend.sr { "Severity" }
                @for severity in severities {
                    @if count(severity) > 0 {
                        label.toggle {
                            input type="checkbox" name="severity" value=(severity.name()) checked;
                            span { (finding::severity(severity)) " " span.n { (words::count(count(severity))) } }
                        }
                    }
                }
            }
            @if detectors.len() > 1 {
                label {
                    span.sr { "Detector" }
                    select #detector {
                        option value="" { "all detectors" }
                        @for detector in &detectors {
                            option value=(detector) { (detector) }
                        }
                    }
                }
            }
            button #keys type="button" { "Keys " kbd { "?" } }
        }
        p #count .quiet role="status" {}
    }
}

fn help() -> Markup {
    let keys = [
        (&["j", "↓"][..], "next finding"),
        (&["k", "↑"], "finding before"),
        (&["Enter"], "open or close"),
        (&["/"], "filter"),
        (&["Esc"], "clear the filter"),
        (&["?"], "this help"),
    ];
    html! {
        dialog #help aria-labelledby="help-head" {
            h2 #help-head { "Keys" }
            dl {
                @for (names, what) in keys {
                    div {
                        dt { @for name in names { kbd { (name) } " " } }
                        dd { (what) }
                    }
                }
            }
            button #close type="button" { "Close" }
        }
    }
}
