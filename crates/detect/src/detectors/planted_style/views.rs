//! Two views of a text: what it says and how it says it.
//!
//! Content: the words that are not among the corpus's most frequent. Style: n-grams in which all
//! but frequent words and signs are masked, or are only their last two letters; casing and spacing;
//! length. In clean data the two are nearly independent of each other, given the label.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3DefaultBuilder, xxh3_64};

use crate::features::linear::Features;
use crate::features::tokens::tokens;
use crate::travel::in_order;

/// So many of the most frequent tokens stay visible in the style.
const FUNCTION: usize = 200;
/// So many of the most frequent tokens say nothing of the content. Fewer, for negations and the
/// commonest words of praise and blame are content too.
const EMPTY: usize = 50;
/// Longest n-gram of the style.
const LONGEST: usize = 4;
/// Least number of texts with a feature.
const STYLE_LEAST: u32 = 4;
const CONTENT_LEAST: u32 = 3;
/// Tokens of a text that are looked at.
const TOKENS: usize = 400;

/// A part of a style feature. Codes below [`SIGN`] are the numbers of function words.
type Part = u64;
const SIGN: Part = 1 << 62;
const ENDING: Part = 1 << 61;
const SHAPE: Part = 1 << 60;
const BEGIN: Part = SHAPE;
const END: Part = SHAPE + 1;
const WORD: Part = SHAPE + 2;
const NUMBER: Part = SHAPE + 3;
const CAPITALISED: Part = SHAPE + 4;
const CAPITALS: Part = SHAPE + 5;
const LOWER: Part = SHAPE + 6;
const SPACED: Part = SHAPE + 7;
const GLUED: Part = SHAPE + 8;
const LENGTH: Part = SHAPE + 64;
const NOTHING: Part = u64::MAX;

/// What a style feature is made of; unused places are [`NOTHING`].
pub type Gram = [Part; LONGEST];

/// A text, of which either view may look at a part.
pub trait Sides {
    /// Where its content is read.
    fn content(&self) -> &str;
    /// Where its style is read.
    fn style(&self) -> &str {
        self.content()
    }
}

impl Sides for &str {
    fn content(&self) -> &str {
        self
    }
}

/// Numbers for the features of both views. Feature 0 of each stands in every text.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Views {
    /// Function words with their rank.
    #[serde(serialize_with = "in_order")]
    ranks: HashMap<Box<str>, u32, Xxh3DefaultBuilder>,
    words: Vec<Box<str>>,
    #[serde(serialize_with = "in_order")]
    content: HashMap<u64, u32, Xxh3DefaultBuilder>,
    #[serde(serialize_with = "in_order")]
    style: HashMap<Gram, u32, Xxh3DefaultBuilder>,
    grams: Vec<Gram>,
}

impl Views {
    /// Learns the features of `texts`. Time and memory: about 11 features a token.
    pub fn learn<T: Sides>(texts: &[T]) -> Views {
        let mut views = Views { grams: vec![[NOTHING; LONGEST]], ..Views::default() };
        views.learn_function_words(texts);
        let mut content: HashMap<u64, u32, Xxh3DefaultBuilder> = HashMap::default();
        let mut style: HashMap<Gram, u32, Xxh3DefaultBuilder> = HashMap::default();
        for text in texts {
            let (words, grams) = views.both(text);
            words.into_iter().for_each(|word| *content.entry(word).or_default() += 1);
            grams.into_iter().for_each(|gram| *style.entry(gram).or_default() += 1);
        }
        let mut content: Vec<u64> =
            content.into_iter().filter(|e| e.1 >= CONTENT_LEAST).map(|e| e.0).collect();
        content.sort_unstable();
        views.content = content.into_iter().zip(1..).collect();
        let mut grams: Vec<Gram> = style.into_iter().filter(|e| e.1 >= STYLE_LEAST).map(|e| e.0).collect();
        grams.sort_unstable();
        views.style = grams.iter().copied().zip(1..).collect();
        views.grams.extend(grams);
        views
    }

    fn learn_function_words<T: Sides>(&mut self, texts: &[T]) {
        let mut counts: BTreeMap<Box<str>, u32> = BTreeMap::new();
        for text in texts {
            let mut words: Vec<String> = folded(text.content()).collect();
            words.sort_unstable();
            words.dedup();
            words.into_iter().for_each(|word| *counts.entry(word.into()).or_default() += 1);
        }
        let mut counts: Vec<(u32, Box<str>)> = counts.into_iter().map(|(word, n)| (n, word)).collect();
        counts.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        self.words = counts.into_iter().take(FUNCTION).map(|(_, word)| word).collect();
        self.ranks = self.words.iter().cloned().zip(0..).collect();
    }

    /// Numbers of the content and of the style features of a text.
    pub fn features(&self, text: &impl Sides) -> (Features, Features) {
        let (words, grams) = self.both(text);
        let content = words.into_iter().filter_map(|word| self.content.get(&word).copied());
        let style = grams.into_iter().filter_map(|gram| self.style.get(&gram).copied());
        let numbered = |found: &mut dyn Iterator<Item = u32>| {
            let mut all: Features = std::iter::once(0).chain(found).collect();
            all.sort_unstable();
            all
        };
        (numbered(&mut { content }), numbered(&mut { style }))
    }

    /// How many content and style features there are.
    pub fn widths(&self) -> (usize, usize) {
        (self.content.len() + 1, self.grams.len())
    }

    fn both(&self, text: &impl Sides) -> (Vec<u64>, Vec<Gram>) {
        let content = self.split(text.content());
        let words = self.content_of(&content);
        let same = std::ptr::eq(text.content(), text.style());
        (words, grams_of(&if same { content } else { self.split(text.style()) }))
    }

    fn content_of(&self, split: &[Word]) -> Vec<u64> {
        let says = |word: &&Word| word.letters && word.rank.is_none_or(|rank| rank as usize >= EMPTY);
        let mut found: Vec<u64> = split.iter().filter(says).map(|word| word.digest).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    fn split(&self, text: &str) -> Vec<Word> {
        let mut end = 0;
        let word = |token: crate::features::tokens::Token| {
            let spaced = token.start > end;
            end = token.end;
            Word::new(&text[token.start..token.end], spaced, &self.ranks)
        };
        tokens(text).take(TOKENS).map(word).collect()
    }

    /// A style feature in words; `None` for the one that stands in every text.
    pub fn name(&self, feature: u32) -> Option<String> {
        let gram = self.grams.get(feature as usize).filter(|gram| gram[0] != NOTHING)?;
        let parts = gram.iter().filter(|&&part| part != NOTHING).map(|&part| self.part(part));
        Some(parts.collect::<Vec<_>>().join(" "))
    }

    fn part(&self, part: Part) -> String {
        let char_at = |shift: u32| char::from_u32((part >> shift) as u32 & 0x1f_ffff).unwrap_or('?');
        match part {
            BEGIN => "<start>".into(),
            END => "<end>".into(),
            WORD => "<word>".into(),
            NUMBER => "<number>".into(),
            CAPITALISED => "<Capitalised>".into(),
            CAPITALS => "<CAPITALS>".into(),
            LOWER => "<lower case>".into(),
            SPACED => "<space>".into(),
            GLUED => "<no space>".into(),
            _ if part >= SIGN => char_at(0).into(),
            _ if part >= ENDING => format!("<-{}{}>", char_at(21), char_at(0)),
            _ if part >= LENGTH => format!("<length class {}>", part - LENGTH),
            _ => self.words.get(part as usize).map_or_else(String::new, |word| word.to_string()),
        }
    }
}

fn folded(text: &str) -> impl Iterator<Item = String> + '_ {
    tokens(text).take(TOKENS).map(|token| text[token.start..token.end].to_lowercase())
}

/// A token as the views see it.
struct Word {
    digest: u64,
    rank: Option<u32>,
    letters: bool,
    masked: Part,
    ending: Part,
    shape: Part,
    spaced: bool,
}

impl Word {
    fn new(token: &str, spaced: bool, ranks: &HashMap<Box<str>, u32, Xxh3DefaultBuilder>) -> Word {
        let lower = token.to_lowercase();
        let first = token.chars().next().unwrap_or(' ');
        let rank = ranks.get(lower.as_str()).copied();
        let mut last = lower.chars().rev();
        let ending = last.next().map_or(0, |c| c as Part) | last.next().map_or(0, |c| (c as Part) << 21);
        let plain = match () {
            () if first.is_numeric() => NUMBER,
            () if first.is_alphanumeric() || first == '_' => WORD,
            () => SIGN | first as Part,
        };
        let shape = match plain {
            WORD if token.chars().nth(1).is_some() && token.chars().all(char::is_uppercase) => CAPITALS,
            WORD if first.is_uppercase() => CAPITALISED,
            WORD => LOWER,
            other => other,
        };
        let masked = if plain == WORD { rank.map_or(WORD, Part::from) } else { plain };
        let ending = if masked == WORD { ENDING | ending } else { masked };
        let digest = xxh3_64(lower.as_bytes());
        Word { digest, rank, letters: first.is_alphabetic(), masked, ending, shape, spaced }
    }
}

/// The style features of a text, each once.
fn grams_of(split: &[Word]) -> Vec<Gram> {
    let mut found = Vec::with_capacity(split.len() * 8);
    let line = |part: fn(&Word) -> Part| -> Vec<Part> {
        std::iter::once(BEGIN).chain(split.iter().map(part)).chain(std::iter::once(END)).collect()
    };
    let mut add = |parts: &[Part]| {
        let mut gram = [NOTHING; LONGEST];
        gram[..parts.len()].copy_from_slice(parts);
        found.push(gram);
    };
    let masked = line(|word| word.masked);
    (1..=LONGEST).for_each(|n| masked.windows(n).for_each(&mut add));
    let endings = line(|word| word.ending);
    (1..=2).for_each(|n| endings.windows(n).for_each(&mut add));
    let mut before = BEGIN;
    for word in split {
        add(&[before, if word.spaced { SPACED } else { GLUED }, word.shape]);
        before = word.shape;
    }
    let class = (2.0 * libm::log2(split.len() as f64 + 1.0)) as Part;
    add(&[LENGTH + class]);
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_keeps_frequent_words_and_masks_the_others() {
        let mut texts = vec!["the cat , when it sat , slept ."; 5];
        let rare: Vec<String> = (0..300).map(|i| format!("the w{i}x")).collect();
        texts.extend(rare.iter().map(String::as_str));
        let views = Views::learn(&texts);
        let (content, style) = views.features(&"the zebra , when it ran , fell .");
        assert_eq!(content, [0]);
        let names: Vec<String> = style.iter().filter_map(|&f| views.name(f)).collect();
        assert!(names.contains(&"<start> the <word>".to_owned()) || names.contains(&", when it".to_owned()));
        assert!(names.iter().all(|name| !name.contains("zebra")));
    }
}
