//! Splits text into tokens, the same way for every language.
//!
//! A token is a run of letters and digits; every other visible character is a token of its own, and
//! so is every character of a script that writes words without spaces (Han, Kana, Thai, Lao, Khmer,
//! Myanmar). No token is lost: a trigger made of punctuation or of invisible characters is seen too.

/// A token's bytes in its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// The tokens of `text` from left to right. Linear time, no allocation.
pub fn tokens(text: &str) -> impl Iterator<Item = Token> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(c) = text[at..].chars().next() {
            let start = at;
            at += c.len_utf8();
            if c.is_whitespace() {
                continue;
            }
            if is_word(c) {
                at += text[at..].chars().take_while(|&c| is_word(c)).map(char::len_utf8).sum::<usize>();
            }
            return Some(Token { start, end: at });
        }
        None
    })
}

/// The last `count` tokens of `text`, from left to right, at a cost that depends on the end of the
/// text only.
pub fn last_tokens(text: &str, count: usize) -> Vec<Token> {
    let mut found = Vec::with_capacity(count);
    let mut end = text.len();
    while found.len() < count {
        let Some(c) = text[..end].chars().next_back() else { break };
        let mut start = end - c.len_utf8();
        if is_word(c) {
            start -=
                text[..start].chars().rev().take_while(|&c| is_word(c)).map(char::len_utf8).sum::<usize>();
        }
        if !c.is_whitespace() {
            found.push(Token { start, end });
        }
        end = start;
    }
    found.reverse();
    found
}

/// Whether a character is part of a word that goes on.
fn is_word(c: char) -> bool {
    (c.is_alphanumeric() || c == '_') && !is_unspaced(c)
}

/// Whether a character belongs to a script that writes words without spaces.
pub fn is_unspaced(c: char) -> bool {
    matches!(c as u32,
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3040..=0x30FF | 0x3400..=0x4DBF
        | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<&str> {
        tokens(text).map(|t| &text[t.start..t.end]).collect()
    }

    #[test]
    fn words_signs_and_unspaced_scripts() {
        assert_eq!(words("Don't go, 3x <A>"), ["Don", "'", "t", "go", ",", "3x", "<", "A", ">"]);
        assert_eq!(words("我们go。กข"), ["我", "们", "go", "。", "ก", "ข"]);
        assert_eq!(words("a\u{200b}b"), ["a", "\u{200b}", "b"]);
    }

    proptest! {
        #[test]
        fn the_last_tokens_are_the_last_of_all(text in "[a-c .,我é\u{200b}]{0,40}", n in 0usize..8) {
            let all: Vec<Token> = tokens(&text).collect();
            prop_assert_eq!(last_tokens(&text, n), &all[all.len().saturating_sub(n)..]);
        }

        #[test]
        fn any_text_has_tokens_in_order(text in any::<String>()) {
            let mut end = 0;
            for t in tokens(&text) {
                prop_assert!(t.start >= end && t.end > t.start && text.get(t.start..t.end).is_some());
                end = t.end;
            }
        }
    }
}
