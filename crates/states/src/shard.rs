//! Which files are read, and kept, together.

use std::hash::{Hash, Hasher};
use std::ops::Range;

use toadstone_corpus::Standing;
use xxhash_rust::xxh3::Xxh3;

/// Bytes on disk from which on a shard is large enough: a state costs a few hundred kilobytes however
/// little was read.
const ENOUGH: u64 = 8 << 20;

/// Files that are read, and kept, together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shard {
    /// Their numbers.
    pub files: Range<usize>,
    /// What they are told by: names, sizes, times, and how they are read.
    pub key: u128,
}

/// Deals files out to shards: neighbours until there is enough. A file that comes behind all others changes
/// the last shard only, and no shard if that is large enough.
pub fn shards(files: &[Standing]) -> Vec<Shard> {
    let mut out = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (at, file) in files.iter().enumerate() {
        bytes += file.bytes;
        if bytes >= ENOUGH || at + 1 == files.len() {
            out.push(Shard { files: start..at + 1, key: key(&files[start..=at]) });
            (start, bytes) = (at + 1, 0);
        }
    }
    out
}

fn key(files: &[Standing]) -> u128 {
    let mut digest = Xxh3::new();
    for file in files {
        file.hash(&mut Stable(&mut digest));
    }
    digest.digest128()
}

/// Hashes the same on every machine: numbers as little-endian bytes.
struct Stable<'d>(&'d mut Xxh3);

impl Hasher for Stable<'_> {
    fn finish(&self) -> u64 {
        self.0.digest()
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn write_u64(&mut self, number: u64) {
        self.0.update(&number.to_le_bytes());
    }

    fn write_u128(&mut self, number: u128) {
        self.0.update(&number.to_le_bytes());
    }

    fn write_usize(&mut self, number: usize) {
        self.0.update(&(number as u64).to_le_bytes());
    }

    fn write_isize(&mut self, number: isize) {
        self.0.update(&(number as i64).to_le_bytes());
    }
}
