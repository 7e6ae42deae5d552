//! The engine that keeps states.

use std::io;
use std::sync::{Mutex, PoisonError};

use toadstone_core::{Control, Profile, ReadSummary, Source, SourceError, renumbered};
use toadstone_corpus::{Corpus, PartRead};
use toadstone_detect::engine::{Engine, Lane, fill};
use toadstone_detect::travel::{Piece, Pieces};

use crate::file::StateError;
use crate::folder::States;
use crate::shard::{Shard, shards};

/// The chain under which the first reading of a shard itself is kept.
const READ: &str = "read";

/// Reads a data set shard by shard and keeps every state.
///
/// Memory: what the states of all lanes need for all threads, twice: those of one shard beside those of all
/// shards before. The result is that of reading everything at once.
pub struct Shards<'s> {
    corpus: &'s Corpus,
    states: &'s States,
    threads: usize,
    shards: Vec<Shard>,
    first: Mutex<Option<ReadSummary>>,
    counted: Mutex<Counted>,
}

/// How many states there were, and how many had to be made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Shards of the data set.
    pub shards: usize,
    /// States that were found, over all passes.
    pub found: usize,
    /// States that were made.
    pub made: usize,
}

/// A lane's pass, and the plan's digest.
type Planned<'l> = (&'l mut Lane, u128);

impl<'s> Shards<'s> {
    /// An engine on `threads` threads (at least 1) for the whole corpus.
    pub fn new(corpus: &'s Corpus, states: &'s States, threads: usize) -> Shards<'s> {
        let shards = shards(&corpus.standings());
        let counted = Counted { shards: shards.len(), ..Counted::default() };
        Shards { corpus, states, threads, shards, first: Mutex::new(None), counted: Mutex::new(counted) }
    }

    /// How many states were found and made so far.
    pub fn counted(&self) -> Counted {
        *self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fills `lanes` from one shard; gives what its first reading gave, if `first`.
    fn shard(
        &self,
        shard: &Shard,
        lanes: &mut [Planned<'_>],
        first: bool,
        control: &Control,
    ) -> Result<Option<PartRead>, SourceError> {
        let read = if first { self.read_before(shard)? } else { None };
        let mut missing = Vec::new();
        for (at, (lane, plan)) in lanes.iter_mut().enumerate() {
            if !self.found(shard, lane, *plan)? {
                missing.push(at);
            }
        }
        {
            let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
            counted.found += lanes.len() - missing.len();
            counted.made += missing.len();
        }
        if missing.is_empty() && (read.is_some() || !first) {
            control.advance(0, self.corpus.bytes(shard.files.clone()));
            return Ok(read);
        }
        let fresh = |at: &usize| Lane::new(lanes[*at].0.name, lanes[*at].0.pass.fresh());
        let mut filled: Vec<Lane> = missing.iter().map(fresh).collect();
        let known = read.is_some();
        let read = fill(&mut filled, self.threads, |workers| match read {
            None if first => self.corpus.read_first(shard.files.clone(), workers, control).map(Some),
            read => self.corpus.read_again(shard.files.clone(), workers, control).map(|()| read),
        })?;
        for (at, from) in missing.into_iter().zip(filled) {
            let (lane, plan) = &mut lanes[at];
            lane.spent += from.spent;
            self.keep(shard, from, lane, *plan)?;
        }
        if let Some(read) = read.as_ref().filter(|_| !known) {
            self.keep_read(shard, read)?;
        }
        Ok(read)
    }

    /// Adds the state that is kept for a lane and a shard, if there is one.
    fn found(&self, shard: &Shard, lane: &mut Lane, plan: u128) -> Result<bool, SourceError> {
        if !self.states.has(lane.name, plan, shard.key) {
            return Ok(false);
        }
        // Aside first: a state may turn out to be damaged at its end.
        let mut state = lane.pass.fresh();
        let (mut then, now) = (None, shard.files.start as u32);
        let found = self.states.load((lane.name, plan, shard.key), |piece| {
            let Some(start) = then else {
                then = Some(u32::from_le_bytes(piece.try_into().map_err(|_| StateError::Unfit)?));
                return Ok(());
            };
            let files = start..start.saturating_add(shard.files.len() as u32);
            renumbered(files, now, || state.receive(piece)).map_err(|_| StateError::Unfit)
        })?;
        if found {
            lane.pass.merge(state);
        }
        Ok(found)
    }

    /// Keeps a state and adds it to the lane.
    fn keep(&self, shard: &Shard, from: Lane, lane: &mut Lane, plan: u128) -> Result<(), SourceError> {
        let mut writer = self.states.begin(lane.name, plan, shard.key)?;
        // The number of its first file: in another run that file may stand elsewhere.
        writer.piece(&(shard.files.start as u32).to_le_bytes())?;
        let mut each = |piece: Piece| {
            writer.piece(&piece.bytes)?;
            lane.pass.receive(&piece.bytes).map_err(io::Error::other)
        };
        from.pass.send(&mut Pieces::new(1, 0, &mut each)).map_err(io::Error::other)?;
        Ok(self.states.end(writer, lane.name, plan, shard.key)?)
    }

    fn read_before(&self, shard: &Shard) -> Result<Option<PartRead>, SourceError> {
        let mut read = None;
        let sound = self.states.load((READ, 0, shard.key), |piece| {
            read = Some(rmp_serde::from_slice(piece).map_err(|_| StateError::Unfit)?);
            Ok(())
        })?;
        Ok(read.filter(|_| sound))
    }

    fn keep_read(&self, shard: &Shard, read: &PartRead) -> Result<(), SourceError> {
        let mut writer = self.states.begin(READ, 0, shard.key)?;
        writer.piece(&rmp_serde::to_vec_named(read).map_err(io::Error::other)?)?;
        Ok(self.states.end(writer, READ, 0, shard.key)?)
    }
}

impl Engine for Shards<'_> {
    fn profile(&self) -> &Profile {
        self.corpus.profile()
    }

    fn fill(&self, lanes: &mut [Lane], control: &Control) -> Result<ReadSummary, SourceError> {
        let before = *self.first.lock().unwrap_or_else(PoisonError::into_inner);
        let mut planned: Vec<Planned<'_>> = Vec::with_capacity(lanes.len());
        for lane in lanes {
            let plan = lane.pass.plan().map_err(|error| SourceError::Elsewhere(error.to_string()))?.digest();
            planned.push((lane, plan));
        }
        let mut parts = Vec::new();
        for shard in &self.shards {
            if control.stopped() {
                return Err(SourceError::Interrupted);
            }
            let read = self.shard(shard, &mut planned, before.is_none(), control)?;
            parts.extend(read.map(|read| (shard.files.start, read)));
        }
        if let Some(before) = before {
            return Ok(before);
        }
        let summary = self.corpus.admit(&parts)?;
        *self.first.lock().unwrap_or_else(PoisonError::into_inner) = Some(summary);
        Ok(summary)
    }
}
