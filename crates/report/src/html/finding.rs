//! One finding: a line that says what it is, and the reasons behind it.

use maud::{Markup, html};
use toadstone_core::{Confirmation, Evidence, Finding, Proof, Run, Sample, Severity, visible};

use super::{Samples, svg, text};
use crate::sources::charts;
use crate::view::{Standing, View, file_name};
use crate::words;

/// Characters of a trigger's part, a behaviour, an origin.
const VALUE: usize = 160;

/// A severity by shape and word.
pub(crate) fn severity(s: Severity) -> Markup {
    html! { span.severity.(s.name()) { (svg::severity(s)) (s.name()) } }
}

/// A finding in the list. Its details are drawn now or wait in a template.
pub(crate) fn item(
    view: &View<'_>,
    index: usize,
    f: &Finding,
    samples: Samples,
    drawn: bool,
    open: bool,
) -> Markup {
    let standing = view.standing(f);
    let number = index + 1;
    html! {
        details.finding.(f.severity.name()) #{ "f-" (number) } data-severity=(f.severity.name())
            data-detector=(visible(&f.detector)) open[open] {
            summary {
                span.number { (number) }
                (severity(f.severity))
                span.title { (text::sentence(&f.title, 300)) }
                span.facts {
                    span.standing.(class(standing)) { (standing.word()) }
                    span { (f.confidence.name()) " confidence" }
                    span { (words::plural(f.records, "record")) }
                    span.detector { (visible(&f.detector)) }
                }
            }
            @if drawn { (body(view, f, samples)) } @else { template { (body(view, f, samples)) } }
        }
    }
}

fn class(standing: Standing<'_>) -> &'static str {
    match standing {
        Standing::Blocks => "blocks",
        Standing::Reviews => "reviews",
        Standing::Waived { .. } => "waived",
        Standing::Informs => "informs",
    }
}

fn body(view: &View<'_>, f: &Finding, samples: Samples) -> Markup {
    html! {
        div.body {
            @if let Standing::Waived { reason, expires } = view.standing(f) {
                p.waiver {
                    strong { "Waived" @if let Some(day) = expires { " until " (visible(day)) } ". " }
                    (text::sentence(reason, 600))
                }
            }
            (association(f))
            @if !f.evidence.is_empty() {
                h3 { "Observed against expected by chance" }
                @for e in f.evidence.iter().take(8) { (evidence(e)) }
            }
            @if let Some(c) = &f.confirmation {
                h3 { "Proof by training" }
                (proof(c))
            }
            @if !f.samples.is_empty() {
                h3 { "Sample rows" }
                (rows(view.run, f, samples))
            }
            p.fine {
                "Finding " code { (visible(&f.id)) }
                ". To read what this detector looks for and what it cannot see: "
                code { "toadstone explain " (visible(&f.detector)) }
            }
        }
    }
}

/// Trigger, behaviour, origin, and what became of the records.
fn association(f: &Finding) -> Markup {
    html! {
        dl.association {
            @if let Some(t) = &f.trigger {
                div {
                    dt { "Trigger" span.kind { (visible(&t.kind)) } }
                    dd {
                        @for (i, part) in t.parts.iter().take(12).enumerate() {
                            @if i > 0 { span.plus { " + " } }
                            (text::value(part, VALUE))
                        }
                    }
                }
            }
            @if let Some(b) = &f.behaviour {
                div { dt { "Behaviour" span.kind { (text::sentence(&b.kind, 60)) } } dd { (text::value(&b.text, VALUE)) } }
            }
            @if let Some(o) = &f.origin {
                div {
                    dt { "Origin" span.kind { (visible(&o.kind)) } }
                    dd {
                        (text::value(&o.value, VALUE)) " "
                        span.quiet { (words::count(o.records)) " of " (words::plural(f.records, "record")) }
                    }
                }
            }
            div {
                dt { "Records" }
                dd {
                    (words::count(f.records)) " "
                    span.quiet { @if f.quarantine { "set aside" } @else { "left in place" } }
                }
            }
        }
    }
}

/// What models did that were trained with the records and without them.
fn proof(c: &Confirmation) -> Markup {
    let planted = matches!(c.outcome, Proof::Confirmed | Proof::Unspecific);
    let class = if planted { "missed" } else { "not-learnable" };
    let rates = [
        ("trained with them, with the trigger", c.with),
        ("trained without them, with the trigger", c.without),
        ("trained with them, without the trigger", c.untriggered),
        ("trained with them, another trigger of the same shape", c.sham),
    ];
    html! {
        p { span.outcome.(class) { (c.outcome.name()) } ": " (words::confirmation(c)) "." }
        @if c.with.trials > 0 {
            table.narrow {
                tbody { @for (name, rate) in rates.into_iter().filter(|(_, rate)| rate.trials > 0) {
                    @let (low, high) = rate.interval();
                    tr {
                        th scope="row" { (name) }
                        td { (charts::share(rate.share(), 1.0)) }
                        td.num { (words::count(rate.successes)) " of " (words::count(rate.trials)) }
                        td.num { (words::percent(low)) " to " (words::percent(high)) }
                    }
                } }
            }
        }
    }
}

fn evidence(e: &Evidence) -> Markup {
    let test = words::test(e);
    html! {
        figure.evidence {
            figcaption {
                (text::sentence(&e.what, 300))
                @if !test.is_empty() { span.quiet { (text::sentence(&test, 200)) } }
            }
            @match svg::bars(e) {
                Some(bars) => (bars),
                None => p { (words::against(e)) },
            }
        }
    }
}

fn rows(run: &Run, f: &Finding, samples: Samples) -> Markup {
    let shown = f.samples.len().min(samples.rows) as u64;
    html! {
        ol.rows {
            @for s in f.samples.iter().take(samples.rows) { (row(run, s, samples.characters)) }
        }
        @if f.records > shown {
            p.quiet { (words::count(f.records - shown)) " more; " code { "records.parquet" } " lists every one." }
        }
    }
}

fn row(run: &Run, s: &Sample, characters: usize) -> Markup {
    html! {
        li {
            p.place { bdi { (text::sentence(file_name(run, s.id), 120)) } " " span.row { "row " (s.id.row) } }
            div.texts {
                @if !s.input.is_empty() { p dir="auto" { (text::sample(&s.input, &s.spans, characters)) } }
                @if let Some(output) = s.output.as_ref().filter(|o| !o.is_empty()) {
                    p.output dir="auto" {
                        span.sr { "output: " }
                        (text::sample(output, &s.output_spans, characters / 2))
                    }
                }
            }
        }
    }
}
