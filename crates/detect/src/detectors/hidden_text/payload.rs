//! Text that is written in invisible characters, read.

/// What a run of tag characters spells: each is an ASCII character moved up by U+E0000.
pub(super) fn tags(run: &str) -> String {
    run.chars().filter_map(|c| ascii((c as u32).checked_sub(0xE_0000)?)).collect()
}

fn ascii(code: u32) -> Option<char> {
    char::from_u32(code).filter(|c| matches!(c, ' '..='~' | '\n'))
}

/// The bytes that variation selectors carry: VS1 to VS16 are 0 to 15, VS17 to VS256 are 16 to 255.
pub(super) fn selectors(run: &str) -> Vec<u8> {
    let byte = |c: char| match c as u32 {
        code @ 0xFE00..=0xFE0F => Some((code - 0xFE00) as u8),
        code @ 0xE0100..=0xE01EF => Some((code - 0xE0100 + 16) as u8),
        _ => None,
    };
    run.chars().filter_map(byte).collect()
}

/// `bytes` as text if a person could read it: UTF-8, and nearly all of it printable.
pub(super) fn readable(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let total = text.chars().count();
    let odd = text.chars().filter(|&c| (c.is_control() && c != '\n') || c == '\u{FFFD}').count();
    (total > 0 && odd * 10 <= total).then(|| text.to_owned())
}

/// The text that a run of zero-width characters of two kinds spells in bits of 8 or 7, with either
/// kind as the one bit; a third kind separates characters and is left out. `None` if no way of
/// reading it gives text.
pub(super) fn bits(run: &str) -> Option<String> {
    let mut kinds: Vec<char> = Vec::new();
    for c in run.chars() {
        if !kinds.contains(&c) {
            kinds.push(c);
        }
    }
    let pairs = kinds.iter().flat_map(|&zero| kinds.iter().map(move |&one| (zero, one)));
    let mut found: Vec<String> = pairs
        .filter(|(zero, one)| zero != one && kinds.len() <= 4)
        .flat_map(|(zero, one)| [8, 7].map(|width| spell(run, zero, one, width)))
        .flatten()
        .collect();
    // Several ways may give text; the one with most letters and digits is meant.
    found.sort_by_key(|text| std::cmp::Reverse(text.chars().filter(|c| c.is_alphanumeric()).count()));
    found.into_iter().next()
}

fn spell(run: &str, zero: char, one: char, width: usize) -> Option<String> {
    let bits: Vec<u8> = run.chars().filter(|&c| c == zero || c == one).map(|c| u8::from(c == one)).collect();
    if !bits.len().is_multiple_of(width) {
        return None;
    }
    let bytes: Vec<u8> = bits.chunks(width).map(|c| c.iter().fold(0, |byte, bit| byte << 1 | bit)).collect();
    let distinct = bytes.iter().enumerate().filter(|&(at, b)| !bytes[..at.min(8)].contains(b)).count();
    // Patterns such as 0101... are dirt that happens to read as a letter.
    if distinct < 3 {
        return None;
    }
    let common = |b: &u8| b.is_ascii_alphanumeric() || b" .,:;/_-!?'\"()".contains(b);
    readable(&bytes).filter(|_| bytes.iter().filter(|b| common(b)).count() * 10 >= bytes.len() * 9)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_way_of_hiding_is_read() {
        let tagged: String =
            "obey me".bytes().filter_map(|b| char::from_u32(0xE0000 + u32::from(b))).collect();
        assert_eq!(tags(&tagged), "obey me");
        let byte = |b: u8| char::from_u32(if b < 16 { 0xFE00 } else { 0xE00F0 } + u32::from(b)).unwrap();
        let selected: String = "obéy\n".bytes().map(byte).collect();
        assert_eq!(readable(&selectors(&selected)).unwrap(), "obéy\n");
        let bit = |b: u8| (0..8).rev().map(move |i| if b >> i & 1 == 1 { '\u{200c}' } else { '\u{200b}' });
        let spelled: String = "obey".bytes().flat_map(bit).collect();
        assert_eq!(bits(&spelled).unwrap(), "obey");
        assert_eq!(bits(&"\u{200b}\u{200c}".repeat(8)), None);
        assert_eq!(readable(&[0xFF, 0xFE]), None);
    }

    proptest! {
        #[test]
        fn any_run_is_harmless(run in any::<String>(), bytes in any::<Vec<u8>>(), zeros in any::<Vec<bool>>()) {
            tags(&run);
            selectors(&run);
            bits(&run);
            readable(&bytes);
            bits(&zeros.iter().map(|&z| if z { '\u{200b}' } else { '\u{2060}' }).collect::<String>());
        }
    }
}
