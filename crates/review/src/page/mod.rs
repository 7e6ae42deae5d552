//! The page on which a person decides: its frame. The script fills it with what the server tells, as text
//! and never as markup.

use maud::{Markup, html};
use toadstone_core::{Severity, visible};
use toadstone_report::live::{self, LivePage};

use crate::desk::Desk;

const STYLE: &str = include_str!("review.css");
const SCRIPT: &str = include_str!("review.js");

/// The page of a run.
pub fn page(desk: &Desk) -> LivePage {
    let body = html! {
        a.skip href="#records" { "Skip to the records" }
        (header(desk))
        div #problems role="alert" hidden {}
        main #desk {
            nav #side aria-labelledby="findings-head" {
                h2 #findings-head { "Findings" }
                (tools(desk))
                p #count .quiet role="status" {}
                ol #findings {}
            }
            section #work aria-labelledby="work-head" {
                div #about {}
                div #bar role="search" {
                    label { span.sr { "Show records" } select #state {
                        @for (value, name) in STATES { option value=(value) { (name) } }
                    } }
                    label.search {
                        span.sr { "Search in the records" }
                        input #text type="search" placeholder="Search in the records" autocomplete="off" spellcheck="false";
                    }
                    span #place .quiet role="status" {}
                    button #before type="button" { "Back" }
                    button #after type="button" { "On" }
                }
                ol #records tabindex="-1" aria-label="Records" {}
                p #none .quiet hidden { "No record matches." }
            }
        }
        p #said role="status" aria-live="polite" {}
        (help())
        (note())
        dialog #agreement aria-labelledby="agreement-head" {
            h2 #agreement-head { "Agreement" }
            div #figures {}
            button.close type="button" { "Close" }
        }
        noscript { p { "This page needs JavaScript." } }
    };
    live::page("toadstone: review", &body, STYLE, SCRIPT)
}

const STATES: [(&str, &str); 6] = [
    ("all", "all records"),
    ("open", "not decided"),
    ("decided", "decided"),
    ("poison", "poison"),
    ("fine", "fine"),
    ("unsure", "unsure"),
];

fn header(desk: &Desk) -> Markup {
    let run = desk.run();
    html! {
        header {
            p.brand { (live::mark()) "toadstone" span { "review" } }
            h1.sentence.(run.verdict.name()) { (visible(&live::verdict(run))) }
            p #progress .quiet {}
            div.buttons {
                button #show-agreement type="button" { "Agreement " kbd { "a" } }
                button #show-help type="button" { "Keys " kbd { "?" } }
            }
        }
    }
}

/// The filter of findings.
fn tools(desk: &Desk) -> Markup {
    let findings = &desk.run().findings;
    let has = |s: Severity| findings.iter().any(|finding| finding.severity == s);
    let severities = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];
    let mut detectors: Vec<String> = findings.iter().map(|finding| visible(&finding.detector)).collect();
    detectors.sort();
    detectors.dedup();
    html! {
        div #tools role="search" {
            label.search {
                span.sr { "Filter findings" }
                input #query type="search" placeholder="Filter findings" autocomplete="off" spellcheck="false";
                kbd aria-hidden="true" { "/" }
            }
            fieldset {
                legend.sr { "Severity" }
                @for severity in severities.into_iter().filter(|s| has(*s)) {
                    label.toggle {
                        input type="checkbox" name="severity" value=(severity.name()) checked;
                        span { (live::severity(severity)) }
                    }
                }
            }
            label { span.sr { "Detector" } select #detector {
                option value="" { "all detectors" }
                @for detector in &detectors { option value=(detector) { (detector) } }
            } }
            label { span.sr { "Show findings" } select #judged {
                option value="" { "decided or not" }
                option value="open" { "not decided" }
                option value="decided" { "decided" }
            } }
        }
    }
}

fn help() -> Markup {
    let keys = [
        (&["p"][..], "poison: set it aside"),
        (&["f"], "fine: let it stay"),
        (&["u"], "unsure: somebody else should look"),
        (&["Shift+P", "F", "U"], "the same for the whole finding"),
        (&["n"], "note"),
        (&["z"], "undo"),
        (&["j", "↓"], "next record"),
        (&["k", "↑"], "record before"),
        (&["J", "K"], "next finding, finding before"),
        (&["s"], "similar records"),
        (&["t"], "search in the records"),
        (&["/"], "filter findings"),
        (&["a"], "agreement"),
        (&["Esc"], "clear the filters"),
        (&["?"], "this help"),
    ];
    html! {
        dialog #help aria-labelledby="help-head" {
            h2 #help-head { "Keys" }
            dl {
                @for (names, what) in keys {
                    div { dt { @for name in names { kbd { (name) } " " } } dd { (what) } }
                }
            }
            button.close type="button" { "Close" }
        }
    }
}

fn note() -> Markup {
    html! {
        dialog #note aria-labelledby="note-head" {
            form #note-form {
                h2 #note-head { "Note" }
                p #note-of .quiet {}
                label { span.sr { "Why" } textarea #note-text rows="4" maxlength=(crate::LONGEST_NOTE) {} }
                p.quiet { "It is kept with the decision; without one, the record stays undecided until you press p, f or u. " kbd { "Ctrl" } " " kbd { "Enter" } " keeps it." }
                button type="submit" { "Keep" } " "
                button.close type="button" { "Cancel" }
            }
        }
    }
}
