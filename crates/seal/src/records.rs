//! The two trees over the records of a file.

use std::borrow::Cow;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use toadstone_core::Control;
use toadstone_corpus::{Corpus, MetaColumns, Options, Parse, Row, RowsError, RowsRead};
use toadstone_sketch::GroupBy;

use crate::digest::Digest;
use crate::leaf::Leaf;
use crate::sources::Sources;
use crate::tiles::TileWriter;
use crate::tree::{GROUP, Groups, consistency, root};

/// What a seal says of the records of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Records {
    /// How many there are, refused rows included.
    pub count: u64,
    /// Root of the ordered tree.
    pub ordered: Digest,
    /// Root of the sorted tree.
    pub sorted: Digest,
    /// The format that they were read as.
    pub format: String,
    /// The columns that their meta came from.
    pub columns: MetaColumns,
    /// Where their part of the tiles begins.
    pub tiles: u64,
    /// That they begin with those of the seal before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extends: Option<Extends>,
}

/// A proof that an ordered tree begins with an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extends {
    /// Records of the earlier tree.
    pub count: u64,
    /// Its root.
    pub ordered: Digest,
    /// The proof (RFC 9162, 2.1.4).
    pub proof: Vec<Digest>,
}

/// How records are read.
pub(crate) struct Reading<'r> {
    /// Threads for one file.
    pub threads: usize,
    /// Bytes that sorting may hold in memory.
    pub memory: usize,
    /// An existing folder for temporary files.
    pub temporary: &'r Path,
    /// Stops the reading.
    pub control: &'r Control,
}

/// The tree that a file had before: records and root.
pub(crate) type Earlier = Option<(u64, Digest)>;

/// What reading the records of a file gave.
pub(crate) struct Grown {
    /// What the seal says of them.
    pub records: Records,
    /// Records by source.
    pub sources: Sources,
    /// xxh3-128 of the bytes that were read.
    pub digest: u128,
}

/// Opens one file as a corpus of its own.
///
/// # Errors
/// There is no such file.
pub(crate) fn open(path: &Path, temporary: &Path) -> Result<Corpus, RowsError> {
    let options = Options { temporary: temporary.to_owned(), ..Options::default() };
    let path = path.to_str().ok_or_else(|| RowsError::Unreadable("its path is not UTF-8".to_owned()))?;
    Corpus::open(&[path.to_owned()], &options).map_err(|error| RowsError::Unreadable(error.to_string()))
}

/// Builds both trees of a file, and writes their tiles. Memory: that of `reading` and O(log n).
///
/// # Errors
/// [`RowsError`]; the tiles are as they were before then.
pub(crate) fn grow(
    corpus: &Corpus,
    columns: MetaColumns,
    earlier: Earlier,
    reading: &Reading<'_>,
    tiles: &mut TileWriter,
) -> Result<Grown, RowsError> {
    let begin = tiles.position();
    let mut grower = Grower::new(earlier, reading, tiles);
    let read = corpus.rows(
        0,
        (&columns, Parse::Meta),
        reading.threads,
        reading.control,
        |row| (Leaf::of(row), source_of(row)),
        |rows| grower.take(rows),
    );
    let grown = read.and_then(|read| Ok((read, grower.finish()?)));
    match grown {
        Ok((RowsRead { rows, digest }, (ordered, sorted, extends, sources))) => {
            let format = corpus.format_of(0).unwrap_or_default();
            let records = Records { count: rows, ordered, sorted, format, columns, tiles: begin, extends };
            Ok(Grown { records, sources, digest })
        }
        Err(error) => {
            tiles.back_to(begin)?;
            Err(error)
        }
    }
}

/// The sources of a record in one text; several columns are joined with a space.
pub(crate) fn source_of(row: &Row<'_>) -> Option<Box<str>> {
    match row.source.as_slice() {
        [] => None,
        [one] => one.as_deref().map(Into::into),
        several => {
            let parts: Vec<&str> = several.iter().map(|part| part.as_deref().unwrap_or("-")).collect();
            Some(Cow::from(parts.join(" ")).into())
        }
    }
}

struct Grower<'g> {
    ordered: Groups,
    sorting: GroupBy<8, 8>,
    earlier: Earlier,
    /// Leaves of the group in which the earlier tree ended, and roots of all groups: what a proof of
    /// consistency is made of.
    boundary: Vec<Digest>,
    groups: Vec<Digest>,
    /// The root when the tree had the earlier one's size.
    then: Option<Digest>,
    sources: Sources,
    tiles: &'g mut TileWriter,
}

impl<'g> Grower<'g> {
    fn new(earlier: Earlier, reading: &Reading<'_>, tiles: &'g mut TileWriter) -> Self {
        Grower {
            ordered: Groups::default(),
            sorting: GroupBy::new(reading.memory, reading.temporary),
            earlier: earlier.filter(|(count, _)| *count > 0),
            boundary: Vec::new(),
            groups: Vec::new(),
            then: None,
            sources: Sources::default(),
            tiles,
        }
    }

    fn take(&mut self, rows: Vec<(Leaf, Option<Box<str>>)>) -> io::Result<()> {
        for (leaf, source) in rows {
            if let Some(source) = source {
                self.sources.count(Some(&source), 1);
            }
            let (content, whole) = (leaf.content.words(), leaf.leaf.words());
            self.sorting.push(std::array::from_fn(|at| if at < 4 { content[at] } else { whole[at - 4] }));
            self.push(leaf.leaf)?;
        }
        Ok(())
    }

    fn push(&mut self, leaf: Digest) -> io::Result<()> {
        if self.earlier.is_some_and(|(count, _)| (count - 1) / GROUP == self.ordered.size() / GROUP) {
            self.boundary.push(leaf);
        }
        if let Some(root) = self.ordered.push(leaf) {
            self.close(root)?;
        }
        if self.earlier.is_some_and(|(count, _)| count == self.ordered.size()) {
            self.then = Some(self.ordered.root());
        }
        Ok(())
    }

    fn close(&mut self, group: Digest) -> io::Result<()> {
        if self.earlier.is_some() {
            self.groups.push(group);
        }
        self.tiles.push(&group)
    }

    #[allow(clippy::type_complexity, reason = "taken apart where it is called, and only there")]
    fn finish(mut self) -> io::Result<(Digest, Digest, Option<Extends>, Sources)> {
        let size = self.ordered.size();
        let (last, ordered) = std::mem::take(&mut self.ordered).finish();
        if let Some(last) = last {
            self.close(last)?;
        }
        let extends = self.extends(size);
        let sorting = std::mem::replace(&mut self.sorting, GroupBy::new(0, Path::new("")));
        let sorted = sort(sorting, self.tiles)?;
        Ok((ordered, sorted, extends, self.sources))
    }

    /// The proof of consistency with the earlier tree, if this one begins with it.
    fn extends(&self, size: u64) -> Option<Extends> {
        let (count, ordered) = self.earlier.filter(|(_, root)| self.then == Some(*root))?;
        let start = (count - 1) / GROUP * GROUP;
        let subtree = |from: u64, to: u64| match from.is_multiple_of(GROUP)
            && (to.is_multiple_of(GROUP) || to == size)
        {
            true => root(&self.groups[(from / GROUP) as usize..to.div_ceil(GROUP) as usize]),
            // Smaller subtrees of the proof are all in the group in which the earlier tree ended.
            false => root(&self.boundary[(from - start) as usize..(to - start) as usize]),
        };
        Some(Extends { count, ordered, proof: consistency::prove(count, size, &subtree) })
    }
}

/// The sorted tree: the entries by content, each as a leaf.
fn sort(sorting: GroupBy<8, 8>, tiles: &mut TileWriter) -> io::Result<Digest> {
    let mut rows = sorting.finish()?;
    let mut groups = Groups::default();
    let mut first = None;
    while let Some(row) = rows.next_row()? {
        let leaf = Leaf { content: Digest::from_words(&row[..4]), leaf: Digest::from_words(&row[4..]) };
        let begins = *first.get_or_insert(leaf.content);
        if let Some(root) = groups.push(leaf.sorted()) {
            tiles.push(&root)?;
            tiles.push(&begins)?;
            first = None;
        }
    }
    let (last, root) = groups.finish();
    if let (Some(last), Some(begins)) = (last, first) {
        tiles.push(&last)?;
        tiles.push(&begins)?;
    }
    Ok(root)
}
