//! The second reading: names, days, and a sample of the texts of each source that is looked at.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use ahash::AHashMap;
use toadstone_core::{Batch, Record, RecordId, Role, Vouched, instant};
use toadstone_sketch::{Totals, mix};
use xxhash_rust::xxh3::xxh3_64;

use crate::accounts::Account;
use crate::axis::{Axis, NOBODY};

/// Bytes of a name that are kept.
const NAME: usize = 300;
/// Bytes of a text that are read for its topic.
const TEXT: usize = 3000;
/// Records from which on a source is large enough to plant something of its own.
const LARGE: u64 = 100;
/// Sampled texts of all sources together, and the most and the least of one of them.
const TEXTS: usize = 28_000;
const MOST: usize = 64;
const FEWEST: usize = 2;
/// Sampled texts of all that is not looked at one by one.
const OF_OTHERS: usize = 2000;
/// Seconds of a day.
const DAY: i64 = 86_400;

/// What a model reads of a record for its topic: the beginning of what goes in and of what comes out.
pub(crate) fn texts<'r>(record: &Record<'r>) -> impl Iterator<Item = &'r str> {
    let cut = |text: &'r str| &text[..text.floor_char_boundary(TEXT)];
    [Role::Input, Role::Output].into_iter().filter_map(move |role| record.get(role).map(cut))
}

/// The texts of one source with the smallest hashes: a sample that does not depend on any order.
#[derive(Debug, Clone, Default)]
struct Sampled(BTreeMap<(u64, RecordId), String>);

impl Sampled {
    fn wants(&self, place: (u64, RecordId), quota: usize) -> bool {
        self.0.len() < quota || self.0.last_key_value().is_some_and(|(last, _)| place < *last)
    }

    fn insert(&mut self, place: (u64, RecordId), text: String, quota: usize) {
        self.0.insert(place, text);
        if self.0.len() > quota {
            self.0.pop_last();
        }
    }
}

/// Texts that are kept of each source, and at the end of everybody else. Large sources come first; small
/// ones have what is left.
fn quotas(accounts: &[Account]) -> Arc<[usize]> {
    let large = accounts.iter().filter(|account| account.records >= LARGE).count();
    let of_large = (TEXTS / large.max(1)).clamp(FEWEST, MOST);
    let (left, small) = (TEXTS.saturating_sub(large * of_large), accounts.len() - large);
    let of_small = (left / small.max(1)).clamp(FEWEST, MOST);
    let quota = |account: &Account| if account.records >= LARGE { of_large } else { of_small };
    accounts.iter().map(quota).chain([OF_OTHERS]).collect()
}

/// A source and a day; records.
type DayRow = [u64; 3];

fn add(total: &mut DayRow, row: &DayRow) {
    total[2] += row[2];
}

/// The state of the reading. Memory: [`TEXTS`] texts of at most [`TEXT`] bytes for each role.
pub(crate) struct Members<'s> {
    axis: Axis,
    files: &'s [String],
    places: &'s AHashMap<u64, usize>,
    names: Vec<Option<String>>,
    samples: Vec<Sampled>,
    /// Texts that are kept of each source, and at the end of everybody else.
    quotas: Arc<[usize]>,
    days: Totals<2, 3>,
    /// For each file, whether it is what was sealed, if that was asked for.
    sealed: Option<&'s [bool]>,
    /// Of each source, and at the end of everybody else.
    vouched: Vec<Vouched>,
}

/// Whether a record says where it comes from.
fn says_origin(record: &Record<'_>) -> bool {
    let said = |role: &Role| record.get(*role).is_some_and(|text| !text.trim().is_empty());
    [Role::Source, Role::Url, Role::Author].iter().any(said)
}

/// What follows from the second reading; lists are as long as the list of accounts.
pub(crate) struct Known {
    /// Names; empty where there is none.
    pub(crate) names: Vec<String>,
    /// Sampled texts of each source; one list more, for everybody else.
    pub(crate) samples: Vec<Vec<String>>,
    /// Records of each source by day since 1970, ascending.
    pub(crate) days: Vec<Vec<(i64, u64)>>,
    /// The same for all records, those of no source included.
    pub(crate) all_days: BTreeMap<i64, u64>,
    /// Records that are sealed or say where they come from, and at the end those of everybody else;
    /// empty if that was not asked for.
    pub(crate) vouched: Vec<Vouched>,
}

impl Known {
    /// All sampled texts.
    pub(crate) fn texts(&self) -> Vec<&str> {
        self.samples.iter().flatten().map(String::as_str).collect()
    }
}

impl<'s> Members<'s> {
    pub(crate) fn new(
        axis: Axis,
        files: &'s [String],
        places: &'s AHashMap<u64, usize>,
        accounts: &[Account],
        sealed: Option<&'s [bool]>,
        memory: usize,
        folder: &Path,
    ) -> Self {
        let quotas = quotas(accounts);
        let samples = vec![Sampled::default(); quotas.len()];
        let days = Totals::new(memory / 2, folder, add);
        let vouched = vec![Vouched::default(); quotas.len()];
        let names = vec![None; places.len()];
        Members { axis, files, places, names, samples, quotas, days, sealed, vouched }
    }

    pub(crate) fn fresh(&self) -> Self {
        Members {
            names: vec![None; self.names.len()],
            samples: vec![Sampled::default(); self.samples.len()],
            quotas: Arc::clone(&self.quotas),
            days: self.days.fresh(),
            vouched: vec![Vouched::default(); self.vouched.len()],
            ..*self
        }
    }

    pub(crate) fn observe(&mut self, batch: &Batch) {
        for record in batch.records() {
            let key = self.axis.key(&record, self.files);
            let place = self.places.get(&key).copied();
            if let Some(time) = record.get(Role::Created).and_then(instant) {
                let source = place.map_or(NOBODY, |_| key);
                self.days.add([source, time.div_euclid(DAY).cast_unsigned(), 1]);
            }
            if let Some(place) = place
                && self.names[place].is_none()
            {
                let name = self.axis.value(&record, self.files).unwrap_or_default();
                self.names[place] = Some(name[..name.floor_char_boundary(NAME)].to_owned());
            }
            let place = place.unwrap_or(self.names.len());
            if let Some(sealed) = self.sealed {
                let file = record.id().file as usize;
                self.vouched[place].sealed += u64::from(sealed.get(file).is_some_and(|sealed| *sealed));
                self.vouched[place].known += u64::from(says_origin(&record));
            }
            self.sample(place, &record);
        }
    }

    fn sample(&mut self, place: usize, record: &Record<'_>) {
        let hash = texts(record).fold(0, |hash, text| mix(hash ^ xxh3_64(text.as_bytes())));
        let (quota, at) = (self.quotas[place], (hash, record.id()));
        if self.samples[place].wants(at, quota) {
            let text = texts(record).collect::<Vec<_>>().join("\n");
            self.samples[place].insert(at, text, quota);
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        for (name, others) in self.names.iter_mut().zip(other.names) {
            *name = name.take().or(others);
        }
        for (place, others) in other.samples.into_iter().enumerate() {
            let quota = self.quotas[place];
            for (at, text) in others.0 {
                self.samples[place].insert(at, text, quota);
            }
        }
        for (vouched, others) in self.vouched.iter_mut().zip(other.vouched) {
            vouched.sealed += others.sealed;
            vouched.known += others.known;
        }
        self.days.merge(other.days);
    }

    /// # Errors
    /// The system's, where temporary files could not be used.
    pub(crate) fn conclude(self, accounts: &[Account]) -> io::Result<Known> {
        let mut days = vec![Vec::new(); accounts.len()];
        let mut all_days: BTreeMap<i64, u64> = BTreeMap::new();
        self.days.conclude(|&[source, day, records]| {
            let day = day.cast_signed();
            *all_days.entry(day).or_default() += records;
            if let Some(&place) = self.places.get(&source) {
                days[place].push((day, records));
            }
        })?;
        days.iter_mut().for_each(|days| days.sort_unstable());
        Ok(Known {
            names: self.names.into_iter().map(Option::unwrap_or_default).collect(),
            samples: self.samples.into_iter().map(|sampled| sampled.0.into_values().collect()).collect(),
            days,
            all_days,
            vouched: if self.sealed.is_some() { self.vouched } else { Vec::new() },
        })
    }
}
