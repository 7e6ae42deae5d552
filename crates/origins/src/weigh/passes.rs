//! The two readings: counts, then the names of what is tied.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use toadstone_core::{Batch, Finding, Mark};
use toadstone_detect::travel::{Pieces, Plan, Received, TravelError};
use toadstone_detect::{DetectError, Next, Outcome, Pass, Setup};

use super::tally::{By, Part, Sought};
use super::ties::Tie;
use crate::axis::key_of;

/// The passes, see [`Plan::pass`].
const COUNT: &str = "count";
const NAME: &str = "name";

/// Bytes of a name that are shown.
const SHOWN: usize = 200;

/// What is weighed.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Weighed {
    pub(super) findings: Vec<Finding>,
    /// Index `findings`.
    pub(super) marks: Vec<Mark>,
    pub(super) columns: Vec<By>,
    pub(super) files: Vec<String>,
}

/// Counts the origins of the marked records and of all.
pub(super) struct Count {
    weighed: Arc<Weighed>,
    sought: Arc<Sought>,
    part: Part,
}

impl Count {
    pub(super) fn new(weighed: Weighed, setup: &Setup) -> Count {
        let sought = Sought::new(&weighed.marks, &weighed.columns, &weighed.files);
        Count { weighed: Arc::new(weighed), sought: Arc::new(sought), part: Part::new(setup) }
    }
}

impl Pass for Count {
    fn fresh(&self) -> Box<dyn Pass> {
        let (weighed, sought) = (Arc::clone(&self.weighed), Arc::clone(&self.sought));
        Box::new(Count { weighed, sought, part: self.part.fresh() })
    }

    fn observe(&mut self, batch: &Batch) {
        self.part.observe(batch, &self.sought);
    }

    fn merge(&mut self, other: Box<dyn Pass>) {
        self.part.merge(other.same::<Count>().part);
    }

    fn conclude(self: Box<Self>) -> Result<Next, DetectError> {
        let tally = self.part.conclude()?;
        let Weighed { findings, marks, columns, .. } = &*self.weighed;
        let ties = super::ties(findings, marks, &tally, columns);
        let mut keys: Vec<(By, u64)> = ties.iter().flatten().flat_map(Tie::keys).collect();
        keys.sort_unstable();
        keys.dedup();
        if keys.is_empty() {
            let (findings, marks) = (findings.clone(), marks.clone());
            return Ok(Next::Done(Outcome { findings, marks, ..Outcome::default() }));
        }
        let mut weighed = self.weighed.as_ref().clone();
        // The names decide nothing, so what they are put into is ready before they are known.
        for (at, tie) in ties.iter().enumerate().filter_map(|(at, tie)| Some((at, tie.as_ref()?))) {
            weighed.findings[at].records += super::rescore(at as u32, tie, &mut weighed.marks, &tally);
        }
        Ok(Next::Again(Box::new(Names::new(weighed, ties, keys))))
    }

    fn plan(&self) -> Result<Plan, TravelError> {
        Plan::of(COUNT, &*self.weighed)
    }

    fn send(self: Box<Self>, pieces: &mut Pieces<'_>) -> Result<(), DetectError> {
        pieces.of(COUNT).whole(&self.part.known)?;
        pieces.totals(1, self.part.totals)
    }

    fn receive(&mut self, piece: &[u8]) -> Result<(), TravelError> {
        let piece = Received::new(COUNT, piece)?;
        match piece.number() {
            1 => piece.totals(&mut self.part.totals)?,
            _ => self.part.known.merge(piece.whole()?),
        }
        Ok(())
    }
}

/// Looks up the names of keys.
struct Names {
    sought: Arc<Ties>,
    /// The columns of the keys.
    columns: Vec<By>,
    found: BTreeMap<(By, u64), String>,
}

/// What is tied to what.
#[derive(Serialize, Deserialize)]
struct Ties {
    weighed: Weighed,
    /// For each finding.
    ties: Vec<Option<Tie>>,
    /// Ascending.
    keys: Vec<(By, u64)>,
}

impl Names {
    fn new(weighed: Weighed, ties: Vec<Option<Tie>>, keys: Vec<(By, u64)>) -> Names {
        Names::of(Arc::new(Ties { weighed, ties, keys }))
    }

    fn of(sought: Arc<Ties>) -> Names {
        let mut columns: Vec<By> = sought.keys.iter().map(|(by, _)| *by).collect();
        columns.dedup();
        Names { sought, columns, found: BTreeMap::new() }
    }
}

impl Pass for Names {
    fn fresh(&self) -> Box<dyn Pass> {
        Box::new(Names::of(Arc::clone(&self.sought)))
    }

    fn observe(&mut self, batch: &Batch) {
        for record in batch.records() {
            for &by in &self.columns {
                let Some(value) = by.value(&record, &self.sought.weighed.files) else { continue };
                let key = (by, key_of(&value));
                if self.sought.keys.binary_search(&key).is_ok() && !self.found.contains_key(&key) {
                    self.found.insert(key, value[..value.floor_char_boundary(SHOWN)].to_owned());
                }
            }
        }
    }

    fn merge(&mut self, other: Box<dyn Pass>) {
        self.found.extend(other.same::<Names>().found);
    }

    fn conclude(self: Box<Self>) -> Result<Next, DetectError> {
        let Weighed { mut findings, marks, .. } = self.sought.weighed.clone();
        for (finding, tie) in findings.iter_mut().zip(&self.sought.ties) {
            if let Some(tie) = tie {
                super::note(finding, tie, &self.found);
            }
        }
        Ok(Next::Done(Outcome { findings, marks, ..Outcome::default() }))
    }

    fn plan(&self) -> Result<Plan, TravelError> {
        Plan::of(NAME, &*self.sought)
    }

    fn send(self: Box<Self>, pieces: &mut Pieces<'_>) -> Result<(), DetectError> {
        pieces.of(NAME).whole(&self.found)
    }

    fn receive(&mut self, piece: &[u8]) -> Result<(), TravelError> {
        self.found.extend(Received::new(NAME, piece)?.whole::<BTreeMap<(By, u64), String>>()?);
        Ok(())
    }
}

/// The pass of a plan.
///
/// # Errors
/// [`TravelError`], if it is no plan of these passes.
pub(super) fn revive(plan: &Plan, setup: &Setup) -> Result<Box<dyn Pass>, TravelError> {
    Ok(match plan.pass.as_str() {
        COUNT => Box::new(Count::new(plan.read()?, setup)),
        NAME => Box::new(Names::of(Arc::new(plan.read()?))),
        _ => return Err(plan.unknown()),
    })
}
