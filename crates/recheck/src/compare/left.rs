//! How much of a page's own text is left.
//!
//! A new menu, a cookie banner or a new template changes every page of a site and says nothing of its
//! content. What the pages of a site share shows in their sketches: a bin holds the same value on many of
//! them. Bins of which either side is shared are left out, so that the rest speaks of the pages' own text;
//! the texts themselves are not needed.

use crate::page::Fingerprint;
use crate::page::fingerprint::{SHINGLE_BINS, agreeing};

/// Pages of a site that are looked at.
const PAGES: usize = 64;
/// Pages that share a value, from which on it is the site's and not the page's. By chance two of 24 pages
/// share one in a bin of 240; beyond [`FEW`] pages, three are wanted.
const SHARED: [usize; 2] = [2, 3];
const FEW: usize = 24;
/// Bins that are enough for an estimate.
const ENOUGH: usize = 12;

/// Values that the pages of one site share, for each bin.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared(Vec<Vec<u16>>);

impl Shared {
    /// What the pages of a site share at one look.
    pub(super) fn of<'p>(pages: impl Iterator<Item = &'p Fingerprint>) -> Shared {
        let pages: Vec<&Fingerprint> = pages.filter(|print| print.length > 0).take(PAGES).collect();
        let least = SHARED[usize::from(pages.len() > FEW)];
        if pages.len() < 3 {
            return Shared::default();
        }
        let common = |bin: usize| {
            let mut values: Vec<u16> = pages.iter().map(|print| print.shingles[bin]).collect();
            values.sort_unstable();
            let often = values.chunk_by(|a, b| a == b).filter(|run| run.len() >= least);
            often.map(|run| run[0]).collect()
        };
        Shared((0..SHINGLE_BINS).map(common).collect())
    }

    fn has(&self, bin: usize, value: u16) -> bool {
        self.0.get(bin).is_some_and(|values| values.contains(&value))
    }
}

/// What two looks at a page have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Left {
    /// Share of the smaller of the two own texts that is in the other, 0 to 1.
    pub(super) own: f64,
    /// Share of the second text that is in the first, all of both texts counted.
    pub(super) of_second: f64,
}

/// Compares two looks at a page. `shared` are the sites' texts at the first and the second look.
pub(super) fn left(a: &Fingerprint, b: &Fingerprint, shared: [&Shared; 2]) -> Left {
    if a.length == 0 || b.length == 0 {
        return Left { own: 0.0, of_second: 0.0 };
    }
    let mut counts = [[0usize; 2]; 2];
    for bin in 0..SHINGLE_BINS {
        let (x, y) = (a.shingles[bin], b.shingles[bin]);
        // A value that one look shares is the site's at the other, too, if it is there at all.
        let site = |value: u16| shared.iter().any(|shared| shared.has(bin, value));
        if site(x) {
            continue;
        }
        let second_is_own = usize::from(!site(y));
        counts[second_is_own][usize::from(x == y)] += 1;
    }
    let sizes = (f64::from(a.shingle_count.max(1)), f64::from(b.shingle_count.max(1)));
    let all = agreeing(&a.shingles, &b.shingles) as f64 / SHINGLE_BINS as f64;
    let [of_site, of_page] = counts.map(|[no, yes]| (yes as f64, yes + no));
    let own = if of_page.1 >= ENOUGH {
        of_page.0 / of_page.1 as f64
    } else if of_page.1 + of_site.1 >= ENOUGH {
        // The second page has next to no text of its own: what was the first's own is gone or covered.
        (of_page.0 + of_site.0) / (of_page.1 + of_site.1) as f64
    } else {
        all
    };
    Left {
        own: contained(own, sizes.0, sizes.1, sizes.0.min(sizes.1)),
        of_second: contained(all, sizes.0, sizes.1, sizes.1),
    }
}

/// The share of a set of size `of` that is in the other, from the similarity of two sets (Jaccard) of sizes
/// `a` and `b`: their intersection is J (a + b) / (1 + J).
fn contained(similarity: f64, a: f64, b: f64, of: f64) -> f64 {
    (similarity * (a + b) / (1.0 + similarity) / of).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(seed: u64, n: u64) -> String {
        (0..n)
            .map(|i| format!("w{}", toadstone_sketch::mix(seed * 100_000 + i) % 5000))
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn site(template: u64, pages: impl Fn(u64) -> String) -> Vec<Fingerprint> {
        (0..20)
            .map(|i| {
                Fingerprint::of(
                    &format!("{} {} {}", words(template, 150), pages(i), words(template + 1, 150)),
                    "",
                )
            })
            .collect()
    }

    #[test]
    fn a_new_template_leaves_the_text_and_a_new_text_leaves_nothing() {
        let before = site(1, |i| words(100 + i, 120));
        let redesigned = site(7, |i| words(100 + i, 120));
        let replaced = site(1, |i| words(500 + i, 120));
        let flooded = site(1, |_| words(900, 120));
        let compare = |after: &[Fingerprint]| -> Vec<f64> {
            let shared = [Shared::of(before.iter()), Shared::of(after.iter())];
            before.iter().zip(after).map(|(a, b)| left(a, b, [&shared[0], &shared[1]]).own).collect()
        };
        assert!(compare(&redesigned).iter().all(|left| *left > 0.8), "{:?}", compare(&redesigned));
        assert!(compare(&replaced).iter().all(|left| *left < 0.05), "{:?}", compare(&replaced));
        assert!(compare(&flooded).iter().all(|left| *left < 0.05), "{:?}", compare(&flooded));
    }

    #[test]
    fn a_part_is_contained_in_the_whole() {
        let whole = words(1, 1000);
        let part = whole.split(' ').take(200).collect::<Vec<_>>().join(" ");
        let none = Shared::default();
        let left = left(&Fingerprint::of(&whole, ""), &Fingerprint::of(&part, ""), [&none, &none]);
        assert!(left.own > 0.7 && left.of_second > 0.7, "{left:?}");
    }
}
