//! Records as samples of a finding.

use std::ops::Range;

use toadstone_core::{Record, Role, Sample, Span, excerpt, visible};

/// Characters of a record that a sample shows.
const SHOWN: usize = 240;

/// Characters of a place that a sample highlights at most.
const HIGHLIGHTED: usize = 224;

/// A sample of `record` that shows what stands at `focus` in a field (without: the start of every
/// field), and beside the input the field `beside` (without: the output, or else the label).
pub(crate) fn sample(
    record: &Record<'_>,
    focus: Option<(Role, Range<usize>)>,
    beside: Option<Role>,
) -> Sample {
    let (input, spans) = show(record.input(), at(&focus, Role::Input));
    let default = if record.get(Role::Output).is_some() { Role::Output } else { Role::Label };
    let focused = focus.as_ref().map(|(role, _)| *role).filter(|role| *role != Role::Input);
    let shown = focused.or(beside).unwrap_or(default);
    let output = record.get(shown).map(|text| show(text, at(&focus, shown)));
    let (output, output_spans) = output.map_or((None, Vec::new()), |(text, spans)| (Some(text), spans));
    Sample { id: record.id(), offset: record.offset(), input, spans, output, output_spans }
}

fn at(focus: &Option<(Role, Range<usize>)>, role: Role) -> Option<Range<usize>> {
    focus.as_ref().filter(|(of, _)| *of == role).map(|(_, range)| range.clone())
}

fn show(text: &str, focus: Option<Range<usize>>) -> (String, Vec<Span>) {
    let focus = focus.map(|range| shorten(text, range));
    let (shown, range) = excerpt(text, focus.clone().unwrap_or(0..0), SHOWN);
    let spans = focus.map(|_| Span { start: range.start, end: range.end }).into_iter().collect();
    (shown, spans)
}

/// A hidden text may be as long as the record; a sample is not.
fn shorten(text: &str, range: Range<usize>) -> Range<usize> {
    let inside = text.get(range.clone()).unwrap_or("");
    let length = inside.char_indices().nth(HIGHLIGHTED).map_or(inside.len(), |(at, _)| at);
    range.start..range.start + length
}

/// The first `characters` of a text that stands inside a sentence.
pub(crate) fn short(text: &str, characters: usize) -> String {
    visible(&text.chars().take(characters).collect::<String>())
}

/// The first three of `names`, and how many more there are: `“a”, “b”, “c” and 2 more`.
pub(crate) fn several(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(3).map(|name| format!("“{}”", short(name, 60))).collect();
    let more = names.len() - shown.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    shown.join(", ") + &more
}

/// A number with its thousands apart.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 record`, `1,204 records`.
pub(crate) fn records(number: u64) -> String {
    if number == 1 { "1 record".to_owned() } else { format!("{} records", grouped(number)) }
}
