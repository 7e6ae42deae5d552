//! Comments and strings, as places and as code.

use std::ops::Range;

/// Neighbouring comments as one.
pub(super) fn together(text: &str, ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match out.last_mut() {
            Some(last) if joins(text, last, &range) => last.end = range.end,
            _ => out.push(range),
        }
    }
    out
}

/// Whether two comments with nothing between them are one; strings are not.
fn joins(text: &str, a: &Range<usize>, b: &Range<usize>) -> bool {
    let comment = |range: &Range<usize>| text[range.clone()].starts_with(['#', '/', '*']);
    text[a.end..b.start].trim().is_empty() && comment(a) && comment(b)
}

/// What stands within quotes or the marks of a comment, and where.
pub(super) fn unquoted<'a>(text: &'a str, range: &Range<usize>) -> (&'a str, usize) {
    const MARKS: [(&str, &str); 6] =
        [("'''", "'''"), ("\"\"\"", "\"\"\""), ("/*", "*/"), ("`", "`"), ("\"", "\""), ("'", "'")];
    let whole = &text[range.clone()];
    for (open, close) in MARKS {
        if let Some(inner) = whole.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)) {
            return (inner, range.start + open.len());
        }
    }
    (whole, range.start)
}

/// Code without the indentation and the marks of comments before it; as long as before, so that
/// places stay the same.
pub(super) fn bare(text: &str) -> String {
    let lines = || text.split_inclusive('\n');
    let marks = ["//", "#", "*", "/*"];
    let all_marked = lines().all(|line| {
        let line = line.trim();
        line.is_empty() || marks.iter().any(|mark| line.starts_with(mark))
    });
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let least = lines().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
    let mut out = String::with_capacity(text.len());
    for line in lines() {
        let mark = line.bytes().take_while(|byte| b" \t#/*".contains(byte)).count();
        let cut = if all_marked { mark } else { least.min(indent(line)) };
        // A line's end is kept; what is cut off goes behind the line, where it indents nothing.
        let (body, end) = line[cut..].strip_suffix('\n').map_or((&line[cut..], ""), |body| (body, "\n"));
        out.push_str(body);
        out.extend(std::iter::repeat_n(' ', cut));
        out.push_str(end);
    }
    out
}

/// Whether `word` stands in one of the comments that touch `near`, outside of `call` and not as a
/// part of a longer word.
pub(super) fn echoes(
    text: &str,
    comments: &[Range<usize>],
    near: &Range<usize>,
    call: &Range<usize>,
    word: &str,
) -> bool {
    let part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let bytes = text.as_bytes();
    let first = comments.partition_point(|comment| comment.end <= near.start);
    comments[first..].iter().take_while(|comment| comment.start < near.end).any(|comment| {
        let from = text.floor_char_boundary(comment.start.max(near.start));
        let to = text.floor_char_boundary(comment.end.min(near.end)).max(from);
        text[from..to].match_indices(word).map(|(at, _)| from + at).any(|at| {
            let end = at + word.len();
            let alone = !part(bytes.get(end)) && !part(at.checked_sub(1).and_then(|at| bytes.get(at)));
            alone && (end <= call.start || at >= call.end)
        })
    })
}
