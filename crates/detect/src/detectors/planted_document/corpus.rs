//! What is usual in the corpus: which words stand side by side.

use serde::{Deserialize, Serialize};
use toadstone_core::RecordId;

use super::words::{Word, follow, split};
use crate::detectors::shared::sample::{Size, floor};

/// Bits of the table of one half: 4 MiB.
const BITS: u32 = 25;
/// Bytes of a document that are learnt from.
pub const CHUNK: usize = 1 << 10;
/// Bytes that are learnt from in all.
pub const BUDGET: usize = 12 << 20;

/// Part of a document to learn from, and in which half it is.
#[derive(Serialize, Deserialize)]
pub struct Chunk {
    /// The text.
    pub text: Box<str>,
    /// The half.
    pub half: usize,
}

impl Chunk {
    /// At most [`CHUNK`] bytes of `text` from a place that its content decides.
    pub fn of(text: &str, priority: u64) -> Chunk {
        let spare = text.len().saturating_sub(CHUNK) as u64;
        let from =
            floor(text, ((u128::from(priority.rotate_left(32)) * u128::from(spare + 1)) >> 64) as usize);
        let to = floor(text, from + CHUNK);
        Chunk { text: text[from..to].into(), half: half(priority) }
    }
}

/// The half that a document belongs to; it is judged by the other one.
pub fn half(priority: u64) -> usize {
    (priority & 1) as usize
}

impl Size for Chunk {
    fn size(&self) -> usize {
        self.text.len() + 64
    }
}

/// Which words, and which pairs of neighbours, each half of the corpus has (Bloom, 1970; one hash,
/// so at most one pair in fifty is taken for known by mistake).
#[derive(Serialize, Deserialize)]
pub struct Corpus {
    halves: [Vec<u64>; 2],
}

impl Corpus {
    /// Learns from chunks; the order does not matter.
    pub fn learn(chunks: Vec<(RecordId, Chunk)>) -> Corpus {
        let mut corpus = Corpus { halves: [vec![0; 1 << (BITS - 6)], vec![0; 1 << (BITS - 6)]] };
        let mut words = Vec::new();
        for (_, chunk) in chunks {
            split(&chunk.text, &mut words);
            let table = &mut corpus.halves[chunk.half];
            let mut set = |key: u64| table[(key >> (70 - BITS)) as usize] |= 1 << (key >> (64 - BITS) & 63);
            words.iter().for_each(|word| set(single(word)));
            words.windows(2).for_each(|two| set(pair(&two[0], &two[1])));
        }
        corpus
    }

    /// Whether the half of the corpus other than `half` has the word.
    pub fn knows(&self, half: usize, word: &Word) -> bool {
        self.has(half, single(word))
    }

    /// Whether the half of the corpus other than `half` has the two side by side.
    pub fn knows_pair(&self, half: usize, left: &Word, right: &Word) -> bool {
        self.has(half, pair(left, right))
    }

    fn has(&self, half: usize, key: u64) -> bool {
        self.halves[1 - half][(key >> (70 - BITS)) as usize] >> (key >> (64 - BITS) & 63) & 1 == 1
    }
}

fn single(word: &Word) -> u64 {
    follow(1, word.hash)
}

fn pair(left: &Word, right: &Word) -> u64 {
    follow(left.hash, right.hash)
}
