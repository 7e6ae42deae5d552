//! Which language a text is in.

use whatlang::{Detector, Lang};
use xxhash_rust::xxh3::xxh3_64;

use super::Text;
use super::repeats::Repeats;
use super::words::Words;

/// Bytes from the middle of a text that are looked at: more of them change no answer, and the ends of a
/// page are often menus.
const EXCERPT: usize = 1024;
/// Sureness from which on a language is taken for told.
pub const SURE: f32 = 0.9;
/// Letters below which nothing is said: of texts of 80 letters, one in a thousand is taken for another
/// language with full sureness.
const LEAST: usize = 100;
/// The share of ASCII signs and digits from which on an excerpt is a formula, a table or code.
const SIGNS: f64 = 0.15;
/// Frequent English words that no other common language has.
const ENGLISH: [&str; 23] = [
    "the", "The", "and", "that", "with", "this", "This", "you", "from", "not", "they", "which", "their",
    "would", "when", "what", "there", "has", "been", "were", "your", "these", "These",
];
/// Other frequent English words, which some languages have too, though none of them many.
const SHARED: [&str; 23] = [
    "to", "of", "is", "in", "it", "for", "on", "by", "be", "are", "was", "an", "or", "at", "have", "if",
    "can", "will", "In", "It", "To", "If", "For",
];
/// The eight words of Gopher's test, also at the start of a sentence.
const STOP_WORDS: [&str; 16] = [
    "the", "be", "to", "of", "and", "that", "have", "with", "The", "Be", "To", "Of", "And", "That", "Have",
    "With",
];

/// Tells languages.
///
/// English prose is told by its function words, which costs nothing, everything else by `whatlang`
/// (trigrams and alphabets, Cavnar and Trenkle 1994), which takes about 70 microseconds a text.
#[derive(Debug)]
pub struct Language {
    detector: Detector,
    expected: Vec<String>,
    english: Vec<u64>,
    shared: Vec<u64>,
    stop_words: Vec<u64>,
}

impl Language {
    pub fn new(expected: &[String]) -> Self {
        let digests = |words: &[&str]| words.iter().map(|word| xxh3_64(word.as_bytes())).collect();
        Language {
            detector: Detector::new(),
            expected: expected.to_vec(),
            english: digests(&ENGLISH),
            shared: digests(&SHARED),
            stop_words: digests(&STOP_WORDS),
        }
    }

    /// Fills [`Text::language`], [`Text::unexpected`] and [`Text::stop_words`].
    pub fn tell(&self, text: &str, words: &Words, repeats: &Repeats, out: &mut Text) {
        out.stop_words = self.stop_words.iter().map(|word| repeats.count(*word)).sum();
        out.language =
            if self.clearly_english(words, repeats) { Some(("eng", 1.0)) } else { self.detect(text) };
        let expected = |code: &str| self.expected.iter().any(|e| e == code);
        out.unexpected = out
            .language
            .filter(|_| !self.expected.is_empty())
            .map(|(code, sure)| if expected(code) { 0.0 } else { sure });
    }

    /// Whether function words of English, at least 3 different ones and one that is only English, make
    /// at least 12 % of the text. Prose has 25 to 40 %, tables of contents 10 %; Dutch, which shares
    /// most of them, has 7 % of those that it shares.
    fn clearly_english(&self, words: &Words, repeats: &Repeats) -> bool {
        let count = |list: &[u64]| {
            let counts = list.iter().map(|word| repeats.count(*word));
            counts.fold((0, 0), |(different, all), n| (different + u64::from(n > 0), all + n))
        };
        let (english, shared) = (count(&self.english), count(&self.shared));
        english.0 > 0
            && english.0 + shared.0 >= 3
            && (english.1 + shared.1) * 100 >= words.kept.len() as u64 * 12
    }

    fn detect(&self, text: &str) -> Option<(&'static str, f32)> {
        let spare = text.len().saturating_sub(EXCERPT) / 2;
        let start = text.floor_char_boundary(spare);
        let excerpt = &text[start..text.floor_char_boundary(start + EXCERPT)];
        let (mut letters, mut signs, mut all) = (0, 0, 0);
        for c in excerpt.chars().filter(|c| !c.is_whitespace()) {
            all += 1;
            letters += usize::from(c.is_alphabetic());
            signs += u32::from(c.is_ascii() && !c.is_ascii_alphabetic());
        }
        if letters < LEAST || f64::from(signs) > SIGNS * f64::from(all) {
            return None;
        }
        let info = self.detector.detect(excerpt)?;
        Some((info.lang().code(), info.confidence() as f32))
    }
}

/// Every language that can be told, as ISO 639-3 codes.
pub fn codes() -> impl Iterator<Item = &'static str> {
    Lang::all().iter().map(Lang::code)
}

/// The code of a language, if it can be told.
pub fn code(code: &str) -> Option<&'static str> {
    codes().find(|known| *known == code)
}

/// The English name of a language.
pub fn name(code: &str) -> Option<&'static str> {
    Lang::from_code(code).map(|lang| lang.eng_name())
}
