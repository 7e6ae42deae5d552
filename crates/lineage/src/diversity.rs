//! Whether outputs become less varied from one generation to the next.

use std::collections::BTreeMap;

use ahash::{AHashMap, AHashSet};
use toadstone_core::lineage::Diversity;
use toadstone_detect::Tokens;
use toadstone_sketch::{MinHasher, Unions};

use crate::sample::{Cell, Sample};
use crate::texts::Known;

/// Words in a row whose variety is measured.
const WIDTH: usize = 3;
/// Samples that are taken of a cell, and least and most runs of words in one.
const BLOCKS: usize = 6;
const LEAST: usize = 300;
const MOST: usize = 4_000;
/// Outputs that are compared with each other.
const COMPARED: usize = 2_000;
/// How much less varied, and how many standard errors: with six samples on either side, four are beyond
/// chance for as many cells as there are.
const LESS: f64 = 0.15;
const ERRORS: f64 = 4.0;
/// The same for copies: share of the effective number, and least pairs of near copies.
const FEWER: f64 = 0.7;
const PAIRS: f64 = 20.0;
/// Bins of a signature, and those of a band: pairs with a similarity of .8 meet with 99 %, of .5 with 40 %.
const BINS: usize = 64;
const ROWS: usize = 5;

/// What was measured of one cell.
struct Variety {
    outputs: u64,
    blocks: Vec<f64>,
    /// Chance that two outputs are near copies.
    collisions: f64,
    pairs: f64,
}

impl Variety {
    fn mean(&self) -> f64 {
        self.blocks.iter().sum::<f64>() / self.blocks.len().max(1) as f64
    }

    /// The squared standard error of the mean.
    fn error(&self) -> f64 {
        let (mean, n) = (self.mean(), self.blocks.len() as f64);
        self.blocks.iter().map(|block| (block - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0) / n
    }

    /// As how many different outputs a thousand count (the inverse of Simpson's index, estimated from pairs
    /// without bias, so that it does not depend on the size of the sample).
    fn effective(&self) -> f64 {
        1.0 / (1.0 / 1000.0 + (1.0 - 1.0 / 1000.0) * self.collisions)
    }
}

/// Compares every cell with the records of the first generation. Empty if there are too few of those.
pub(crate) fn diversity(sample: &Sample, known: &Known) -> Vec<Diversity> {
    let first: Vec<&Cell> = sample.cells.iter().filter(|cell| cell.generation == 0).collect();
    let later = sample.cells.iter().filter(|cell| cell.generation > 0);
    let mut groups: Vec<(u32, Option<u32>, Vec<u32>)> = vec![(0, None, interleaved(&first))];
    groups.extend(later.map(|cell| (cell.generation, Some(cell.generator), cell.nodes.clone())));
    let read: Vec<Vec<Vec<u64>>> = groups.iter().map(|(_, _, nodes)| shingles(nodes, known)).collect();
    let lengths = read.iter().map(|outputs| outputs.iter().map(Vec::len).sum::<usize>() / BLOCKS);
    let enough: Vec<bool> = lengths.clone().map(|length| length >= LEAST).collect();
    let length = lengths.filter(|length| *length >= LEAST).min().unwrap_or(0).min(MOST);
    let measured = groups.iter().zip(&read).zip(&enough).filter(|(_, enough)| **enough);
    let mut measured = measured.map(|((group, outputs), _)| (group, variety(outputs, length)));
    let Some((_, seeds)) = measured.next().filter(|_| enough[0]) else { return Vec::new() };
    let entry = |(group, own): (&(u32, Option<u32>, Vec<u32>), Variety)| {
        let (less, error) = (seeds.mean() - own.mean(), (seeds.error() + own.error()).sqrt());
        let fewer = own.effective() < FEWER * seeds.effective() && own.pairs >= PAIRS;
        Diversity {
            generation: group.0,
            generator: group.1.map(|at| known.names.get(at as usize).cloned().unwrap_or_default()),
            outputs: own.outputs,
            distinct: own.mean(),
            effective: own.effective(),
            first_distinct: seeds.mean(),
            first_effective: seeds.effective(),
            lost: fewer || (less > ERRORS * error && less > LESS * seeds.mean()),
        }
    };
    let mut found = vec![entry((&groups[0], variety(&read[0], length)))];
    found.extend(measured.map(entry));
    found
}

/// The nodes of several cells by turns, so that the start has a part of each.
fn interleaved(cells: &[&Cell]) -> Vec<u32> {
    let longest = cells.iter().map(|cell| cell.nodes.len()).max().unwrap_or(0);
    (0..longest).flat_map(|at| cells.iter().filter_map(move |cell| cell.nodes.get(at).copied())).collect()
}

/// The runs of words of each output.
fn shingles(nodes: &[u32], known: &Known) -> Vec<Vec<u64>> {
    let mut tokens = Tokens::default();
    let read = |node: &u32| {
        let kept = known.kept.get(node)?;
        let mut out = Vec::new();
        tokens.clear();
        tokens.add(&kept.made);
        if tokens.len() >= WIDTH {
            tokens.shingles(WIDTH, &mut out);
        }
        Some(out)
    };
    nodes.iter().filter_map(read).collect()
}

fn variety(outputs: &[Vec<u64>], length: usize) -> Variety {
    let runs: Vec<u64> = outputs.iter().flatten().copied().take(length * BLOCKS).collect();
    let distinct = |block: &[u64]| block.iter().collect::<AHashSet<_>>().len() as f64 / block.len() as f64;
    let compared = &outputs[..outputs.len().min(COMPARED)];
    let clusters = near_copies(compared);
    let pairs: f64 = clusters.iter().map(|size| (size * (size - 1)) as f64 / 2.0).sum();
    let n = compared.len() as f64;
    Variety {
        outputs: outputs.len() as u64,
        blocks: runs.chunks_exact(length.max(1)).map(distinct).collect(),
        collisions: pairs / (n * (n - 1.0) / 2.0).max(1.0),
        pairs,
    }
}

/// Sizes of the clusters of outputs that are nearly the same.
fn near_copies(outputs: &[Vec<u64>]) -> Vec<usize> {
    let mut hasher = MinHasher::<BINS>::default();
    let mut bands: BTreeMap<u64, u64> = BTreeMap::new();
    let mut unions = Unions::new();
    let mut short: AHashMap<&[u64], u64> = AHashMap::new();
    for (at, output) in (0u64..).zip(outputs) {
        // Without a run of words, texts are equal or not; those of this kind are too short to tell.
        let Some(signature) = hasher.signature(output) else { continue };
        if output.len() < 2 * ROWS {
            unions.join(*short.entry(output).or_insert(at), at);
            continue;
        }
        for band in MinHasher::bands(signature, ROWS) {
            unions.join(*bands.entry(band).or_insert(at), at);
        }
    }
    unions.clusters().iter().map(Vec::len).filter(|size| *size > 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::Kept;
    use toadstone_sketch::mix;

    /// Two generations of 600 outputs of 12 words each, of so many words.
    fn cells(words: [u64; 2], copies: u64) -> Vec<Diversity> {
        let mut known = Known { names: vec![String::new(), "g".to_owned()], ..Known::default() };
        let mut cells = Vec::new();
        for generation in 0..2u32 {
            let nodes: Vec<u32> = (0..600).map(|n| generation * 600 + n).collect();
            for &node in &nodes {
                let one = if generation == 1 && u64::from(node) % 10 < copies { 7 } else { u64::from(node) };
                let word = |at: u64| format!("w{}", mix(one * 100 + at) % words[generation as usize]);
                let made = (0..12).map(word).collect::<Vec<_>>().join(" ").into();
                known.kept.insert(node, Kept { made, given: "".into() });
            }
            cells.push(Cell { generation, generator: generation, nodes });
        }
        diversity(&Sample { cells, ..Sample::default() }, &known)
    }

    #[test]
    fn loss_is_told_from_sameness() {
        let same = cells([60, 60], 0);
        assert_eq!(same.iter().map(|d| d.lost).collect::<Vec<_>>(), [false, false], "{same:?}");
        assert!(cells([60, 12], 0)[1].lost);
        let copied = cells([60, 60], 3);
        assert!(copied[1].lost && copied[1].effective < 0.5 * copied[0].effective, "{copied:?}");
    }
}
