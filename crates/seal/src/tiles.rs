//! What is kept of the trees, so that a proof needs one reading of a file and no sorting: for each 256
//! records a digest of the ordered tree, one of the sorted tree, and where the sorted group begins.
//!
//! For each file with records, in the order of `seal.json`: the roots of the ordered groups, then for
//! each sorted group its root and the content's digest of its first record. 96 bytes for 256 records.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::digest::Digest;
use crate::tree::{self, GROUP};

/// The name of the file in a seal.
pub const TILES: &str = "tiles";

/// Begins the file.
const MAGIC: &[u8; 16] = b"toadstone tiles1";

/// The groups of one file's trees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tiles {
    /// Roots of the groups of the ordered tree.
    pub ordered: Vec<Digest>,
    /// Roots of the groups of the sorted tree, and the content's digest that each begins with.
    pub sorted: Vec<(Digest, Digest)>,
}

impl Tiles {
    /// Whether these are the groups of trees with those roots.
    pub fn fit(&self, records: u64, ordered: &Digest, sorted: &Digest) -> bool {
        let groups = records.div_ceil(GROUP);
        let roots: Vec<Digest> = self.sorted.iter().map(|(root, _)| *root).collect();
        self.ordered.len() as u64 == groups
            && roots.len() as u64 == groups
            && tree::root(&self.ordered) == *ordered
            && tree::root(&roots) == *sorted
            && self.sorted.is_sorted_by(|(_, a), (_, b)| a <= b)
    }
}

/// Writes tiles while trees grow.
pub(crate) struct TileWriter {
    out: BufWriter<File>,
    at: u64,
}

impl TileWriter {
    pub(crate) fn create(path: &Path) -> io::Result<TileWriter> {
        let mut out = BufWriter::with_capacity(256 << 10, File::create_new(path)?);
        out.write_all(MAGIC)?;
        Ok(TileWriter { out, at: MAGIC.len() as u64 })
    }

    /// Where the next digest will stand.
    pub(crate) fn position(&self) -> u64 {
        self.at
    }

    pub(crate) fn push(&mut self, digest: &Digest) -> io::Result<()> {
        self.at += 32;
        self.out.write_all(&digest.0)
    }

    /// Forgets what was written behind `position`.
    pub(crate) fn back_to(&mut self, position: u64) -> io::Result<()> {
        self.out.flush()?;
        self.out.get_ref().set_len(position)?;
        self.out.seek(SeekFrom::Start(position))?;
        self.at = position;
        Ok(())
    }

    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.out.flush()?;
        self.out.get_ref().sync_all()
    }
}

/// Reads the tiles of a file with `records` records that begin at `position`. Takes 96 bytes of memory
/// for each 256 records, and no more than the file has.
///
/// # Errors
/// The file is shorter, or the system's reason.
pub(crate) fn read(path: &Path, position: u64, records: u64) -> io::Result<Tiles> {
    let mut file = File::open(path)?;
    let groups = records.div_ceil(GROUP);
    let end = groups.checked_mul(96).and_then(|bytes| position.checked_add(bytes));
    if position < MAGIC.len() as u64
        || end.is_none_or(|end| Some(end) > file.metadata().ok().map(|data| data.len()))
    {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it is shorter than the seal says"));
    }
    file.seek(SeekFrom::Start(position))?;
    let mut file = io::BufReader::new(file);
    let mut digest = || -> io::Result<Digest> {
        let mut bytes = [0; 32];
        file.read_exact(&mut bytes)?;
        Ok(Digest(bytes))
    };
    let ordered = (0..groups).map(|_| digest()).collect::<io::Result<_>>()?;
    let sorted = (0..groups).map(|_| Ok((digest()?, digest()?))).collect::<io::Result<_>>()?;
    Ok(Tiles { ordered, sorted })
}
