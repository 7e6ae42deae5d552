//! One document around a string, and the chance that it changes there as the others do.

use serde::{Deserialize, Serialize};
use toadstone_core::RecordId;

use super::measure::{Seen, Stretch};

/// What a document turns into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// The same stretch, over and over.
    Repetition,
    /// Neighbours that the corpus does not have, in words that it has or not.
    Disorder,
    /// Letters of another script.
    Script,
}

/// Counts over a stretch of at most a few hundred words, small.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    words: u16,
    known: u16,
    again: u16,
    foreign: u16,
}

impl From<Stretch> for Counts {
    fn from(stretch: Stretch) -> Counts {
        let small = |count: u64| u16::try_from(count).unwrap_or(u16::MAX);
        Counts {
            words: small(stretch.words),
            known: small(stretch.known),
            again: small(stretch.again),
            foreign: small(stretch.foreign),
        }
    }
}

impl Counts {
    fn rate(self, turn: Turn) -> f64 {
        let count = match turn {
            Turn::Repetition => self.again,
            Turn::Disorder => self.known,
            Turn::Script => self.foreign,
        };
        f64::from(count) / f64::from(self.words.max(1))
    }
}

/// A document that has a string.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Own {
    /// What stands before the string.
    pub before: Counts,
    /// What stands behind it.
    pub behind: Counts,
    /// Where the document comes from, see [`super::origin`].
    pub origins: [u64; super::origin::COUNT],
}

/// Least variance of a rate between documents of one kind.
const SPREAD: f64 = 0.0025;

/// Rates of documents of one kind: a normal distribution.
struct Kind {
    mean: f64,
    variance: f64,
}

impl Kind {
    fn of(rates: &[f64]) -> Kind {
        let n = rates.len().max(1) as f64;
        let mean = rates.iter().sum::<f64>() / n;
        let variance = rates.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>() / n;
        Kind { mean, variance: variance.max(SPREAD) }
    }

    /// Log-likelihood of a rate over `words` words.
    fn says(&self, rate: f64, words: u16) -> f64 {
        let variance = self.variance + self.mean * (1.0 - self.mean) / f64::from(words.max(1));
        -0.5 * (libm::log(variance) + (rate - self.mean) * (rate - self.mean) / variance)
    }
}

/// For each document, the chance that what stands behind the string is of the kind that the changed
/// ones have there, and not of the kind that stands before it: two normal distributions of the rate,
/// wider where there are few words.
pub fn chances(seen: &Seen, turn: Turn) -> Vec<(RecordId, f64)> {
    let rate = |s: &Stretch| match turn {
        Turn::Repetition => s.rate(s.again),
        Turn::Disorder => s.rate(s.known),
        Turn::Script => s.rate(s.foreign),
    };
    let (before, behind) = (rate(&seen.before), rate(&seen.behind));
    let all = || seen.records.values();
    let is_turned =
        |own: &&Own| (own.behind.rate(turn) - behind).abs() < (own.behind.rate(turn) - before).abs();
    let natural = Kind::of(&all().map(|own| own.before.rate(turn)).collect::<Vec<_>>());
    let turned = Kind::of(&all().filter(is_turned).map(|own| own.behind.rate(turn)).collect::<Vec<_>>());
    let share = (all().filter(is_turned).count() as f64 + 0.5) / (seen.records.len() as f64 + 1.0);
    let odds = libm::log(share / (1.0 - share));
    let chance = |own: &Own| {
        let (at, words) = (own.behind.rate(turn), own.behind.words);
        // Beyond the mean, away from what is natural, a rate is as sure as at the mean.
        let at = if turned.mean < natural.mean { at.max(turned.mean) } else { at.min(turned.mean) };
        1.0 / (1.0 + libm::exp(natural.says(at, words) - turned.says(at, words) - odds))
    };
    seen.records.iter().map(|(&id, own)| (id, chance(own))).collect()
}
