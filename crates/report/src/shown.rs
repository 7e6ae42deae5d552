//! Hostile text made ready to be shown: escaped, with its marked spans, cut to a length.

use toadstone_core::{Span, visible};

/// One character of shown text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) c: char,
    pub(crate) marked: bool,
    /// 0 for a character that stands for itself; 1 and 2, in turn, for escapes, so that two escapes
    /// in a row stay apart.
    pub(crate) escape: u8,
}

/// A run of characters that look alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The characters, inert.
    pub text: String,
    /// Whether they are to be highlighted.
    pub marked: bool,
    /// Whether they stand for characters that cannot be shown.
    pub escaped: bool,
}

/// The cells of `text`. Spans may overlap, be out of order, out of range or cut a character: a
/// character is marked if a span touches any byte of it.
pub(crate) fn cells(text: &str, spans: &[Span]) -> Vec<Cell> {
    let spans = merged(spans, text.len());
    let mut next = 0;
    let mut out = Vec::with_capacity(text.len());
    let mut escape = 1;
    let mut buffer = [0; 4];
    for (at, c) in text.char_indices() {
        while spans.get(next).is_some_and(|s| s.end <= at) {
            next += 1;
        }
        let marked = spans.get(next).is_some_and(|s| s.start < at + c.len_utf8());
        if c == ' ' || c.is_ascii_graphic() {
            out.push(Cell { c, marked, escape: 0 });
            continue;
        }
        let raw: &str = c.encode_utf8(&mut buffer);
        let shown = visible(raw);
        let escaped = shown != raw;
        if escaped {
            escape = 3 - escape;
        }
        out.extend(shown.chars().map(|c| Cell { c, marked, escape: if escaped { escape } else { 0 } }));
    }
    out
}

/// Spans in order, without overlaps, and none that is empty or beyond the text.
fn merged(spans: &[Span], len: usize) -> Vec<Span> {
    let mut spans: Vec<Span> = spans.iter().copied().filter(|s| s.start < s.end && s.start < len).collect();
    spans.sort_by_key(|s| s.start);
    let mut out: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match out.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => out.push(span),
        }
    }
    out
}

/// At most `limit` cells around the first marked one, with `…` where something was left out.
pub(crate) fn around(cells: &[Cell], limit: usize) -> Vec<Cell> {
    if cells.len() <= limit {
        return cells.to_vec();
    }
    let first = cells.iter().position(|c| c.marked).unwrap_or(0);
    let from = first.saturating_sub(limit / 4).min(cells.len() - limit);
    let to = from + limit;
    let dots = Cell { c: '…', marked: false, escape: 0 };
    let mut out = Vec::with_capacity(limit + 2);
    out.extend((from > 0).then_some(dots));
    out.extend_from_slice(&cells[from..to]);
    out.extend((to < cells.len()).then_some(dots));
    out
}

/// Cells grouped into runs that look alike.
pub(crate) fn pieces(cells: &[Cell]) -> Vec<Piece> {
    let same = |a: &Cell, b: &Cell| (a.marked, a.escape) == (b.marked, b.escape);
    cells
        .chunk_by(same)
        .map(|run| Piece {
            text: run.iter().map(|c| c.c).collect(),
            marked: run[0].marked,
            escaped: run[0].escape != 0,
        })
        .collect()
}

/// Hostile text as one plain, inert string of at most `limit` characters.
pub(crate) fn plain(text: &str, limit: usize) -> String {
    // Enough bytes for `limit` characters: a hostile title of a gigabyte costs no more than this.
    let cut = text.char_indices().nth(limit.saturating_add(1)).map_or(text.len(), |(i, _)| i);
    around(&cells(&text[..cut], &[]), limit).iter().map(|c| c.c).collect()
}

/// The sample's text as one inert string of at most `limit` characters, marked spans in `[[ ]]`.
pub(crate) fn bracketed(text: &str, spans: &[Span], limit: usize) -> String {
    let mut out = String::new();
    let mut marked = false;
    for cell in around(&cells(text, spans), limit) {
        if cell.marked != marked {
            out.push_str(if marked { "]]" } else { "[[" });
            marked = cell.marked;
        }
        out.push(cell.c);
    }
    out.push_str(if marked { "]]" } else { "" });
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn span(start: usize, end: usize) -> Span {
        Span { start, end }
    }

    #[test]
    fn spans_out_of_range_or_inside_a_character_are_moved() {
        assert_eq!(bracketed("aéb", &[span(2, 3)], 9), "a[[é]]b");
        assert_eq!(bracketed("abc", &[span(1, 99), span(5, 7), span(2, 1)], 9), "a[[bc]]");
        assert_eq!(bracketed("abc", &[span(2, 3), span(0, 1)], 9), "[[a]]b[[c]]");
        assert_eq!(bracketed("", &[span(0, 1)], 9), "");
    }

    #[test]
    fn hidden_characters_before_the_span_do_not_push_it_out() {
        let text = format!("{}TRIGGER", "\u{200b}".repeat(500));
        assert!(bracketed(&text, &[span(1500, 1507)], 60).contains("[[TRIGGER]]"));
    }

    #[test]
    fn escapes_are_told_from_text_that_looks_like_one() {
        let p = pieces(&cells("U+200B\u{200b}\u{200b}", &[]));
        assert_eq!(
            p.iter().map(|p| (p.text.as_str(), p.escaped)).collect::<Vec<_>>(),
            [("U+200B", false), ("U+200B", true), ("U+200B", true)]
        );
    }

    proptest! {
        #[test]
        fn never_panics_and_is_inert(
            text in any::<String>(),
            spans in proptest::collection::vec((0usize..99, 0usize..99), 0..4),
            limit in 0usize..50,
        ) {
            let spans: Vec<Span> = spans.into_iter().map(|(a, b)| span(a, b)).collect();
            let out = bracketed(&text, &spans, limit);
            prop_assert_eq!(visible(&out), out);
            prop_assert!(plain(&text, limit).chars().count() <= limit + 2);
        }
    }
}
