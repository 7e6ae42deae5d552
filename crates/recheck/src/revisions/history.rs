//! The revisions of all records, in order.

use ahash::AHashMap;

/// One revision of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Revision {
    /// Place of the record's name.
    pub record: u32,
    /// Seconds since 1970 (UTC).
    pub time: i64,
    /// Place among the lines read: of two revisions at one time the later line is the later one.
    pub order: u64,
    /// Place of the editor's name.
    pub editor: u32,
    /// Digest of the content.
    pub content: u128,
}

/// Revisions by record and time. About 64 bytes for each, and the names once.
#[derive(Debug, Clone, Default)]
pub struct History {
    pub(super) revisions: Vec<Revision>,
    pub(super) records: Names,
    pub(super) editors: Names,
    pub(super) refused: u64,
    pub(super) reasons: Vec<String>,
}

/// Names with numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    index: AHashMap<String, u32>,
    names: Vec<String>,
}

impl Names {
    pub(super) fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.index.get(name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.index.insert(name.to_owned(), number);
        number
    }

    pub(super) fn name(&self, number: u32) -> &str {
        self.names.get(number as usize).map_or("", String::as_str)
    }

    pub(super) fn len(&self) -> u64 {
        self.names.len() as u64
    }
}

/// An edit that some moment could have caught.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) record: u32,
    pub(super) editor: u32,
    /// When it was made, and when the next revision took its place.
    pub(super) from: i64,
    pub(super) to: i64,
    /// When an earlier content was first restored after it.
    pub(super) undone: Option<i64>,
}

impl History {
    /// Adds a revision.
    pub fn add(&mut self, record: &str, editor: &str, time: i64, content: u128) {
        let order = self.revisions.len() as u64;
        let (record, editor) = (self.records.number(record), self.editors.number(editor));
        self.revisions.push(Revision { record, time, order, editor, content });
    }

    /// Every edit of what was there before, in the order of records and times. A first revision is none.
    ///
    /// An edit is undone by the first later revision whose content is one that the record had before it: an
    /// identity revert, as they are counted in research on wikis. O(n log n).
    pub(super) fn edits(&mut self) -> Vec<Edit> {
        self.revisions.sort_unstable();
        let mut edits: Vec<Edit> = Vec::new();
        for record in self.revisions.chunk_by(|a, b| a.record == b.record) {
            let mut first_seen: AHashMap<u128, usize> = AHashMap::new();
            // Edits that nothing has undone yet, as places in `edits` with places in the record.
            let mut open: Vec<(usize, usize)> = Vec::new();
            for (at, revision) in record.iter().enumerate() {
                if let Some(&before) = first_seen.get(&revision.content) {
                    // What came after the restored content, and is not that content itself, is undone.
                    while let Some(&(edit, place)) = open.last().filter(|(_, place)| *place > before) {
                        if record[place].content != revision.content {
                            edits[edit].undone = Some(revision.time);
                        }
                        open.pop();
                    }
                } else {
                    first_seen.insert(revision.content, at);
                }
                if at > 0 && record[at - 1].content != revision.content {
                    let to = record.get(at + 1).map_or(i64::MAX, |next| next.time);
                    open.push((edits.len(), at));
                    edits.push(Edit {
                        record: revision.record,
                        editor: revision.editor,
                        from: revision.time,
                        to,
                        undone: None,
                    });
                }
            }
        }
        edits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_is_undone_by_what_was_there_before() {
        let mut history = History::default();
        for (time, content) in [(1, 10), (5, 20), (9, 10), (12, 30), (13, 40), (20, 30), (25, 50)] {
            history.add("page", if content % 20 == 0 { "b" } else { "a" }, time, content);
        }
        let undone: Vec<(i64, Option<i64>)> =
            history.edits().iter().map(|edit| (edit.from, edit.undone)).collect();
        assert_eq!(undone, [(5, Some(9)), (9, None), (12, None), (13, Some(20)), (20, None), (25, None)]);
    }
}
