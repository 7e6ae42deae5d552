//! Rows that end with a line, and files that are one record.

use std::io::Write;
use std::path::Path;

use super::copier::Copier;
use super::{SplitError, create, extents};
use crate::corpus::{Corpus, Entry};
use crate::readers::{self, Nature};

pub(super) fn split(
    corpus: &Corpus,
    entry: &Entry,
    out: &[u64],
    kept: &Path,
    aside: &Path,
) -> Result<(), SplitError> {
    let extents = extents::find(corpus, entry, out)?;
    if extents.rows == 1 && readers::format(entry.format).nature != Nature::Table {
        return super::copy(entry, aside);
    }
    // A header, or the mark of an encoding: both files need it.
    let mut head = Vec::new();
    Copier::new(corpus.stream(entry)?).copy_to(extents.first, &mut head)?;
    let mut copier = Copier::new(corpus.stream(entry)?);
    let mut kept = create(kept, entry.packing)?;
    let mut aside = create(aside, entry.packing)?;
    aside.write_all(&head)?;
    for extent in &extents.out {
        copier.copy_to(extent.start, &mut kept)?;
        copier.copy_to(extent.start + extent.length, &mut aside)?;
        line_end(&mut copier, &mut aside)?;
    }
    copier.copy_rest(&mut kept)?;
    kept.finish()?;
    aside.finish()?;
    Ok(())
}

/// Moves what ends the line; the last line of a file may have nothing.
fn line_end(copier: &mut Copier, aside: &mut dyn Write) -> Result<(), SplitError> {
    for end in [b'\r', b'\n'] {
        if copier.peek()? == Some(end) {
            copier.pass();
            aside.write_all(&[end])?;
        } else if end == b'\n' {
            aside.write_all(b"\n")?;
        }
    }
    Ok(())
}
