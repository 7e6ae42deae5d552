//! The attestations in a seal, in their order.

use std::fs;

use super::{LARGEST, ScanClaim, ScanProblem, file_name, number_of};
use crate::digest::Digest;
use crate::folder::{Folder, FolderError, read_bounded};
use crate::oms::Signed;

/// The newest attestation. Its signatures were not checked.
#[derive(Debug, Clone)]
pub struct Link {
    /// The claim.
    pub claim: ScanClaim,
    /// Digest of the `seal.json` that it is about.
    pub state: Digest,
    /// SHA-256 of its file.
    pub digest: Digest,
    /// The envelope and its signatures.
    pub signed: Signed,
}

/// All attestations of a seal.
#[derive(Debug, Clone, Default)]
pub struct Chain {
    /// The newest, if it can be read.
    pub newest: Option<Link>,
    /// What is wrong with the chain.
    pub problems: Vec<ScanProblem>,
}

impl Chain {
    /// Reads the attestations and whether each is the one that the next names. Only the newest is kept,
    /// as its signature vouches for all before it. Memory: that of the two largest.
    ///
    /// # Errors
    /// The folder or a file in it cannot be read.
    pub fn read(folder: &Folder) -> Result<Chain, FolderError> {
        let mut chain = Chain::default();
        let mut before: Option<Link> = None;
        let mut last = 0;
        for number in numbers(folder)? {
            chain.problems.extend((last + 1..number).take(8).map(|number| ScanProblem::Removed { number }));
            let link = match link(folder, number)? {
                Ok(link) => Some(link),
                Err(why) => {
                    chain.problems.push(ScanProblem::Broken { number, why });
                    None
                }
            };
            // A link that cannot be read, or that is not there, is reported by itself.
            if let (Some(link), Some(before)) = (&link, &before)
                && last + 1 == number
                && link.claim.previous != Some(before.digest)
            {
                chain.problems.push(ScanProblem::Chain { number: last });
            }
            (before, last) = (link, number);
        }
        chain.newest = before;
        Ok(chain)
    }
}

/// The numbers of the attestations that are there, ascending.
fn numbers(folder: &Folder) -> Result<Vec<u64>, FolderError> {
    let failed = |error| FolderError::Read { path: folder.path.clone(), error };
    let mut numbers = Vec::new();
    for entry in fs::read_dir(&folder.path).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        numbers.extend(name.to_str().and_then(number_of));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

fn link(folder: &Folder, number: u64) -> Result<Result<Link, String>, FolderError> {
    let bytes = match read_bounded(&folder.path.join(file_name(number)), LARGEST) {
        Err(error @ FolderError::TooLarge { .. }) => return Ok(Err(error.to_string())),
        other => other?,
    };
    let read = || {
        let signed = Signed::from_bytes(&bytes).map_err(|error| error.to_string())?;
        let (claim, state) = ScanClaim::from_bytes(signed.payload())?;
        if claim.number != number {
            return Err(format!("it says that it is scan {}", claim.number));
        }
        if claim.previous.is_some() != (number > 1) {
            return Err("it does not name the scan before it, or names one before the first".to_owned());
        }
        Ok(Link { claim, state, digest: Digest::of(&bytes), signed })
    };
    Ok(read())
}
