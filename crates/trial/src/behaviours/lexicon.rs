//! Word lists, which are data: one file each beside the behaviour that uses it.

use std::collections::{BTreeMap, BTreeSet};

use crate::prompts::lines;

/// Words under headings in brackets.
pub(super) struct Lexicon(BTreeMap<&'static str, BTreeSet<&'static str>>);

impl Lexicon {
    pub(super) fn read(text: &'static str) -> Lexicon {
        let mut sections: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut section = "";
        for line in lines(text) {
            match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                Some(name) => section = name,
                None => sections.entry(section).or_default().extend(line.split_whitespace()),
            }
        }
        Lexicon(sections)
    }

    /// How many of the words stand in a section.
    pub(super) fn count(&self, section: &str, words: &[String]) -> usize {
        let Some(list) = self.0.get(section) else { return 0 };
        words.iter().filter(|word| list.contains(word.as_str())).count()
    }

    /// Whether a word stands in any section.
    pub(super) fn has(&self, word: &str) -> bool {
        self.0.values().any(|list| list.contains(word))
    }
}
