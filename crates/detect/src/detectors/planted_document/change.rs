//! Where the statistics of a document change most.
//!
//! Three series of yes and no run along a document: the corpus knows this pair of neighbours; this
//! pair stood in the document before; this word has letters beyond ASCII. The place of a change is
//! where the cumulated deviation from the mean is largest (CUSUM; Page 1954, Pettitt 1979).

use super::corpus::Corpus;
use super::words::{Class, Word, follow};

/// The series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Series {
    /// Pairs of neighbours that the corpus knows become rare.
    Strange,
    /// Pairs that stood in the document before become frequent.
    Repeats,
    /// Letters beyond ASCII become frequent.
    Foreign,
    /// Letters beyond ASCII become rare.
    Plain,
}

impl Series {
    /// All of them.
    pub const ALL: [Series; 4] = [Series::Strange, Series::Repeats, Series::Foreign, Series::Plain];
}

/// How far apart two words stand that are compared with neighbours: far enough to be unrelated.
pub const FAR: usize = 9;
/// Fewest words behind a change.
const AFTER: usize = 20;
/// Log-likelihood ratio, in nats, from which a change counts.
const CLEAR: f64 = 12.0;
/// How much the rate has to change.
const CONTRAST: f64 = 0.2;
/// Words of the longest stretch whose repetition is traced back to its start.
const PERIOD: u32 = 64;

/// Cumulated counts along a document; entry `i` counts words before `i`.
#[derive(Default)]
pub struct Profile {
    /// Neighbours known to the corpus.
    pub known: Vec<u32>,
    /// Pairs that stood in the document before.
    pub again: Vec<u32>,
    /// Words with letters beyond ASCII.
    pub foreign: Vec<u32>,
    /// For each word, how many words ago it stood with the same word before it; 0 if it never did.
    back: Vec<u32>,
    seen: Vec<(u32, u32)>,
}

/// A change: the first word behind it, and one past the last word of what follows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Which series changes.
    pub series: Series,
    /// First word behind it.
    pub at: usize,
    /// Where the document changes back, or ends.
    pub end: usize,
}

impl Profile {
    /// Runs along `words` of a document of `half`.
    pub fn run(&mut self, corpus: &Corpus, half: usize, words: &[Word]) {
        const CELLS: usize = 1 << 12;
        self.seen.clear();
        self.seen.resize(CELLS, (0, 0));
        self.back.clear();
        for series in [&mut self.known, &mut self.again, &mut self.foreign] {
            series.clear();
            series.push(0);
        }
        let (mut known, mut again, mut foreign) = (0, 0, 0);
        for (at, word) in words.iter().enumerate() {
            foreign += u32::from(word.class == Class::Foreign);
            let mut back = 0;
            if at > 0 {
                let left = &words[at - 1];
                known += u32::from(word.class == Class::Blob || corpus.knows_pair(half, left, word));
                let pair = follow(left.hash, word.hash);
                let (cell, mark) = ((pair >> 52) as usize % CELLS, pair as u32 | 1);
                let (last, place) = self.seen[cell];
                if last == mark {
                    again += 1;
                    back = at as u32 - place;
                }
                self.seen[cell] = (mark, at as u32);
            }
            self.back.push(back);
            self.known.push(known);
            self.again.push(again);
            self.foreign.push(foreign);
        }
    }

    /// The clear changes, at most one for each series. Linear time.
    pub fn changes(&self) -> impl Iterator<Item = Change> + '_ {
        Series::ALL.into_iter().filter_map(|series| match series {
            Series::Strange => change(&self.known, series, false),
            Series::Repeats => change(&self.again, series, true).map(|c| self.first(c)),
            Series::Foreign => change(&self.foreign, series, true),
            Series::Plain => change(&self.foreign, series, false),
        })
    }
}

impl Profile {
    /// A repetition is noticed the second time; it begins with the first.
    fn first(&self, change: Change) -> Change {
        let back = self.back[change.at..change.end].iter().find(|&&back| back > 0);
        let at = back.filter(|&&back| back <= PERIOD).map_or(change.at, |&b| change.at - b as usize);
        Change { at, ..change }
    }
}

/// Where `counts` starts to rise faster (`up`) or slower, if it clearly does.
fn change(counts: &[u32], series: Series, up: bool) -> Option<Change> {
    let n = counts.len() - 1;
    let total = i64::from(counts[n]);
    if n < AFTER || total == 0 || total == n as i64 {
        return None;
    }
    let sign = if up { -1 } else { 1 };
    let deviation = |at: usize| sign * (i64::from(counts[at]) * n as i64 - at as i64 * total);
    let (mut best, mut at) = (0, 0);
    let (mut low, mut end) = (i64::MAX, n);
    for i in 1..=n {
        let d = deviation(i);
        if d > best {
            (best, at, low) = (d, i, i64::MAX);
        }
        if d < low {
            (low, end) = (d, i);
        }
    }
    let rate = |from: usize, to: usize| f64::from(counts[to] - counts[from]) / (to - from).max(1) as f64;
    if at == 0 || end < at + AFTER {
        return None;
    }
    let (before, after) = (rate(0, at), rate(at, end));
    let contrast = if up { after - before } else { before - after };
    if contrast < CONTRAST {
        return None;
    }
    let all = rate(0, end);
    let gain = likelihood(before, at) + likelihood(after, end - at) - likelihood(all, end);
    (gain >= CLEAR).then_some(Change { series, at, end })
}

fn likelihood(rate: f64, n: usize) -> f64 {
    let term = |p: f64| if p > 0.0 { p * libm::log(p) } else { 0.0 };
    n as f64 * (term(rate) + term(1.0 - rate))
}
