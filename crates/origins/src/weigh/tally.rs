//! Counts origins: of the records of findings, and of all records.

use std::io;

use ahash::{AHashMap, AHashSet};
use serde::{Deserialize, Serialize};
use toadstone_core::{Batch, Mark, Profile, Record, RecordId, Role, day, instant};
use toadstone_detect::Setup;
use toadstone_sketch::Totals;
use xxhash_rust::xxh3::xxh3_64;

use crate::axis::{Axis, NOBODY, key_of};

/// What records may have in common beside their content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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

    pub(super) fn value<'r>(
        self,
        record: &Record<'r>,
        files: &'r [String],
    ) -> Option<std::borrow::Cow<'r, str>> {
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

/// The marked records, and which columns are looked at.
pub(super) struct Sought {
    ids: Vec<RecordId>,
    columns: Vec<By>,
    files: Vec<String>,
}

impl Sought {
    pub(super) fn new(marks: &[Mark], columns: &[By], files: &[String]) -> Sought {
        let mut ids: Vec<RecordId> = marks.iter().map(|mark| mark.id).collect();
        ids.sort_unstable();
        ids.dedup();
        Sought { ids, columns: columns.to_vec(), files: files.to_vec() }
    }
}

/// One state: what some of the records say.
pub(super) struct Part {
    pub(super) totals: Totals<3, 4>,
    pub(super) known: Known,
}

/// The part of it that has no keys. 24 bytes and more for each marked record.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Known {
    marked: AHashMap<RecordId, (u64, Box<[u64]>)>,
    labels: AHashMap<u64, u64>,
}

impl Known {
    pub(super) fn merge(&mut self, other: Known) {
        self.marked.extend(other.marked);
        for (label, n) in other.labels {
            *self.labels.entry(label).or_default() += n;
        }
    }
}

impl Part {
    pub(super) fn new(setup: &Setup) -> Part {
        Part { totals: Totals::new(setup.memory, &setup.temporary, fold), known: Known::default() }
    }

    pub(super) fn fresh(&self) -> Part {
        Part { totals: self.totals.fresh(), known: Known::default() }
    }

    pub(super) fn observe(&mut self, batch: &Batch, sought: &Sought) {
        for record in batch.records() {
            let label = record.get(Role::Label).map_or(0, |label| xxh3_64(label.as_bytes()));
            let keys: Box<[u64]> = sought.columns.iter().map(|by| by.key(&record, &sought.files)).collect();
            for (column, &key) in keys.iter().enumerate().filter(|(_, key)| **key != NOBODY) {
                self.totals.add([column as u64, key, label, 1]);
            }
            *self.known.labels.entry(label).or_default() += 1;
            if sought.ids.binary_search(&record.id()).is_ok() {
                self.known.marked.insert(record.id(), (label, keys));
            }
        }
    }

    pub(super) fn merge(&mut self, other: Part) {
        self.totals.merge(other.totals);
        self.known.merge(other.known);
    }

    pub(super) fn conclude(self) -> io::Result<Tally> {
        let Known { marked, labels } = self.known;
        let mut wanted: AHashSet<(usize, u64)> = AHashSet::new();
        for (_, keys) in marked.values() {
            wanted.extend(keys.iter().copied().enumerate());
        }
        let mut counts = AHashMap::new();
        self.totals.conclude(|&[column, key, label, n]| {
            if wanted.contains(&(column as usize, key)) {
                counts.insert((column as usize, key, label), n);
            }
        })?;
        Ok(Tally { marked, counts, labels })
    }
}
