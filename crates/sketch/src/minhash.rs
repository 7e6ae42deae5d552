//! MinHash signatures.

/// Scrambles a word (the finaliser of SplitMix64; Steele, Lea and Flood 2014). A bijection.
pub fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// Makes signatures of `BINS` words from sets of hashed shingles.
///
/// Two signatures agree in a bin with the probability that the sets have as their Jaccard
/// similarity. Fast similarity sketching (Dahlgaard, Knudsen and Thorup, FOCS 2017): each round
/// throws every element into one bin, and a bin keeps the least of the first round that reached it,
/// so a set of n elements takes O(n + BINS log BINS) and small sets are as exact as with `BINS`
/// permutations. Elements that occur twice count once. Reused, it allocates nothing.
#[derive(Debug, Clone)]
pub struct MinHasher<const BINS: usize> {
    bins: [u64; BINS],
}

impl<const BINS: usize> Default for MinHasher<BINS> {
    fn default() -> Self {
        MinHasher { bins: [u64::MAX; BINS] }
    }
}

impl<const BINS: usize> MinHasher<BINS> {
    /// The signature of a set of hashed shingles; `None` for the empty set.
    pub fn signature(&mut self, shingles: &[u64]) -> Option<&[u64; BINS]> {
        if shingles.is_empty() {
            return None;
        }
        self.bins = [u64::MAX; BINS];
        let mut empty = BINS;
        for round in 0..BINS as u64 {
            let salt = round.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            for &shingle in shingles {
                let hash = mix(shingle ^ salt);
                let bin = ((hash >> 32) * BINS as u64) >> 32;
                empty -= self.offer(bin as usize, round << 32 | (hash & 0xFFFF_FFFF));
            }
            if empty == 0 {
                return Some(&self.bins);
            }
        }
        self.fill_the_rest(shingles);
        Some(&self.bins)
    }

    /// Lowers a bin to `value`; 1 if it was empty.
    fn offer(&mut self, bin: usize, value: u64) -> usize {
        let slot = &mut self.bins[bin];
        let was_empty = *slot == u64::MAX;
        *slot = value.min(*slot);
        usize::from(was_empty)
    }

    /// What chance left empty after as many rounds as bins (rare) gets a permutation each.
    fn fill_the_rest(&mut self, shingles: &[u64]) {
        for bin in 0..BINS {
            if self.bins[bin] == u64::MAX {
                let round = (BINS + bin) as u64;
                let salt = round.wrapping_mul(0x9E37_79B9_7F4A_7C15);
                for &shingle in shingles {
                    self.offer(bin, round << 32 | (mix(shingle ^ salt) & 0xFFFF_FFFF));
                }
            }
        }
    }

    /// One key for each band of `rows` bins: sets of similarity s share a given key with probability
    /// s^rows (locality-sensitive hashing; Broder 1997, Leskovec et al., Mining of Massive Datasets, 3.4).
    pub fn bands(signature: &[u64; BINS], rows: usize) -> impl Iterator<Item = u64> {
        signature.chunks_exact(rows.max(1)).enumerate().map(|(band, chunk)| {
            chunk.iter().fold(mix(band as u64 + 1), |key, &value| mix(key ^ value).wrapping_add(value))
        })
    }

    /// One bit of each of the first 64 bins. Two such words differ in a bit with probability
    /// (1 - s) / 2 for sets of similarity s (b-bit minwise hashing; Li and König 2010).
    pub fn bits(signature: &[u64; BINS]) -> u64 {
        signature.iter().take(64).fold(0, |bits, &value| bits << 1 | (mix(value) & 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn agreement(a: &[u64], b: &[u64]) -> f64 {
        let (mut x, mut y) = (MinHasher::<112>::default(), MinHasher::<112>::default());
        let (x, y) = (x.signature(a).unwrap(), y.signature(b).unwrap());
        x.iter().zip(y).filter(|(a, b)| a == b).count() as f64 / 112.0
    }

    #[test]
    fn agreement_estimates_similarity_for_small_and_large_sets() {
        for (size, shared) in [(10u64, 8u64), (100, 80), (5000, 4000), (300, 60)] {
            let similarity = shared as f64 / (2 * size - shared) as f64;
            let mean = (0..40u64)
                .map(|seed| {
                    let element = |i: u64| mix(seed * 1_000_000 + i);
                    let a: Vec<u64> = (0..size).map(element).collect();
                    let b: Vec<u64> = (size - shared..2 * size - shared).map(element).collect();
                    agreement(&a, &b)
                })
                .sum::<f64>()
                / 40.0;
            assert!((mean - similarity).abs() < 0.03, "{size} {shared}: {mean} for {similarity}");
        }
    }

    #[test]
    fn the_empty_set_has_no_signature() {
        assert!(MinHasher::<16>::default().signature(&[]).is_none());
    }

    proptest! {
        #[test]
        fn order_and_repetition_do_not_matter(mut set in prop::collection::vec(any::<u64>(), 1..50)) {
            let mut hasher = MinHasher::<64>::default();
            let first = *hasher.signature(&set).unwrap();
            set.reverse();
            set.extend(set.clone());
            let second = *hasher.signature(&set).unwrap();
            prop_assert_eq!(first, second);
            prop_assert_eq!(MinHasher::<64>::bands(&first, 8).count(), 8);
        }
    }
}
