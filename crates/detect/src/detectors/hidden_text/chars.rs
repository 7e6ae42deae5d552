//! Which characters hide, and where they are at home.

use unicode_script::{Script, UnicodeScript};

/// What an invisible character is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hidden {
    /// Zero-width space, joiners, word joiner and the like.
    ZeroWidth,
    /// Marks, embeddings, overrides and isolates of the bidirectional algorithm.
    Bidi,
    /// Tag characters.
    Tag,
    /// Variation selectors.
    Selector,
    /// Letters and symbols that are drawn as nothing.
    Filler,
    /// Spaces that no keyboard has.
    Space,
    /// Soft hyphen, byte order mark, private use: the usual dirt of web pages.
    Dirt,
    /// Controls.
    Control,
}

/// What `c` hides as; `None` for a character that a reader sees.
pub(super) fn hidden(c: char) -> Option<Hidden> {
    Some(match c as u32 {
        0x09 | 0x0A | 0x0C | 0x0D | 0x85 => return None,
        0x00..=0x1F | 0x7F..=0x9F | 0xFFF9..=0xFFFB => Hidden::Control,
        0x61C | 0x200E | 0x200F | 0x202A..=0x202E | 0x2066..=0x2069 => Hidden::Bidi,
        0x180E | 0x200B..=0x200D | 0x2060..=0x2065 | 0x206A..=0x206F => Hidden::ZeroWidth,
        0x180B..=0x180D | 0x180F | 0xFE00..=0xFE0F | 0xE0100..=0xE01EF => Hidden::Selector,
        0x34F | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x2800 | 0x3164 | 0xFFA0 => Hidden::Filler,
        0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A => Hidden::Filler,
        0x1680 | 0x2000..=0x2008 | 0x200A | 0x205F => Hidden::Space,
        0xAD | 0xFEFF | 0x2028 | 0x2029 | 0xE000..=0xF8FF | 0xF0000..=0x10FFFF => Hidden::Dirt,
        0xE0000..=0xE00FF | 0xE01F0..=0xE0FFF => Hidden::Tag,
        _ => return None,
    })
}

/// Whether `c` belongs to a script whose spelling uses joiners and zero-width spaces (Arabic,
/// Persian, the scripts of India, Thai, Khmer, Mongolian, ...).
pub(super) fn joins(c: char) -> bool {
    use Script::*;
    let script = c.script();
    !matches!(
        script,
        Latin | Greek | Cyrillic | Armenian | Georgian | Common | Inherited | Unknown | Hangul | Cherokee
    ) && !east_asian(c)
}

/// Whether `c` is of a script that is written without spaces and broken with zero-width ones.
pub(super) fn east_asian(c: char) -> bool {
    use Script::*;
    matches!(c.script(), Han | Hiragana | Katakana | Bopomofo | Yi) || matches!(c, '\u{3000}'..='\u{303F}')
}

/// Whether `c` is written from right to left.
pub(super) fn right_to_left(c: char) -> bool {
    matches!(c as u32, 0x590..=0x8FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFE | 0x10800..=0x10FFF | 0x1E800..=0x1EFFF)
}

/// Whether `c` can be part of an emoji: pictographs, regional indicators, skin tones, and the older
/// symbols that a selector turns into pictures.
pub(super) fn pictograph(c: char) -> bool {
    matches!(c as u32,
        0x23 | 0x2A | 0x30..=0x39 | 0xA9 | 0xAE | 0x203C | 0x2049 | 0x20E3 | 0x2100..=0x27BF | 0x2900..=0x2BFF
        | 0x3030 | 0x303D | 0x3297 | 0x3299 | 0x1F000..=0x1FAFF)
}

/// Whether a variation selector may follow `c`.
pub(super) fn takes_selector(c: char, selector: char) -> bool {
    match selector as u32 {
        0x180B..=0x180F => c.script() == Script::Mongolian,
        0xE0100..=0xE01EF => c.script() == Script::Han,
        0xFE0E | 0xFE0F => pictograph(c) || !c.is_alphanumeric(),
        _ => {
            !c.is_ascii_alphanumeric()
                && !matches!(c.script(), Script::Latin | Script::Greek | Script::Cyrillic)
        }
    }
}

/// Whether `c` is a letter of an alphabet in which nothing invisible belongs inside a word.
pub(super) fn plain_letter(c: char) -> bool {
    c.is_ascii_alphabetic()
        || (c.is_alphabetic()
            && matches!(c.script(), Script::Latin | Script::Greek | Script::Cyrillic | Script::Armenian))
}
