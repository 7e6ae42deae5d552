//! What a detector is.

use std::any::Any;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use toadstone_core::{Batch, Finding, Mark, Profile, RecordId};

use crate::travel::{Pieces, Plan, TravelError};

/// What a detector says of itself.
#[derive(Debug, Clone, Copy)]
pub struct Card {
    /// Its name: `planted-trigger`.
    pub name: &'static str,
    /// One line on what it looks for.
    pub title: &'static str,
    /// Its page, in Markdown.
    pub page: &'static str,
    /// Records with something planted that it must find, in JSON lines.
    pub planted: &'static str,
    /// Records that look alike and are harmless, in JSON lines.
    pub benign: &'static str,
}

/// What a detector gets from the run.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Bytes of memory that one state of one pass may hold before it spills to `temporary`. The
    /// result does not depend on it.
    pub memory: usize,
    /// An existing folder for temporary files; removed by the caller.
    pub temporary: PathBuf,
    /// Seed of everything that is drawn.
    pub seed: u64,
    /// How many times its usual false-discovery rate a detector may accept: 1 in a scan, more where
    /// a calibration wants to see what clean data nearly gives.
    pub leniency: f64,
}

/// Finds one kind of poison.
pub trait Detector: Sync {
    /// What it says of itself.
    fn card(&self) -> Card;

    /// Whether it can run on such data.
    ///
    /// # Errors
    /// Why not, as the end of the sentence "did not run: ...".
    fn applies(&self, profile: &Profile) -> Result<(), String>;

    /// Its first pass, with an empty state.
    fn start(&self, setup: &Setup) -> Box<dyn Pass>;

    /// The pass of a plan that [`Pass::plan`] of one of its passes gave, with an empty state.
    ///
    /// # Errors
    /// [`TravelError`], if it is no such plan.
    fn revive(&self, plan: &Plan, setup: &Setup) -> Result<Box<dyn Pass>, TravelError>;
}

/// One reading of all records, with a state that merges.
///
/// The law that a test holds every pass to: however the records are dealt out to states, in
/// whatever order, and however those states are merged, `conclude` gives the same.
pub trait Pass: Send + Any {
    /// A pass with the same parameters and an empty state, for another worker.
    fn fresh(&self) -> Box<dyn Pass>;

    /// Takes note of records.
    ///
    /// Cannot fail: a state that could not be kept (a full disk) says so in `conclude`.
    fn observe(&mut self, batch: &Batch);

    /// Adds what another state of the same pass has seen.
    fn merge(&mut self, other: Box<dyn Pass>);

    /// What follows from all records.
    ///
    /// # Errors
    /// [`DetectError`], when the state could not be kept.
    fn conclude(self: Box<Self>) -> Result<Next, DetectError>;

    /// What it looks for, from which [`Detector::revive`] makes the same pass in another process. Equal
    /// passes give equal plans, byte for byte.
    ///
    /// # Errors
    /// [`TravelError::Unwritable`].
    fn plan(&self) -> Result<Plan, TravelError>;

    /// Takes the state apart into pieces.
    ///
    /// # Errors
    /// [`DetectError`], when the state could not be kept or written down.
    fn send(self: Box<Self>, pieces: &mut Pieces<'_>) -> Result<(), DetectError>;

    /// Adds a piece of another state of the same plan. The pieces of a state may come in any order.
    ///
    /// # Errors
    /// [`TravelError::Damaged`]; the state may then have been changed in part.
    fn receive(&mut self, piece: &[u8]) -> Result<(), TravelError>;

    /// Forgets rows that say nothing by themselves, once all rows of their keys are here: what stays is
    /// bounded by what was found and not by what was read.
    ///
    /// # Errors
    /// [`DetectError`], when the state could not be kept.
    fn prune(&mut self) -> Result<(), DetectError> {
        Ok(())
    }
}

impl dyn Pass {
    /// The concrete state behind a pass, for use in [`Pass::merge`].
    ///
    /// # Panics
    /// If `self` is a pass of another type: states of different passes are never merged by the
    /// runner, so this is a bug of the caller.
    pub fn same<T: Pass>(self: Box<Self>) -> Box<T> {
        let any: Box<dyn Any> = self;
        any.downcast().expect("only states of one pass are merged")
    }
}

/// What follows a pass.
pub enum Next {
    /// The data has to be read again.
    Again(Box<dyn Pass>),
    /// The detector is done.
    Done(Outcome),
}

/// What a detector found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Findings; the runner orders them.
    pub findings: Vec<Finding>,
    /// Records of the findings, ordered by finding and record, each pair once.
    pub marks: Vec<Mark>,
    /// Groups of records that say the same; information, not poison. Ordered by survivor.
    pub clusters: Vec<Cluster>,
    /// Things worth knowing that are no findings.
    pub notes: Vec<String>,
}

/// How alike copies are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Alike {
    /// In every byte.
    Exact,
    /// But for case, white space and forms of characters.
    Normalised,
    /// Nearly.
    Near,
}

impl Alike {
    /// The name used in tables: `exact`, `normalised`, `near`.
    pub fn name(self) -> &'static str {
        match self {
            Alike::Exact => "exact",
            Alike::Normalised => "normalised",
            Alike::Near => "near",
        }
    }
}

/// Records that say the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cluster {
    /// Why they are together.
    pub kind: Alike,
    /// The one to keep: the first in the order of the input.
    pub survivor: RecordId,
    /// The others, in the order of the input.
    pub copies: Vec<RecordId>,
}

/// Why a detector could not conclude.
#[derive(Debug, thiserror::Error)]
pub enum DetectError {
    /// Temporary files could not be written or read back.
    #[error("cannot use temporary files: {0}")]
    Temporary(#[from] std::io::Error),
    /// A state could not be sent.
    #[error(transparent)]
    Travel(#[from] TravelError),
}
