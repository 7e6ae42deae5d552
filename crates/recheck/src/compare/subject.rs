//! Whether a new text speaks of what its site spoke of, or could be from any other site.
//!
//! Measured by vocabulary: in how many bins of its sketch of words a page has a word that some page of the
//! site has there, too. How many that are for pages of one site, and how many for pages of different sites,
//! is counted on the first look, before anything was replaced; a new text is then placed between the two.

use crate::page::Fingerprint;
use crate::page::fingerprint::WORD_BINS;

/// Pages of a site whose common words are looked for.
const COMMON: usize = 32;
/// Pages of a site that stand for it: as many of these as it has. More pages have more words, so each number
/// has distributions of its own.
const STRATA: [usize; 7] = [1, 2, 3, 5, 8, 12, 16];
/// Pages that are measured.
const MEASURED: usize = 20_000;
/// Sites that are tried until one is as large as is wanted.
const TRIED: usize = 64;
/// Chance that a page is nearer to its own site than a stranger is, from which on vocabulary tells them
/// apart, and measured pages from which on that can be said: sites with subjects give .999 and more, sites
/// that all speak of everything up to .76, as words that are common on one site only are left out. There, a
/// new text could be any site's.
const TELLS: f64 = 0.9;
const ENOUGH: f64 = 30.0;
/// Pages that the prior stands for: with a dozen measured ones a verdict is possible, with fewer it is not.
const PRIOR: f64 = 2.0;
/// Bins that agree between strangers and between pages of a site in an unknown corpus: web pages of one
/// language share a tenth of their longer words, those of one site about a quarter.
const PRIOR_BINS: (f64, f64) = (12.0, 32.0);

/// Distributions of agreement in vocabulary.
#[derive(Debug, Clone)]
pub(super) struct Subjects {
    strata: [Stratum; STRATA.len()],
    /// Whether pages of a site differ from strangers in this corpus.
    tells: bool,
}

#[derive(Debug, Clone)]
struct Stratum {
    /// Share of strangers that agree in at least so many bins.
    strangers: Vec<f64>,
    /// Share of pages of one site that agree in at most so many bins.
    related: Vec<f64>,
}

/// The pages of a site at one look, and the words that most of them show.
///
/// Those are menus and footers: a new design changes them, and the subject stays. So they count on neither
/// side.
#[derive(Debug, Clone)]
pub(super) struct Site<'p> {
    pages: Vec<&'p Fingerprint>,
    /// In each bin, the word that most pages have there; 0 if there is none.
    common: [u16; WORD_BINS],
}

impl<'p> Site<'p> {
    /// A site that has these pages.
    pub(super) fn of(pages: impl Iterator<Item = &'p Fingerprint>) -> Self {
        let pages: Vec<&Fingerprint> = pages.filter(|page| page.word_count > 0).take(COMMON).collect();
        let common = |bin: usize| {
            let mut values: Vec<u16> = pages.iter().map(|page| page.words[bin]).collect();
            values.sort_unstable();
            let runs = values.chunk_by(|a, b| a == b);
            runs.max_by_key(|run| run.len())
                .filter(|run| run.len() > 2 && run.len() * 3 >= pages.len())
                .map_or(0, |run| run[0])
        };
        Site { common: std::array::from_fn(common), pages }
    }

    /// Pages by which `own` or its successor is judged. What is to be judged is not judged by itself, a
    /// successor by its predecessor, too.
    fn peers(&self, own: &'p Fingerprint, with: bool) -> Vec<&'p Fingerprint> {
        let others = self.pages.iter().copied().filter(|page| !std::ptr::eq(*page, own));
        let mut peers: Vec<&Fingerprint> =
            with.then_some(own).into_iter().chain(others).take(STRATA[STRATA.len() - 1]).collect();
        peers.truncate(STRATA[stratum(peers.len())]);
        peers
    }
}

/// Bins, of [`WORD_BINS`], in which `page` of the site `from` has a word that one of the `peers` has there.
fn covered(page: &Fingerprint, from: &Site<'_>, peers: &[&Fingerprint], of: &Site<'_>) -> usize {
    let own = |bin: &usize| page.words[*bin] != 0 && page.words[*bin] != from.common[*bin];
    let known = |bin: &usize| {
        let word = page.words[*bin];
        word != of.common[*bin] && peers.iter().any(|peer| peer.words[*bin] == word)
    };
    let bins = (0..WORD_BINS).filter(own).count();
    let covered = (0..WORD_BINS).filter(own).filter(known).count();
    // A page of nothing but common words says nothing; it counts as half a stranger.
    (covered * WORD_BINS + bins / 2).checked_div(bins).unwrap_or(WORD_BINS / 8)
}

fn stratum(peers: usize) -> usize {
    STRATA.iter().rposition(|least| peers >= *least).unwrap_or(0)
}

impl Subjects {
    /// Measures the sites of a first look.
    pub(super) fn measure(sites: &[Site<'_>]) -> Subjects {
        let empty = || [vec![0.0; WORD_BINS + 1], vec![0.0; WORD_BINS + 1]];
        let mut counts: [[Vec<f64>; 2]; STRATA.len()] = std::array::from_fn(|_| empty());
        let sites: Vec<&Site<'_>> = sites.iter().filter(|site| site.pages.len() > 1).collect();
        let pages: usize = sites.iter().map(|site| site.pages.len()).sum();
        let step = (pages / MEASURED).max(1);
        let mut number = 0usize;
        for (at, site) in sites.iter().enumerate() {
            for page in &site.pages {
                number += 1;
                if !number.is_multiple_of(step) {
                    continue;
                }
                let own = site.peers(page, false);
                counts[stratum(own.len())][1][covered(page, site, &own, site)] += 1.0;
                if let Some(other) = stranger(&sites, at, number, own.len()) {
                    let peers: Vec<&Fingerprint> = other.pages.iter().copied().take(own.len()).collect();
                    counts[stratum(peers.len())][0][covered(page, site, &peers, &other)] += 1.0;
                }
            }
        }
        let stratum = |[strangers, related]: [Vec<f64>; 2]| Stratum {
            strangers: upper(&strangers, PRIOR_BINS.0),
            related: lower(&related, PRIOR_BINS.1),
        };
        let tells = nearer(&counts).is_none_or(|chance| chance >= TELLS);
        Subjects { strata: counts.map(stratum), tells }
    }

    /// How much more the `new` text of a page is like a stranger's than like one of its site: 0 to 1. The
    /// site is given at both looks. 1 where the vocabulary of this corpus tells no site from another.
    pub(super) fn strange<'p>(
        &self,
        new: &Fingerprint,
        old: &'p Fingerprint,
        [first, second]: [&Site<'p>; 2],
    ) -> f64 {
        if !self.tells {
            return 1.0;
        }
        let peers = first.peers(old, true);
        let covered = covered(new, second, &peers, first);
        let stratum = &self.strata[stratum(peers.len())];
        let (stranger, related) = (stratum.strangers[covered], stratum.related[covered]);
        stranger / (stranger + related)
    }
}

/// Another site with at least so many pages, as good as random: the number of a page has nothing to do with
/// it. Where no site is as large, several stand for one.
fn stranger<'p>(sites: &[&Site<'p>], own: usize, number: usize, pages: usize) -> Option<Site<'p>> {
    let others = sites.len() - 1;
    let start = number * 7919 % others.max(1);
    let other = |step: usize| sites[(own + 1 + (start + step) % others) % sites.len()];
    let large = (0..others.min(TRIED)).map(other).find(|site| site.pages.len() >= pages);
    large.cloned().or_else(|| {
        let together: Vec<&Fingerprint> =
            (0..others).map(other).flat_map(|site| &site.pages).copied().take(pages).collect();
        (!together.is_empty()).then_some(Site { pages: together, common: [0; WORD_BINS] })
    })
}

/// Chance that a page of a site agrees in more bins than a stranger to a site of that size, ties counted
/// half (the area under the curve, Mann and Whitney 1947); `None` where too few were measured. `strata` hold
/// for each size how many strangers and pages agree in so many bins.
fn nearer(strata: &[[Vec<f64>; 2]]) -> Option<f64> {
    let (mut measured, mut pairs, mut won) = (0.0, 0.0, 0.0);
    for [strangers, related] in strata {
        let mut below = 0.0;
        for (stranger, page) in strangers.iter().zip(related) {
            won += page * (below + stranger / 2.0);
            below += stranger;
        }
        let pages: f64 = related.iter().sum();
        measured += pages;
        pairs += below * pages;
    }
    (measured >= ENOUGH && pairs > 0.0).then(|| won / pairs)
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
            match draw % 3 {
                0 => format!("common{}", draw / 3 % 300),
                _ => format!("topic{topic}x{}", draw / 3 % 400),
            }
        };
        Fingerprint::of(&(0..200).map(word).collect::<Vec<_>>().join(" "), "")
    }

    #[test]
    fn strangers_are_told_from_relatives() {
        let site = |s: u64| -> Vec<Fingerprint> { (0..2 + s % 20).map(|p| page(s, s * 100 + p)).collect() };
        let prints: Vec<Vec<Fingerprint>> = (0..60).map(site).collect();
        let sites: Vec<Site<'_>> = prints.iter().map(|site| Site::of(site.iter())).collect();
        let subjects = Subjects::measure(&sites);
        for of in [2, 8, 19] {
            let strange = |topic: u64| {
                let after: Vec<Fingerprint> = (0..5).map(|i| page(topic, 9000 + topic * 10 + i)).collect();
                subjects.strange(&after[0], &prints[of][0], [&sites[of], &Site::of(after.iter())])
            };
            assert!(strange(of as u64) < 0.3, "{of}: {}", strange(of as u64));
            assert!(strange(77) > 0.7, "{of}: {}", strange(77));
        }
    }

    #[test]
    fn where_all_sites_speak_of_everything_a_new_text_is_any_site_s() {
        let site = |s: u64| -> Vec<Fingerprint> { (0..12).map(|p| page(1, s * 100 + p)).collect() };
        let prints: Vec<Vec<Fingerprint>> = (0..60).map(site).collect();
        let sites: Vec<Site<'_>> = prints.iter().map(|site| Site::of(site.iter())).collect();
        let subjects = Subjects::measure(&sites);
        let after = [page(1, 9000), page(1, 9001)];
        let strange = subjects.strange(&after[0], &prints[3][0], [&sites[3], &Site::of(after.iter())]);
        assert!(strange > 0.99, "{strange}");
    }

    #[test]
    fn few_pages_leave_it_to_the_prior() {
        let prints: Vec<Fingerprint> = (0..3).map(|p| page(1, p)).collect();
        let site = Site::of(prints.iter());
        let subjects = Subjects::measure(std::slice::from_ref(&site));
        let strange =
            |new: &Fingerprint| subjects.strange(new, &prints[0], [&site, &Site::of([new].into_iter())]);
        assert!(strange(&page(2, 50)) > 0.5 && strange(&prints[1]) < 0.1);
    }
}
