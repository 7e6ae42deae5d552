//! Caps: no source keeps more than a share, of all records or of those about one thing.

mod most;
mod weights;

use std::path::PathBuf;

use ahash::AHashMap;
use toadstone_core::{Batch, Control, Observe, Record, RecordId, Role, Source, SourceError};
use toadstone_sketch::{GroupBy, mix};
use xxhash_rust::xxh3::xxh3_64;

pub use most::most;
pub use weights::{Weighed, Weights, weights};

use crate::axis::{Axis, NOBODY};
use crate::members::texts;
use crate::survey::learn;
use crate::topics::{Model, Scratch};

/// A topic is an estimate, and learnt anew from what is left. So a source that has no more than this many
/// times its share of one is left alone, or cleaning would never come to an end.
const SLACK: f64 = 1.25;

/// How records over a cap are to be found.
#[derive(Debug, Clone)]
pub struct CapOptions {
    /// What counts as a source.
    pub axis: Axis,
    /// The share of what stays that no source may exceed, above 0 and below 1.
    pub share: f64,
    /// The seed of the topics if the cap holds for each topic, and not for all records together.
    pub topics: Option<u64>,
    /// Worker threads, at least 1. The result does not depend on it.
    pub threads: usize,
    /// Bytes of memory; what needs more goes to temporary files.
    pub memory: usize,
    /// An existing folder for temporary files.
    pub temporary: PathBuf,
}

/// A record that is over a cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Over {
    /// The record.
    pub id: RecordId,
    /// Records that its source keeps at most, in all or of this topic.
    pub most: u64,
}

/// What a cap does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Capped {
    /// These records are over it, ascending.
    Over(Vec<Over>),
    /// There are too few sources: even if all were of one size, each would have more.
    Impossible {
        /// Named sources.
        sources: u64,
    },
}

/// Records that are counted together: a topic (0 where there are none), and a source.
type Group = (u64, u64);

/// Tells the group of a record.
struct Grouping<'g> {
    axis: Axis,
    files: &'g [String],
    model: Option<&'g Model>,
}

impl Grouping<'_> {
    /// `None` where the record belongs to no topic.
    fn of(&self, record: &Record<'_>, scratch: &mut Scratch) -> Option<Group> {
        let topic = match self.model {
            None => 0,
            Some(model) => model.topic(texts(record), scratch)? as u64,
        };
        Some((topic, self.axis.key(record, self.files)))
    }
}

/// A group's key, a draw, the record, and how many stay.
type Row = [u64; 5];

/// Finds the records over a cap; two readings, and two more for topics. Of a source that has too many,
/// those stay whose content has the smallest hashes: a draw that does not depend on any order, and that
/// leaves the same records when it is made again.
///
/// A topic that has too few sources for the share is left as it is. Memory: an entry for each source (in
/// each topic), and what `options` allows.
///
/// # Errors
/// [`SourceError`].
pub fn cap(
    source: &dyn Source,
    files: &[String],
    options: &CapOptions,
    control: &Control,
) -> Result<Capped, SourceError> {
    let model = match options.topics {
        Some(seed) => match learn(source, files, options, seed, control)? {
            Some(model) => Some(model),
            None => return Ok(Capped::Over(Vec::new())),
        },
        None => None,
    };
    let groups = Grouping { axis: options.axis, files, model: model.as_ref() };
    let sizes = sizes(source, &groups, options.threads, control)?;
    let limits = limits(&sizes, options);
    if let (None, Some(None)) = (options.topics, limits.get(&0)) {
        return Ok(Capped::Impossible {
            sources: sizes.keys().filter(|(_, key)| *key != NOBODY).count() as u64,
        });
    }
    let limit = |group: &Group| {
        let most = limits.get(&group.0).copied().flatten()?;
        (group.1 != NOBODY && sizes.get(group).is_some_and(|n| *n > most)).then_some(most)
    };
    let new = || GroupBy::<1, 5>::new(options.memory / options.threads.max(1), &options.temporary);
    let states = read(
        source,
        options.threads,
        control,
        || (new(), Scratch::default()),
        |state, batch| {
            for record in batch.records() {
                let Some(group) = groups.of(&record, &mut state.1) else { continue };
                let Some(most) = limit(&group) else { continue };
                let id = record.id();
                state.0.push([mix(group.0 ^ group.1), draw(&record), u64::from(id.file), id.row, most]);
            }
        },
    )?;
    let merged = states.into_iter().map(|(rows, _)| rows).reduce(|mut a, b| {
        a.merge(b);
        a
    });
    over(merged.unwrap_or_else(new)).map(Capped::Over)
}

/// A number that depends on a record's content only.
fn draw(record: &Record<'_>) -> u64 {
    let text = |role| record.get(role).map_or(0, |text: &str| xxh3_64(text.as_bytes()));
    let roles = [Role::Input, Role::Output, Role::Rejected, Role::Label];
    roles.into_iter().fold(0, |draw, role| mix(draw ^ text(role)))
}

/// All but the first of each group, ascending.
fn over(rows: GroupBy<1, 5>) -> Result<Vec<Over>, SourceError> {
    let mut rows = rows.finish()?;
    let mut found = Vec::new();
    let mut current: Option<(u64, u64)> = None;
    while let Some([key, _, file, row, most]) = rows.next_row()? as Option<Row> {
        let number = current.filter(|(of, _)| *of == key).map_or(1, |(_, number)| number + 1);
        current = Some((key, number));
        if number > most {
            found.push(Over { id: RecordId { file: file as u32, row }, most });
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// For each topic, how many records a source may keep of it; `None` where the share is impossible.
fn limits(sizes: &AHashMap<Group, u64>, options: &CapOptions) -> AHashMap<u64, Option<u64>> {
    let mut topics: AHashMap<u64, (Vec<u64>, u64)> = AHashMap::new();
    for (&(topic, key), &n) in sizes {
        let entry = topics.entry(topic).or_default();
        if key == NOBODY { entry.1 += n } else { entry.0.push(n) }
    }
    let slack = if options.topics.is_some() { SLACK } else { 1.0 };
    let limit = |(named, unnamed): (Vec<u64>, u64)| {
        let all = unnamed + named.iter().sum::<u64>();
        let largest = named.iter().copied().max().unwrap_or(0);
        if largest as f64 <= slack * options.share * all as f64 {
            return Some(largest);
        }
        most(&named, unnamed, options.share)
    };
    topics.into_iter().map(|(topic, sizes)| (topic, limit(sizes))).collect()
}

/// Records of each group. Memory: an entry for each.
fn sizes(
    source: &dyn Source,
    groups: &Grouping<'_>,
    threads: usize,
    control: &Control,
) -> Result<AHashMap<Group, u64>, SourceError> {
    let new = || (AHashMap::new(), Scratch::default());
    let states = read(source, threads, control, new, |(sizes, scratch), batch| {
        for record in batch.records() {
            if let Some(group) = groups.of(&record, scratch) {
                *sizes.entry(group).or_insert(0) += 1;
            }
        }
    })?;
    let mut all: AHashMap<Group, u64> = AHashMap::new();
    for (group, n) in states.into_iter().flat_map(|(sizes, _)| sizes) {
        *all.entry(group).or_insert(0) += n;
    }
    Ok(all)
}

fn read<S: Send>(
    source: &dyn Source,
    threads: usize,
    control: &Control,
    new: impl Fn() -> S,
    observe: impl Fn(&mut S, &Batch) + Sync,
) -> Result<Vec<S>, SourceError> {
    let mut states: Vec<S> = (0..threads.max(1)).map(|_| new()).collect();
    let observe = &observe;
    let workers =
        states.iter_mut().map(|s| Box::new(move |batch: &Batch| observe(s, batch)) as Observe<'_>).collect();
    source.read(workers, control)?;
    Ok(states)
}
