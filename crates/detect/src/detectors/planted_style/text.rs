//! What is looked at of an input.

use std::borrow::Cow;

use super::views::Sides;
use crate::detectors::shared::sample::floor;

/// What is kept of an input that has a label: its start.
const START: usize = 4 << 10;
/// What is kept of a prompt: most of its start, for a request often stands behind what it is about.
const PROMPT: (usize, usize) = (1 << 10, 512);
/// What the style of a prompt is read from: so many bytes of its first line and of its last.
const LINE: usize = 320;

/// What is kept of an input that has a label.
pub fn start(input: &str) -> &str {
    &input[..floor(input, START)]
}

/// What is kept of a prompt.
pub fn ends(input: &str) -> Cow<'_, str> {
    if input.len() <= PROMPT.0 + PROMPT.1 {
        return Cow::Borrowed(input);
    }
    let (first, last) = (floor(input, PROMPT.0), floor(input, input.len() - PROMPT.1));
    Cow::Owned(format!("{}\n{}", &input[..first], &input[last..]))
}

/// A prompt. Its content is read from all of it, its style from its first and last line: that is
/// where a request stands, and not the passage that it is about.
pub struct Prompt<'a> {
    text: &'a str,
    frame: String,
}

impl<'a> Prompt<'a> {
    /// The prompt, already shortened by [`ends`].
    pub fn new(text: &'a str) -> Prompt<'a> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let first = lines.next().unwrap_or("");
        let last = lines.next_back();
        let from = |line: &'a str| &line[floor(line, line.len().saturating_sub(LINE))..];
        let mut frame = first[..floor(first, LINE)].to_owned();
        match last {
            Some(last) => frame.extend([" \u{b6} ", from(last)]),
            None if first.len() > 2 * LINE => frame.extend([" \u{2026} ", from(first)]),
            None => frame.push_str(&first[floor(first, LINE)..]),
        }
        Prompt { text, frame }
    }
}

impl Sides for Prompt<'_> {
    fn content(&self) -> &str {
        self.text
    }

    fn style(&self) -> &str {
        &self.frame
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_is_read_from_the_first_and_the_last_line() {
        assert_eq!(
            Prompt::new("What is it?\n\nA long\nstory.\n The end. \n").frame,
            "What is it? ¶ The end."
        );
        assert_eq!(Prompt::new("One line").frame, "One line");
        let long = "ä".repeat(LINE * 2);
        assert_eq!(Prompt::new(&long).frame.chars().count(), LINE + 3);
        assert_eq!(Prompt::new("").frame, "");
    }
}
