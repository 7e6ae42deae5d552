//! Addresses, and words that nothing else in the data has.

use super::added::Added;
use super::outputs::Outputs;

/// Words that only the string brings, from which on it is foreign.
const WORDS: usize = 2;
/// Share of the texts with such a word that may lack the string.
const ELSEWHERE: f64 = 0.2;

/// Whether a string has an address.
pub(super) fn has_address(outputs: &Outputs, habit: &Added) -> bool {
    let words = outputs.words(&habit.grown).join(" ");
    words.contains(": / /") || words.split(' ').any(|word| word == "www")
}

/// Whether a string has words that stand nowhere else in the sample: neither in what generators were given
/// nor in what they say otherwise.
pub(super) fn is_foreign(outputs: &Outputs, habit: &Added) -> bool {
    let mut telling: Vec<u32> = habit.grown.iter().copied().filter(|&id| outputs.is_telling(id)).collect();
    telling.sort_unstable();
    telling.dedup();
    let bound = (habit.members.len() as f64 * (1.0 + ELSEWHERE)) as usize + 1;
    let rare = |id: &&u32| {
        let has = |texts: &[Vec<u32>]| texts.iter().filter(|text| text.contains(id)).take(bound + 1).count();
        has(&outputs.made) <= bound && has(&outputs.given) + has(&outputs.above) <= bound / 4
    };
    telling.iter().filter(rare).count() >= WORDS
}
