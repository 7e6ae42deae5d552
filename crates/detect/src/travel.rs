//! How passes travel to other processes and machines, and into files.
//!
//! A [`Plan`] is what a pass looks for: sent to whoever is to observe. A state comes back as pieces,
//! bytes that [`crate::Pass::receive`] adds to another state of the same plan, in any order. Pieces say
//! which bucket they belong to, so that an engine can bring all rows of a key to one place.

use std::collections::HashMap;
use std::io;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use toadstone_core::{RecordId, renumber};
use toadstone_sketch::{GroupBy, Totals};
use xxhash_rust::xxh3::xxh3_128;

use crate::DetectError;
use crate::detectors::shared::position::{pack, unpack};

/// The version of plans and pieces. It goes up with every change of what a pass keeps: states of another
/// version are refused.
pub const VERSION: u32 = 1;

/// Why a plan or a piece cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TravelError {
    /// It is not what it claims to be.
    #[error("a state of `{of}` is damaged: {why}")]
    Damaged {
        /// The pass.
        of: String,
        /// What is wrong with it.
        why: String,
    },
    /// There is no such pass.
    #[error("there is no pass `{0}`; the state is of another version of toadstone")]
    Unknown(String),
    /// It could not be written down.
    #[error("the state of `{of}` cannot be written down: {why}")]
    Unwritable {
        /// The pass.
        of: String,
        /// What is wrong.
        why: String,
    },
}

/// What a pass looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The pass, within its detector: `count`.
    pub pass: String,
    /// What it was made with.
    pub bytes: Vec<u8>,
}

impl Plan {
    /// The plan of the pass `pass`, made with `what`.
    ///
    /// # Errors
    /// [`TravelError::Unwritable`].
    pub fn of(pass: &str, what: &impl Serialize) -> Result<Plan, TravelError> {
        let bytes = rmp_serde::to_vec_named(what)
            .map_err(|error| TravelError::Unwritable { of: pass.to_owned(), why: error.to_string() })?;
        Ok(Plan { pass: pass.to_owned(), bytes })
    }

    /// What it was made with.
    ///
    /// # Errors
    /// [`TravelError::Damaged`].
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, TravelError> {
        read(&self.pass, &self.bytes)
    }

    /// The error that there is no such pass.
    pub fn unknown(&self) -> TravelError {
        TravelError::Unknown(self.pass.clone())
    }

    /// A digest of the whole plan and of [`VERSION`]: states with equal digests can be merged.
    pub fn digest(&self) -> u128 {
        let name = self.pass.as_bytes();
        let parts = [&VERSION.to_le_bytes()[..], &(name.len() as u64).to_le_bytes(), name, &self.bytes];
        xxh3_128(&parts.concat())
    }
}

/// Writes a map in the order of its keys, for `#[serde(serialize_with)]`: a map that was read has its
/// entries at other places than the one that was written, and plans are compared by their bytes.
/// O(n log n).
pub(crate) fn in_order<K: Serialize + Ord, V: Serialize, H, S: Serializer>(
    map: &HashMap<K, V, H>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut entries: Vec<(&K, &V)> = map.iter().collect();
    entries.sort_unstable_by(|a, b| a.0.cmp(b.0));
    serializer.collect_map(entries)
}

/// Part of a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Pieces with equal keys in them have equal buckets.
    pub bucket: u32,
    /// What [`crate::Pass::receive`] takes.
    pub bytes: Vec<u8>,
}

/// Takes a state apart.
pub struct Pieces<'p> {
    pass: &'static str,
    buckets: u32,
    home: u32,
    out: &'p mut dyn FnMut(Piece) -> io::Result<()>,
}

/// What a piece begins with: the part that has no keys, or the number of a group-by.
const WHOLE: u8 = 0;

impl<'p> Pieces<'p> {
    /// Gives the pieces of a state to `out`; rows go to `buckets` buckets (at least 1) by their keys, and
    /// what has no key to the bucket `home`.
    pub fn new(buckets: u32, home: u32, out: &'p mut dyn FnMut(Piece) -> io::Result<()>) -> Pieces<'p> {
        Pieces { pass: "", buckets: buckets.max(1), home: home % buckets.max(1), out }
    }

    /// Says of which pass the state is, for messages.
    pub fn of(&mut self, pass: &'static str) -> &mut Self {
        self.pass = pass;
        self
    }

    /// Adds the part that has no keys.
    ///
    /// # Errors
    /// It cannot be written down, or `out` failed.
    pub fn whole(&mut self, part: &impl Serialize) -> Result<(), DetectError> {
        let mut bytes = vec![WHOLE];
        let written = part.serialize(&mut rmp_serde::Serializer::new(&mut bytes).with_struct_map());
        written.map_err(|e| TravelError::Unwritable { of: self.pass.to_owned(), why: e.to_string() })?;
        Ok((self.out)(Piece { bucket: self.home, bytes })?)
    }

    /// Adds the rows of the group-by with this number, from 1.
    pub(crate) fn rows<const KEY: usize, const WIDTH: usize>(
        &mut self,
        number: u8,
        rows: GroupBy<KEY, WIDTH>,
    ) -> Result<(), DetectError> {
        Ok(rows.parcels(self.buckets, Self::parcel(number, self.out))?)
    }

    /// Adds totals as rows with this number, from 1.
    ///
    /// # Errors
    /// Temporary files could not be used, or `out` failed.
    pub fn totals<const KEY: usize, const WIDTH: usize>(
        &mut self,
        number: u8,
        totals: Totals<KEY, WIDTH>,
    ) -> Result<(), DetectError> {
        Ok(totals.parcels(self.buckets, Self::parcel(number, self.out))?)
    }

    fn parcel(
        number: u8,
        out: &mut dyn FnMut(Piece) -> io::Result<()>,
    ) -> impl FnMut(u32, &[u8]) -> io::Result<()> + '_ {
        move |bucket, rows| {
            let mut bytes = Vec::with_capacity(rows.len() + 1);
            bytes.push(number);
            bytes.extend_from_slice(rows);
            out(Piece { bucket, bytes })
        }
    }
}

/// A piece as it is received.
#[derive(Debug, Clone, Copy)]
pub struct Received<'b> {
    pass: &'static str,
    number: u8,
    bytes: &'b [u8],
}

impl<'b> Received<'b> {
    /// Looks at a piece that is for `pass`.
    ///
    /// # Errors
    /// [`TravelError::Damaged`], if it is empty.
    pub fn new(pass: &'static str, piece: &'b [u8]) -> Result<Received<'b>, TravelError> {
        match piece.split_first() {
            Some((&number, bytes)) => Ok(Received { pass, number, bytes }),
            None => Err(TravelError::Damaged { of: pass.to_owned(), why: "an empty piece".to_owned() }),
        }
    }

    /// Whether it has rows, and of which group-by; 0 if it is the part without keys.
    pub fn number(&self) -> u8 {
        self.number
    }

    /// The part without keys.
    ///
    /// # Errors
    /// [`TravelError::Damaged`], also if the piece has rows.
    pub fn whole<T: DeserializeOwned>(&self) -> Result<T, TravelError> {
        if self.number != WHOLE {
            return Err(self.damaged("rows where a state has none"));
        }
        read(self.pass, self.bytes)
    }

    /// Adds the rows to a group-by, of which word `place` is a packed place.
    pub(crate) fn rows<const KEY: usize, const WIDTH: usize>(
        &self,
        into: &mut GroupBy<KEY, WIDTH>,
        place: Option<usize>,
    ) -> Result<(), TravelError> {
        let here = |row: &mut [u64; WIDTH]| {
            let Some(place) = place else { return true };
            let RecordId { file, row: number } = unpack(row[place]);
            let packed = renumber(file).and_then(|file| pack(RecordId { file, row: number }).ok());
            packed.map(|packed| row[place] = packed).is_some()
        };
        let added = into.load(self.bytes, here);
        if added { Ok(()) } else { Err(self.damaged("rows that are none")) }
    }

    /// Adds totals.
    ///
    /// # Errors
    /// [`TravelError::Damaged`].
    pub fn totals<const KEY: usize, const WIDTH: usize>(
        &self,
        into: &mut Totals<KEY, WIDTH>,
    ) -> Result<(), TravelError> {
        if into.load(self.bytes) { Ok(()) } else { Err(self.damaged("totals that are none")) }
    }

    pub(crate) fn damaged(&self, why: &str) -> TravelError {
        TravelError::Damaged { of: self.pass.to_owned(), why: why.to_owned() }
    }
}

fn read<T: DeserializeOwned>(of: &str, bytes: &[u8]) -> Result<T, TravelError> {
    rmp_serde::from_slice(bytes)
        .map_err(|error| TravelError::Damaged { of: of.to_owned(), why: error.to_string() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Weights {
        #[serde(serialize_with = "in_order")]
        of: HashMap<String, u32>,
    }

    proptest! {
        /// Two maps with the same entries are the same plan, wherever these stand in memory.
        #[test]
        fn a_plan_that_was_read_is_the_same(entries: HashMap<String, u32>, room in 0usize..500) {
            let plan = Plan::of("test", &Weights { of: entries.clone() }).unwrap();
            let mut roomy = HashMap::with_capacity(room);
            roomy.extend(entries);
            prop_assert_eq!(&plan, &Plan::of("test", &Weights { of: roomy }).unwrap());
            let read: Weights = plan.read().unwrap();
            prop_assert_eq!(&plan, &Plan::of("test", &read).unwrap());
        }
    }
}
