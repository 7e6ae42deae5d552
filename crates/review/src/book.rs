//! What was decided so far. The last decision on a subject wins, whoever made it.

use std::collections::BTreeMap;
use std::sync::Arc;

use ahash::AHashMap;

use crate::decision::{Call, Decision, Subject};
use crate::digest::Digest;
use crate::journal::Read;
use crate::table::Table;

/// A record or a finding of the run, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    Finding(u32),
    Record(u32),
}

/// What one person said last, by subject.
pub type Said = AHashMap<Key, Arc<Decision>>;

/// All decisions, by subject and by person.
#[derive(Debug, Default)]
pub struct Book {
    latest: Said,
    people: BTreeMap<String, Said>,
    /// Subjects in the order in which they were decided on, each with the place in the file.
    order: Vec<(u64, Key)>,
    /// Decisions on what this run does not have.
    pub elsewhere: u64,
    /// Lines of the file that are no decisions; the first of them in words.
    pub faults: u64,
    pub first_fault: Option<String>,
    /// Bytes of a line that is not whole.
    pub torn: u64,
}

impl Book {
    /// Takes note of what was read. Returns the subjects concerned.
    pub fn take(&mut self, read: Read, table: &Table) -> Vec<Key> {
        if read.anew {
            *self = Book::default();
        }
        self.faults += read.faults.len() as u64;
        if self.first_fault.is_none() {
            self.first_fault = read.faults.first().map(ToString::to_string);
        }
        self.torn = read.torn;
        let mut keys = Vec::new();
        for (end, decision) in read.decisions {
            let Some(key) = key(&decision.subject, table) else {
                self.elsewhere += 1;
                continue;
            };
            let decision = Arc::new(decision);
            self.people.entry(decision.who.clone()).or_default().insert(key, Arc::clone(&decision));
            self.order.push((end, key));
            self.latest.insert(key, decision);
            keys.push(key);
        }
        keys
    }

    /// The last decision, withdrawn or not.
    pub fn last(&self, key: Key) -> Option<&Decision> {
        self.latest.get(&key).map(Arc::as_ref)
    }

    /// The last decision, if it holds: it is not withdrawn, and the content is what it was made on.
    /// Content that was not read yet gets the benefit of the doubt.
    pub fn holds(&self, key: Key, content: Option<Digest>) -> Option<&Decision> {
        let same = |decision: &&Decision| content.is_none_or(|content| content == decision.digest);
        self.last(key).filter(|decision| decision.call != Call::Withdrawn).filter(same)
    }

    /// All subjects with their last decision, in no order.
    pub fn all(&self) -> impl Iterator<Item = (Key, &Decision)> {
        self.latest.iter().map(|(key, decision)| (*key, decision.as_ref()))
    }

    /// What each person said last, by name.
    pub fn people(&self) -> &BTreeMap<String, Said> {
        &self.people
    }

    /// Subjects that were decided on after that place in the file, each once.
    pub fn since(&self, cursor: u64) -> Vec<Key> {
        let from = self.order.partition_point(|(end, _)| *end <= cursor);
        let mut keys: Vec<Key> = self.order[from..].iter().map(|(_, key)| *key).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

fn key(subject: &Subject, table: &Table) -> Option<Key> {
    match subject {
        Subject::Finding(id) => table.finding(id).map(Key::Finding),
        Subject::Record(file, row) => table.find(file, *row).map(Key::Record),
    }
}
