//! Records and batches of records.
//!
//! A batch keeps the text of all its records in one string and each record as ranges into it, so
//! that reading a gigabyte allocates per batch and not per field.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Where a record stands: which input file, and which row of it.
///
/// `file` indexes the run's list of input files; `row` counts from 0 and rejected rows count too,
/// so that a row number can be looked up in the user's file. Ordered by file, then row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct RecordId {
    /// Index into the list of input files.
    pub file: u32,
    /// Row in that file, counted from 0.
    pub row: u64,
}

/// What part a text plays in a training example.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Role {
    /// What the model is given: a prompt, a text to classify, a document, a file of code.
    Input,
    /// What the model learns to say: an answer, a completion, the chosen answer of a pair.
    Output,
    /// The answer that the model learns to avoid.
    Rejected,
    /// A class label, as text.
    Label,
    /// A data set or feed that the record came from.
    Source,
    /// The address that the record came from.
    Url,
    /// Who wrote it.
    Author,
    /// Who labelled or compared it.
    Annotator,
    /// The model that generated it.
    Generator,
    /// The keys of the records that it was made from, one a line.
    Parent,
    /// The keys of the prompts or seeds that it answers, one a line.
    #[serde(rename = "prompt-id")]
    Prompt,
    /// When it was made, as text.
    Created,
    /// The data set's own identifier.
    Key,
}

impl Role {
    /// All roles, in the order of their discriminants.
    pub const ALL: [Role; 13] = [
        Role::Input,
        Role::Output,
        Role::Rejected,
        Role::Label,
        Role::Source,
        Role::Url,
        Role::Author,
        Role::Annotator,
        Role::Generator,
        Role::Parent,
        Role::Prompt,
        Role::Created,
        Role::Key,
    ];

    /// The roles that say where a record came from.
    pub const ORIGINS: [Role; 7] =
        [Role::Source, Role::Url, Role::Author, Role::Annotator, Role::Generator, Role::Parent, Role::Prompt];

    /// The roles whose text is learnt, in the order of their discriminants from 0.
    pub const CONTENT: [Role; 3] = [Role::Input, Role::Output, Role::Rejected];

    /// The roles whose text refers to other records by their keys.
    pub const REFERENCES: [Role; 2] = [Role::Parent, Role::Prompt];

    /// The name used in reports and in `--map`.
    pub fn name(self) -> &'static str {
        match self {
            Role::Input => "input",
            Role::Output => "output",
            Role::Rejected => "rejected",
            Role::Label => "label",
            Role::Source => "source",
            Role::Url => "url",
            Role::Author => "author",
            Role::Annotator => "annotator",
            Role::Generator => "generator",
            Role::Parent => "parent",
            Role::Prompt => "prompt-id",
            Role::Created => "created",
            Role::Key => "key",
        }
    }
}

/// A set of roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RoleSet(u16);

impl RoleSet {
    /// The set with `role` added.
    #[must_use]
    pub fn with(self, role: Role) -> Self {
        RoleSet(self.0 | 1 << role as u16)
    }

    /// Whether `role` is in the set.
    pub fn has(self, role: Role) -> bool {
        self.0 & (1 << role as u16) != 0
    }

    /// The union of two sets.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        RoleSet(self.0 | other.0)
    }
}

/// What a data set is for, as its columns tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Texts with a class label.
    Classification,
    /// Prompts with answers, chats included.
    Instruction,
    /// Prompts with a chosen and a rejected answer.
    Preference,
    /// Source files.
    Code,
    /// Plain text.
    Document,
}

impl Kind {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Classification => "classification",
            Kind::Instruction => "instruction",
            Kind::Preference => "preference",
            Kind::Code => "code",
            Kind::Document => "document",
        }
    }
}

const ABSENT: (u32, u32) = (u32::MAX, u32::MAX);
const NO_OFFSET: u64 = u64::MAX;

#[derive(Debug, Clone)]
struct Row {
    id: RecordId,
    offset: u64,
    kind: Kind,
    fields: [(u32, u32); Role::ALL.len()],
    /// Where the last part of each of [`Role::CONTENT`] starts, counted from the start of the role.
    last: [u32; Role::CONTENT.len()],
}

/// Records that are read and observed together.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    text: String,
    rows: Vec<Row>,
}

impl Batch {
    /// Number of records.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Bytes of text in all records.
    pub fn text_bytes(&self) -> usize {
        self.text.len()
    }

    /// The record at `index`, counted from 0; `None` beyond the end.
    pub fn get(&self, index: usize) -> Option<Record<'_>> {
        self.rows.get(index).map(|row| Record { text: &self.text, row })
    }

    /// The same batch without the records for which `gone` says so.
    #[must_use]
    pub fn without(&self, gone: impl Fn(RecordId) -> bool) -> Batch {
        let mut builder = BatchBuilder::new();
        for record in self.records().filter(|record| !gone(record.id())) {
            for role in Role::ALL {
                record.parts(role).into_iter().flatten().for_each(|part| builder.add(role, part));
            }
            builder.finish(record.id(), record.offset(), record.kind());
        }
        builder.take()
    }

    /// The records in the order in which they were read.
    pub fn records(&self) -> impl ExactSizeIterator<Item = Record<'_>> + Clone {
        self.rows.iter().map(|row| Record { text: &self.text, row })
    }
}

/// One training example, borrowed from its batch.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    text: &'a str,
    row: &'a Row,
}

impl<'a> Record<'a> {
    /// Where it stands.
    pub fn id(&self) -> RecordId {
        self.row.id
    }

    /// What its data set is for.
    pub fn kind(&self) -> Kind {
        self.row.kind
    }

    /// Byte offset of the record in its (decompressed) file, where bytes have a meaning.
    pub fn offset(&self) -> Option<u64> {
        (self.row.offset != NO_OFFSET).then_some(self.row.offset)
    }

    /// The text of a role; `None` where the record has none.
    pub fn get(&self, role: Role) -> Option<&'a str> {
        let (from, to) = self.row.fields[role as usize];
        (from != u32::MAX).then(|| &self.text[from as usize..to as usize])
    }

    /// The last part of a role, such as the last turn of the user in a chat; the whole text of a role
    /// that is not of [`Role::CONTENT`].
    pub fn last_part(&self, role: Role) -> Option<&'a str> {
        let text = self.get(role)?;
        Some(self.row.last.get(role as usize).map_or(text, |start| &text[*start as usize..]))
    }

    /// What stands before the last part of a role, and that part: together with a line feed between
    /// them they are the text of the role.
    pub fn parts(&self, role: Role) -> [Option<&'a str>; 2] {
        let (Some(text), Some(last)) = (self.get(role), self.last_part(role)) else { return [None, None] };
        let before = (text.len() - last.len()).checked_sub(1);
        [before.map(|end| &text[..end]), Some(last)]
    }

    /// What the model is given; empty where the record has no input.
    pub fn input(&self) -> &'a str {
        self.get(Role::Input).unwrap_or("")
    }
}

/// Fills a [`Batch`], record by record.
///
/// Parts of one role are joined with a line feed, in the order in which they are added, whatever
/// comes between them (the user's turns of a chat make one input).
#[derive(Debug, Default)]
pub struct BatchBuilder {
    batch: Batch,
    parts: [String; Role::ALL.len()],
    last: [u32; Role::CONTENT.len()],
    present: RoleSet,
}

impl BatchBuilder {
    /// An empty builder.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds text to a role of the record being built.
    pub fn add(&mut self, role: Role, text: &str) {
        let part = &mut self.parts[role as usize];
        if self.present.has(role) {
            part.push('\n');
        }
        self.present = self.present.with(role);
        if let Some(last) = self.last.get_mut(role as usize) {
            *last = u32::try_from(part.len()).unwrap_or(u32::MAX);
        }
        part.push_str(text);
    }

    /// Whether the record being built has `role`.
    pub fn has(&self, role: Role) -> bool {
        self.present.has(role)
    }

    /// Forgets what was added since the last record was finished.
    pub fn abandon(&mut self) {
        self.present = RoleSet::default();
        self.last = Default::default();
        self.parts.iter_mut().for_each(String::clear);
    }

    /// Ends the record. Returns `false`, and drops the record, if the batch would outgrow 4 GiB of
    /// text, which readers avoid by handing over batches of a few megabytes.
    pub fn finish(&mut self, id: RecordId, offset: Option<u64>, kind: Kind) -> bool {
        let total: usize = self.parts.iter().map(String::len).sum();
        if self.batch.text.len() + total >= u32::MAX as usize {
            self.abandon();
            return false;
        }
        let mut fields = [ABSENT; Role::ALL.len()];
        for role in Role::ALL {
            if self.present.has(role) {
                let Range { start, end } = append(&mut self.batch.text, &self.parts[role as usize]);
                fields[role as usize] = (start as u32, end as u32);
            }
        }
        let offset = offset.unwrap_or(NO_OFFSET);
        self.batch.rows.push(Row { id, offset, kind, fields, last: self.last });
        self.abandon();
        true
    }

    /// Number of finished records.
    pub fn len(&self) -> usize {
        self.batch.len()
    }

    /// Whether no record was finished.
    pub fn is_empty(&self) -> bool {
        self.batch.is_empty()
    }

    /// Bytes of text in the finished records.
    pub fn text_bytes(&self) -> usize {
        self.batch.text.len()
    }

    /// The finished records; the builder is empty afterwards and can be used again.
    pub fn take(&mut self) -> Batch {
        self.abandon();
        std::mem::take(&mut self.batch)
    }
}

fn append(text: &mut String, part: &str) -> Range<usize> {
    let start = text.len();
    text.push_str(part);
    start..text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_role_are_joined_and_others_stay_apart() {
        let mut b = BatchBuilder::new();
        b.add(Role::Input, "hello");
        b.add(Role::Output, "hi");
        b.add(Role::Input, "and now?");
        assert!(b.finish(RecordId { file: 0, row: 3 }, Some(17), Kind::Instruction));
        b.add(Role::Label, "");
        b.abandon();
        b.add(Role::Input, "x");
        assert!(b.finish(RecordId { file: 0, row: 5 }, None, Kind::Document));
        let batch = b.take();
        let first = batch.get(0).unwrap();
        assert_eq!((first.input(), first.get(Role::Output)), ("hello\nand now?", Some("hi")));
        assert_eq!((first.get(Role::Label), first.offset()), (None, Some(17)));
        assert_eq!(first.parts(Role::Input), [Some("hello"), Some("and now?")]);
        assert_eq!(first.parts(Role::Output), [None, Some("hi")]);
        let copy = batch.without(|_| false);
        assert_eq!(copy.get(0).unwrap().last_part(Role::Input), Some("and now?"));
        let second = batch.get(1).unwrap();
        assert_eq!((second.input(), second.get(Role::Label), second.offset()), ("x", None, None));
        assert!(b.is_empty() && batch.get(2).is_none());
    }
}
