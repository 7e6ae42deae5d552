//! Word lists, which are data: one file each beside the code.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use xxhash_rust::xxh3::Xxh3DefaultBuilder;

/// Words of a section.
type Words = HashSet<&'static str, Xxh3DefaultBuilder>;

/// Openings of refusals.
pub static REFUSAL: LazyLock<Vec<&str>> =
    LazyLock::new(|| lines(include_str!("lexicon/refusal.txt")).collect());
/// Words that give an answer its tone: `negative`, `positive`.
pub static TONE: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(include_str!("lexicon/tone.txt")));
/// Frequent short words of languages.
pub static LANGUAGE: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::read(include_str!("lexicon/language.txt")));
/// Words that ask for something, by what they ask for.
pub static ASKED: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(include_str!("lexicon/asked.txt")));

/// Lists of words under headings in brackets.
pub struct Lexicon(BTreeMap<&'static str, Words>);

impl Lexicon {
    fn read(text: &'static str) -> Lexicon {
        let mut sections: BTreeMap<&str, Words> = BTreeMap::new();
        let mut section = "";
        for line in lines(text) {
            match line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                Some(name) => section = name,
                None => sections.entry(section).or_default().extend(line.split_whitespace()),
            }
        }
        Lexicon(sections)
    }

    /// Whether the word stands in the section.
    pub fn has(&self, section: &str, word: &str) -> bool {
        self.0.get(section).is_some_and(|words| words.contains(word))
    }

    /// The headings, in alphabetical order.
    pub fn sections(&self) -> impl Iterator<Item = &'static str> {
        self.0.keys().copied()
    }

    /// The words of a section that are written in Han characters, which no tokens are.
    pub fn han(&self, section: &str) -> impl Iterator<Item = &'static str> {
        let han = |word: &&str| word.chars().all(|c| c >= '\u{2E80}');
        self.0.get(section).into_iter().flatten().copied().filter(move |word| han(word))
    }
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}
