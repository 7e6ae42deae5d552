//! The rows of `records.parquet` and `duplicates.parquet`.

use toadstone_core::{RecordId, Waived};
use toadstone_corpus::{Corpus, Duplicate, SuspiciousRecord};
use toadstone_detect::Cluster;

use crate::data::{Found, Suspicious};

/// A row for each record that a finding names, in the order of the input.
pub fn records(found: &Found, corpus: &Corpus, waived: &[Waived]) -> Vec<SuspiciousRecord> {
    let row = |record: Suspicious| SuspiciousRecord {
        file: corpus.file_name(record.id.file).to_owned(),
        row: record.id.row,
        score: record.score,
        quarantine: record.quarantine,
        findings: record.findings,
    };
    found.suspicious(waived).map(row).collect()
}

/// A row for each copy, with the record that stays in its place.
pub fn duplicates<'a>(clusters: &'a [Cluster], corpus: &'a Corpus) -> impl Iterator<Item = Duplicate> + 'a {
    let row = |cluster: &Cluster, copy: &RecordId| Duplicate {
        kind: cluster.kind.name().to_owned(),
        file: corpus.file_name(copy.file).to_owned(),
        row: copy.row,
        survivor_file: corpus.file_name(cluster.survivor.file).to_owned(),
        survivor_row: cluster.survivor.row,
    };
    clusters.iter().flat_map(move |cluster| cluster.copies.iter().map(move |copy| row(cluster, copy)))
}
