//! Random numbers from a seed.

use toadstone_sketch::mix;
use xxhash_rust::xxh3::xxh3_64;

/// Draws numbers that depend on a seed and on what they are for, and on nothing else (SplitMix64).
#[derive(Debug, Clone)]
pub(crate) struct Draw(u64);

impl Draw {
    /// Numbers for one purpose: other words, or another seed, give others.
    pub(crate) fn new(seed: u64, purpose: &[&str]) -> Draw {
        let start = purpose
            .iter()
            .fold(mix(seed ^ 0x7E57_AB1E), |state, word| mix(state.wrapping_add(xxh3_64(word.as_bytes()))));
        Draw(start)
    }

    /// The next 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number below `n`; 0 if `n` is 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.bits() % (n.max(1) as u64)) as usize
    }

    /// A number from 0 to below 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// One of them; `None` if there is none.
    pub(crate) fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }
}
