//! Near copies. See [`NearDuplicate`].

use std::io;

use ahash::AHashSet;
use toadstone_core::{Batch, Profile, Record, Role};
use toadstone_sketch::{GroupBy, MinHasher, Unions};

use super::shared::flood::{self, Flooded, Floods};
use super::shared::gather::{FETCH, Gather};
use super::shared::normal::raw_digest;
use super::shared::position::pack;
use super::shared::show::{grouped, records};
use super::shared::tokens::Tokens;
use crate::travel::{Pieces, Plan, Received, TravelError};
use crate::{Alike, Card, Cluster, DetectError, Detector, Next, Pass, Setup};

const NAME: &str = "near-duplicate";

/// Prompt templates and generated pages make large families in clean corpora, so it takes more than
/// for exact copies.
fn flooded() -> Flooded {
    Flooded { detector: NAME.to_owned(), how: Alike::Near, sure: 1e-4, starts_count: false }
}

/// The pass, see [`Plan::pass`].
const BANDS: &str = "bands";

/// Tokens in a shingle, and the fewest tokens of a record for which "nearly the same" has a meaning.
const WIDTH: usize = 5;
const FEWEST: usize = 2 * WIDTH;

/// 14 bands of 8: of pairs with similarity .8, 92 % meet in a band; with .7, 56 %; with .5, 5 %.
const BINS: usize = 112;
const ROWS: usize = 8;

/// Bits of 64 in which records that met may differ: similarity .65 on average. Of pairs with .8, 3 %
/// differ in more, of pairs with .5, 90 %.
const APART: u32 = 11;

/// Records of a band that others are compared with.
const LEADERS: usize = 16;

#[doc = include_str!("near_duplicate.md")]
pub struct NearDuplicate;

impl Detector for NearDuplicate {
    fn card(&self) -> Card {
        Card {
            name: NAME,
            title: "Records that are nearly copies of another, and floods of variations of one record",
            page: include_str!("near_duplicate.md"),
            planted: include_str!("near_duplicate.planted.jsonl"),
            benign: include_str!("near_duplicate.benign.jsonl"),
        }
    }

    fn applies(&self, _profile: &Profile) -> Result<(), String> {
        Ok(())
    }

    fn start(&self, setup: &Setup) -> Box<dyn Pass> {
        Box::new(Bands::new(setup, setup.leniency))
    }

    fn revive(&self, plan: &Plan, setup: &Setup) -> Result<Box<dyn Pass>, TravelError> {
        Ok(match plan.pass.as_str() {
            BANDS => Box::new(Bands::new(setup, plan.read()?)),
            FETCH => Gather::<Floods>::revive(plan)?,
            _ => return Err(plan.unknown()),
        })
    }
}

/// A row: key of a band, place, digest of the record, one bit of each of 64 bins.
type Rows = GroupBy<1, 4>;

/// The column of the place.
const PLACE: usize = 1;

/// The only pass that every scan needs. 448 bytes a record, spilled beyond the allowed memory.
struct Bands {
    rows: Rows,
    tools: Tools,
    records: u64,
    leniency: f64,
}

/// Buffers.
#[derive(Default)]
struct Tools {
    tokens: Tokens,
    shingles: Vec<u64>,
    hasher: MinHasher<BINS>,
}

impl Bands {
    fn new(setup: &Setup, leniency: f64) -> Bands {
        let rows = Rows::new(setup.memory, &setup.temporary);
        Bands { rows, tools: Tools::default(), records: 0, leniency }
    }

    fn note(&mut self, record: &Record<'_>) -> io::Result<()> {
        let Tools { tokens, shingles, hasher } = &mut self.tools;
        tokens.clear();
        [Role::Input, Role::Output, Role::Rejected]
            .into_iter()
            .filter_map(|role| record.get(role))
            .for_each(|text| tokens.add(text));
        if tokens.len() < FEWEST {
            return Ok(());
        }
        tokens.shingles(WIDTH, shingles);
        let Some(signature) = hasher.signature(shingles) else { return Ok(()) };
        let (place, digest) = (pack(record.id())?, raw_digest(record).unwrap_or(0));
        let bits = MinHasher::bits(signature);
        for key in MinHasher::bands(signature, ROWS) {
            self.rows.push([key, place, digest, bits]);
        }
        Ok(())
    }
}

impl Pass for Bands {
    fn fresh(&self) -> Box<dyn Pass> {
        Box::new(Bands {
            rows: self.rows.fresh(),
            tools: Tools::default(),
            records: 0,
            leniency: self.leniency,
        })
    }

    fn observe(&mut self, batch: &Batch) {
        self.records += batch.len() as u64;
        for record in batch.records() {
            if let Err(error) = self.note(&record) {
                self.rows.fail(error);
            }
        }
    }

    fn merge(&mut self, other: Box<dyn Pass>) {
        let other: Box<Bands> = other.same();
        self.rows.merge(other.rows);
        self.records += other.records;
    }

    fn conclude(self: Box<Self>) -> Result<Next, DetectError> {
        let mut groups = self.rows.finish()?;
        let mut joined = Joined::default();
        let mut rows = Vec::new();
        while groups.next_group(&mut rows, usize::MAX)?.is_some() {
            joined.band(&rows);
        }
        let clusters = joined.clusters();
        let notes = note(&clusters).into_iter().collect();
        Ok(flood::conclude(flooded(), clusters, |_| true, notes, self.records, self.leniency))
    }

    fn plan(&self) -> Result<Plan, TravelError> {
        Plan::of(BANDS, &self.leniency)
    }

    fn send(self: Box<Self>, pieces: &mut Pieces<'_>) -> Result<(), DetectError> {
        pieces.of(BANDS).whole(&self.records)?;
        pieces.rows(1, self.rows)
    }

    fn receive(&mut self, piece: &[u8]) -> Result<(), TravelError> {
        let piece = Received::new(BANDS, piece)?;
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

/// How many records are near copies.
fn note(clusters: &[Cluster]) -> Option<String> {
    let copies: u64 = clusters.iter().map(|cluster| cluster.copies.len() as u64).sum();
    let are = if copies == 1 { "is a near copy" } else { "are near (or exact) copies" };
    let groups = if clusters.len() == 1 { "group" } else { "groups" };
    (copies > 0).then(|| {
        let count = grouped(clusters.len() as u64);
        format!("{} {are} of an earlier one, in {count} {groups} of texts that differ", records(copies))
    })
}

/// Clusters as they grow. About 24 bytes for each record that is in one.
#[derive(Default)]
struct Joined {
    unions: Unions,
    /// A record of each pair that is not equal: the clusters that are more than exact copies.
    unequal: AHashSet<u64>,
}

impl Joined {
    /// Joins what met in a band, in ascending order of place, and is alike in the rest.
    fn band(&mut self, rows: &[[u64; 4]]) {
        if rows.len() < 2 {
            return;
        }
        let mut leaders: Vec<&[u64; 4]> = Vec::new();
        for row in rows {
            let alike =
                |leader: &&&[u64; 4]| leader[2] == row[2] || (leader[3] ^ row[3]).count_ones() <= APART;
            match leaders.iter().find(alike) {
                Some(leader) => {
                    self.unions.join(leader[1], row[1]);
                    if leader[2] != row[2] {
                        self.unequal.insert(row[1]);
                    }
                }
                None if leaders.len() < LEADERS => leaders.push(row),
                None => {}
            }
        }
    }

    fn clusters(self) -> Vec<Cluster> {
        let clusters = self.unions.clusters().into_iter();
        let unequal = clusters.filter(|places| places.iter().any(|place| self.unequal.contains(place)));
        unequal.filter_map(|places| flood::cluster(Alike::Near, &places)).collect()
    }
}
