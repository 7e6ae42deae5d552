//! Tables of Arrow: batches are written again with the rows that change in their places.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_select::concat::concat_batches;

use super::{Format, RewriteError, RowEdit, arrays, record, touched, unwritable};
use crate::cell::{Table, guarded};
use crate::corpus::{Corpus, Entry};
use crate::parse::Wanted;
use crate::readers::arrow::tables::Tables;
use crate::split::SplitError;
use crate::split::table::{IpcOut, Out, ParquetTable};

pub(super) fn parquet(
    corpus: &Corpus,
    entry: &Entry,
    edits: &[&RowEdit],
    to: &Path,
) -> Result<(), RewriteError> {
    let format = Format { entry, depth: corpus.limits.depth };
    let likes = pick(ParquetTable::open(entry)?.batches, &touched(edits))?;
    let table = ParquetTable::open(entry)?;
    let out = table.writer(to)?;
    write(format, table.batches, edits, &likes, out)
}

pub(super) fn arrow(
    corpus: &Corpus,
    entry: &Entry,
    edits: &[&RowEdit],
    to: &Path,
) -> Result<(), RewriteError> {
    let format = Format { entry, depth: corpus.limits.depth };
    let open = || -> Result<Tables, SplitError> { Ok(Tables::open(corpus.stream(entry)?)?) };
    let split = |batch: Result<_, _>| batch.map_err(SplitError::from);
    let likes = pick(open()?.map(split), &touched(edits))?;
    let tables = open()?;
    let out = IpcOut::like(to, entry, &tables)?;
    write(format, tables.map(split), edits, &likes, out)
}

/// Rows that are changed or copied, each as a batch of its own.
type Rows = BTreeMap<u64, RecordBatch>;

fn pick(
    batches: impl Iterator<Item = Result<(u64, RecordBatch), SplitError>>,
    rows: &[u64],
) -> Result<Rows, RewriteError> {
    let mut picked = Rows::new();
    for batch in batches {
        let (first, batch) = batch?;
        let from = rows.partition_point(|row| *row < first);
        for row in rows[from..].iter().take_while(|row| **row < first + batch.num_rows() as u64) {
            let slice = batch.slice((row - first) as usize, 1);
            // A slice would keep the whole batch in memory.
            picked.insert(*row, joined(&batch, &[slice])?);
        }
    }
    Ok(picked)
}

fn joined(like: &RecordBatch, parts: &[RecordBatch]) -> Result<RecordBatch, RewriteError> {
    guarded(|| concat_batches(like.schema_ref(), parts)).map_err(RewriteError::Table)
}

fn write<O: Out>(
    format: Format<'_>,
    batches: impl Iterator<Item = Result<(u64, RecordBatch), SplitError>>,
    edits: &[&RowEdit],
    likes: &Rows,
    mut out: O,
) -> Result<(), RewriteError> {
    let mut edits = edits.iter().peekable();
    for batch in batches {
        let (first, batch) = batch?;
        let rows = batch.num_rows();
        let (mut parts, mut copied) = (Vec::new(), 0);
        while let Some(edit) = edits.next_if(|edit| edit.row < first + rows as u64) {
            let at = (edit.row - first) as usize;
            let until = if edit.like.is_none() { at } else { at + 1 };
            if until > copied {
                parts.push(batch.slice(copied, until - copied));
            }
            copied = copied.max(at + 1);
            let like = likes.get(&edit.like.unwrap_or(edit.row)).ok_or(RewriteError::Changed)?;
            parts.push(changed(format, like, edit)?);
        }
        match parts.is_empty() {
            true => out.put(&batch)?,
            false => {
                parts.push(batch.slice(copied, rows - copied));
                out.put(&joined(&batch, &parts)?)?;
            }
        }
    }
    if edits.next().is_some() {
        return Err(RewriteError::Changed);
    }
    Ok(out.end()?)
}

/// A row with new texts in its columns.
fn changed(format: Format<'_>, like: &RecordBatch, edit: &RowEdit) -> Result<RecordBatch, RewriteError> {
    let no = |why: String| unwritable(edit.row, why);
    let fields = Table::new(like, Wanted::All).row(0).to_static();
    let new = record::change(format, &fields, &edit.fields).map_err(no)?;
    let mut columns = like.columns().to_vec();
    for (at, ((_, old), (_, value))) in fields.0.iter().zip(&new.0).enumerate() {
        if old != value {
            columns[at] = arrays::array(columns[at].data_type(), &[value]).map_err(no)?;
        }
    }
    let row = RecordBatch::try_new(Arc::clone(like.schema_ref()), columns).map_err(|e| no(e.to_string()))?;
    match Table::new(&row, Wanted::All).row(0) == new {
        true => Ok(row),
        false => Err(no("its columns cannot hold the new text".to_owned())),
    }
}
