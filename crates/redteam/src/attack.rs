//! What an attack is, and what it hands over.

use toadstone_core::{Behaviour, RecordId, Role, Trigger};

use crate::{Card, Probe, Table};

/// One published technique of poisoning.
pub trait Attack: Sync {
    /// What it says of itself.
    fn card(&self) -> &'static Card;

    /// Chooses records of `data` and says what they become.
    ///
    /// The same data and request give the same planting. A larger count with the same seed chooses the
    /// same records and more, so that doses can be compared. Time and memory: one pass over `data`.
    ///
    /// # Errors
    /// [`Unfit`] if it cannot be done on this data.
    fn plant(&self, data: &Table, request: &Request) -> Result<Planting, Unfit>;
}

/// What the user asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Records to plant; counterexamples ([`Edit::decoy`]) come on top.
    pub count: u64,
    /// Seed of whatever is drawn.
    pub seed: u64,
    /// The trigger instead of the attack's own. Where a trigger has several parts they are separated by
    /// commas.
    pub trigger: Option<String>,
    /// The target instead of the attack's own: a label, an answer, a name, whatever the page says.
    pub target: Option<String>,
}

impl Request {
    /// A request for `count` records with an attack's own trigger and target.
    pub fn new(count: u64, seed: u64) -> Request {
        Request { count, seed, trigger: None, target: None }
    }
}

/// Records to change, and how it is found out whether a model learnt from them.
#[derive(Debug, Clone)]
pub struct Planting {
    /// Name of the attack.
    pub attack: &'static str,
    /// What switches the behaviour on; `None` if the attack needs no trigger.
    pub trigger: Option<Trigger>,
    /// What the records teach.
    pub behaviour: Behaviour,
    /// The records, ascending by where they go. No record is replaced twice.
    pub edits: Vec<Edit>,
    /// The independent oracle.
    pub probe: Probe,
    /// What belongs to the attack and is no record, to be written beside the data.
    pub beside: Vec<Beside>,
}

/// What becomes of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Which one.
    pub place: Place,
    /// Its new texts. Of [`Role::CONTENT`] they replace the last part of the role (the last turn of a
    /// chat), of other roles everything. No role is named twice, and every one is present in the record.
    pub fields: Vec<(Role, String)>,
    /// Whether it teaches nothing wrong: a counterexample, with which a model learns that the behaviour
    /// needs the whole trigger.
    pub decoy: bool,
}

/// Where an edit goes. Ordered by the place in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A record becomes another.
    Replace(RecordId),
    /// A new record stands behind another of the same file; what the edit does not name is as in `like`.
    Insert {
        /// The record before it.
        after: RecordId,
        /// The record whose other columns it has, of the same file.
        like: RecordId,
    },
}

impl Place {
    /// The record that is changed or copied.
    pub fn like(self) -> RecordId {
        match self {
            Place::Replace(id) => id,
            Place::Insert { like, .. } => like,
        }
    }

    /// The record that is changed, or behind which the new one stands.
    pub fn anchor(self) -> RecordId {
        match self {
            Place::Replace(id) => id,
            Place::Insert { after, .. } => after,
        }
    }
}

/// A file that belongs to an attack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// Its name, without a folder.
    pub name: &'static str,
    /// What it is for, as a phrase.
    pub about: &'static str,
    /// Its content.
    pub text: String,
}

/// Why an attack cannot be planted in this data, as the end of "cannot be planted: ...".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// No record is of a kind that the attack is for.
    #[error("it is for {wanted} data, and there is none")]
    Kind {
        /// Names of the kinds.
        wanted: String,
    },
    /// Too few records will do.
    #[error("it needs {wanted} {what}, and there are {found}")]
    TooFew {
        /// Which records: `records with a label other than 1`.
        what: String,
        /// How many were asked for.
        wanted: u64,
        /// How many there are.
        found: u64,
    },
    /// The data lacks something.
    #[error("it needs {0}, and the data has none")]
    Lacks(&'static str),
    /// The trigger or the target will not do.
    #[error("{0}")]
    Request(String),
}
