//! Reads an object from some place to its end, the next block being fetched meanwhile.

use std::io::{self, Read};

use bytes::Bytes;
use tokio::task::JoinHandle;

use crate::error::StoreError;
use crate::object::Object;
use crate::runtime::runtime;

/// The first block: most of those who open a file look only at its beginning.
const FIRST: u64 = 256 << 10;
/// The largest block; each is four times as large as the one before, up to this.
const LARGEST: u64 = 8 << 20;

/// Reads an object in order. Memory: the current block and the next, at most 8 MiB each.
#[derive(Debug)]
pub struct Reader {
    object: Object,
    /// Where the next block starts.
    at: u64,
    size: u64,
    block: Bytes,
    ahead: Option<JoinHandle<Result<Bytes, StoreError>>>,
}

impl Object {
    /// Reads from `start` to the end. Nothing is requested before the first byte is read.
    pub fn reader(&self, start: u64) -> Reader {
        Reader { object: self.clone(), at: start, size: FIRST, block: Bytes::new(), ahead: None }
    }
}

impl Reader {
    /// Begins to fetch the next block, if there is one.
    fn fetch_ahead(&mut self) -> Result<(), StoreError> {
        let start = self.at;
        if start >= self.object.stat().size {
            return Ok(());
        }
        self.at = (start + self.size).min(self.object.stat().size);
        self.size = (self.size * 4).min(LARGEST);
        self.ahead = Some(runtime()?.spawn(self.object.clone().fetch(start..self.at)));
        Ok(())
    }

    fn next_block(&mut self) -> Result<(), StoreError> {
        let first = self.ahead.is_none();
        if first {
            if let Some(head) = self.object.head().filter(|head| self.at < head.len() as u64) {
                self.block = head.slice(self.at as usize..);
                self.at = head.len() as u64;
                return Ok(());
            }
            self.fetch_ahead()?;
        }
        let Some(ahead) = self.ahead.take() else { return Ok(()) };
        let fetched = runtime()?.block_on(ahead);
        self.block = fetched.map_err(|error| StoreError::Setup(error.to_string()))??;
        // Whoever takes only the first block does not pay for a second one.
        if first { Ok(()) } else { self.fetch_ahead() }
    }
}

impl Read for Reader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.block.is_empty() {
            self.next_block()?;
        }
        let n = self.block.len().min(buf.len());
        buf[..n].copy_from_slice(&self.block.split_to(n));
        Ok(n)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(ahead) = &self.ahead {
            ahead.abort();
        }
    }
}
