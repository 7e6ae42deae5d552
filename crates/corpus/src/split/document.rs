//! Elements of a JSON document: the commas between those that stay have to fit.

use std::io::{self, Write};
use std::path::Path;

use super::copier::Copier;
use super::{SplitError, create, extents};
use crate::corpus::{Corpus, Entry};

pub(super) fn split(
    corpus: &Corpus,
    entry: &Entry,
    out: &[u64],
    kept: &Path,
    aside: &Path,
) -> Result<(), SplitError> {
    let extents = extents::find(corpus, entry, out)?;
    let mut copier = Copier::new(corpus.stream(entry)?);
    let mut kept = Tail { out: create(kept, entry.packing)?, held: Vec::new() };
    let mut aside = create(aside, entry.packing)?;
    for (number, extent) in extents.out.iter().enumerate() {
        copier.copy_to(extent.start, &mut kept)?;
        aside.write_all(if number == 0 { b"[\n" } else { b",\n" })?;
        copier.copy_to(extent.start + extent.length, &mut aside)?;
        close_gap(&mut copier, &mut kept)?;
    }
    copier.copy_rest(&mut kept)?;
    aside.write_all(b"\n]\n")?;
    kept.finish()?;
    aside.finish()?;
    Ok(())
}

/// Joins what stands before an element that went with what stands behind it: of two separators one
/// stays, and none where the element was the last.
fn close_gap(copier: &mut Copier, kept: &mut Tail<impl Write>) -> io::Result<()> {
    let mut space = Vec::new();
    loop {
        match copier.peek()? {
            Some(byte) if byte.is_ascii_whitespace() => {
                copier.pass();
                space.push(byte);
            }
            Some(b',') => {
                copier.pass();
                while copier.peek()?.is_some_and(|byte| byte.is_ascii_whitespace()) {
                    copier.pass();
                }
                return Ok(());
            }
            _ => {
                kept.drop_comma();
                return kept.write_all(&space);
            }
        }
    }
}

/// A writer that holds the separator at its end back.
struct Tail<W> {
    out: W,
    held: Vec<u8>,
}

impl<W: Write> Tail<W> {
    /// Forgets the separator, if there is one.
    fn drop_comma(&mut self) {
        if let Some(comma) = self.held.iter().position(|byte| *byte == b',') {
            self.held.truncate(comma);
        }
    }
}

impl Tail<super::packer::Packer> {
    fn finish(mut self) -> io::Result<()> {
        self.out.write_all(&self.held)?;
        self.out.finish()
    }
}

impl<W: Write> Write for Tail<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let separates = |byte: &u8| byte.is_ascii_whitespace() || *byte == b',';
        if let Some(last) = bytes.iter().rposition(|byte| !separates(byte)) {
            self.out.write_all(&self.held)?;
            self.out.write_all(&bytes[..=last])?;
            self.held.clear();
            self.held.extend_from_slice(&bytes[last + 1..]);
        } else {
            self.held.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
