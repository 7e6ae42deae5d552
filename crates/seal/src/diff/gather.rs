//! From files to rows that can be sorted.

use std::path::Path;

use toadstone_core::Changes;
use toadstone_corpus::{MetaColumns, Parse, RowsError};
use toadstone_sketch::{GroupBy, mix};
use xxhash_rust::xxh3::xxh3_64;

use super::intern::Interner;
use super::pair::Pairer;
use super::tally::Tally;
use super::{DiffError, Options};
use crate::digest::Digest;
use crate::records::{open, source_of};

/// Which of the two states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    After,
}

/// A record as it is sorted. Its content's digest is the key, and is not kept here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) after: bool,
    pub(super) file: u32,
    pub(super) row: u64,
    /// Of what is said about it.
    pub(super) said: u64,
    pub(super) label: u32,
    pub(super) source: u32,
    /// Of the record before it in its file.
    pub(super) follows: u64,
    /// Of its identifier; 0 if it has none.
    pub(super) key: u64,
}

impl Spot {
    pub(super) fn words(&self) -> [u64; 6] {
        [
            u64::from(self.file) << 1 | u64::from(self.after),
            self.row,
            self.said,
            u64::from(self.label) << 32 | u64::from(self.source),
            self.follows,
            self.key,
        ]
    }

    pub(super) fn from_words(words: &[u64]) -> Spot {
        Spot {
            after: words[0] & 1 == 1,
            file: (words[0] >> 1) as u32,
            row: words[1],
            said: words[2],
            label: (words[3] >> 32) as u32,
            source: words[3] as u32,
            follows: words[4],
            key: words[5],
        }
    }
}

/// Reads the files that are not the same.
pub(super) struct Gatherer<'g> {
    options: &'g Options<'g>,
    names: Vec<String>,
    labels: Interner,
    sources: Interner,
    by_content: GroupBy<4, 10>,
    tally: Tally,
}

/// What is taken from a row on any thread.
struct Read {
    /// Of what is learnt from it: a label that stands in its line is no part of that.
    body: Digest,
    split: u64,
    label: Option<Box<str>>,
    source: Option<Box<str>>,
    key: u64,
}

impl<'g> Gatherer<'g> {
    pub(super) fn new(options: &'g Options<'g>) -> Self {
        Gatherer {
            options,
            names: Vec::new(),
            labels: Interner::default(),
            sources: Interner::default(),
            by_content: GroupBy::new(options.memory / 2, options.temporary),
            tally: Tally::default(),
        }
    }

    /// Gives a file its number.
    pub(super) fn begin(&mut self, name: &str) -> u32 {
        self.names.push(name.to_owned());
        (self.names.len() - 1) as u32
    }

    /// Reads the records of one state of a file, and says how many there are.
    pub(super) fn read(
        &mut self,
        file: u32,
        side: Side,
        path: &Path,
        columns: Option<&MetaColumns>,
    ) -> Result<u64, RowsError> {
        let corpus = open(path, self.options.temporary)?;
        let recognised = || {
            let unreadable = || RowsError::Unreadable(corpus.error_of(0).unwrap_or_default().to_owned());
            corpus.meta_columns(0).ok_or_else(unreadable)
        };
        let columns = columns.cloned().map_or_else(recognised, Ok)?;
        let (mut row, mut follows) = (0, 0);
        let read = corpus.rows(
            0,
            (&columns, Parse::All),
            self.options.threads,
            self.options.control,
            |row| {
                let mut body = Vec::with_capacity(1024);
                row.body(&mut body);
                Read {
                    body: Digest::of(&body),
                    split: row.split.as_deref().map_or(0, |split| xxh3_64(split.as_bytes())),
                    label: row.label.as_deref().map(Into::into),
                    source: source_of(row),
                    key: row.key.as_deref().map_or(0, |key| xxh3_64(key.as_bytes()).max(1)),
                }
            },
            |rows| {
                for Read { body, split, label, source, key } in rows {
                    let content = body.words();
                    let (label, source) =
                        (self.labels.number(label.as_deref()), self.sources.number(source.as_deref()));
                    let said = mix(u64::from(label) << 32 | u64::from(source)) ^ split;
                    let spot =
                        Spot { after: side == Side::After, file, row, said, label, source, follows, key };
                    self.tally.record(&spot);
                    let rest = spot.words();
                    self.by_content
                        .push(std::array::from_fn(|at| if at < 4 { content[at] } else { rest[at - 4] }));
                    follows = mix(content[0]);
                    row += 1;
                }
                Ok(())
            },
        )?;
        Ok(read.rows)
    }

    /// Compares what was read.
    pub(super) fn conclude(self, changes: &mut Changes) -> Result<(), DiffError> {
        let mut pairer = Pairer::new(self.tally, self.options);
        pairer.by_content(self.by_content)?;
        let tally = pairer.conclude(self.options)?;
        tally.tell(&self.names, &self.labels, &self.sources, changes);
        Ok(())
    }
}
