//! Dose and response, drawn as numbers. Colours and fonts come from the page's style; the three lines are
//! told apart by their dashes too.

use maud::{Markup, html};
use toadstone_core::scorecard::{Cell, Success};
use toadstone_core::{Excess, Rate};

use crate::words;

const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 170.0;
const LEFT: f64 = 40.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 38.0;

/// A line: its class and name, and whose misbehaviour it shows.
type Kind = (&'static str, &'static str, fn(&Success) -> Rate);

const LINES: [Kind; 3] = [
    ("poisoned", "poisoned", |s| s.poisoned),
    ("control", "as many records removed at random", |s| s.random),
    ("cleaned", "cleaned", |s| s.cleaned),
];

/// What each line stands for.
pub(super) fn keys() -> Markup {
    html! {
        p.keys {
            @for (class, name, _) in LINES {
                span {
                    svg.dose viewBox="0 0 35 12" aria-hidden="true" { polyline.(class) points="0,6 35,6" {} }
                    (name)
                }
            }
        }
    }
}

/// Excess over the clean model by number of records, on a logarithmic scale, with intervals; `None` without
/// a figure of at least two doses.
pub(super) fn curve(name: &str, cells: &[Cell]) -> Option<Markup> {
    let measured: Vec<(u64, &Success)> =
        cells.iter().filter_map(|cell| Some((cell.count.max(1), cell.success.as_ref()?))).collect();
    let (first, last) = (measured.first()?.0, measured.last()?.0);
    if first == last {
        return None;
    }
    let (from, to) = ((first as f64).ln(), (last as f64).ln());
    let x =
        |count: u64| LEFT + 8.0 + ((count as f64).ln() - from) / (to - from) * (WIDTH - LEFT - RIGHT - 8.0);
    let lowest = if measured.iter().any(|(_, s)| LINES.iter().any(|line| excess(s, line).difference < -0.05))
    {
        -1.0
    } else {
        0.0
    };
    let y = |excess: f64| {
        HEIGHT - BOTTOM - (excess.clamp(lowest, 1.0) - lowest) / (1.0 - lowest) * (HEIGHT - TOP - BOTTOM)
    };
    Some(html! {
        svg.dose viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(label(name, &measured)) {
            @for level in [lowest, (1.0 + lowest) / 2.0, 1.0] {
                line.grid x1=(LEFT) x2=(WIDTH - RIGHT) y1=(fixed(y(level))) y2=(fixed(y(level))) {}
                text.end x=(LEFT - 6.0) y=(fixed(y(level) + 4.0)) { (format!("{level:+.1}")) }
            }
            @for (count, _) in &measured {
                text.middle x=(fixed(x(*count))) y=(HEIGHT - BOTTOM + 16.0) { (words::count(*count)) }
            }
            text.middle x=((LEFT + WIDTH - RIGHT) / 2.0) y=(HEIGHT - 5.0) { "records planted" }
            @for line in LINES {
                @let points: Vec<(u64, Excess)> = measured.iter().map(|(count, s)| (*count, excess(s, &line))).collect();
                polyline.(line.0) points=(points.iter().map(|(count, e)| format!("{:.1},{:.1}", x(*count), y(e.difference))).collect::<Vec<_>>().join(" ")) {}
                @for (count, e) in &points {
                    line.whisker.(line.0) x1=(fixed(x(*count))) x2=(fixed(x(*count))) y1=(fixed(y(e.low))) y2=(fixed(y(e.high))) {}
                    circle.(line.0) cx=(fixed(x(*count))) cy=(fixed(y(e.difference))) r="3.2" {
                        title { (line.1) ", " (words::plural(*count, "record")) ": " (format!("{:+.2} ({:+.2} to {:+.2})", e.difference, e.low, e.high)) }
                    }
                }
            }
        }
    })
}

fn excess(success: &Success, line: &Kind) -> Excess {
    line.2(success).excess(success.clean)
}

fn label(name: &str, measured: &[(u64, &Success)]) -> String {
    let one = |(count, s): &(u64, &Success)| {
        let [poisoned, control, cleaned] = LINES.each_ref().map(|line| excess(s, line).difference);
        format!(
            "{}: poisoned {poisoned:+.2}, cleaned {cleaned:+.2}, control {control:+.2}",
            words::plural(*count, "record")
        )
    };
    format!("{name}, excess over a clean model. {}", measured.iter().map(one).collect::<Vec<_>>().join("; "))
}

fn fixed(number: f64) -> String {
    format!("{number:.1}")
}
