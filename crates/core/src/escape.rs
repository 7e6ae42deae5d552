//! Text of records is hostile: this is the one place that makes it safe to show as plain text.

use std::fmt::Write;

/// The text with every character that is invisible, moves others about or controls a terminal
/// written as `U+XXXX`; line feed, carriage return and tab become `⏎`, `␍` and `⇥`.
///
/// The result has no control character, so it is inert in a terminal, a log and a CI annotation.
/// A format that has a syntax of its own (HTML, Markdown, SARIF) escapes it once more for that.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push('⏎'),
            '\r' => out.push('␍'),
            '\t' => out.push('⇥'),
            c if is_invisible(c) => {
                let _ = write!(out, "U+{:04X}", c as u32);
            }
            c => out.push(c),
        }
    }
    out
}

/// Whether a character is shown by nothing of its own: controls, format characters, fillers,
/// variation selectors, tags, private use and noncharacters.
fn is_invisible(c: char) -> bool {
    matches!(c as u32,
        0x00..=0x1F | 0x7F..=0x9F | 0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
        | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164 | 0xE000..=0xF8FF | 0xFE00..=0xFE0F
        | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF
        | 0xF0000..=0x10FFFF)
        || (c as u32) & 0xFFFE == 0xFFFE
        || matches!(c as u32, 0xFDD0..=0xFDEF)
}

/// At most `limit` characters of `text` around the byte range `focus`, cut at character
/// boundaries, with `…` where something was left out. Returns the excerpt and where `focus`
/// begins and ends in it (bytes).
///
/// A `focus` that is out of range or not on character boundaries is moved to the nearest place that is.
pub fn excerpt(text: &str, focus: std::ops::Range<usize>, limit: usize) -> (String, std::ops::Range<usize>) {
    let start = floor(text, focus.start.min(text.len()));
    let end = floor(text, focus.end.clamp(start, text.len()));
    let wanted = text[start..end].chars().count();
    let spare = limit.saturating_sub(wanted);
    let left = text[..start].char_indices().rev().take(spare / 2 + 1).last().map_or(0, |(i, _)| i);
    let left = if text[..start].chars().count() <= spare / 2 { 0 } else { left };
    let used = text[left..start].chars().count();
    let right = text[end..].char_indices().nth(spare - used.min(spare)).map_or(text.len(), |(i, _)| end + i);
    let mut out = String::new();
    if left > 0 {
        out.push('…');
    }
    let shift = out.len() + start - left;
    out.push_str(&text[left..right]);
    if right < text.len() {
        out.push('…');
    }
    (out, shift..shift + end - start)
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn controls_become_names() {
        assert_eq!(visible("a\u{202e}b\u{1b}[31m\n\u{200b}"), "aU+202EbU+001B[31m⏎U+200B");
        assert_eq!(visible("größe 安全 👍"), "größe 安全 👍");
    }

    #[test]
    fn excerpts_keep_the_focus() {
        let text = format!("{}TRIGGER{}", "é".repeat(500), "z".repeat(500));
        let (out, span) = excerpt(&text, 1000..1007, 60);
        assert_eq!(&out[span], "TRIGGER");
        assert!(out.starts_with('…') && out.ends_with('…') && out.chars().count() <= 64);
        assert_eq!(excerpt("short", 0..0, 60), ("short".into(), 0..0));
    }

    proptest! {
        #[test]
        fn nothing_visible_gives_can_control_a_terminal(text in any::<String>()) {
            prop_assert!(visible(&text).chars().all(|c| !is_invisible(c)));
        }

        #[test]
        fn excerpts_never_panic(text in any::<String>(), a in 0usize..200, b in 0usize..200, limit in 0usize..80) {
            let (out, span) = excerpt(&text, a..b, limit);
            prop_assert!(out.get(span).is_some());
        }
    }
}
