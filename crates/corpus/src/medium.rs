//! Where the bytes of a file are.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::time::SystemTime;

use bytes::Bytes;
use parquet::file::reader::{ChunkReader, Length};

use crate::memory::Batches;

/// A file, or what stands for one in memory: its bytes, or the batches of a table.
#[derive(Debug, Clone)]
pub(crate) enum Medium {
    File(PathBuf),
    Memory(Bytes),
    Table(Batches),
}

/// What tells that a file is still the same without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) bytes: u64,
    pub(crate) modified: Option<SystemTime>,
}

impl Medium {
    pub(crate) fn stamp(&self) -> io::Result<Stamp> {
        Ok(match self {
            Medium::File(path) => {
                let data = std::fs::metadata(path)?;
                if !data.is_file() {
                    return Err(io::Error::other("not a regular file"));
                }
                Stamp { bytes: data.len(), modified: data.modified().ok() }
            }
            Medium::Memory(bytes) => Stamp { bytes: bytes.len() as u64, modified: None },
            Medium::Table(batches) => Stamp { bytes: batches.bytes(), modified: None },
        })
    }

    pub(crate) fn open(&self) -> io::Result<Handle> {
        Ok(match self {
            Medium::File(path) => Handle::File(File::open(path)?),
            Medium::Memory(bytes) => Handle::Memory(Cursor::new(bytes.clone())),
            Medium::Table(_) => return Err(io::Error::other("a table in memory is no stream of bytes")),
        })
    }
}

/// An open [`Medium`].
#[derive(Debug)]
pub(crate) enum Handle {
    File(File),
    Memory(Cursor<Bytes>),
}

impl Read for Handle {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Handle::File(file) => file.read(buf),
            Handle::Memory(bytes) => bytes.read(buf),
        }
    }
}

impl Length for Handle {
    fn len(&self) -> u64 {
        match self {
            Handle::File(file) => Length::len(file),
            Handle::Memory(bytes) => bytes.get_ref().len() as u64,
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
        }
    }
}
