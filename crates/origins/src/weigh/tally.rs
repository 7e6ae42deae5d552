//! Counts origins: of the records of findings, and of all records.

use ahash::{AHashMap, AHashSet};
use toadstone_core::{
    Batch, Control, Mark, Observe, Profile, Record, RecordId, Role, Source, SourceError, day, instant,
};
use toadstone_sketch::Totals;
use xxhash_rust::xxh3::xxh3_64;

use super::WeighOptions;
use crate::axis::{Axis, NOBODY, key_of};

/// Bytes of a name that are shown.
const NAME: usize = 200;

/// What records may have in common beside their content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum By {
    /// An origin.
    Axis(Axis),
    /// The day on which they were made.
    Day,
    /// The month.
    Month,
}

impl By {
    /// The columns that the data has. The file is none of them: how data is dealt out to files must not
    /// change what is found.
    pub(crate) fn of(profile: &Profile) -> Vec<By> {
        let axes = Axis::of(profile).into_iter().filter(|axis| *axis != Axis::File);
        let dated = profile.roles.has(Role::Created);
        axes.map(By::Axis).chain([By::Day, By::Month].into_iter().filter(|_| dated)).collect()
    }

    /// The name used in reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            By::Axis(axis) => axis.name(),
            By::Day => "day",
            By::Month => "month",
        }
    }

    fn value<'r>(self, record: &Record<'r>, files: &'r [String]) -> Option<std::borrow::Cow<'r, str>> {
        let date = || record.get(Role::Created).and_then(instant).map(day);
        match self {
            By::Axis(axis) => axis.value(record, files),
            By::Day => date().map(Into::into),
            By::Month => date().map(|day| day[..day.len().saturating_sub(3)].to_owned().into()),
        }
    }

    /// A key for the value; [`NOBODY`] where there is none.
    fn key(self, record: &Record<'_>, files: &[String]) -> u64 {
        self.value(record, files).map_or(NOBODY, |value| key_of(&value))
    }
}

/// Records with one value and one label.
type Row = [u64; 4];

fn fold(total: &mut Row, row: &Row) {
    total[3] += row[3];
}

/// What was counted.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// For each marked record: its label, and its key in each column.
    pub(crate) marked: AHashMap<RecordId, (u64, Box<[u64]>)>,
    /// Records by column, key and label; only keys that marked records have.
    pub(crate) counts: AHashMap<(usize, u64, u64), u64>,
    /// Records by label.
    pub(crate) labels: AHashMap<u64, u64>,
}

/// One worker's part.
struct Part {
    marked: AHashMap<RecordId, (u64, Box<[u64]>)>,
    counts: Totals<3, 4>,
    labels: AHashMap<u64, u64>,
}

impl Tally {
    /// Reads the source once.
    pub(crate) fn read(
        source: &dyn Source,
        files: &[String],
        columns: &[By],
        marks: &[Mark],
        options: &WeighOptions,
        control: &Control,
    ) -> Result<Tally, SourceError> {
        let mut ids: Vec<RecordId> = marks.iter().map(|mark| mark.id).collect();
        ids.sort_unstable();
        ids.dedup();
        let threads = options.threads.max(1);
        let counts = || Totals::new(options.memory / threads, &options.temporary, fold);
        let part = || Part { marked: AHashMap::new(), counts: counts(), labels: AHashMap::new() };
        let mut parts: Vec<Part> = (0..threads).map(|_| part()).collect();
        let ids = &ids;
        let observe = |part: &mut Part, batch: &Batch| {
            for record in batch.records() {
                let label = record.get(Role::Label).map_or(0, |label| xxh3_64(label.as_bytes()));
                let keys: Box<[u64]> = columns.iter().map(|by| by.key(&record, files)).collect();
                for (column, &key) in keys.iter().enumerate().filter(|(_, key)| **key != NOBODY) {
                    part.counts.add([column as u64, key, label, 1]);
                }
                *part.labels.entry(label).or_default() += 1;
                if ids.binary_search(&record.id()).is_ok() {
                    part.marked.insert(record.id(), (label, keys));
                }
            }
        };
        let observe = &observe;
        let workers = parts
            .iter_mut()
            .map(|p| Box::new(move |batch: &Batch| observe(p, batch)) as Observe<'_>)
            .collect();
        source.read(workers, control)?;
        Tally::merged(parts)
    }

    fn merged(parts: Vec<Part>) -> Result<Tally, SourceError> {
        let mut parts = parts.into_iter();
        let Some(mut whole) = parts.next() else {
            return Ok(Tally::default());
        };
        for part in parts {
            whole.marked.extend(part.marked);
            whole.counts.merge(part.counts);
            for (label, n) in part.labels {
                *whole.labels.entry(label).or_default() += n;
            }
        }
        let mut wanted: AHashSet<(usize, u64)> = AHashSet::new();
        for (_, keys) in whole.marked.values() {
            wanted.extend(keys.iter().copied().enumerate());
        }
        let mut counts = AHashMap::new();
        whole.counts.conclude(|&[column, key, label, n]| {
            if wanted.contains(&(column as usize, key)) {
                counts.insert((column as usize, key, label), n);
            }
        })?;
        Ok(Tally { marked: whole.marked, counts, labels: whole.labels })
    }
}

/// The names of keys; one reading.
pub(crate) fn names(
    source: &dyn Source,
    files: &[String],
    keys: &[(By, u64)],
    threads: usize,
    control: &Control,
) -> Result<AHashMap<(By, u64), String>, SourceError> {
    let wanted: AHashSet<(By, u64)> = keys.iter().copied().collect();
    let mut columns: Vec<By> = keys.iter().map(|(by, _)| *by).collect();
    columns.sort_unstable();
    columns.dedup();
    let mut found: Vec<AHashMap<(By, u64), String>> = vec![AHashMap::new(); threads.max(1)];
    let observe = |found: &mut AHashMap<(By, u64), String>, batch: &Batch| {
        for record in batch.records() {
            for &by in &columns {
                let Some(value) = by.value(&record, files) else { continue };
                let key = (by, key_of(&value));
                if wanted.contains(&key) && !found.contains_key(&key) {
                    found.insert(key, value[..value.floor_char_boundary(NAME)].to_owned());
                }
            }
        }
    };
    let observe = &observe;
    let workers =
        found.iter_mut().map(|f| Box::new(move |batch: &Batch| observe(f, batch)) as Observe<'_>).collect();
    source.read(workers, control)?;
    Ok(found.into_iter().flatten().collect())
}
