//! Sentences that all formats share.

use toadstone_core::{Change, ChangeAxis, ChangeConcentration, ChangedRecord, Changes, FileChange};

use crate::words;

/// Characters of a name that are shown.
pub(super) const NAME: usize = 60;

/// One sentence that says it all.
pub(super) fn headline(changes: &Changes) -> String {
    if changes.none() {
        return format!(
            "Nothing changed: {} are the same to the byte.",
            words::plural(changes.same_files, "file")
        );
    }
    let counts = Change::ALL.into_iter().map(|change| (changes.count(change), change));
    let told: Vec<String> = counts
        .filter(|(n, _)| *n > 0)
        .map(|(n, change)| format!("{} {}", words::count(n), change.name()))
        .collect();
    match told.is_empty() {
        true => {
            format!("{} changed, and no record of them.", words::plural(changes.files.len() as u64, "file"))
        }
        false => format!("Records: {}.", told.join(", ")),
    }
}

/// What was compared.
pub(super) fn extent(changes: &Changes) -> String {
    format!(
        "{} the same to the byte, {} not; in those {} records before, {} after, {} unchanged",
        words::plural(changes.same_files, "file"),
        words::count(changes.files.len() as u64),
        words::count(changes.records_before),
        words::count(changes.records_after),
        words::count(changes.unchanged)
    )
}

/// What became of a file.
pub(super) fn file(change: &FileChange) -> String {
    let count = |n: Option<u64>| n.map_or_else(|| "no records".to_owned(), |n| words::plural(n, "record"));
    let records = match (change.before, change.after) {
        (None, None) => String::new(),
        (before, after) if before == after => format!(", {}", count(before)),
        (before, after) => format!(", {} before, {} after", count(before), count(after)),
    };
    let whole = change.whole.as_ref().map(|why| format!("; its records were not compared: {why}"));
    format!("{}{records}{}", change.what, whole.unwrap_or_default())
}

/// Where changes concentrate, after the value.
pub(super) fn concentration(found: &ChangeConcentration) -> String {
    let axis = match found.axis {
        ChangeAxis::Source => "source",
        ChangeAxis::Label => "label",
    };
    format!(
        "{axis}: {} {} of its {} records, where chance puts {} (chance {:.0e})",
        words::count(found.changed),
        found.change.name(),
        words::count(found.records),
        words::number(found.expected),
        found.chance
    )
}

/// Where a record stands and what is said of it, after its file.
pub(super) fn record(record: &ChangedRecord) -> String {
    let said = [("label", &record.label), ("source", &record.source)];
    let said = said.into_iter().filter_map(|(name, value)| Some(format!(", {name} {}", value.as_ref()?)));
    format!(":{}{}", record.row, said.collect::<String>())
}
