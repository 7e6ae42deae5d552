//! Members of an archive: those of one record stay or go together, also those that hold no text.

use std::io::Write;
use std::path::Path;

use super::copier::Copier;
use super::{SplitError, create};
use crate::corpus::{Corpus, Entry};
use crate::readers::tar::outline::{Member, outline};

/// What ends an archive: two empty blocks.
const END: [u8; 1024] = [0; 1024];

pub(super) fn split(
    corpus: &Corpus,
    entry: &Entry,
    out: &[u64],
    kept: &Path,
    aside: &Path,
) -> Result<(), SplitError> {
    let members = outline(corpus.stream(entry)?, corpus.limits)?;
    let goes = |member: &Member| member.row.is_some_and(|row| out.binary_search(&row).is_ok());
    let mut gone: Vec<u64> = members.iter().filter(|member| goes(member)).filter_map(|m| m.row).collect();
    gone.dedup();
    if gone != out {
        return Err(SplitError::Changed);
    }
    let mut copier = Copier::new(corpus.stream(entry)?);
    let mut kept = create(kept, entry.packing)?;
    let mut aside = create(aside, entry.packing)?;
    for member in members.iter().filter(|member| goes(member)) {
        copier.copy_to(member.start, &mut kept)?;
        copier.copy_to(member.end, &mut aside)?;
    }
    copier.copy_rest(&mut kept)?;
    aside.write_all(&END)?;
    kept.finish()?;
    aside.finish()?;
    Ok(())
}
