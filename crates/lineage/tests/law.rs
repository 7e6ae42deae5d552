//! However records are dealt out and in whatever order they come, the lineage is the same; and it is what
//! following the keys by hand gives.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use toadstone_core::{
    Batch, BatchBuilder, Control, Kind, Observe, Profile, ReadSummary, RecordId, Role, Source, SourceError,
};
use toadstone_lineage::{Named, Options, Roots, Surveyed, Suspected, Trace, survey};

/// A record of a test: its key and what it refers to, as texts.
#[derive(Debug, Clone)]
struct Row {
    key: Option<u8>,
    parents: Vec<u8>,
    prompt: Option<u8>,
    generator: Option<u8>,
}

/// Records in two files, dealt out in one of many ways.
struct Data {
    batches: Vec<Batch>,
    profile: Profile,
    seed: usize,
}

impl Data {
    fn new(rows: &[Row], batch: usize, seed: usize) -> Data {
        let mut all: Vec<usize> = (0..rows.len()).collect();
        if seed % 2 == 1 {
            all.reverse();
        }
        let mut batches = Vec::new();
        for some in all.chunks(batch) {
            let mut builder = BatchBuilder::new();
            for &at in some {
                let row = &rows[at];
                builder.add(Role::Input, &format!("say something about number {}", at % 7));
                builder
                    .add(Role::Output, &format!("number {} is as good as {} or nearly so", at % 5, at % 11));
                row.key.iter().for_each(|key| builder.add(Role::Key, &format!("k{key}")));
                row.parents.iter().for_each(|parent| builder.add(Role::Parent, &format!("k{parent}")));
                row.prompt.iter().for_each(|prompt| builder.add(Role::Prompt, &format!("k{prompt}")));
                row.generator.iter().for_each(|name| builder.add(Role::Generator, &format!("g{name}")));
                assert!(builder.finish(place(at), None, Kind::Instruction));
            }
            batches.push(builder.take());
        }
        Data { batches, profile: Profile::default(), seed }
    }
}

/// Every second record is in the second file.
fn place(at: usize) -> RecordId {
    RecordId { file: (at % 2) as u32, row: (at / 2) as u64 }
}

impl Source for Data {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn read(&self, mut workers: Vec<Observe<'_>>, _: &Control) -> Result<ReadSummary, SourceError> {
        let n = workers.len();
        for (at, batch) in self.batches.iter().enumerate() {
            workers[(at * 7 + self.seed) % n](batch);
        }
        Ok(ReadSummary::default())
    }
}

fn follow(rows: &[Row], roots: &[usize], batch: usize, seed: usize, threads: usize) -> (Trace, Surveyed) {
    let folder = tempfile::tempdir().unwrap();
    let data = Data::new(rows, batch, seed);
    // So little memory that everything is spilled.
    let memory = if seed.is_multiple_of(3) { 0 } else { 1 << 20 };
    let options = Options { threads, memory, temporary: folder.path().to_owned() };
    let control = Control::default();
    let trace = Trace::read(&data, 2, &Named::default(), &options, &control).unwrap();
    let mut records: Vec<(RecordId, u32)> = roots.iter().map(|&at| (place(at), 0)).collect();
    records.sort_unstable();
    records.dedup();
    let roots = Roots { records, causes: vec![("test".to_owned(), String::new())] };
    let files = ["a".to_owned(), "b".to_owned()];
    let found = survey(&data, &files, &trace, roots, &Suspected::Planted, &options, &control).unwrap();
    (trace, found)
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
        let (trace, one) = follow(&rows, &roots, 1000, 0, 1);
        let (_, other) = follow(&rows, &roots, batch, seed, threads);
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
