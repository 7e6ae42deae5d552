//! A state as a file.
//!
//! ```text
//! "toadstone state\n", version (u32), then, compressed with zstd:
//!   length (u32) and header in MessagePack: program, chain, plan, shard
//!   for each piece: length (u32) and bytes
//!   0xFFFFFFFF
//!   xxh3-128 of all lengths and bytes before
//! ```
//!
//! Numbers are little-endian. A file is written beside its place and moved there when it is whole.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use toadstone_detect::travel::VERSION;
use xxhash_rust::xxh3::Xxh3;

const MAGIC: &[u8; 16] = b"toadstone state\n";
const END: u32 = u32::MAX;

/// What a state is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    /// The version of the program. Detectors change from one to the next.
    pub(crate) program: String,
    /// Whose chain of passes.
    pub(crate) chain: String,
    /// Digest of the pass and of what it looks for.
    pub(crate) plan: u128,
    /// Key of the shard.
    pub(crate) shard: u128,
}

/// Why a state cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The system's reason.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is no state of this program, or was damaged.
    #[error("not a whole state of this version of toadstone")]
    Unfit,
}

/// Writes a state piece by piece.
pub(crate) struct Writer {
    out: zstd::stream::write::Encoder<'static, tempfile::NamedTempFile>,
    digest: Xxh3,
}

impl Writer {
    /// Begins a file in `folder`.
    pub(crate) fn new(folder: &Path, header: &Header) -> io::Result<Writer> {
        let mut file = tempfile::Builder::new().prefix(".unfinished-").tempfile_in(folder)?;
        file.write_all(MAGIC)?;
        file.write_all(&VERSION.to_le_bytes())?;
        let mut writer = Writer { out: zstd::stream::write::Encoder::new(file, 1)?, digest: Xxh3::new() };
        let header = rmp_serde::to_vec_named(header).map_err(io::Error::other)?;
        writer.piece(&header)?;
        Ok(writer)
    }

    /// Adds a piece.
    pub(crate) fn piece(&mut self, bytes: &[u8]) -> io::Result<()> {
        let length = u32::try_from(bytes.len()).ok().filter(|length| *length != END);
        let length = length.ok_or_else(|| io::Error::other("a piece of 4 GiB"))?.to_le_bytes();
        for part in [&length[..], bytes] {
            self.digest.update(part);
            self.out.write_all(part)?;
        }
        Ok(())
    }

    /// Ends the file and moves it to `path`.
    pub(crate) fn finish(mut self, path: &Path) -> io::Result<()> {
        self.out.write_all(&END.to_le_bytes())?;
        self.out.write_all(&self.digest.digest128().to_le_bytes())?;
        self.out.finish()?.persist(path).map_err(|error| error.error)?;
        Ok(())
    }
}

/// Hands the pieces of a state to `each` and gives the header. The pieces are sound only if this is `Ok`.
pub(crate) fn read(
    path: &Path,
    expected: &Header,
    mut each: impl FnMut(&[u8]) -> Result<(), StateError>,
) -> Result<(), StateError> {
    let mut file = File::open(path)?;
    let mut start = [0; 20];
    file.read_exact(&mut start).map_err(|_| StateError::Unfit)?;
    if start[..16] != MAGIC[..] || start[16..] != VERSION.to_le_bytes() {
        return Err(StateError::Unfit);
    }
    let mut input = BufReader::new(zstd::stream::read::Decoder::new(file)?);
    let mut digest = Xxh3::new();
    let mut piece = Vec::new();
    if !next(&mut input, &mut digest, &mut piece)? {
        return Err(StateError::Unfit);
    }
    let header: Header = rmp_serde::from_slice(&piece).map_err(|_| StateError::Unfit)?;
    if header != *expected {
        return Err(StateError::Unfit);
    }
    while next(&mut input, &mut digest, &mut piece)? {
        each(&piece)?;
    }
    let mut kept = [0; 16];
    input.read_exact(&mut kept).map_err(|_| StateError::Unfit)?;
    if u128::from_le_bytes(kept) == digest.digest128() { Ok(()) } else { Err(StateError::Unfit) }
}

/// Reads the next piece; `false` at the end.
fn next(input: &mut impl Read, digest: &mut Xxh3, piece: &mut Vec<u8>) -> Result<bool, StateError> {
    let mut length = [0; 4];
    input.read_exact(&mut length).map_err(|_| StateError::Unfit)?;
    let bytes = u32::from_le_bytes(length);
    if bytes == END {
        return Ok(false);
    }
    digest.update(&length);
    piece.clear();
    // A length that is a lie must not be allocated.
    let read = input.take(u64::from(bytes)).read_to_end(piece).map_err(|_| StateError::Unfit)?;
    digest.update(piece);
    if read as u64 == u64::from(bytes) { Ok(true) } else { Err(StateError::Unfit) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header() -> Header {
        Header { program: "1".to_owned(), chain: "c".to_owned(), plan: 1 << 100, shard: 7 }
    }

    fn written(folder: &Path, pieces: &[Vec<u8>]) -> std::path::PathBuf {
        let mut writer = Writer::new(folder, &header()).unwrap();
        pieces.iter().for_each(|piece| writer.piece(piece).unwrap());
        let path = folder.join("state");
        writer.finish(&path).unwrap();
        path
    }

    fn read_all(path: &Path, header: &Header) -> Result<Vec<Vec<u8>>, StateError> {
        let mut out = Vec::new();
        read(path, header, |piece| {
            out.push(piece.to_vec());
            Ok(())
        })?;
        Ok(out)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_written_is_read_and_any_damage_is_noticed(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..6),
            at in any::<prop::sample::Index>(),
            flip in 1u8..=255,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let path = written(folder.path(), &pieces);
            prop_assert_eq!(&read_all(&path, &header()).unwrap(), &pieces);
            let other = Header { shard: 8, ..header() };
            prop_assert!(read_all(&path, &other).is_err());
            let mut bytes = std::fs::read(&path).unwrap();
            let at = at.index(bytes.len());
            std::fs::write(&path, &bytes[..at]).unwrap();
            prop_assert!(read_all(&path, &header()).is_err());
            bytes[at] ^= flip;
            std::fs::write(&path, &bytes).unwrap();
            // A bit that the decoder does not look at may change; what is read may not.
            if let Ok(read) = read_all(&path, &header()) {
                prop_assert_eq!(read, pieces);
            }
        }
    }
}
