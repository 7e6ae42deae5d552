//! New texts that are like one another.

use ahash::AHashMap;
use toadstone_core::Became;
use toadstone_sketch::{Unions, mix};

use super::Second;
use super::fates::{Fate, texts};
use crate::page::fingerprint::{SHINGLE_BINS, agreeing};

/// Bins that two texts have to agree in to meet: 16 groups of 8 find nine of ten pairs with a similarity
/// of .8, and one of a hundred at .4.
const ROWS: usize = 8;
/// Share of bins that makes two texts alike.
const SAME: f64 = 0.5;

/// Clusters of pages by their new texts.
#[derive(Debug, Default)]
pub(super) struct Alike {
    /// Cluster of a page, by its place among the fates.
    cluster: AHashMap<usize, u32>,
    sizes: AHashMap<u32, usize>,
}

impl Alike {
    /// Clusters the pages of whose text nothing is left. Time and memory grow with their number alone; of
    /// texts that meet in one group of bins, each is compared with the first only.
    pub(super) fn of(second: &Second<'_>, pages: &[Fate]) -> Alike {
        let lost: Vec<usize> = (0..pages.len()).filter(|at| pages[*at].change == Became::Replaced).collect();
        let new = |at: usize| texts(second, pages[at].page).map(|(_, b)| b);
        let mut unions = Unions::default();
        let mut firsts: AHashMap<(usize, u64), usize> = AHashMap::new();
        for &at in &lost {
            let Some(print) = new(at).filter(|print| print.length > 0) else { continue };
            for (band, rows) in print.shingles.chunks_exact(ROWS).enumerate() {
                let key = rows.iter().fold(band as u64, |key, bin| mix(key ^ u64::from(*bin)));
                let first = *firsts.entry((band, key)).or_insert(at);
                let enough = |other: usize| {
                    let agreeing = new(other).map_or(0, |other| agreeing(&other.shingles, &print.shingles));
                    agreeing as f64 >= SAME * SHINGLE_BINS as f64
                };
                if first != at && enough(first) {
                    unions.join(first as u64, at as u64);
                }
            }
        }
        let mut alike = Alike::default();
        for (cluster, members) in unions.clusters().into_iter().enumerate() {
            for member in &members {
                alike.cluster.insert(*member as usize, cluster as u32);
            }
            alike.sizes.insert(cluster as u32, members.len());
        }
        alike
    }

    /// The cluster of a page; `None` if its new text is like no other.
    pub(super) fn cluster(&self, page: usize) -> Option<u32> {
        self.cluster.get(&page).copied()
    }

    /// Pages with a new text like that of this one, itself included.
    pub(super) fn size(&self, page: usize) -> usize {
        self.cluster(page).and_then(|cluster| self.sizes.get(&cluster)).copied().unwrap_or(1)
    }
}
