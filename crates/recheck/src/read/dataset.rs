//! A data set whose records name their address.

use std::sync::mpsc::SyncSender;

use toadstone_core::{Batch, Control, Observe, Record, RecordId, Role, Source, SourceError, instant};

use crate::page::{Content, Fingerprint, Page};

/// Sends the page of every record of `source`; records without an address are sent as `None`. The files of
/// the source are counted from `base`.
/// Fingerprints are taken on `threads` threads.
///
/// # Errors
/// [`SourceError`].
pub(super) fn pages(
    source: &dyn Source,
    base: u32,
    threads: usize,
    control: &Control,
    out: &SyncSender<Vec<(RecordId, Option<Page>)>>,
) -> Result<(), SourceError> {
    let worker = || {
        let out = out.clone();
        Box::new(move |batch: &Batch| {
            // Nobody listens any more only if the run is ending.
            let id = |id: RecordId| RecordId { file: base + id.file, ..id };
            let _ = out.send(batch.records().map(|record| (id(record.id()), page(&record))).collect());
        }) as Observe<'_>
    };
    source.read((0..threads.max(1)).map(|_| worker()).collect(), control).map(|_| ())
}

/// The page that a record holds: the text that a model is given, and what it is to answer.
fn page(record: &Record<'_>) -> Option<Page> {
    let url = record.get(Role::Url).map(str::trim).filter(|url| !url.is_empty())?;
    let print = match record.get(Role::Output) {
        Some(output) => Fingerprint::of(&format!("{}\n{output}", record.input()), url),
        None => Fingerprint::of(record.input(), url),
    };
    let seen = record.get(Role::Created).and_then(instant);
    Some(Page { url: url.to_owned(), seen, content: Content::Text(Box::new(print)), cut: false })
}
