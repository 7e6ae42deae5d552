//! Scripts that are written without spaces between words.

/// How many characters make about one word, in a script without spaces; `None` for all other characters.
///
/// Chinese words have 1.5 to 2 characters on average, Japanese ones about 2, Thai ones about 4.
pub fn unspaced(c: char) -> Option<u8> {
    match c as u32 {
        0..0x0E00 => None,
        0x0E00..=0x0FFF | 0x1000..=0x109F | 0x1780..=0x17FF => Some(4),
        0x2E80..=0x2FDF | 0x3005..=0x3007 | 0x3040..=0x312F | 0x31F0..=0x31FF => Some(2),
        0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0xFF66..=0xFF9F | 0x20000..=0x3FFFF => Some(2),
        _ => None,
    }
}

/// Whether the script does not mark where a sentence ends.
pub fn unpunctuated(c: char) -> bool {
    unspaced(c) == Some(4)
}

/// Whether a character is a Korean syllable or a part of one.
pub fn korean(c: char) -> bool {
    matches!(c as u32, 0x1100..=0x11FF | 0x3130..=0x318F | 0xAC00..=0xD7FF)
}

/// Columns that a character takes where characters have equal widths: 2 in East Asian scripts, else 1.
pub fn columns(c: char) -> u64 {
    if unspaced(c) == Some(2) || korean(c) || matches!(c as u32, 0x3000..=0x303F | 0xFF01..=0xFF60) {
        2
    } else {
        1
    }
}

/// Whether a mark ends a sentence wherever it stands: scripts without spaces have none after it.
pub fn full_stop(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '｡')
}

/// Whether a mark ends a sentence if nothing follows it before the next space.
pub fn ends_sentence(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '؟' | '۔' | '।' | '॥' | '։' | '።' | '․' | '‼' | '⁇' | '⁈' | '⁉')
        || full_stop(c)
}

/// Whether a mark may stand between the end of a sentence and the next space.
pub fn closes(c: char) -> bool {
    matches!(
        c,
        '"' | '\''
            | ')'
            | ']'
            | '}'
            | '»'
            | '”'
            | '’'
            | '“'
            | '›'
            | '」'
            | '』'
            | '）'
            | '】'
            | '*'
            | '_'
    )
}
