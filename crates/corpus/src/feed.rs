//! Reads a stream into a buffer from which records are cut.

use std::io::{self, Read};

use crate::rejected::Reason;
use crate::stream::{Fault, Stream};

/// A stream with what was read of it and not cut off yet.
pub(crate) struct Feed {
    stream: Stream,
    buffer: Vec<u8>,
    /// Offset of the first buffered byte.
    base: u64,
    ended: bool,
    damage: Option<Reason>,
}

impl Feed {
    pub(crate) fn new(stream: Stream) -> Self {
        Feed { stream, buffer: Vec::new(), base: 0, ended: false, damage: None }
    }

    /// Buffers at least `size` bytes, or all there are. Damage ends the stream; see [`Feed::damage`].
    pub(crate) fn fill(&mut self, size: usize) -> io::Result<()> {
        while !self.ended && self.buffer.len() < size {
            let missing = (size - self.buffer.len()).max(size.min(64 << 10)) as u64;
            match (&mut self.stream).take(missing).read_to_end(&mut self.buffer) {
                Ok(0) => self.ended = true,
                Ok(_) => {}
                Err(error) => match self.stream.fault(error) {
                    Fault::Io(error) => return Err(error),
                    Fault::Damaged(reason) => {
                        self.damage = Some(reason);
                        self.ended = true;
                    }
                },
            }
        }
        Ok(())
    }

    /// What is buffered.
    pub(crate) fn buffered(&self) -> &[u8] {
        &self.buffer
    }

    /// Offset of the first buffered byte in the decompressed file.
    pub(crate) fn offset(&self) -> u64 {
        self.base
    }

    /// Whether what is buffered is all that is left.
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    /// Why the stream ended before its time; `None` after the first call.
    pub(crate) fn damage(&mut self) -> Option<Reason> {
        self.damage.take()
    }

    /// The same, left in place.
    pub(crate) fn damaged(&self) -> Option<&Reason> {
        self.damage.as_ref()
    }

    /// Cuts off the first `size` bytes.
    pub(crate) fn take(&mut self, size: usize) -> Vec<u8> {
        let size = size.min(self.buffer.len());
        let rest = self.buffer[size..].to_vec();
        self.buffer.truncate(size);
        self.base += size as u64;
        std::mem::replace(&mut self.buffer, rest)
    }

    /// Drops the first `size` bytes.
    pub(crate) fn skip(&mut self, size: usize) {
        let size = size.min(self.buffer.len());
        self.buffer.drain(..size);
        self.base += size as u64;
    }

    /// Drops everything up to and including the next `byte`, or to the end.
    pub(crate) fn skip_past(&mut self, byte: u8) -> io::Result<()> {
        loop {
            if let Some(at) = memchr::memchr(byte, &self.buffer) {
                self.skip(at + 1);
                return Ok(());
            }
            self.skip(self.buffer.len());
            if self.ended {
                return Ok(());
            }
            self.fill(1)?;
        }
    }

    /// Bytes read from disk since the last call.
    pub(crate) fn advanced(&mut self) -> u64 {
        self.stream.advanced()
    }

    /// See [`Stream::finish`].
    pub(crate) fn finish(&mut self) -> io::Result<Option<u128>> {
        self.stream.finish()
    }
}
