//! The form of a text in which encodings, markup and typography no longer show.

use unicode_normalization::UnicodeNormalization;

/// The text in NFC, white space of any kind as single spaces, quotation marks and dashes of one shape, and
/// without byte order marks and soft hyphens. Other invisible characters stay: they may carry something.
pub fn normal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    let kept = text.chars().filter(|c| !matches!(c, '\u{feff}' | '\u{ad}'));
    let chars: &mut dyn Iterator<Item = char> =
        if text.is_ascii() { &mut text.chars() } else { &mut kept.nfc() };
    for c in chars {
        if c.is_whitespace() {
            space = !out.is_empty();
            continue;
        }
        if std::mem::take(&mut space) {
            out.push(' ');
        }
        match c {
            '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{60}' | '\u{b4}' => out.push('\''),
            '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{2033}' => out.push('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => out.push('-'),
            '\u{2026}' => out.push_str("..."),
            c => out.push(c),
        }
    }
    out
}

/// Calls `each` with every word of a normal text, in lower case. Scripts that put no spaces between words
/// (Han, Kana, Thai, ...) give a word for each character.
pub fn words(normal: &str, mut each: impl FnMut(&str)) {
    let mut word = String::new();
    for c in normal.chars() {
        if !c.is_alphanumeric() {
            flush(&mut word, &mut each);
        } else if unspaced(c) {
            flush(&mut word, &mut each);
            word.push(c);
            flush(&mut word, &mut each);
        } else {
            word.extend(c.to_lowercase());
        }
    }
    flush(&mut word, &mut each);
}

fn flush(word: &mut String, each: &mut impl FnMut(&str)) {
    if !word.is_empty() {
        each(word);
        word.clear();
    }
}

fn unspaced(c: char) -> bool {
    matches!(c as u32, 0xE00..=0xEFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3040..=0x30FF | 0x3400..=0x9FFF
        | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typography_and_space_do_not_show() {
        let a =
            "\u{feff}\u{201c}It\u{2019}s\u{201d}\u{a0}a  \r\n caf\u{65}\u{301} \u{2013} so\u{ad}so\u{2026}\n";
        assert_eq!(normal(a), "\"It's\" a caf\u{e9} - soso...");
        assert_eq!(normal(" plain\t text "), "plain text");
        assert_ne!(normal("pay\u{200d}load"), normal("payload"));
    }

    #[test]
    fn words_of_any_script() {
        let mut seen = Vec::new();
        words("Die Größe, 安全 x2!", |word| seen.push(word.to_owned()));
        assert_eq!(seen, ["die", "größe", "安", "全", "x2"]);
    }

    proptest::proptest! {
        #[test]
        fn it_is_normal_once_it_is_normal(text in proptest::prelude::any::<String>()) {
            let once = normal(&text);
            proptest::prop_assert_eq!(normal(&once), once);
        }
    }
}
