//! Records as numbers without gaps.

use std::io;

use toadstone_core::RecordId;

/// More nodes than a graph can have.
pub(crate) const NOBODY: u32 = u32::MAX;

/// Numbers the rows of all files one after another, refused rows included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Nodes {
    /// The number of each file's first row, and at the end the number of all rows.
    bases: Vec<u64>,
}

impl Nodes {
    /// For files with so many rows.
    ///
    /// # Errors
    /// There are more than 2^31 rows.
    pub(crate) fn new(rows: &[u64]) -> io::Result<Nodes> {
        let mut bases = vec![0];
        let mut all = 0u64;
        for rows in rows {
            all = all.saturating_add(*rows);
            bases.push(all);
        }
        // Keys that occur more than once are nodes, too: at most one for every second record.
        if all > 1 << 31 {
            return Err(io::Error::other("the lineage of more than 2^31 records cannot be followed"));
        }
        Ok(Nodes { bases })
    }

    /// Rows of all files.
    pub fn len(&self) -> usize {
        self.bases.last().map_or(0, |all| *all as usize)
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of a record; `None` for one that no file has.
    pub fn node(&self, id: RecordId) -> Option<u32> {
        let base = *self.bases.get(id.file as usize)?;
        let end = *self.bases.get(id.file as usize + 1)?;
        let node = base.checked_add(id.row).filter(|node| *node < end)?;
        Some(node as u32)
    }

    /// The record of a number below [`Nodes::len`].
    pub fn record(&self, node: u32) -> RecordId {
        let node = u64::from(node);
        let file = self.bases.partition_point(|base| *base <= node).saturating_sub(1);
        RecordId { file: file as u32, row: node - self.bases[file] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_records_belong_together() {
        let nodes = Nodes::new(&[3, 0, 2]).unwrap();
        let ids: Vec<RecordId> = (0..5).map(|node| nodes.record(node)).collect();
        let expected = [(0, 0), (0, 1), (0, 2), (2, 0), (2, 1)].map(|(file, row)| RecordId { file, row });
        assert_eq!(ids, expected);
        assert!((0..5).all(|node| nodes.node(nodes.record(node)) == Some(node)));
        assert_eq!(nodes.node(RecordId { file: 0, row: 3 }), None);
        assert_eq!(nodes.node(RecordId { file: 9, row: 0 }), None);
        assert!(Nodes::new(&[1 << 32]).is_err());
    }
}
