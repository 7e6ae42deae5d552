//! Where the bytes of a file are.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::time::SystemTime;

use bytes::Bytes;
use parquet::file::reader::{ChunkReader, Length};
use toadstone_store::{Object, Pages, Reader, Stat, StoreError};
use xxhash_rust::xxh3::xxh3_128;

use crate::memory::Batches;

/// What of an object is kept while its format and columns are recognised: several parties look at it.
const HEAD: u64 = 256 << 10;

/// A file, what stands for one in memory (its bytes, or the batches of a table), or an object in a store.
#[derive(Debug, Clone)]
pub(crate) enum Medium {
    File(PathBuf),
    Memory(Bytes),
    Table(Batches),
    Remote(Object),
}

/// What tells that a file is still the same without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) bytes: u64,
    pub(crate) modified: Option<SystemTime>,
    /// Digest of the mark that a store gives to a version.
    pub(crate) version: Option<u128>,
}

impl Stamp {
    fn of(stat: &Stat) -> Stamp {
        let version = stat.etag.as_ref().map(|etag| xxh3_128(etag.as_bytes()));
        Stamp { bytes: stat.size, modified: stat.modified, version }
    }

    fn of_memory(bytes: u64) -> Stamp {
        Stamp { bytes, modified: None, version: None }
    }
}

impl Medium {
    pub(crate) fn stamp(&self) -> io::Result<Stamp> {
        Ok(match self {
            Medium::File(path) => {
                let data = std::fs::metadata(path)?;
                if !data.is_file() {
                    return Err(io::Error::other("not a regular file"));
                }
                Stamp { bytes: data.len(), modified: data.modified().ok(), version: None }
            }
            Medium::Memory(bytes) => Stamp::of_memory(bytes.len() as u64),
            Medium::Table(batches) => Stamp::of_memory(batches.bytes()),
            Medium::Remote(object) => Stamp::of(&object.look()?),
        })
    }

    /// The stamp of what was found: of an object it is known already.
    pub(crate) fn found(&self) -> io::Result<Stamp> {
        match self {
            Medium::Remote(object) => Ok(Stamp::of(object.stat())),
            _ => self.stamp(),
        }
    }

    /// Whether a change makes every reading fail, so that nobody has to look for one.
    pub(crate) fn is_pinned(&self) -> bool {
        matches!(self, Medium::Remote(object) if object.is_pinned())
    }

    /// The same with its beginning in memory, if it is far away.
    pub(crate) fn with_head(&self) -> io::Result<Medium> {
        match self {
            Medium::Remote(object) => Ok(Medium::Remote(object.with_head(HEAD)?)),
            near => Ok(near.clone()),
        }
    }

    /// The same without it.
    pub(crate) fn without_head(&self) -> Medium {
        match self {
            Medium::Remote(object) => Medium::Remote(object.without_head()),
            near => near.clone(),
        }
    }

    /// Why an object could not be read, if that happened. A decoder in between may have taken it for damage of
    /// the data, which it is not: whoever has read looks here.
    pub(crate) fn failure(&self) -> Option<io::Error> {
        match self {
            Medium::Remote(object) => object.failure().cloned().map(io::Error::from),
            _ => None,
        }
    }

    pub(crate) fn open(&self) -> io::Result<Handle> {
        Ok(match self {
            Medium::File(path) => Handle::File(File::open(path)?),
            Medium::Memory(bytes) => Handle::Memory(Cursor::new(bytes.clone())),
            Medium::Table(_) => return Err(io::Error::other("a table in memory is no stream of bytes")),
            Medium::Remote(object) => Handle::Remote(object.reader(0), object.pages()),
        })
    }
}

/// Whether an error says that a file is another one now.
pub(crate) fn is_change(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<StoreError>());
    matches!(inner, Some(StoreError::Changed))
}

/// An open [`Medium`].
#[derive(Debug)]
pub(crate) enum Handle {
    File(File),
    Memory(Cursor<Bytes>),
    /// For reading in order, and here and there.
    Remote(Reader, Pages),
}

impl Read for Handle {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Handle::File(file) => file.read(buf),
            Handle::Memory(bytes) => bytes.read(buf),
            Handle::Remote(reader, _) => reader.read(buf),
        }
    }
}

impl Length for Handle {
    fn len(&self) -> u64 {
        match self {
            Handle::File(file) => Length::len(file),
            Handle::Memory(bytes) => bytes.get_ref().len() as u64,
            Handle::Remote(_, pages) => pages.size(),
        }
    }
}

impl ChunkReader for Handle {
    type T = Box<dyn Read + Send>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        Ok(match self {
            Handle::File(file) => {
                let mut file = file.try_clone()?;
                file.seek(SeekFrom::Start(start))?;
                Box::new(io::BufReader::new(file))
            }
            Handle::Memory(bytes) => Box::new(ChunkReader::get_read(bytes.get_ref(), start)?),
            Handle::Remote(_, pages) => Box::new(io::BufReader::new(pages.read_from(start))),
        })
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        // A footer can claim any length; what the file does not have must not be allocated.
        if start.checked_add(length as u64).is_none_or(|end| end > self.len()) {
            return Err(parquet::errors::ParquetError::EOF("beyond the end of the file".to_owned()));
        }
        match self {
            Handle::File(file) => file.get_bytes(start, length),
            Handle::Memory(bytes) => bytes.get_ref().get_bytes(start, length),
            Handle::Remote(_, pages) => Ok(pages.bytes(start, length).map_err(io::Error::from)?),
        }
    }
}
