//! Which outputs are looked at closely, and their texts.

use std::borrow::Cow;
use std::collections::{BTreeMap, BinaryHeap};

use ahash::AHashMap;
use toadstone_core::{Record, Role};

use crate::graph::Graph;
use crate::trace::Trace;

/// Outputs that are sampled, and those of one generation of one generator.
const OUTPUTS: usize = 32_000;
const LEAST: usize = 200;
pub(crate) const MOST: usize = 4_000;
/// Generations and generators that are told apart, and pairs of them that are looked at.
const GENERATIONS: u32 = 16;
const GENERATORS: u32 = 64;
const CELLS: usize = 160;
/// Parents of an output that are read beside it.
const PARENTS: usize = 4;
/// Bytes of a text that are kept: half from its start, half from its end.
const TEXT: usize = 2048;

/// What a model learns to say from a record: its answer, or the document itself.
pub(crate) fn made<'r>(record: &Record<'r>) -> &'r str {
    record.get(Role::Output).unwrap_or_else(|| record.get(Role::Input).unwrap_or(""))
}

/// What it was given for that; nothing for documents.
pub(crate) fn given<'r>(record: &Record<'r>) -> &'r str {
    record.get(Role::Output).and(record.get(Role::Input)).unwrap_or("")
}

/// The start and the end of a text.
pub(crate) fn cut(text: &str) -> Cow<'_, str> {
    if text.len() <= TEXT {
        return Cow::Borrowed(text);
    }
    let (head, tail) = (text.floor_char_boundary(TEXT / 2), text.ceil_char_boundary(text.len() - TEXT / 2));
    Cow::Owned(format!("{}\n{}", &text[..head], &text[tail..]))
}

/// Sampled outputs of one generator in one generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) generation: u32,
    pub(crate) generator: u32,
    /// In the order of their lots, which is as good as random.
    pub(crate) nodes: Vec<u32>,
}

/// The sample: of each cell the records with the lowest lots, so that it depends on no order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sample {
    /// By generation, then generator.
    pub(crate) cells: Vec<Cell>,
    /// The parents of each sampled node.
    pub(crate) parents: AHashMap<u32, Vec<u32>>,
    /// Records whose texts are to be kept, a bit each.
    pub(crate) wanted: Vec<u64>,
}

impl Sample {
    /// O(records x log of the sample).
    pub(crate) fn choose(trace: &Trace, back: &Graph) -> Sample {
        let linked = &trace.linked;
        let cell = |node: u32| {
            let generator = linked.generator[node as usize];
            let generation = trace.generation(node);
            (generation < GENERATIONS && generator <= GENERATORS).then_some((generation, generator))
        };
        let mut sizes: BTreeMap<(u32, u32), u64> = BTreeMap::new();
        (0..back.records()).filter_map(cell).for_each(|cell| *sizes.entry(cell).or_default() += 1);
        let mut largest: Vec<((u32, u32), u64)> = sizes.into_iter().collect();
        largest.sort_by_key(|(cell, n)| (std::cmp::Reverse(*n), *cell));
        largest.truncate(CELLS);
        let quota = (OUTPUTS / largest.len().max(1)).clamp(LEAST, MOST);
        let mut heaps: BTreeMap<(u32, u32), BinaryHeap<(u32, u32)>> =
            largest.into_iter().map(|(cell, _)| (cell, BinaryHeap::new())).collect();
        for node in 0..back.records() {
            let Some(heap) = cell(node).and_then(|cell| heaps.get_mut(&cell)) else { continue };
            let lot = (linked.lot[node as usize], node);
            if heap.len() < quota {
                heap.push(lot);
            } else if let Some(mut last) = heap.peek_mut()
                && lot < *last
            {
                *last = lot;
            }
        }
        let mut sample = Sample { wanted: vec![0; linked.nodes.len().div_ceil(64)], ..Sample::default() };
        for ((generation, generator), heap) in heaps {
            let nodes: Vec<u32> = heap.into_sorted_vec().into_iter().map(|(_, node)| node).collect();
            nodes.iter().for_each(|&node| sample.add(node, back));
            sample.cells.push(Cell { generation, generator, nodes });
        }
        sample
    }

    fn add(&mut self, node: u32, back: &Graph) {
        let parents: Vec<u32> = parents(back, node).take(PARENTS).collect();
        parents.iter().chain([&node]).for_each(|&node| self.wanted[node as usize / 64] |= 1 << (node % 64));
        self.parents.insert(node, parents);
    }

    /// Whether the text of a record is to be kept.
    pub(crate) fn wants(&self, node: u32) -> bool {
        self.wanted[node as usize / 64] >> (node % 64) & 1 == 1
    }
}

/// The records that a record was made from; of those that share a key, all.
pub(crate) fn parents(back: &Graph, node: u32) -> impl Iterator<Item = u32> + '_ {
    let own = back.children(node).iter().copied();
    own.flat_map(move |parent| {
        let (one, several) = match back.is_record(parent) {
            true => (Some(parent), &[][..]),
            false => (None, back.children(parent)),
        };
        one.into_iter().chain(several.iter().copied())
    })
}

/// A kept text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) made: Box<str>,
    pub(crate) given: Box<str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_keep_both_ends() {
        let text = format!("{}{}", "é".repeat(2000), "z".repeat(2000));
        let kept = cut(&text);
        assert!(kept.len() <= TEXT + 2 && kept.starts_with('é') && kept.ends_with('z'));
        assert_eq!(cut("short"), "short");
    }
}
