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
const COMPARED: usize = 1_000;
/// Fewest outputs that are compared.
const FEWEST: usize = 100;
/// Standard errors between two means: with six samples on either side, four are beyond chance for as many
/// cells as there are.
const ERRORS: f64 = 4.0;
/// How much less varied the outputs of a generator are than its own first ones, for runs of words and for
/// different outputs; and how much less than the first generation of all, where it may only write in
/// another way: answers that all begin and end alike have up to a quarter fewer new runs.
const LESS: f64 = 0.15;
const FEWER: f64 = 0.25;
const MUCH_LESS: f64 = 0.4;
const MUCH_FEWER: f64 = 0.5;
/// Bins of a signature, and those of a band: pairs with a similarity of .8 meet with 99 %, of .5 with 40 %.
const BINS: usize = 64;
const ROWS: usize = 5;

/// What was measured of one cell.
struct Variety {
    outputs: u64,
    blocks: Vec<f64>,
    /// Effective number of different outputs, as a share: e to the power of their entropy (Hill's number of
    /// order 1, 1973), where near copies are one output.
    effective: f64,
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

    /// Whether it is less varied than `first` beyond chance, by `less` of the runs or `fewer` of the outputs.
    fn lost(&self, first: &Variety, less: f64, fewer: f64) -> bool {
        let (gap, error) = (first.mean() - self.mean(), (first.error() + self.error()).sqrt());
        (gap > ERRORS * error && gap > less * first.mean())
            || self.effective < (1.0 - fewer) * first.effective
    }
}

/// Outputs of one generator in one generation; those of the first generation are one group.
struct Group {
    generation: u32,
    generator: Option<u32>,
    outputs: Vec<Vec<u64>>,
}

/// Compares every cell with the records of the first generation, and with the generator's own first
/// outputs. Empty if there are too few of the first generation.
pub(crate) fn diversity(sample: &Sample, known: &Known) -> Vec<Diversity> {
    let first: Vec<&Cell> = sample.cells.iter().filter(|cell| cell.generation == 0).collect();
    let first = Group { generation: 0, generator: None, outputs: shingles(&interleaved(&first), known) };
    let later = sample.cells.iter().filter(|cell| cell.generation > 0).map(|cell| Group {
        generation: cell.generation,
        generator: Some(cell.generator),
        outputs: shingles(&cell.nodes, known),
    });
    let runs = |group: &Group| group.outputs.iter().map(Vec::len).sum::<usize>() / BLOCKS;
    let enough = |group: &Group| runs(group) >= LEAST && group.outputs.len() >= FEWEST;
    let groups: Vec<Group> = std::iter::once(first).chain(later).filter(enough).collect();
    if groups.first().is_none_or(|group| group.generator.is_some()) {
        return Vec::new();
    }
    let length = groups.iter().map(runs).min().unwrap_or(LEAST).min(MOST);
    let number = groups.iter().map(|group| group.outputs.len()).min().unwrap_or(FEWEST).min(COMPARED);
    let measured: Vec<Variety> = groups.iter().map(|group| variety(&group.outputs, length, number)).collect();
    let entry = |(at, group): (usize, &Group)| {
        let (own, seeds) = (&measured[at], &measured[0]);
        let own_first = groups.iter().position(|other| other.generator == group.generator).unwrap_or(at);
        Diversity {
            generation: group.generation,
            generator: group.generator.map(|at| known.names.get(at as usize).cloned().unwrap_or_default()),
            outputs: own.outputs,
            distinct: own.mean(),
            effective: 1000.0 * own.effective,
            first_distinct: seeds.mean(),
            first_effective: 1000.0 * seeds.effective,
            lost: own.lost(&measured[own_first], LESS, FEWER) || own.lost(seeds, MUCH_LESS, MUCH_FEWER),
        }
    };
    groups.iter().enumerate().map(entry).collect()
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

/// Measures samples of `length` runs of words, and `number` outputs.
fn variety(outputs: &[Vec<u64>], length: usize, number: usize) -> Variety {
    let runs: Vec<u64> = outputs.iter().flatten().copied().take(length * BLOCKS).collect();
    let distinct = |block: &[u64]| block.iter().collect::<AHashSet<_>>().len() as f64 / block.len() as f64;
    let compared = &outputs[..outputs.len().min(number)];
    let all = compared.len().max(1) as f64;
    let sizes = near_copies(compared);
    let alone = all - sizes.iter().sum::<usize>() as f64;
    let part = |size: f64| -size / all * libm::log(size / all);
    let entropy = alone * part(1.0) + sizes.iter().map(|size| part(*size as f64)).sum::<f64>();
    Variety {
        outputs: outputs.len() as u64,
        blocks: runs.chunks_exact(length.max(1)).map(distinct).collect(),
        effective: libm::exp(entropy) / all,
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

    /// People's records and two generations of a generator, 600 outputs of 12 words each, of so many
    /// different words; in the last one so many of ten are copies.
    fn cells(words: [u64; 3], copies: u64) -> Vec<Diversity> {
        let mut known = Known { names: vec![String::new(), "g".to_owned()], ..Known::default() };
        let mut cells = Vec::new();
        for generation in 0..3u32 {
            let nodes: Vec<u32> = (0..600).map(|n| generation * 600 + n).collect();
            for &node in &nodes {
                let one = if generation == 2 && u64::from(node) % 10 < copies { 7 } else { u64::from(node) };
                let word = |at: u64| format!("w{}", mix(one * 100 + at) % words[generation as usize]);
                let made = (0..12).map(word).collect::<Vec<_>>().join(" ").into();
                known.kept.insert(node, Kept { made, given: "".into() });
            }
            cells.push(Cell { generation, generator: generation.min(1), nodes });
        }
        diversity(&Sample { cells, ..Sample::default() }, &known)
    }

    #[test]
    fn loss_is_told_from_sameness_and_from_style() {
        let lost = |found: &[Diversity]| found.iter().map(|entry| entry.lost).collect::<Vec<_>>();
        let same = cells([60, 60, 60], 0);
        assert_eq!(lost(&same), [false, false, false], "{same:?}");
        // A generator that knows few words does so from its first output on.
        assert_eq!(lost(&cells([60, 12, 12], 0)), [false, false, false]);
        assert_eq!(lost(&cells([60, 60, 12], 0)), [false, false, true]);
        let copied = cells([60, 60, 60], 4);
        assert!(copied[2].effective < 0.8 * copied[0].effective, "{copied:?}");
        assert_eq!(lost(&copied), [false, false, true]);
    }
}
