//! The rows of `quality.parquet`.

use std::io;

use toadstone_corpus::LowQuality;
use toadstone_quality::{Failed, FailedRecord};

/// A row for each record that fails a rule, in the order of the input.
pub fn low_quality(failed: Failed, files: &[String]) -> impl Iterator<Item = io::Result<LowQuality>> {
    let row = |record: FailedRecord| LowQuality {
        file: files.get(record.id.file as usize).cloned().unwrap_or_default(),
        row: record.id.row,
        rules: record.reasons.iter().map(|reason| (reason.rule.name, reason.value)).collect(),
    };
    failed.map(move |record| record.map(row))
}
