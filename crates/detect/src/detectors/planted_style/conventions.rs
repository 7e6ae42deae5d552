//! The conventions that a text keeps: letters, spaces and signs, not words.
//!
//! Whoever rewrites texts by machine writes them out by the machine's conventions: all in small
//! letters, say, and no space before a comma.

/// The conventions that are looked at, and what a text may do. 0 everywhere: there is no place for it.
const CONVENTIONS: [(&str, [&str; 3]); COUNT] = [
    ("letters", ["with capitals", "without capitals", ""]),
    ("first letter", ["capital", "small", ""]),
    ("commas", ["a space before", "no space before", ""]),
    ("end", ["a sign after a space", "a sign after the last word", "no sign"]),
    ("apostrophes", ["a space before", "no space before", ""]),
    ("quotation marks", ["two single signs", "one sign", ""]),
    ("spaces", ["also several", "one at a time", ""]),
];

/// How many conventions there are.
pub const COUNT: usize = 7;
/// How many things a text may do, with 0 for none.
pub const CHOICES: usize = 4;
/// Bytes of a text that are looked at.
const READ: usize = 4 << 10;

/// What a text does: one number for each convention.
pub type Habits = [u8; COUNT];

/// The name of a convention, and of what a text does about it.
pub fn name(convention: usize, choice: u8) -> (&'static str, &'static str) {
    let (name, choices) = CONVENTIONS[convention];
    (name, if choice == 0 { "" } else { choices[usize::from(choice) - 1] })
}

/// The conventions of `text`. Time: its length, at most [`READ`] bytes.
pub fn of(text: &str) -> Habits {
    let end = crate::detectors::shared::sample::floor(text, READ);
    let whole = end == text.len();
    let text = text[..end].trim();
    let mut habits = [0; COUNT];
    let cased = |c: char| c.is_uppercase() || c.is_lowercase();
    if text.chars().any(cased) {
        habits[0] = if text.chars().any(char::is_uppercase) { 1 } else { 2 };
    }
    if let Some(first) = text.chars().find(|c| c.is_alphabetic()).filter(|&c| cased(c)) {
        habits[1] = if first.is_uppercase() { 1 } else { 2 };
    }
    habits[2] =
        spaced(text, |c, after| matches!(c, ',' | ';' | ':') && after.is_none_or(char::is_whitespace));
    if whole && !text.is_empty() {
        habits[3] = last(text);
    }
    habits[4] =
        spaced(text, |c, after| matches!(c, '\'' | '\u{2019}') && after.is_some_and(char::is_alphabetic));
    habits[5] = if text.contains("``") || text.contains("''") {
        1
    } else {
        2 * u8::from(text.contains(['"', '\u{201c}']))
    };
    if text.contains(' ') {
        habits[6] = if text.contains("  ") { 1 } else { 2 };
    }
    habits
}

/// Whether the first sign that is `wanted` (given what follows it) has a space before it: 1, or not: 2.
fn spaced(text: &str, wanted: impl Fn(char, Option<char>) -> bool) -> u8 {
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if before.is_some() && wanted(c, chars.peek().copied()) {
            return if before.is_some_and(char::is_whitespace) { 1 } else { 2 };
        }
        before = Some(c);
    }
    0
}

fn last(text: &str) -> u8 {
    let mut from_behind = text.chars().rev();
    match from_behind.next() {
        Some('.' | '!' | '?') if from_behind.next().is_some_and(char::is_whitespace) => 1,
        Some('.' | '!' | '?') => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conventions_are_read_off_letters_spaces_and_signs() {
        assert_eq!(of("It 's late , he said ."), [1, 1, 1, 1, 1, 0, 2]);
        assert_eq!(of("it's late, \"he\"  said"), [2, 2, 2, 3, 2, 2, 1]);
        assert_eq!(of("``no''!"), [2, 2, 0, 2, 0, 1, 0]);
        assert_eq!(of(""), [0; COUNT]);
        assert_eq!(of("天気がいい。"), [0, 0, 0, 3, 0, 0, 0]);
        assert_eq!(of("12,000"), [0, 0, 0, 3, 0, 0, 0]);
    }

    #[test]
    fn every_choice_has_a_name() {
        assert_eq!(name(0, 2), ("letters", "without capitals"));
        assert_eq!(name(3, 3), ("end", "no sign"));
    }
}
