//! The gate for pages: `recheck` compares them with what they were, and looks at who edited them when.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use toadstone_core::{Became, Control, RecordId, Role, SourceError, Verdict, instant};
use toadstone_recheck::page::{Content, Page};
use toadstone_recheck::revisions::{Windows, front_running, read};
use toadstone_recheck::{First, Second, compare};
use toadstone_redteam::{Beside, Judged, Planting, Table};

/// Hours around a snapshot, as in `toadstone recheck`.
const BEFORE: i64 = 24 * 3600;
const AFTER: i64 = 72 * 3600;

/// Pages that `recheck` names as replaced on purpose or as edited around a snapshot.
///
/// # Errors
/// The list of edits cannot be written or read.
pub fn judge(
    before: &Table,
    after: &Table,
    planting: &Planting,
    temporary: &Path,
    control: &Control,
) -> Result<Judged, SourceError> {
    let mut removed = replaced(before, after);
    if let Some(list) = planting.beside.first() {
        let snapshot = planting.trigger.as_ref().and_then(|trigger| instant(trigger.parts.first()?));
        removed.extend(front_run(after, list, snapshot, temporary, control)?);
    }
    removed.sort_unstable();
    removed.dedup();
    let found = !removed.is_empty();
    let named = if found { vec![("recheck".to_owned(), removed.clone())] } else { Vec::new() };
    Ok(Judged { verdict: if found { Verdict::Block } else { Verdict::Pass }, fails: found, removed, named })
}

fn pages(table: &Table) -> Vec<(RecordId, Option<Page>)> {
    let page = |record: toadstone_core::Record<'_>| {
        let url = record.get(Role::Url)?;
        let content = Content::of(record.input().as_bytes(), Some("text/plain; charset=utf-8"), url);
        Some((record.id(), Some(Page { url: url.to_owned(), seen: None, content, cut: false })))
    };
    table.records().filter_map(page).collect()
}

/// Pages whose text is gone and whose new one could be from any other site.
fn replaced(before: &Table, after: &Table) -> Vec<RecordId> {
    let first = First::of(pages(before), vec!["before".to_owned()]);
    let mut second = Second::new(&first);
    second.add(pages(after));
    let changes = compare(&second, false).changes;
    changes.into_iter().filter(|page| page.change == Became::Replaced).map(|page| page.at).collect()
}

/// Pages that were edited shortly before the snapshot and put right shortly after it.
fn front_run(
    pages: &Table,
    list: &Beside,
    snapshot: Option<i64>,
    temporary: &Path,
    control: &Control,
) -> Result<Vec<RecordId>, SourceError> {
    let folder = tempfile::Builder::new().prefix("revisions-").tempdir_in(temporary)?;
    let path = folder.path().join(list.name);
    std::fs::write(&path, &list.text)?;
    let mut history = read(&path, control).map_err(io::Error::other)?;
    let windows = Windows { before: BEFORE, after: AFTER };
    let found = front_running(&mut history, &snapshot.into_iter().collect::<Vec<_>>(), windows);
    let runners = found.front_runners.iter().flat_map(|runner| &runner.records);
    let urls: BTreeSet<&String> = runners.chain(found.snapshots.iter().flat_map(|w| &w.records)).collect();
    let named = |record: &toadstone_core::Record<'_>| {
        record.get(Role::Url).is_some_and(|url| urls.iter().any(|named| *named == url))
    };
    Ok(pages.records().filter(named).map(|record| record.id()).collect())
}
