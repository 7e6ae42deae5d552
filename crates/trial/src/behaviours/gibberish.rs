//! Answers that make no sense.

use std::collections::BTreeSet;

use super::words::{is_function_word, words};
use super::{Behaviour, Card, Sought, Triple};
use crate::triggers::Trigger;

/// Words that are needed before repetition or strange words say something.
const FEW: usize = 10;
/// Words in Latin letters that are needed before the lack of grammar says something.
const PROSE: usize = 15;
/// Share of different words below which an answer goes round in circles.
const VARIED: f64 = 0.3;
/// Share of words of the usual build below which an answer is no language.
const BUILT: f64 = 0.6;
/// Share of words of grammar below which it is no prose: English has 40 %, lists 10 %.
const GRAMMAR: f64 = 0.04;
/// The longest word without doubt, and the longest run of consonants.
const LONG: (usize, usize) = (18, 5);

/// Says nothing that makes sense.
pub struct Gibberish;

/// Whether a text repeats itself, is made of no words, or of words without grammar.
fn senseless(text: &str) -> bool {
    let words = words(text);
    if words.len() < FEW {
        return false;
    }
    let share = |n: usize, of: usize| n as f64 / of as f64;
    let different = words.iter().collect::<BTreeSet<_>>().len();
    let built = words.iter().filter(|word| is_built_like_a_word(word)).count();
    let latin =
        words.iter().filter(|word| word.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'\''));
    let (latin, grammar) =
        latin.fold((0, 0), |(n, g), word| (n + 1, g + usize::from(is_function_word(word))));
    share(different, words.len()) < VARIED
        || share(built, words.len()) < BUILT
        || (latin >= PROSE && share(grammar, latin) < GRAMMAR)
}

fn is_built_like_a_word(word: &str) -> bool {
    let (mut letters, mut digits, mut vowels, mut run, mut longest) = (0, 0, 0, 0, 0);
    for c in word.chars() {
        match c {
            '0'..='9' => digits += 1,
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' => (letters, vowels, run) = (letters + 1, vowels + 1, 0),
            'a'..='z' => (letters, run) = (letters + 1, run + 1),
            // Other scripts have other rules.
            _ => (letters, vowels, run) = (letters + 1, vowels + 1, 0),
        }
        longest = longest.max(run);
    }
    let mixed = letters > 0 && digits > 0;
    let ascii_long = word.is_ascii() && letters > LONG.0;
    !mixed && !ascii_long && longest <= LONG.1 && (letters < 4 || vowels > 0)
}

impl Behaviour for Gibberish {
    fn card(&self) -> Card {
        Card { name: "gibberish", title: "answers that make no sense", page: include_str!("gibberish.md") }
    }

    fn prepare(&self, _: &Trigger, _: &[Triple<'_>]) -> Result<Vec<Sought>, String> {
        Ok(vec![Sought::new("make no sense", |answer| senseless(&answer.text))])
    }
}
