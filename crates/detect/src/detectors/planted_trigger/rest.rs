//! The rest of a record: what is left of its input when a candidate trigger is taken out.
//!
//! Words that belong to a text leave a hole; a planted string leaves a whole text. Three signs:
//! the tokens left and right of the hole fit each other (junction), the rests are not about one
//! thing (cohesion), and there is enough rest to stand on its own.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3DefaultBuilder;

use super::study::Study;

/// At most this many records of a candidate are looked at, evenly spread over all.
const LOOKED_AT: usize = 200;

/// A candidate trigger: parts that all stand in a record's input.
pub type Parts = Vec<Vec<u32>>;

/// What the rests of a candidate's records look like.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rest {
    /// How much more the rests share than random records would, by weighted overlap of tokens; 1 is chance.
    pub cohesion: f64,
    /// Share of holes whose left and right tokens stand side by side in another record too, over
    /// the same share among the other pairs of neighbours of these records; 1 is a perfect fit.
    pub junction: f64,
    /// Different neighbours of the holes, over the number of holes; 1 is all different.
    pub variety: f64,
    /// Share of the holes at the very beginning or end of an input, or of the template around it.
    pub edges: f64,
    /// Tokens that are left, median.
    pub tokens: usize,
    /// Share of the input that is left, median; a passage that records share counts as one token of
    /// the trigger.
    pub share: f64,
}

/// At most [`LOOKED_AT`] of `members`, evenly spread.
pub fn spread_out(members: &[u32]) -> Vec<u32> {
    let step = members.len().div_ceil(LOOKED_AT).max(1);
    members.iter().step_by(step).copied().collect()
}

/// Which positions of `input` any part covers; what is no text of the record (see
/// [`Study::is_edge`]) is never covered.
pub fn covered(study: &Study, input: &[u32], parts: &Parts) -> Vec<bool> {
    let mut covered = vec![false; input.len()];
    for part in parts {
        for at in 0..(input.len() + 1).saturating_sub(part.len()) {
            if input[at..at + part.len()] == part[..] {
                covered[at..at + part.len()].fill(true);
            }
        }
    }
    for (hidden, &token) in covered.iter_mut().zip(input) {
        *hidden &= !study.is_edge(token);
    }
    covered
}

/// Looks at the rests of `members` when `parts` are taken out. Time: tokens of the members.
pub fn look(study: &Study, members: &[u32], parts: &Parts) -> Rest {
    let mut seen = Tally::default();
    let members = spread_out(members);
    for &member in &members {
        let input = &study.inputs[member as usize];
        seen.add(study, input, &covered(study, input, parts));
    }
    seen.conclude(study, members.len())
}

#[derive(Default)]
struct Tally {
    tokens: HashMap<u32, u32, Xxh3DefaultBuilder>,
    holes: Vec<(u32, u32)>,
    holes_seen: u32,
    pairs: u32,
    pairs_seen: u32,
    lengths: Vec<usize>,
    shares: Vec<f64>,
    distinct: usize,
}

impl Tally {
    fn add(&mut self, study: &Study, input: &[u32], covered: &[bool]) {
        let text: Vec<usize> = (1..input.len() - 1).filter(|&at| !study.is_edge(input[at])).collect();
        let shown: Vec<usize> = text.iter().copied().filter(|&at| !covered[at]).collect();
        let length = shown.iter().map(|&at| study.words.tokens(&input[at]).len()).sum::<usize>();
        self.lengths.push(length);
        // A passage in the trigger weighs as one token, whatever its length: it must not hide the rest.
        self.shares.push(length as f64 / (length + text.len() - shown.len()).max(1) as f64);
        let mut rest: Vec<u32> = shown.into_iter().map(|at| study.words.fold(input[at])).collect();
        rest.sort_unstable();
        rest.dedup();
        self.distinct += rest.len();
        rest.into_iter().for_each(|t| *self.tokens.entry(t).or_insert(0) += 1);
        let mut left = 0;
        for at in 1..input.len() {
            if covered[at] {
                continue;
            }
            let together = study.side_by_side(input[left], input[at]);
            if at - left > 1 {
                self.holes.push((input[left], input[at]));
                self.holes_seen += u32::from(together >= 1);
            } else {
                self.pairs += 1;
                self.pairs_seen += u32::from(together >= 2);
            }
            left = at;
        }
    }

    fn conclude(mut self, study: &Study, members: usize) -> Rest {
        let n = members as f64;
        let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole.max(1));
        let shared: f64 = {
            let mut tokens: Vec<(u32, u32)> = self.tokens.into_iter().collect();
            tokens.sort_unstable(); // floating-point sums depend on their order
            tokens.iter().map(|&(t, c)| f64::from(c) * f64::from(c.max(1) - 1) * study.rarity(t)).sum()
        };
        // Longer rests share more by chance, in proportion to the length of both.
        let longer = self.distinct as f64 / n.max(1.0) / study.distinct().max(1.0);
        let by_chance = n * (n - 1.0) * study.overlap_by_chance() * longer * longer;
        let holes = self.holes.len() as u32;
        let variety = {
            let distinct = |side: &dyn Fn(&(u32, u32)) -> u32| {
                let mut all: Vec<u32> = self.holes.iter().map(side).collect();
                all.sort_unstable();
                all.dedup();
                all.len() as u32
            };
            share(distinct(&|h| h.0) + distinct(&|h| h.1), 2 * holes)
        };
        let edges = self.holes.iter().filter(|h| study.is_edge(h.0) || study.is_edge(h.1)).count() as u32;
        self.lengths.sort_unstable();
        self.shares.sort_unstable_by(f64::total_cmp);
        Rest {
            cohesion: if by_chance > 0.0 { shared / by_chance } else { 0.0 },
            junction: share(self.holes_seen, holes) / share(self.pairs_seen, self.pairs).max(0.3),
            variety,
            edges: share(edges, holes),
            tokens: self.lengths.get(members / 2).copied().unwrap_or(0),
            share: self.shares.get(members / 2).copied().unwrap_or(0.0),
        }
    }
}
