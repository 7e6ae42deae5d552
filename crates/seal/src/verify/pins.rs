//! What was seen before: an attacker who can replace a seal by an older one, signed and all, cannot
//! make the reader forget.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Identity, Problem};
use crate::digest::Digest;
use crate::json::{self, JsonError};

/// Most bytes of the file in which pins are kept.
const LARGEST: u64 = 64 << 20;

/// The newest seal of a series that was found valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// Its number.
    pub sequence: u64,
    /// Digest of what was signed.
    pub digest: Digest,
}

/// All that was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pins {
    /// By series.
    series: BTreeMap<String, Pin>,
    /// The series that was at a place.
    places: BTreeMap<String, String>,
}

impl Pins {
    /// Reads pins.
    ///
    /// # Errors
    /// It is something else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Pins, JsonError> {
        json::parse(bytes, LARGEST)
    }

    /// The bytes to keep.
    ///
    /// # Errors
    /// The encoder's.
    pub fn to_bytes(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec_pretty(self)
    }

    /// What is wrong with a seal after what was seen.
    pub fn check(&self, place: &Path, seal: &Identity) -> Option<Problem> {
        let sequence = seal.sequence;
        if let Some(pin) = self.series.get(&seal.series) {
            if sequence < pin.sequence {
                return Some(Problem::Rollback { sequence, seen: pin.sequence });
            }
            if sequence == pin.sequence && seal.digest != pin.digest {
                return Some(Problem::Fork { sequence, seen: pin.digest });
            }
        }
        let was = self.places.get(&key(place))?;
        (*was != seal.series).then(|| Problem::Series { seen: was.clone() })
    }

    /// Takes note of a seal that was found valid; whether that is news.
    pub fn note(&mut self, place: &Path, seal: &Identity) -> bool {
        let pin = Pin { sequence: seal.sequence, digest: seal.digest };
        let old = self.series.insert(seal.series.clone(), pin.clone());
        let was = self.places.insert(key(place), seal.series.clone());
        old != Some(pin) || was.as_ref() != Some(&seal.series)
    }

    /// Forgets what was at a place, for somebody who knows that it was replaced on purpose.
    pub fn forget(&mut self, place: &Path) {
        if let Some(series) = self.places.remove(&key(place)) {
            self.series.remove(&series);
        }
    }
}

fn key(place: &Path) -> String {
    std::fs::canonicalize(place).unwrap_or_else(|_| place.to_owned()).to_string_lossy().into_owned()
}
