//! Whether a new text speaks of what its site spoke of, or could be from any other site.
//!
//! How alike two pages of one site are in their vocabulary, and how alike pages of different sites, is
//! measured on the first look, before anything was replaced. A new text is then placed between the two.

use crate::page::Fingerprint;
use crate::page::fingerprint::{WORD_BINS, agreeing};

/// Pages of a site that stand for it.
pub(super) const PEERS: usize = 4;
/// Pages that are measured.
const MEASURED: usize = 20_000;
/// Pages that must have been measured before they outweigh the prior.
const PRIOR: f64 = 50.0;
/// Bins that agree between strangers and between pages of a site in an unknown corpus: web pages of one
/// language share a tenth of their longer words, those of one site about a quarter.
const PRIOR_BINS: (f64, f64) = (6.0, 16.0);

/// Distributions of agreement in vocabulary.
#[derive(Debug, Clone)]
pub(super) struct Subjects {
    /// Share of strangers that agree in at least so many bins.
    strangers: Vec<f64>,
    /// Share of pages of one site that agree in at most so many bins.
    related: Vec<f64>,
}

impl Subjects {
    /// Measures the sites of a first look, each given by its pages.
    pub(super) fn measure(sites: &[Vec<&Fingerprint>]) -> Subjects {
        let (mut strangers, mut related) = (vec![0.0; WORD_BINS + 1], vec![0.0; WORD_BINS + 1]);
        let pages: usize = sites.iter().map(Vec::len).sum();
        let step = (pages / MEASURED).max(1);
        let mut number = 0usize;
        for (at, site) in sites.iter().enumerate() {
            for page in site {
                number += 1;
                if !number.is_multiple_of(step) {
                    continue;
                }
                if site.len() > 1 {
                    let peers = site.iter().filter(|peer| !std::ptr::eq(**peer, *page)).take(PEERS);
                    related[likest(page, peers.copied())] += 1.0;
                }
                // Another site, as good as random: the number of a page has nothing to do with its site.
                let other = (at + 1 + number * 7919 % sites.len().max(2).saturating_sub(1)) % sites.len();
                if other != at {
                    strangers[likest(page, sites[other].iter().take(PEERS).copied())] += 1.0;
                }
            }
        }
        Subjects { strangers: upper(&strangers, PRIOR_BINS.0), related: lower(&related, PRIOR_BINS.1) }
    }

    /// How much more a text is like a stranger's than like one of its site, 0 to 1, given the bins in which
    /// it agrees with the likest page of its site.
    pub(super) fn strange(&self, agreeing: usize) -> f64 {
        let (stranger, related) = (self.strangers[agreeing], self.related[agreeing]);
        stranger / (stranger + related)
    }
}

/// Bins in which a page agrees with the one of some pages that it is likest to.
pub(super) fn likest<'p>(page: &Fingerprint, others: impl Iterator<Item = &'p Fingerprint>) -> usize {
    others.map(|other| agreeing(&page.words, &other.words)).max().unwrap_or(0)
}

/// Share of observations of at least each value; the prior is a geometric tail with the given mean.
fn upper(counts: &[f64], mean: f64) -> Vec<f64> {
    let total: f64 = counts.iter().sum::<f64>() + PRIOR;
    let ratio = mean / (mean + 1.0);
    let mut rest: f64 = counts.iter().sum();
    let each = |(at, count): (usize, &f64)| {
        let share = (rest + PRIOR * ratio.powi(at as i32)) / total;
        rest -= count;
        share.max(1e-6)
    };
    counts.iter().enumerate().map(each).collect()
}

/// Share of observations of at most each value; the prior rises to one half at the given median.
fn lower(counts: &[f64], median: f64) -> Vec<f64> {
    let total: f64 = counts.iter().sum::<f64>() + PRIOR;
    let mut so_far = 0.0;
    let each = |(at, count): (usize, &f64)| {
        so_far += count;
        let prior = 1.0 - 0.5f64.powf((at as f64 / median).powi(2));
        ((so_far + PRIOR * prior) / total).max(1e-6)
    };
    counts.iter().enumerate().map(each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(topic: u64, seed: u64) -> Fingerprint {
        let word = |i: u64| {
            let draw = toadstone_sketch::mix(seed * 1000 + i);
            // A third of the words are everybody's.
            if draw % 3 == 0 { format!("common{}", draw / 3 % 300) } else { format!("topic{topic}x{}", draw / 3 % 400) }
        };
        Fingerprint::of(&(0..200).map(word).collect::<Vec<_>>().join(" "), "")
    }

    #[test]
    fn strangers_are_told_from_relatives() {
        let prints: Vec<Vec<Fingerprint>> = (0..60).map(|s| (0..8).map(|p| page(s, s * 100 + p)).collect()).collect();
        let sites: Vec<Vec<&Fingerprint>> = prints.iter().map(|site| site.iter().collect()).collect();
        let subjects = Subjects::measure(&sites);
        let strange = |page: &Fingerprint| subjects.strange(likest(page, sites[3].iter().take(PEERS).copied()));
        assert!(strange(&page(3, 9999)) < 0.2, "{}", strange(&page(3, 9999)));
        assert!(strange(&page(77, 9998)) > 0.8, "{}", strange(&page(77, 9998)));
        let few = Subjects::measure(&sites[..1]);
        assert!(few.strange(0) > 0.9 && few.strange(40) < 0.1);
    }
}
