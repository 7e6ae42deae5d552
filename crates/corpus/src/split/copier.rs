//! Copies stretches of a stream.

use std::io::{self, BufRead, BufReader, Read, Write};

use crate::stream::Stream;

/// A stream, and how much of it was passed.
pub(crate) struct Copier {
    input: BufReader<Stream>,
    at: u64,
}

impl Copier {
    pub(crate) fn new(stream: Stream) -> Self {
        Copier { input: BufReader::with_capacity(256 << 10, stream), at: 0 }
    }

    /// Copies up to the offset `end`.
    ///
    /// # Errors
    /// The stream ends before, or the system's reason.
    pub(crate) fn copy_to(&mut self, end: u64, out: &mut dyn Write) -> io::Result<()> {
        let length = end.saturating_sub(self.at);
        let copied = io::copy(&mut (&mut self.input).take(length), out)?;
        self.at += copied;
        if copied < length { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    /// Passes over what stands before the offset `end`.
    ///
    /// # Errors
    /// As [`Copier::copy_to`].
    pub(crate) fn pass_to(&mut self, end: u64) -> io::Result<()> {
        self.copy_to(end, &mut io::sink())
    }

    /// Copies everything that is left. Damage ends the stream as it ended the scan: what could be
    /// decoded is copied.
    pub(crate) fn copy_rest(&mut self, out: &mut dyn Write) -> io::Result<()> {
        loop {
            let block = match self.input.fill_buf() {
                Ok([]) => return Ok(()),
                Ok(block) => block,
                Err(error) => {
                    return match self.input.get_ref().fault(error) {
                        crate::stream::Fault::Io(error) => Err(error),
                        crate::stream::Fault::Damaged(_) => Ok(()),
                    };
                }
            };
            out.write_all(block)?;
            let length = block.len();
            self.input.consume(length);
        }
    }

    /// The next byte, left in place; `None` at the end.
    pub(crate) fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.input.fill_buf()?.first().copied())
    }

    /// Passes over the byte that [`Copier::peek`] gave.
    pub(crate) fn pass(&mut self) {
        self.input.consume(1);
        self.at += 1;
    }
}
