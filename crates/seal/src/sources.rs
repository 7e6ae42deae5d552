//! How many records each source brought, in all files together.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray, UInt64Array};
use arrow_schema::{DataType, Field, Schema};
use toadstone_corpus::{WriteError, write_parquet};

use crate::manifest::SourceCount;

/// The name of the file in a seal that has more sources than `seal.json` lists.
pub const SOURCES: &str = "sources.parquet";
/// Sources that `seal.json` lists.
pub(crate) const LISTED: usize = 100;
/// Sources that are counted one by one, the first that come; records of others are counted together.
/// With names of a hundred bytes they take 30 MB.
const MOST: usize = 100_000;
/// Rows that are put into columns together.
const ROWS: usize = 64 << 10;

/// Records by source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    known: BTreeMap<String, u64>,
    /// Records of sources that are not counted one by one.
    others: u64,
}

impl Sources {
    /// Counts records of a source; `None` stands for sources that are not counted one by one.
    pub fn count(&mut self, source: Option<&str>, records: u64) {
        let Some(source) = source else { return self.others += records };
        let room = self.known.len() < MOST;
        // Looked up before it is made a key: most records come from a source that is known.
        match self.known.get_mut(source) {
            Some(count) => *count += records,
            None if room => drop(self.known.insert(source.to_owned(), records)),
            None => self.others += records,
        }
    }

    /// Counts what another count has.
    pub fn add(&mut self, other: &Sources) {
        other.known.iter().for_each(|(source, records)| self.count(Some(source), *records));
        self.others += other.others;
    }

    /// All counts, most records first and then by name.
    pub fn ranked(&self) -> Vec<SourceCount> {
        let known = self.known.iter().map(|(source, records)| (Some(source.clone()), *records));
        let others = (self.others > 0).then_some((None, self.others));
        let all = known.chain(others).map(|(source, records)| SourceCount { source, records });
        let mut all: Vec<SourceCount> = all.collect();
        all.sort_by(|a, b| b.records.cmp(&a.records).then_with(|| a.source.cmp(&b.source)));
        all
    }
}

/// Writes `sources.parquet`: `source` string, null for all that were not counted one by one, and
/// `records` uint64. Equal counts are equal files.
///
/// # Errors
/// [`WriteError`]; nothing is left behind then.
pub(crate) fn write(path: &Path, counts: &[SourceCount]) -> Result<(), WriteError> {
    let schema = Arc::new(Schema::new(vec![
        Field::new("source", DataType::Utf8, true),
        Field::new("records", DataType::UInt64, false),
    ]));
    write_parquet(path, &schema, |writer| {
        for rows in counts.chunks(ROWS) {
            let sources = rows.iter().map(|row| row.source.as_deref()).collect::<StringArray>();
            let records = UInt64Array::from_iter_values(rows.iter().map(|row| row.records));
            let columns: Vec<ArrayRef> = vec![Arc::new(sources), Arc::new(records)];
            writer.write(&RecordBatch::try_new(Arc::clone(&schema), columns)?)?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up_and_the_largest_come_first() {
        let (mut one, mut two) = (Sources::default(), Sources::default());
        ["b", "a", "b", "c"].into_iter().for_each(|source| one.count(Some(source), 1));
        two.count(Some("c"), 4);
        two.count(None, 2);
        one.add(&two);
        let ranked: Vec<(Option<String>, u64)> =
            one.ranked().into_iter().map(|row| (row.source, row.records)).collect();
        let some = |source: &str| Some(source.to_owned());
        assert_eq!(ranked, [(some("c"), 5), (None, 2), (some("b"), 2), (some("a"), 1)]);
    }

    #[test]
    fn there_is_an_end_to_what_is_counted_one_by_one() {
        let mut sources = Sources::default();
        (0..MOST + 3).for_each(|n| sources.count(Some(&n.to_string()), 1));
        sources.count(Some("0"), 1);
        let ranked = sources.ranked();
        assert_eq!(ranked.len(), MOST + 1);
        assert_eq!((ranked[0].source.as_deref(), ranked[0].records), (None, 3));
        assert_eq!(ranked.iter().map(|row| row.records).sum::<u64>(), MOST as u64 + 4);
    }
}
