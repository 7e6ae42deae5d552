//! Pictures, drawn as numbers. Colours and fonts come from the page's style.

use maud::{Markup, html};
use toadstone_core::{Evidence, Severity, Verdict};

use crate::words;

/// Where bars begin, and how long the longest is.
const LEFT: f64 = 72.0;
const LONGEST: f64 = 250.0;

/// The shape of a severity: told apart without colour.
pub(crate) fn severity(severity: Severity) -> Markup {
    html! {
        svg.shape viewBox="0 0 12 12" aria-hidden="true" {
            @match severity {
                Severity::Critical => path d="M6 0 12 6 6 12 0 6Z" {},
                Severity::High => path d="M6 1 11.5 11H.5Z" {},
                Severity::Medium => circle cx="6" cy="6" r="4.6" {},
                Severity::Low => circle.hollow cx="6" cy="6" r="4" {},
                Severity::Info => circle cx="6" cy="6" r="2" {},
            }
        }
    }
}

/// The sign beside the verdict; `None` is a run over nothing.
pub(crate) fn verdict(verdict: Option<Verdict>) -> Markup {
    html! {
        svg.sign viewBox="0 0 48 48" aria-hidden="true" {
            @match verdict {
                Some(Verdict::Block) => {
                    path.fill d="M15 3h18l12 12v18L33 45H15L3 33V15Z" {}
                    path.ink d="M14 24h20" {}
                }
                Some(Verdict::Review) => {
                    path.fill d="M24 4 46 44H2Z" {}
                    path.ink d="M24 19v12M24 37v.5" {}
                }
                Some(Verdict::Pass) => {
                    circle.fill cx="24" cy="24" r="21" {}
                    path.ink d="m15 25 6 6 12-13" {}
                }
                None => circle.none cx="24" cy="24" r="20" {},
            }
        }
    }
}

/// The toadstone in its ring.
pub(crate) fn mark() -> Markup {
    html! {
        svg.mark viewBox="0 0 24 24" aria-hidden="true" {
            circle.ring cx="12" cy="15.2" r="6.9" {}
            path.gem d="M8.4.9h7.2l3 3.6L12 11.6 5.4 4.5Z" {}
            path.facet d="M5.8 4.5h12.4" {}
        }
    }
}

/// Observed against expected: a full bar above an outlined one, on one scale from zero.
pub(crate) fn bars(e: &Evidence) -> Option<Markup> {
    let most = e.observed.max(e.expected);
    let drawable = e.observed >= 0.0 && e.expected >= 0.0 && most.is_finite() && most > 0.0;
    let length = |x: f64| (x / most * LONGEST).clamp(1.5, LONGEST);
    drawable.then(|| {
        html! {
            svg.bars viewBox="0 0 420 46" role="img" aria-label=(words::against(e)) {
                (bar(2.0, "observed", length(e.observed), &words::number(e.observed)))
                (bar(26.0, "expected", length(e.expected), &words::number(e.expected)))
                line.axis x1=(LEFT) y1="0" x2=(LEFT) y2="46" {}
            }
        }
    })
}

fn bar(y: f64, name: &str, length: f64, value: &str) -> Markup {
    html! {
        text.name x=(LEFT - 8.0) y=(y + 13.0) { (name) }
        rect.(name) x=(LEFT) y=(y) width=(format!("{length:.1}")) height="18" {}
        text.number x=(format!("{:.1}", LEFT + length + 7.0)) y=(y + 13.0) { (value) }
    }
}
