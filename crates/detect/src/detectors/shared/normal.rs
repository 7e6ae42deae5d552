//! The normal form in which two texts are the same to a reader.

use super::tokens::ascii_prefix;
use toadstone_core::{Record, Role};
use toadstone_sketch::mix;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

/// The fields that make a record what it is; where it came from does not.
const FIELDS: [Role; 4] = [Role::Input, Role::Output, Role::Rejected, Role::Label];

/// A digest of the record as it stands; `None` if it has no text.
pub(crate) fn raw_digest(record: &Record<'_>) -> Option<u64> {
    let fields = FIELDS.iter().filter_map(|&role| Some((role, record.get(role)?)));
    fields.fold(None, |digest, (role, text)| {
        Some(mix(digest.unwrap_or(0) ^ xxh3_64(text.as_bytes())).wrapping_add(role as u64))
    })
}

/// Digests normal forms; reused, it allocates nothing.
#[derive(Default)]
pub(crate) struct Normaliser {
    form: Vec<u8>,
}

impl Normaliser {
    /// A digest of the record's normal form, as two words.
    pub(crate) fn digest(&mut self, record: &Record<'_>) -> [u64; 2] {
        let mut digest = [0, 0];
        for (role, text) in FIELDS.iter().filter_map(|&role| Some((role, record.get(role)?))) {
            let form = xxh3_128(self.form(text));
            digest[0] = mix(digest[0] ^ (form >> 64) as u64).wrapping_add(role as u64);
            digest[1] = mix(digest[1] ^ form as u64).wrapping_add(role as u64);
        }
        digest
    }

    /// The text in lower case, compatibility-composed (NFKC; Unicode Standard Annex 15), with every
    /// stretch of white space as one space and none at the ends.
    ///
    /// O(n); ASCII goes by table at about 1 GB/s.
    pub(crate) fn form(&mut self, text: &str) -> &[u8] {
        self.form.clear();
        let mut rest = text;
        while !rest.is_empty() {
            let foreign = ascii_prefix(rest);
            // The letter before may be the base of a mark.
            let base = if foreign < rest.len() { foreign.saturating_sub(1) } else { foreign };
            self.ascii(&rest.as_bytes()[..base]);
            let end = rest[foreign..].bytes().position(|b| b.is_ascii_whitespace());
            let end = end.map_or(rest.len(), |at| foreign + at);
            self.other(&rest[base..end]);
            rest = &rest[end..];
        }
        if self.form.last() == Some(&b' ') {
            self.form.pop();
        }
        &self.form
    }

    fn ascii(&mut self, text: &[u8]) {
        let start = self.form.len();
        self.form.resize(start + text.len(), 0);
        let mut previous = start.checked_sub(1).map_or(b' ', |last| self.form[last]);
        let out = &mut self.form[start..];
        let mut length = 0;
        for &byte in text {
            let byte = PLAIN[usize::from(byte)];
            // Always written, kept or not: a branch here would be guessed wrong at every word.
            out[length] = byte;
            length += usize::from(byte != b' ' || previous != b' ');
            previous = byte;
        }
        self.form.truncate(start + length);
    }

    fn other(&mut self, text: &str) {
        if text.chars().all(settled) || is_nfkc_quick(text.chars()) == IsNormalized::Yes {
            text.chars().for_each(|c| match c {
                // Scripts without capitals.
                '\u{900}'..='\u{109F}' | '\u{3040}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' => self.push(c),
                c => c.to_lowercase().for_each(|c| self.push(c)),
            });
        } else {
            text.nfkc().flat_map(char::to_lowercase).for_each(|c| self.push(c));
        }
    }

    fn push(&mut self, c: char) {
        if c.is_whitespace() {
            if self.form.last().is_some_and(|&last| last != b' ') {
                self.form.push(b' ');
            }
        } else {
            self.form.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
}

/// Whether `c` is composed already and nothing in front changes it: most letters of most texts, told
/// without a table.
fn settled(c: char) -> bool {
    matches!(c as u32,
        0..=0x7F | 0xC0..=0x131 | 0x134..=0x13E | 0x141..=0x148 | 0x14A..=0x17E | 0x410..=0x44F | 0x5D0..=0x5EA
        | 0x621..=0x64A | 0x6A9..=0x6BE | 0x2010 | 0x2012..=0x2016 | 0x2018..=0x2022 | 0x3041..=0x3096
        | 0x30A1..=0x30FA | 0x4E00..=0x9FFF | 0xAC00..=0xD7A3)
}

/// Lower case, and white space as a space.
const PLAIN: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0usize;
    while byte < 256 {
        let b = byte as u8;
        table[byte] = if b.is_ascii_whitespace() || b == 0x0B { b' ' } else { b.to_ascii_lowercase() };
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn form(text: &str) -> String {
        String::from_utf8(Normaliser::default().form(text).to_vec()).unwrap()
    }

    #[test]
    fn what_reads_the_same_is_the_same() {
        assert_eq!(form("  Hello,\r\n\tWORLD \u{a0} x "), "hello, world x");
        assert_eq!(form("Cafe\u{301} ﬁne"), form("CAFÉ   fine"));
        assert_eq!(form("ＦＵＬＬ width²"), "full width2");
        assert_eq!(form(""), "");
        assert_ne!(form("a b"), form("ab"));
    }

    #[test]
    fn settled_letters_are_what_the_tables_say() {
        for c in (0..0x110000).filter_map(char::from_u32).filter(|&c| settled(c)) {
            assert_eq!(is_nfkc_quick(std::iter::once(c)), IsNormalized::Yes, "{c:?}");
            let uncased = matches!(c, '\u{3040}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}');
            assert!(!uncased || c.to_lowercase().eq([c]), "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn a_normal_form_is_its_own(text in any::<String>()) {
            let once = form(&text);
            prop_assert!(!once.contains("  ") && !once.starts_with(' ') && !once.ends_with(' '));
            prop_assert_eq!(form(&format!(" {text}\n")), once);
        }
    }
}
