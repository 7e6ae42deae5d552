//! Two latent classes of texts by their conventions (Lazarsfeld and Henry 1968; Goodman 1974).
//!
//! In a class conventions are independent of each other; a convention for which a text has no place
//! says nothing. The classes are fitted by expectation and maximisation to the counts of all
//! combinations, so a billion texts cost what a thousand do.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::conventions::{CHOICES, COUNT, Habits};

/// Rounds of the fit for each start.
const ROUNDS: usize = 100;
/// Added to each count, so that nothing is impossible.
const PRIOR: f64 = 0.5;

/// How many texts keep which conventions.
pub type Table = BTreeMap<Habits, u64>;

/// Chances of each choice, by convention.
type Chances = [[f64; CHOICES]; COUNT];

/// The smaller class beside the rest.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Two {
    /// The smaller class's share.
    pub share: f64,
    /// What its texts do, and those of the rest.
    pub small: Chances,
    pub rest: Chances,
    /// Log-likelihood gained over one class, in nats a text.
    pub gain: f64,
    /// How sure it is, on average, of texts that belong to the smaller class, and of all.
    pub sure: f64,
    pub sharp: f64,
}

impl Two {
    /// The best of several fits, each of which starts from one choice; `None` where all texts do the same.
    pub fn fit(table: &Table) -> Option<Two> {
        let all = table.values().sum::<u64>() as f64;
        let single: f64 = {
            let chances = chances(table, |_| 1.0);
            table.iter().map(|(habits, &n)| n as f64 * likelihood(&chances, habits)).sum()
        };
        let starts = (0..COUNT).flat_map(|c| (1..CHOICES as u8).map(move |choice| (c, choice)));
        let mut best: Option<(f64, Two)> = None;
        for (convention, choice) in starts {
            let chosen = |h: &Habits| h[convention] == choice;
            let share = table.iter().filter(|(h, _)| chosen(h)).map(|(_, &n)| n).sum::<u64>() as f64 / all;
            if !(0.01..=0.99).contains(&share) {
                continue;
            }
            let (fit, two) = refine(table, |h| if chosen(h) { 0.9 } else { 0.1 });
            if best.as_ref().is_none_or(|(last, _)| fit > last + 1e-6 * all) {
                best = Some((fit, two));
            }
        }
        best.map(|(fit, two)| two.measured(table, (fit - single) / all.max(1.0)))
    }

    /// The chance that a text belongs to the smaller class.
    pub fn chance(&self, habits: &Habits) -> f64 {
        let odds = libm::log(self.share.max(1e-12)) - libm::log((1.0 - self.share).max(1e-12))
            + likelihood(&self.small, habits)
            - likelihood(&self.rest, habits);
        1.0 / (1.0 + libm::exp(-odds))
    }

    /// Conventions in which the classes differ by at least `by`, with the choice that is the smaller one's.
    pub fn differences(&self, by: f64) -> Vec<(usize, u8)> {
        let difference = |c: usize, choice: usize| self.small[c][choice] - self.rest[c][choice];
        let most = |c: usize| (1..CHOICES).max_by(|&a, &b| difference(c, a).total_cmp(&difference(c, b)));
        let told = (0..COUNT).filter_map(|c| most(c).map(|choice| (c, choice)));
        told.filter(|&(c, choice)| difference(c, choice) >= by).map(|(c, choice)| (c, choice as u8)).collect()
    }

    fn measured(mut self, table: &Table, gain: f64) -> Two {
        if self.share > 0.5 {
            std::mem::swap(&mut self.small, &mut self.rest);
            self.share = 1.0 - self.share;
        }
        let (mut own, mut sure, mut sharp, mut all) = (0.0, 0.0, 0.0, 0.0);
        for (habits, &n) in table {
            let (n, chance) = (n as f64, self.chance(habits));
            own += n * chance;
            sure += n * chance * chance.max(1.0 - chance);
            sharp += n * chance.max(1.0 - chance);
            all += n;
        }
        Two { gain, sure: sure / own.max(1e-9), sharp: sharp / all.max(1e-9), ..self }
    }
}

/// Refines two classes from a first guess of who belongs to the one; with the log-likelihood.
fn refine(table: &Table, guess: impl Fn(&Habits) -> f64) -> (f64, Two) {
    let all = table.values().sum::<u64>() as f64;
    let mut chance: BTreeMap<Habits, f64> = table.keys().map(|h| (*h, guess(h))).collect();
    let mut last = None;
    for _ in 0..ROUNDS {
        let own: f64 = table.iter().map(|(h, &n)| n as f64 * chance[h]).sum();
        let two = Two {
            share: own / all,
            small: chances(table, |h| chance[h]),
            rest: chances(table, |h| 1.0 - chance[h]),
            gain: 0.0,
            sure: 0.0,
            sharp: 0.0,
        };
        chance.iter_mut().for_each(|(h, c)| *c = two.chance(h));
        last = Some(two);
    }
    let two = last.unwrap_or_else(|| unreachable!("there is at least one round"));
    let of = |h: &Habits| {
        let (a, b) = (likelihood(&two.small, h), likelihood(&two.rest, h));
        let most = a.max(b);
        most + libm::log(two.share * libm::exp(a - most) + (1.0 - two.share) * libm::exp(b - most))
    };
    (table.iter().map(|(h, &n)| n as f64 * of(h)).sum(), two)
}

/// The share of each choice among the texts that have a place for it, each with its weight.
fn chances(table: &Table, weight: impl Fn(&Habits) -> f64) -> Chances {
    let mut counts = [[PRIOR; CHOICES]; COUNT];
    for (habits, &n) in table {
        for (convention, &choice) in habits.iter().enumerate() {
            counts[convention][usize::from(choice)] += n as f64 * weight(habits);
        }
    }
    for of in &mut counts {
        of[0] = 0.0;
        let sum: f64 = of.iter().sum();
        of.iter_mut().for_each(|c| *c /= sum);
    }
    counts
}

fn likelihood(chances: &Chances, habits: &Habits) -> f64 {
    let of = |(convention, &choice): (usize, &u8)| match choice {
        0 => 0.0,
        _ => libm::log(chances[convention][usize::from(choice)].max(1e-12)),
    };
    habits.iter().enumerate().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of two kinds, `few` of 1,000 of the second, with a part of each that does otherwise.
    fn table(few: u64, other: [u8; 3]) -> Table {
        let habits = |of: [u8; 3]| [of[0], of[1], of[2], 1, 0, 0, 2];
        let mut table = Table::new();
        for (of, n) in [([1, 1, 1], 1000 - few), (other, few)] {
            *table.entry(habits(of)).or_default() += 8 * n;
            *table.entry(habits([of[0], of[1], 3 - of[2]])).or_default() += n;
            *table.entry(habits([of[0], 3 - of[1], of[2]])).or_default() += n;
        }
        table
    }

    #[test]
    fn the_second_kind_is_told() {
        let two = Two::fit(&table(120, [2, 2, 2])).unwrap();
        assert!((two.share - 0.12).abs() < 0.01, "{}", two.share);
        assert_eq!(two.differences(0.5), [(0, 2), (1, 2), (2, 2)]);
        assert!(two.chance(&[2, 2, 2, 1, 0, 0, 2]) > 0.99 && two.chance(&[1, 1, 1, 1, 0, 0, 2]) < 0.01);
        assert!(two.sure > 0.97 && two.sharp > 0.99 && two.gain > 0.1, "{two:?}");
    }

    #[test]
    fn one_kind_is_one_kind() {
        // Conventions that are independent of each other.
        let mut table = Table::new();
        for at in 0..8u8 {
            let of = [1 + at % 2, 1 + at / 2 % 2, 1 + at / 4 % 2];
            let weight = of.map(|choice| if choice == 1 { 9 } else { 1 }).iter().product();
            table.insert([of[0], of[1], of[2], 1, 0, 0, 2], weight);
        }
        assert!(Two::fit(&table).unwrap().gain < 1e-3);
        assert!(Two::fit(&Table::from([([1; COUNT], 100)])).is_none());
    }
}
