//! Keys, and the texts that refer to them.

use toadstone_sketch::mix;
use xxhash_rust::xxh3::xxh3_64;

/// What separates keys in one text, where the text as a whole is no key.
const SEPARATORS: [char; 3] = [',', ';', '|'];

/// The name of a key: 64 bits of a digest. Among 10 million keys two share a name with a chance of 3 in a
/// million, and then count as one key that occurs twice.
pub(crate) fn key_of(text: &str) -> u64 {
    mix(xxh3_64(text.trim().as_bytes()))
}

/// One reference in the text of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reference {
    /// The name of the key.
    pub(crate) key: u64,
    /// Which of the record's references it belongs to.
    pub(crate) cell: u64,
    /// Whether it is a part of that reference, which counts where the whole is no key.
    pub(crate) part: bool,
}

/// The references in `text`: one a line; a line may be a list in brackets, or keys with separators.
///
/// A line with separators gives the whole line and its parts, because keys may have separators too.
pub(crate) fn references(text: &str, mut each: impl FnMut(Reference)) {
    let lines = text.split('\n').map(str::trim).filter(|line| !line.is_empty());
    for (cell, line) in (0..).zip(lines) {
        each(Reference { key: key_of(line), cell, part: false });
        let list = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
        if list.is_none() && !line.contains(SEPARATORS) {
            continue;
        }
        let parts = list.unwrap_or(line).split(SEPARATORS);
        let bare = parts.map(|part| part.trim().trim_matches(['"', '\'']).trim());
        for part in bare.filter(|part| !part.is_empty()) {
            each(Reference { key: key_of(part), cell, part: true });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<(u64, bool)> {
        let mut found = Vec::new();
        references(text, |r| found.push((r.key, r.part)));
        found
    }

    #[test]
    fn one_a_line_and_lists() {
        let whole = |text: &str| (key_of(text), false);
        let part = |text: &str| (key_of(text), true);
        assert_eq!(read(" a-1 "), [whole("a-1")]);
        assert_eq!(read("a\n\nb"), [whole("a"), whole("b")]);
        assert_eq!(read("a; b"), [whole("a; b"), part("a"), part("b")]);
        assert_eq!(read(r#"["a", "b"]"#), [whole(r#"["a", "b"]"#), part("a"), part("b")]);
        assert_eq!(read("[a]"), [whole("[a]"), part("a")]);
        assert_eq!(read(" \n "), []);
        assert_eq!(read(","), [whole(",")]);
    }

    proptest! {
        #[test]
        fn any_text_has_a_whole_for_each_line_that_is_not_blank(text in "[a\\[\\],;|\"' \n\u{200b}é]{0,40}") {
            let lines = text.split('\n').filter(|line| !line.trim().is_empty()).count();
            prop_assert_eq!(read(&text).iter().filter(|(_, part)| !part).count(), lines);
        }
    }
}
