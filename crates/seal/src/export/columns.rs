//! Files of records that have the same columns.

use super::{Dataset, media};
use crate::manifest::Entry;

/// A column and its part.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Column {
    /// `input`, `label`, `source`, ...
    pub(super) role: String,
    /// Its name, or the path to it in a record (hostile text).
    pub(super) name: String,
}

/// Files that are read alike.
pub(super) struct Table<'t> {
    /// Their media type.
    pub(super) media: &'static str,
    /// Their columns, as far as they are known.
    pub(super) columns: Vec<Column>,
    /// The files, by name.
    pub(super) files: Vec<&'t Entry>,
}

/// Groups the files of records whose columns are known: from the newest scan, which read them, else the
/// seal knows those that its leaves are made of.
pub(super) fn tables<'d>(dataset: &Dataset<'d>) -> Vec<Table<'d>> {
    let mut tables: Vec<Table<'d>> = Vec::new();
    for file in &dataset.manifest.files {
        let Some(media) = file.records.as_ref().and_then(|records| media::of_records(&records.format)) else {
            continue;
        };
        let columns = columns(dataset, file);
        if columns.is_empty() {
            continue;
        }
        match tables.iter_mut().find(|table| table.media == media && table.columns == columns) {
            Some(table) => table.files.push(file),
            None => tables.push(Table { media, columns, files: vec![file] }),
        }
    }
    tables
}

fn columns(dataset: &Dataset<'_>, file: &Entry) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    let mut add = |role: &str, name: &str| {
        // A column may play two parts; it is still one column.
        if columns.iter().all(|column| column.name != name) {
            columns.push(Column { role: role.to_owned(), name: name.to_owned() });
        }
    };
    let inputs = dataset.scan.iter().flat_map(|link| &link.claim.inputs);
    for column in inputs.filter(|input| input.name == file.name).flat_map(|input| &input.columns) {
        add(&column.role, &column.column);
    }
    if let Some(records) = &file.records {
        let meta = &records.columns;
        meta.label.iter().for_each(|name| add("label", name));
        meta.source.iter().for_each(|name| add("source", name));
        meta.split.iter().for_each(|name| add("split", name));
        meta.key.iter().for_each(|name| add("key", name));
    }
    columns
}
