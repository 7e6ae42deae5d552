//! Reads an object here and there, as tables are read: a footer, then pages of several columns in turn.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};

use crate::error::StoreError;
use crate::object::Object;

/// What is kept together.
const BLOCK: u64 = 512 << 10;
/// Blocks that are kept: each column that is being read needs one, so this is as many columns as can be
/// read side by side without fetching anything twice.
const KEPT: usize = 64;
/// Blocks that are fetched at once when the one before was wanted too.
const AHEAD: u64 = 8;

/// Reads an object here and there. Memory: 32 MiB of blocks that were used last. A clone shares them.
#[derive(Debug, Clone)]
pub struct Pages {
    object: Object,
    /// By number, those used last at the end.
    blocks: Arc<Mutex<VecDeque<(u64, Bytes)>>>,
}

impl Object {
    /// Reads it here and there.
    pub fn pages(&self) -> Pages {
        Pages { object: self.clone(), blocks: Arc::default() }
    }
}

impl Pages {
    /// Bytes of the whole object.
    pub fn size(&self) -> u64 {
        self.object.stat().size
    }

    /// The bytes of a range. What lies beyond the end is left out.
    ///
    /// # Errors
    /// As [`Object::range`].
    pub fn bytes(&self, start: u64, length: usize) -> Result<Bytes, StoreError> {
        let end = start.saturating_add(length as u64).min(self.size());
        // Much at once would drive everything else out.
        if end.saturating_sub(start) > BLOCK * AHEAD {
            return self.object.range(start..end);
        }
        let mut out = BytesMut::new();
        let mut at = start;
        while at < end {
            let block = self.block(at / BLOCK)?;
            let from = (at % BLOCK) as usize;
            let to = block.len().min(from + (end - at) as usize);
            if at == start && to - from == length {
                return Ok(block.slice(from..to));
            }
            out.extend_from_slice(&block[from..to]);
            at += (to - from) as u64;
        }
        Ok(out.freeze())
    }

    /// Reads on from `start`.
    pub fn read_from(&self, start: u64) -> PagesReader {
        PagesReader { pages: self.clone(), at: start }
    }

    fn known(&self, number: u64) -> Option<Bytes> {
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        let place = blocks.iter().position(|(known, _)| *known == number)?;
        let block = blocks.remove(place)?;
        blocks.push_back(block.clone());
        Some(block.1)
    }

    /// The lock is not held while others wait for the network: two may fetch the same block, and get the same.
    fn block(&self, number: u64) -> Result<Bytes, StoreError> {
        if let Some(block) = self.known(number) {
            return Ok(block);
        }
        let goes_on = number > 0 && self.known(number - 1).is_some();
        let blocks = if goes_on { AHEAD } else { 1 };
        let fetched = self.object.range(number * BLOCK..(number + blocks) * BLOCK)?;
        let mut kept = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        for (at, block) in fetched.chunks(BLOCK as usize).enumerate().rev() {
            // A slice would keep all of what was fetched in memory for as long as it lives.
            kept.push_back((number + at as u64, Bytes::copy_from_slice(block)));
        }
        while kept.len() > KEPT {
            kept.pop_front();
        }
        Ok(fetched.slice(..fetched.len().min(BLOCK as usize)))
    }
}

/// Reads on from some place.
#[derive(Debug)]
pub struct PagesReader {
    pages: Pages,
    at: u64,
}

impl Read for PagesReader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        // To the end of the block, so that it is a slice.
        let length = buf.len().min((BLOCK - self.at % BLOCK) as usize);
        let bytes = self.pages.bytes(self.at, length)?;
        buf[..bytes.len()].copy_from_slice(&bytes);
        self.at += bytes.len() as u64;
        Ok(bytes.len())
    }
}
