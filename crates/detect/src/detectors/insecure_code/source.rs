//! Where the code of a record stands.

use std::ops::Range;

use toadstone_core::{Record, Role};

use super::language::Language;

/// Code in a field of a record.
pub(super) struct Block {
    pub(super) span: Range<usize>,
    pub(super) language: Language,
}

/// The field whose code a model would learn to write: the answer, where there is one.
pub(super) fn field<'a>(record: &Record<'a>) -> (Role, &'a str) {
    match record.get(Role::Output) {
        Some(output) => (Role::Output, output),
        None => (Role::Input, record.input()),
    }
}

/// The code in a text: all of it, or what stands between fences if the rest is prose (Markdown).
pub(super) fn blocks(text: &str) -> Vec<Block> {
    const FENCE: &str = "```";
    let whole =
        |of: &str| Language::recognise(of).map(|language| vec![Block { span: 0..text.len(), language }]);
    if !text.starts_with(FENCE) && !text.contains("\n```") {
        return whole(text).unwrap_or_default();
    }
    let (mut at, mut open, mut out, mut rest) = (0, None, Vec::new(), String::new());
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        match (line.strip_prefix(FENCE), open) {
            (Some(_), Some((from, tag))) => {
                out.extend(block(text, from..start, tag));
                open = None;
            }
            (Some(tag), None) => open = Some((at, tag)),
            (None, Some(_)) => {}
            (None, None) => rest.push_str(line),
        }
    }
    // Answers that were cut off have no last fence.
    out.extend(open.and_then(|(from, tag)| block(text, from..text.len(), tag)));
    whole(&rest).unwrap_or(out)
}

fn block(text: &str, span: Range<usize>, tag: &str) -> Option<Block> {
    let language = Language::named(tag).or_else(|| Language::recognise(&text[span.clone()]))?;
    Some(Block { span, language })
}
