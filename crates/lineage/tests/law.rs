//! However records are dealt out and in whatever order they come, the lineage is the same; and it is what
//! following the keys by hand gives.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod support;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use support::{Data, Texts, follow, place};
use toadstone_core::{RecordId, Role};

/// A record of a test: its key and what it refers to, as texts.
#[derive(Debug, Clone)]
struct Row {
    key: Option<u8>,
    parents: Vec<u8>,
    prompt: Option<u8>,
    generator: Option<u8>,
}

impl Row {
    fn texts(&self, at: usize) -> Texts {
        let mut texts = vec![
            (Role::Input, format!("say something about number {}", at % 7)),
            (Role::Output, format!("number {} is as good as {} or nearly so", at % 5, at % 11)),
        ];
        let key = |role| move |key: &u8| (role, format!("k{key}"));
        texts.extend(self.key.iter().map(key(Role::Key)));
        texts.extend(self.parents.iter().map(key(Role::Parent)));
        texts.extend(self.prompt.iter().map(key(Role::Prompt)));
        texts.extend(self.generator.iter().map(|name| (Role::Generator, format!("g{name}"))));
        texts
    }
}

/// What a person would do with the keys: steps from the nearest root.
fn plain(rows: &[Row], roots: &[usize]) -> BTreeMap<RecordId, u32> {
    let mut found: BTreeMap<RecordId, u32> = BTreeMap::new();
    let mut step: BTreeSet<usize> = roots.iter().copied().collect();
    let mut distance = 0;
    while !step.is_empty() {
        step.iter().for_each(|&at| {
            found.entry(place(at)).or_insert(distance);
        });
        let keys: BTreeSet<u8> = step.iter().filter_map(|&at| rows[at].key).collect();
        let refers = |row: &Row| {
            row.parents.iter().chain(&row.prompt).any(|key| keys.contains(key) && row.key != Some(*key))
        };
        step = (0..rows.len()).filter(|&at| refers(&rows[at]) && !found.contains_key(&place(at))).collect();
        distance += 1;
    }
    found
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (
        prop::option::weighted(0.9, 0u8..30),
        prop::collection::vec(0u8..34, 0..3),
        prop::option::weighted(0.3, 0u8..34),
        prop::option::weighted(0.8, 0u8..3),
    );
    let row = row.prop_map(|(key, parents, prompt, generator)| Row { key, parents, prompt, generator });
    prop::collection::vec(row, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_same_for_every_way_to_deal_and_as_by_hand(
        rows in rows(),
        roots in prop::collection::vec(0usize..60, 0..4),
        batch in 1usize..9,
        seed in 1usize..12,
        threads in 2usize..5,
    ) {
        let roots: Vec<usize> = roots.into_iter().filter(|at| *at < rows.len()).collect();
        let texts: Vec<Texts> = rows.iter().enumerate().map(|(at, row)| row.texts(at)).collect();
        let (trace, one) = follow(&Data::new(&texts, 1000, 0), &roots, 1 << 20, 1);
        // So little memory that everything is spilled.
        let memory = if seed.is_multiple_of(3) { 0 } else { 1 << 20 };
        let (_, other) = follow(&Data::new(&texts, batch, seed), &roots, memory, threads);
        prop_assert_eq!(&one.lineage, &other.lineage);
        prop_assert_eq!(&one.closure, &other.closure);
        prop_assert_eq!(&one.stopped, &other.stopped);
        let found: BTreeMap<RecordId, u32> = one
            .closure
            .members()
            .map(|node| (trace.record(node), one.closure.distance[node as usize]))
            .collect();
        prop_assert_eq!(found, plain(&rows, &roots));
        let blast = &one.lineage.blast;
        prop_assert_eq!(blast.roots + blast.descendants, one.closure.members().count() as u64);
        prop_assert_eq!(one.lineage.generations.iter().map(|g| g.records).sum::<u64>(), rows.len() as u64);
    }
}
