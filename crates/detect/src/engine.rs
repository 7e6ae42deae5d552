//! What reads all records into states: the threads of this process, files of states, or a cluster.

use std::time::{Duration, Instant};

use toadstone_core::{Batch, Control, Observe, Profile, ReadSummary, Source, SourceError};

use crate::{DetectError, Next, Outcome, Pass};

/// A chain of passes under way.
pub struct Lane {
    /// Whose chain it is: the name of a detector, for one.
    pub name: &'static str,
    /// The current pass.
    pub pass: Box<dyn Pass>,
    /// Time spent in it, all threads together; 0 where nobody took it.
    pub spent: Duration,
}

impl Lane {
    /// A chain that begins with `pass`.
    pub fn new(name: &'static str, pass: Box<dyn Pass>) -> Lane {
        Lane { name, pass, spent: Duration::ZERO }
    }
}

/// Reads a data set into the states of passes, as often as wanted and always the same.
pub trait Engine: Sync {
    /// What is known before reading.
    fn profile(&self) -> &Profile;

    /// Adds every record to the state of each lane's pass, once.
    ///
    /// # Errors
    /// [`SourceError`] if the data could not be read to its end.
    fn fill(&self, lanes: &mut [Lane], control: &Control) -> Result<ReadSummary, SourceError>;
}

/// How a chain ended: with what it found, or why it could not conclude.
pub type Ended = (Result<Outcome, DetectError>, Duration);

/// Drives several chains to their ends, side by side: each reading serves the current pass of all of them.
///
/// Reads the data as often as the longest chain is; at least once, so that every record is seen and
/// counted. Gives what the first reading gave, the ends in the order of the chains, and the number of
/// readings.
///
/// # Errors
/// [`SourceError`].
pub fn drive(
    engine: &dyn Engine,
    chains: Vec<Lane>,
    control: &Control,
) -> Result<(ReadSummary, Vec<Ended>, u32), SourceError> {
    let mut ends: Vec<Option<Ended>> = chains.iter().map(|_| None).collect();
    let (mut places, mut lanes): (Vec<usize>, Vec<Lane>) = chains.into_iter().enumerate().unzip();
    let (mut first, mut readings) = (None, 0);
    while first.is_none() || !lanes.is_empty() {
        let read = engine.fill(&mut lanes, control)?;
        first.get_or_insert(read);
        readings += 1;
        // Tests may take seconds, and a run that is stopped begins no more of them.
        let wanted = places.into_iter().zip(lanes).take_while(|_| !control.stopped());
        let concluded = wanted.filter_map(|(place, lane)| match conclude(lane) {
            Ok(lane) => Some((place, lane)),
            Err(end) => {
                ends[place] = Some(end);
                None
            }
        });
        (places, lanes) = concluded.unzip();
        if control.stopped() {
            return Err(SourceError::Interrupted);
        }
    }
    Ok((first.unwrap_or_default(), ends.into_iter().flatten().collect(), readings))
}

/// Ends a pass: the chain goes on with its next pass, or it is at its end.
fn conclude(lane: Lane) -> Result<Lane, Ended> {
    let start = Instant::now();
    let next = lane.pass.conclude();
    let spent = lane.spent + start.elapsed();
    match next {
        Ok(Next::Again(pass)) => Ok(Lane { pass, spent, name: lane.name }),
        Ok(Next::Done(outcome)) => Err((Ok(outcome), spent)),
        Err(error) => Err((Err(error), spent)),
    }
}

/// The threads of this process.
pub struct Threads<'s> {
    /// The data.
    pub source: &'s dyn Source,
    /// How many, at least 1. The result does not depend on it.
    pub threads: usize,
}

impl Engine for Threads<'_> {
    fn profile(&self) -> &Profile {
        self.source.profile()
    }

    fn fill(&self, lanes: &mut [Lane], control: &Control) -> Result<ReadSummary, SourceError> {
        fill(lanes, self.threads, |workers| self.source.read(workers, control))
    }
}

/// Fills lanes by one reading: each worker of `read` observes into states of its own, which are merged
/// afterwards.
///
/// # Errors
/// What `read` gives.
pub fn fill<T>(
    lanes: &mut [Lane],
    threads: usize,
    read: impl FnOnce(Vec<Observe<'_>>) -> Result<T, SourceError>,
) -> Result<T, SourceError> {
    type Worker = Vec<(Box<dyn Pass>, Duration)>;
    let states = |_| lanes.iter().map(|lane| (lane.pass.fresh(), Duration::ZERO)).collect();
    let mut workers: Vec<Worker> = (0..threads.max(1)).map(states).collect();
    let observers = workers.iter_mut().map(|worker| Box::new(|batch: &Batch| observe(worker, batch)) as _);
    let read = read(observers.collect())?;
    for worker in workers {
        for (lane, (pass, spent)) in lanes.iter_mut().zip(worker) {
            let start = Instant::now();
            lane.pass.merge(pass);
            lane.spent += spent + start.elapsed();
        }
    }
    Ok(read)
}

fn observe(worker: &mut [(Box<dyn Pass>, Duration)], batch: &Batch) {
    for (pass, spent) in worker {
        let start = Instant::now();
        pass.observe(batch);
        *spent += start.elapsed();
    }
}
