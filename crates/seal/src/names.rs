//! Names of files in a seal, from somebody who may want to reach other files.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

/// Most bytes that a name may have.
const LONGEST: usize = 4096;

/// Why a name is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// It does not name a file below the folder, the same one everywhere.
    #[error("the name `{name}` {why}")]
    Unusable {
        /// The name (hostile text).
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Two names that some systems take for one.
    #[error("the names `{first}` and `{second}` are the same where case or Unicode form do not count")]
    Collision {
        /// One of them.
        first: String,
        /// The other.
        second: String,
    },
}

/// Checks that a name leads to a file below the folder that it is looked up in.
///
/// # Errors
/// [`NameError::Unusable`].
pub fn check(name: &str) -> Result<(), NameError> {
    match fault(name) {
        Some(why) => Err(NameError::Unusable { name: name.to_owned(), why }),
        None => Ok(()),
    }
}

fn fault(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return Some("is empty");
    }
    if name.len() > LONGEST {
        return Some("is too long");
    }
    if name.contains('\0') {
        return Some("holds a NUL");
    }
    if name.contains('\\') {
        return Some("holds a backslash, which separates folders on some systems");
    }
    let mut characters = name.chars();
    let drive = characters.next().is_some_and(|c| c.is_ascii_alphabetic()) && characters.next() == Some(':');
    if name.starts_with('/') || (drive && name[2..].starts_with('/')) {
        return Some("is absolute");
    }
    name.split('/').find_map(|part| match part {
        "" => Some("has an empty part"),
        "." | ".." => Some("has a part that leads elsewhere"),
        _ => None,
    })
}

/// Checks that no two names are one on a system that ignores case or the form of Unicode, and that
/// none is a folder of another. O(n) names in memory.
///
/// # Errors
/// [`NameError`] with the first pair.
pub fn check_apart<'n>(names: impl Iterator<Item = &'n str>) -> Result<(), NameError> {
    let mut seen: HashMap<String, &str> = HashMap::new();
    for name in names {
        if let Some(first) = seen.insert(folded(name), name) {
            return Err(NameError::Collision { first: first.to_owned(), second: name.to_owned() });
        }
    }
    for name in seen.values() {
        let folders = name.match_indices('/').map(|(at, _)| &name[..at]);
        if let Some(file) = folders.filter_map(|folder| seen.get(&folded(folder))).next() {
            return Err(NameError::Collision { first: (*file).to_owned(), second: (*name).to_owned() });
        }
    }
    Ok(())
}

/// What is left of a name where neither case nor form counts.
fn folded(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    name.nfkd().collect::<String>().to_lowercase().nfkc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for good in ["a", "a/b.jsonl", ".hidden", "a/..b", "ä/\u{1f600}", "c:", "a:b/c"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "/etc/passwd",
            "..",
            "a/../b",
            "../a",
            "./a",
            "a/.",
            "a//b",
            "a/",
            "a\0b",
            "a\\b",
            "c:/x",
            &"x".repeat(5000),
        ] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn names_that_some_systems_take_for_one_are_refused() {
        let apart = |names: &[&str]| check_apart(names.iter().copied()).is_ok();
        assert!(apart(&["a", "b", "c/a", "ab", "a.txt"]));
        assert!(!apart(&["a", "A"]));
        assert!(!apart(&["a", "a"]));
        assert!(!apart(&["stra\u{df}e", "b", "STRA\u{df}E"]));
        assert!(!apart(&["\u{e9}", "e\u{301}"]));
        assert!(!apart(&["\u{c9}", "e\u{301}"]));
        assert!(!apart(&["a", "a/b"]));
        assert!(!apart(&["A", "a/b/c"]));
    }
}
