//! The newest attestations that were seen before: whoever can write to a seal can also take its newest
//! attestation out, and nothing in what is left shows that.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::folder::Folder;
use crate::json::{self, JsonError};
use crate::verify::Pin;

/// Most bytes of the file in which they are kept.
const MOST: u64 = 64 << 20;

/// The newest attestation of each sealed state that was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SeenScans(BTreeMap<Digest, Pin>);

impl SeenScans {
    /// Reads them.
    ///
    /// # Errors
    /// It is something else.
    pub fn from_bytes(bytes: &[u8]) -> Result<SeenScans, JsonError> {
        json::parse(bytes, MOST).map(SeenScans)
    }

    /// The bytes to keep.
    ///
    /// # Errors
    /// The encoder's.
    pub fn to_bytes(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec_pretty(self)
    }

    /// The newest attestation of this sealed state.
    pub fn of(&self, folder: &Folder) -> Option<&Pin> {
        self.0.get(&Digest::of(&folder.manifest_bytes))
    }

    /// Takes note of one that is accepted; whether that is news.
    pub fn note(&mut self, folder: &Folder, pin: Pin) -> bool {
        self.0.insert(Digest::of(&folder.manifest_bytes), pin.clone()) != Some(pin)
    }

    /// Forgets what was seen of this sealed state.
    pub fn forget(&mut self, folder: &Folder) {
        self.0.remove(&Digest::of(&folder.manifest_bytes));
    }
}
