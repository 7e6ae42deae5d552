//! A data set with what was planted in it.

use std::collections::BTreeMap;

use toadstone_core::{
    Batch, BatchBuilder, Control, Observe, Profile, ReadSummary, Record, RecordId, Role, Source, SourceError,
};

use crate::attack::{Edit, Place};
use crate::table::{Table, hand_out};

/// Bytes of text in a batch.
const BATCH: usize = 4 << 20;

/// A record that was planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planted {
    /// Where it stands now.
    pub id: RecordId,
    /// The record that it was made from, where it stands in the data as it was.
    pub from: RecordId,
    /// Whether it is a new record, and not one that was changed.
    pub added: bool,
    /// Whether it is a counterexample and teaches nothing wrong.
    pub decoy: bool,
    /// Which edit made it.
    pub edit: usize,
}

/// A table with edits applied. Records have the places that they have in a written copy: each record
/// added moves those behind it in its file by one row.
///
/// Memory: a second copy of the text.
#[derive(Debug)]
pub struct Poisoned {
    batches: Vec<Batch>,
    profile: Profile,
    planted: Vec<Planted>,
}

impl Poisoned {
    /// Applies edits to a table. What names no record of it has no effect.
    pub fn new(data: &Table, edits: &[Edit]) -> Poisoned {
        let (mut replaced, mut added) = (BTreeMap::new(), BTreeMap::<RecordId, Vec<usize>>::new());
        for (number, edit) in edits.iter().enumerate() {
            match edit.place {
                Place::Replace(id) => drop(replaced.insert(id, number)),
                Place::Insert { after, .. } => added.entry(after).or_default().push(number),
            }
        }
        let mut out = Building { builder: BatchBuilder::new(), batches: Vec::new(), planted: Vec::new() };
        let (mut file, mut shift) = (0, 0);
        for record in data.records() {
            let id = record.id();
            if id.file != file {
                (file, shift) = (id.file, 0);
            }
            let moved = |shift: u64| RecordId { row: id.row + shift, ..id };
            match replaced.get(&id) {
                Some(&number) => out.plant(&record, moved(shift), (number, &edits[number])),
                None => out.push(&record, moved(shift), &[]),
            }
            for &number in added.get(&id).into_iter().flatten() {
                if let Some(like) = data.find(edits[number].place.like()) {
                    shift += 1;
                    out.plant(&like, moved(shift), (number, &edits[number]));
                }
            }
        }
        out.batches.push(out.builder.take());
        Poisoned { batches: out.batches, profile: data.profile().clone(), planted: out.planted }
    }

    /// The planted records and counterexamples, in the order of their places.
    pub fn planted(&self) -> &[Planted] {
        &self.planted
    }

    /// The records as a table, planted ones included.
    pub fn table(&self) -> Table {
        Table::of(self.batches.clone(), self.profile.clone())
    }
}

/// Batches in the making.
struct Building {
    builder: BatchBuilder,
    batches: Vec<Batch>,
    planted: Vec<Planted>,
}

impl Building {
    fn plant(&mut self, like: &Record<'_>, id: RecordId, (edit, change): (usize, &Edit)) {
        self.push(like, id, &change.fields);
        let added = matches!(change.place, Place::Insert { .. });
        self.planted.push(Planted { id, from: like.id(), added, decoy: change.decoy, edit });
    }

    fn push(&mut self, record: &Record<'_>, id: RecordId, fields: &[(Role, String)]) {
        for role in Role::ALL {
            let [before, last] = record.parts(role);
            let new = fields.iter().find(|(other, _)| *other == role).map(|(_, text)| text.as_str());
            // Where a role is absent there is nothing to replace.
            let last = last.map(|last| new.unwrap_or(last));
            before.into_iter().chain(last).for_each(|part| self.builder.add(role, part));
        }
        self.builder.finish(id, None, record.kind());
        if self.builder.text_bytes() > BATCH {
            self.batches.push(self.builder.take());
        }
    }
}

impl Source for Poisoned {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn read(&self, workers: Vec<Observe<'_>>, control: &Control) -> Result<ReadSummary, SourceError> {
        hand_out(&self.batches, workers, control)
    }
}
