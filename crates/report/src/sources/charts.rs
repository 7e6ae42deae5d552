//! Pictures of sources, drawn as numbers. Colours and fonts come from the page's style.

use maud::{Markup, html};
use toadstone_core::Rank;

use crate::words;

/// Size of the curve, and its margins.
const WIDTH: f64 = 620.0;
const HEIGHT: f64 = 250.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 44.0;

/// The share that the largest sources have together, over their number on a logarithmic scale.
pub(super) fn curve(ranks: &[Rank], records: u64, by: &str) -> Option<Markup> {
    let last = ranks.last().filter(|last| last.sources > 1)?;
    let decades = (last.sources as f64).log10();
    let x = |sources: u64| LEFT + (sources as f64).log10() / decades * (WIDTH - LEFT - RIGHT);
    let share = |rank: &Rank| rank.records as f64 / records.max(1) as f64;
    let y = |share: f64| HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
    let points: Vec<String> =
        ranks.iter().map(|rank| format!("{:.1},{:.1}", x(rank.sources), y(share(rank)))).collect();
    let ticks: Vec<u64> = (0..=decades as u32).map(|power| 10u64.pow(power)).collect();
    let first = ranks.first().map_or(0.0, share);
    let label = format!(
        "The largest {by} has {} of the records, all {} {by}s have {}",
        words::percent(first),
        words::count(last.sources),
        words::percent(share(last))
    );
    Some(html! {
        svg.curve viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(label) {
            @for level in [0.0, 0.25, 0.5, 0.75, 1.0] {
                line.grid x1=(LEFT) x2=(WIDTH - RIGHT) y1=(fixed(y(level))) y2=(fixed(y(level))) {}
                text.end x=(LEFT - 8.0) y=(fixed(y(level) + 4.0)) { (words::percent(level)) }
            }
            @for tick in &ticks {
                line.axis x1=(fixed(x(*tick))) x2=(fixed(x(*tick))) y1=(HEIGHT - BOTTOM) y2=(HEIGHT - BOTTOM + 5.0) {}
                text.middle x=(fixed(x(*tick))) y=(HEIGHT - BOTTOM + 19.0) { (words::count(*tick)) }
            }
            text.middle x=((LEFT + WIDTH - RIGHT) / 2.0) y=(HEIGHT - 6.0) { "largest " (by) "s, by number" }
            polyline.line points=(points.join(" ")) {}
            @for rank in ranks {
                circle.dot cx=(fixed(x(rank.sources))) cy=(fixed(y(share(rank)))) r="3" {
                    title { (words::count(rank.sources)) ": " (words::percent(share(rank))) }
                }
            }
        }
    })
}

/// A part of a whole as a bar with its figure; `of` is the longest that a bar can be.
pub(crate) fn share(part: f64, of: f64) -> Markup {
    let length = if of > 0.0 { (part / of * 100.0).clamp(0.0, 100.0) } else { 0.0 };
    html! {
        span.share {
            svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" {
                rect.whole x="0" y="0" width="100" height="10" {}
                rect.part x="0" y="0" width=(fixed(length)) height="10" {}
            }
            span { (words::percent(part)) }
        }
    }
}

fn fixed(number: f64) -> String {
    format!("{number:.1}")
}
