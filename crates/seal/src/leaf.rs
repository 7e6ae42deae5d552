//! A record as a leaf of a tree.
//!
//! The leaf binds the content of a record and what is said about it, each by a digest of its own: a
//! record whose label alone was changed keeps its content's digest and has another leaf.

use serde::{Deserialize, Serialize};
use toadstone_corpus::{Content, Row};

use crate::digest::Digest;
use crate::tree;

/// What tells leaves of this kind from all others.
const DOMAIN: &[u8] = b"toadstone/1";

/// How the content of a record is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Mode {
    /// The bytes in the file.
    Bytes = 0,
    /// A canonical encoding of the cells.
    Cells = 1,
    /// The beginning of a row that is no record.
    Refused = 2,
}

/// What is said about a record and is not its content.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meta {
    /// The label.
    pub label: Option<String>,
    /// The sources, one for each column.
    pub source: Vec<Option<String>>,
    /// The part of the data set.
    pub split: Option<String>,
}

/// A record's digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leaf {
    /// Of the content alone.
    pub content: Digest,
    /// Of content and meta: what the ordered tree holds.
    pub leaf: Digest,
}

impl Leaf {
    /// The leaf of a row.
    pub fn of(row: &Row<'_>) -> Leaf {
        let source = row.source.iter().map(Option::as_deref);
        Leaf::new(row.content, row.label.as_deref(), source, row.split.as_deref())
    }

    /// The leaf of a record with this content, of which that is said.
    pub fn new<'m>(
        content: Content<'_>,
        label: Option<&str>,
        source: impl ExactSizeIterator<Item = Option<&'m str>>,
        split: Option<&str>,
    ) -> Leaf {
        let (mode, bytes) = match content {
            Content::Bytes(bytes) => (Mode::Bytes, bytes),
            Content::Cells(bytes) => (Mode::Cells, bytes),
            Content::Refused(bytes) => (Mode::Refused, bytes),
        };
        let content = Digest::of(bytes);
        let meta = meta_bytes(label, source, split);
        Leaf { content, leaf: leaf(mode, bytes.len() as u64, &content, &meta) }
    }

    /// What the sorted tree holds: its digest as a leaf there.
    pub fn sorted(&self) -> Digest {
        let mut entry = [0; 64];
        entry[..32].copy_from_slice(&self.content.0);
        entry[32..].copy_from_slice(&self.leaf.0);
        tree::leaf(&entry)
    }
}

/// The leaf of a record of which only the content's digest is at hand.
pub fn leaf_of_digest(mode: Mode, length: u64, content: &Digest, meta: &Meta) -> Digest {
    let source = meta.source.iter().map(Option::as_deref);
    leaf(mode, length, content, &meta_bytes(meta.label.as_deref(), source, meta.split.as_deref()))
}

/// `SHA-256(0x00 || "toadstone/1" || mode || len || content digest || len || meta digest)`, lengths
/// are those of what was digested, in 8 bytes, the highest first.
fn leaf(mode: Mode, length: u64, content: &Digest, meta: &[u8]) -> Digest {
    let mut bytes = [0u8; 1 + DOMAIN.len() + 1 + 8 + 32 + 8 + 32];
    bytes[1..12].copy_from_slice(DOMAIN);
    bytes[12] = mode as u8;
    bytes[13..21].copy_from_slice(&length.to_be_bytes());
    bytes[21..53].copy_from_slice(&content.0);
    bytes[53..61].copy_from_slice(&(meta.len() as u64).to_be_bytes());
    bytes[61..].copy_from_slice(&Digest::of(meta).0);
    Digest::of(&bytes)
}

/// Label, number of sources, sources, split: each with whether it is there and how long it is.
fn meta_bytes<'m>(
    label: Option<&str>,
    source: impl ExactSizeIterator<Item = Option<&'m str>>,
    split: Option<&str>,
) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(64);
    let mut add = |text: Option<&str>| match text {
        None => bytes.push(0),
        Some(text) => {
            bytes.push(1);
            bytes.extend((text.len() as u64).to_be_bytes());
            bytes.extend(text.as_bytes());
        }
    };
    add(label);
    add(split);
    source.for_each(add);
    bytes
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn of(content: Content<'_>, label: Option<&str>, source: &[Option<&str>]) -> Leaf {
        Leaf::new(content, label, source.iter().copied(), None)
    }

    #[test]
    fn everything_that_is_said_of_a_record_changes_its_leaf() {
        let bytes = Content::Bytes(b"abc");
        let all = [
            of(bytes, None, &[]),
            of(bytes, Some(""), &[]),
            of(bytes, Some("a"), &[]),
            of(bytes, None, &[None]),
            of(bytes, None, &[Some("a")]),
            of(bytes, None, &[Some("a"), None]),
            of(Content::Cells(b"abc"), None, &[]),
            of(Content::Refused(b"abc"), None, &[]),
            of(Content::Bytes(b"abd"), None, &[]),
        ];
        let leaves: BTreeSet<Digest> = all.iter().map(|leaf| leaf.leaf).collect();
        assert_eq!(leaves.len(), all.len());
        assert_eq!(all.iter().filter(|leaf| leaf.content == Digest::of(b"abc")).count(), all.len() - 1);
    }

    #[test]
    fn the_leaf_is_the_one_of_the_description() {
        let meta = Meta { label: Some("x".into()), source: vec![Some("y".into())], split: None };
        let leaf = of(Content::Bytes(b"abc"), Some("x"), &[Some("y")]);
        assert_eq!(leaf.leaf, leaf_of_digest(Mode::Bytes, 3, &Digest::of(b"abc"), &meta));
        let encoded = b"\x01\0\0\0\0\0\0\0\x01x\0\x01\0\0\0\0\0\0\0\x01y";
        let by_hand = [
            b"\0toadstone/1\0".as_slice(),
            &3u64.to_be_bytes(),
            &Digest::of(b"abc").0,
            &(encoded.len() as u64).to_be_bytes(),
            &Digest::of(encoded).0,
        ]
        .concat();
        assert_eq!(leaf.leaf, Digest::of(&by_hand));
    }
}
