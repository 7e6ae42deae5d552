//! Copies. See [`DuplicateFlood`].

use std::io;

use ahash::AHashSet;
use toadstone_core::{Batch, Profile, Record, RecordId, Role};
use toadstone_sketch::GroupBy;

use super::shared::flood::{self, Flooded, Floods};
use super::shared::gather::{FETCH, Gather};
use super::shared::normal::{Normaliser, raw_digest};
use super::shared::position::{pack, unpack};
use super::shared::show::{grouped, records};
use crate::travel::{Pieces, Plan, Received, TravelError};
use crate::{Alike, Card, Cluster, DetectError, Detector, Next, Pass, Setup};

const NAME: &str = "duplicate-flood";

/// The pass, see [`Plan::pass`].
const DIGESTS: &str = "digests";

fn flooded() -> Flooded {
    Flooded { detector: NAME.to_owned(), how: Alike::Exact, sure: 1e-3, starts_count: true }
}

/// Bytes of text below which copies are no flood: "Yes." and "Thank you." repeat in any corpus.
const SHORT: usize = 40;

#[doc = include_str!("duplicate_flood.md")]
pub struct DuplicateFlood;

impl Detector for DuplicateFlood {
    fn card(&self) -> Card {
        Card {
            name: NAME,
            title: "Records that are copies of another, and floods of one record",
            page: include_str!("duplicate_flood.md"),
            planted: include_str!("duplicate_flood.planted.jsonl"),
            benign: include_str!("duplicate_flood.benign.jsonl"),
        }
    }

    fn applies(&self, _profile: &Profile) -> Result<(), String> {
        Ok(())
    }

    fn start(&self, setup: &Setup) -> Box<dyn Pass> {
        Box::new(Digests::new(setup, setup.leniency))
    }

    fn revive(&self, plan: &Plan, setup: &Setup) -> Result<Box<dyn Pass>, TravelError> {
        Ok(match plan.pass.as_str() {
            DIGESTS => Box::new(Digests::new(setup, plan.read()?)),
            FETCH => Gather::<Floods>::revive(plan)?,
            _ => return Err(plan.unknown()),
        })
    }
}

/// A row: digest of the normal form (two words, the last bit of which says whether the record is
/// long), digest of the record as it stands, place. One group-by serves both kinds of copies, for
/// records that are equal have equal normal forms.
type Rows = GroupBy<2, 4>;

/// The column of the place.
const PLACE: usize = 3;

/// The only pass that every scan needs. 32 bytes a record, spilled beyond the allowed memory.
struct Digests {
    rows: Rows,
    normaliser: Normaliser,
    records: u64,
    leniency: f64,
}

impl Digests {
    fn new(setup: &Setup, leniency: f64) -> Digests {
        let rows = Rows::new(setup.memory, &setup.temporary);
        Digests { rows, normaliser: Normaliser::default(), records: 0, leniency }
    }

    fn row(&mut self, record: &Record<'_>) -> io::Result<Option<[u64; 4]>> {
        let Some(raw) = raw_digest(record) else { return Ok(None) };
        let [high, low] = self.normaliser.digest(record);
        let text =
            [Role::Input, Role::Output, Role::Rejected].map(|role| record.get(role).map_or(0, str::len));
        let long = u64::from(text.iter().sum::<usize>() >= SHORT);
        Ok(Some([high, low & !1 | long, raw, pack(record.id())?]))
    }
}

impl Pass for Digests {
    fn fresh(&self) -> Box<dyn Pass> {
        Box::new(Digests {
            rows: self.rows.fresh(),
            normaliser: Normaliser::default(),
            records: 0,
            leniency: self.leniency,
        })
    }

    fn observe(&mut self, batch: &Batch) {
        self.records += batch.len() as u64;
        for record in batch.records() {
            match self.row(&record) {
                Ok(row) => row.into_iter().for_each(|row| self.rows.push(row)),
                Err(error) => self.rows.fail(error),
            }
        }
    }

    fn merge(&mut self, other: Box<dyn Pass>) {
        let other: Box<Digests> = other.same();
        self.rows.merge(other.rows);
        self.records += other.records;
    }

    fn conclude(self: Box<Self>) -> Result<Next, DetectError> {
        let mut groups = self.rows.finish()?;
        let mut found = Found::default();
        let mut rows = Vec::new();
        while groups.next_group(&mut rows, usize::MAX)?.is_some() {
            found.add(&rows);
        }
        found.clusters.sort_unstable_by_key(|cluster| cluster.survivor);
        let (notes, long) = (found.notes(), found.long);
        let counts = |cluster: &Cluster| long.contains(&cluster.survivor);
        Ok(flood::conclude(flooded(), found.clusters, counts, notes, self.records, self.leniency))
    }

    fn plan(&self) -> Result<Plan, TravelError> {
        Plan::of(DIGESTS, &self.leniency)
    }

    fn send(self: Box<Self>, pieces: &mut Pieces<'_>) -> Result<(), DetectError> {
        pieces.of(DIGESTS).whole(&self.records)?;
        pieces.rows(1, self.rows)
    }

    fn receive(&mut self, piece: &[u8]) -> Result<(), TravelError> {
        let piece = Received::new(DIGESTS, piece)?;
        match piece.number() {
            1 => piece.rows(&mut self.rows, Some(PLACE))?,
            _ => self.records += piece.whole::<u64>()?,
        }
        Ok(())
    }

    fn prune(&mut self) -> Result<(), DetectError> {
        Ok(self.rows.prune(usize::MAX, |rows, _| rows.len() > 1)?)
    }
}

#[derive(Default)]
struct Found {
    clusters: Vec<Cluster>,
    long: AHashSet<RecordId>,
    /// Records that equal an earlier one.
    exact: u64,
    /// Records that equal an earlier one only in their normal form.
    normalised: u64,
}

impl Found {
    fn add(&mut self, rows: &[[u64; 4]]) {
        if rows.len() < 2 {
            return;
        }
        let versions = rows.chunk_by(|a, b| a[2] == b[2]).count() as u64;
        let mut places: Vec<u64> = rows.iter().map(|row| row[3]).collect();
        places.sort_unstable();
        self.exact += rows.len() as u64 - versions;
        self.normalised += versions - 1;
        if rows[0][1] & 1 == 1 {
            self.long.insert(unpack(places[0]));
        }
        self.clusters
            .extend(flood::cluster(if versions == 1 { Alike::Exact } else { Alike::Normalised }, &places));
    }

    fn notes(&self) -> Vec<String> {
        if self.clusters.is_empty() {
            return Vec::new();
        }
        let are = if self.exact == 1 { "is an exact copy" } else { "are exact copies" };
        let groups = if self.clusters.len() == 1 { "group" } else { "groups" };
        let (exact, count) = (records(self.exact), grouped(self.clusters.len() as u64));
        let mut note = format!("{exact} {are} of an earlier one, in {count} {groups}");
        if self.normalised > 0 {
            note += &format!(
                "; {} more apart from case, white space or form of characters",
                grouped(self.normalised)
            );
        }
        vec![note]
    }
}
