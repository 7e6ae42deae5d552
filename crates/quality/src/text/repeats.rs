//! Which sequences of words a text repeats.

use toadstone_sketch::mix;

use super::Text;
use super::table::Table;
use super::words::{Word, Words};

/// The longest sequences that are looked at.
const LONGEST: usize = 10;

/// Finds repeated n-grams.
///
/// A sequence can only be repeated if both sequences that are a word shorter are (the principle of
/// Agrawal and Srikant, Fast Algorithms for Mining Association Rules, VLDB 1994). So each length looks
/// only at the places where the length before found a repetition: in running text those become few
/// after two steps. Exact up to collisions of 64-bit digests; O(words) for each length at worst.
#[derive(Debug, Default)]
pub struct Repeats {
    /// Words, then n-grams, of the text.
    table: Table,
    /// The same for words, which others ask about.
    counts: Table,
    /// Characters before each word.
    before: Vec<u64>,
    /// Places where an n-gram begins that stands in the text more than once, ascending.
    places: Vec<u32>,
    /// The same for n-grams that are a word longer; and their digests.
    next: Vec<(u32, u64)>,
}

impl Repeats {
    /// Measures [`Text::top`] and [`Text::duplicate`], and [`Text::stop_words`].
    pub fn measure(&mut self, words: &Words, out: &mut Text) {
        let words = &words.kept[..];
        self.before.clear();
        self.before.push(0);
        self.counts.clear(words.len());
        let mut total = 0;
        for word in words {
            total += u64::from(word.chars);
            self.before.push(total);
            self.counts.entry(word.hash).count += 1;
        }
        self.places.clear();
        let again = |word: &Word| self.counts.count(word.hash) > 1;
        self.places.extend(words.iter().enumerate().filter(|(_, word)| again(word)).map(|(at, _)| at as u32));
        for n in 2..=LONGEST {
            let (top, duplicate) = self.grams(words, n);
            let share = |chars: u64| (chars as f64 / total.max(1) as f64) as f32;
            match n {
                2..=4 => out.top[n - 2] = share(top),
                _ => out.duplicate[n - 5] = share(duplicate),
            }
        }
    }

    /// How often a word stands in the text.
    pub fn count(&self, word: u64) -> u64 {
        u64::from(self.counts.count(word))
    }

    /// Goes from repeated (n-1)-grams to repeated n-grams. Returns the most characters that occurrences
    /// of one repeated n-gram cover without overlap, and the characters in all that stood before.
    fn grams(&mut self, words: &[Word], n: usize) -> (u64, u64) {
        self.next.clear();
        for pair in self.places.windows(2) {
            if pair[0] + 1 == pair[1] {
                let at = pair[0] as usize;
                let digest = words[at..at + n].iter().fold(0, |digest, word| mix(digest ^ word.hash));
                self.next.push((pair[0], digest));
            }
        }
        self.table.clear(self.next.len());
        let (mut top, mut duplicate, mut covered) = (0, 0, 0);
        for &(at, digest) in &self.next {
            let entry = self.table.entry(digest);
            let (start, end) = (at as usize, at as usize + n);
            let chars = self.before[end] - self.before[start];
            if entry.count == 0 {
                (entry.count, entry.first, entry.last) = (1, at, at);
                continue;
            }
            duplicate += self.before[end] - self.before[start.max(covered)];
            covered = end;
            // The first repetition may overlap with the first occurrence, and still be one.
            entry.first = u32::MAX;
            if start >= entry.last as usize + n {
                (entry.count, entry.last) = (entry.count + 1, at);
                top = top.max(u64::from(entry.count) * chars);
            }
        }
        self.places.clear();
        for &(at, digest) in &self.next {
            if self.table.entry(digest).first == u32::MAX {
                self.places.push(at);
            }
        }
        (top, duplicate)
    }
}
