//! Random numbers from a seed.

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): the same numbers on every machine.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to, not including, 1.
    pub fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 24) as f32
    }

    /// Between `-limit` and `limit`.
    pub fn within(&mut self, limit: f32) -> f32 {
        (2.0 * self.unit() - 1.0) * limit
    }

    /// The numbers below `len` in a random order (Fisher and Yates).
    pub fn order(&mut self, len: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..len).collect();
        for end in (1..len).rev() {
            // The bias of the remainder is below len / 2^64.
            let other = (self.next() % (end as u64 + 1)) as usize;
            order.swap(end, other);
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn an_order_holds_each_number_once_and_depends_on_the_seed() {
        let order = Random::new(1).order(100);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..100).collect::<Vec<_>>());
        assert_eq!(order, Random::new(1).order(100));
        assert_ne!(order, Random::new(2).order(100));
        assert!(Random::new(1).order(0).is_empty());
    }

    #[test]
    fn units_fill_their_range_evenly() {
        let mut random = Random::new(3);
        let units: Vec<f32> = (0..10_000).map(|_| random.unit()).collect();
        let mean = units.iter().sum::<f32>() / units.len() as f32;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
        assert!(units.iter().all(|unit| (0.0..1.0).contains(unit)));
    }
}
