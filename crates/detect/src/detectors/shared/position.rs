//! Where a record stands, as one word.

use std::io;

use toadstone_core::RecordId;

/// Bits for the row.
const ROW_BITS: u32 = 36;

/// A record's place as a word; words are ordered as the records are.
///
/// # Errors
/// Beyond 2^28 files or 2^36 rows in a file.
pub fn pack(id: RecordId) -> io::Result<u64> {
    if u64::from(id.file) >> (64 - ROW_BITS) != 0 || id.row >> ROW_BITS != 0 {
        return Err(io::Error::other("more than 2^28 files, or 2^36 records in one file"));
    }
    Ok(u64::from(id.file) << ROW_BITS | id.row)
}

/// The record of a word made by [`pack`].
pub fn unpack(word: u64) -> RecordId {
    RecordId { file: (word >> ROW_BITS) as u32, row: word & ((1 << ROW_BITS) - 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_keeps_the_order_and_knows_its_limits() {
        let ids = [(0, 0), (0, 7), (1, 0), (3, (1 << 36) - 1), ((1 << 28) - 1, 5)];
        let ids = ids.map(|(file, row)| RecordId { file, row });
        let words = ids.map(|id| pack(id).unwrap());
        assert!(words.is_sorted());
        assert_eq!(words.map(unpack), ids);
        assert!(pack(RecordId { file: 1 << 28, row: 0 }).is_err());
        assert!(pack(RecordId { file: 0, row: 1 << 36 }).is_err());
    }
}
