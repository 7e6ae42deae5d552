//! Which copies are made, in which order, and what is done with the results.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use toadstone_core::Control;
use toadstone_core::scorecard::{Attacked, Cell, Copy, NotRun};
use toadstone_proxy::side_by_side;

use super::copy::Turn;
use super::{Bench, CycleError, Gate, Kept, Plan};
use crate::{Attack, Request};

/// What was measured, and what was not.
pub struct Measured {
    /// Attacks with at least one cell.
    pub attacks: Vec<Attacked>,
    /// The rest, with reasons.
    pub not_run: Vec<NotRun>,
}

/// One copy to be made.
#[derive(Clone, Copy)]
struct Job {
    attack: &'static dyn Attack,
    count: u64,
    seed: u64,
}

/// What came of it.
enum Came {
    Measured(Copy),
    /// This data is not for it.
    Not(String),
    /// The time was up.
    Late,
}

/// Makes the copies of a plan.
///
/// The order is by seed, then by number of records from the middle outwards, then by attack: whenever time
/// is up, what was measured says as much of as many attacks as it can. What is kept already is not made
/// again. `progress` is told how many copies are done, and of how many.
///
/// Memory: for each thread a copy of the records, what the gate needs, and a model or two; a clean model for
/// each seed.
///
/// # Errors
/// The gate cannot read the data, results cannot be kept, or the user asked to stop.
pub fn run(
    plan: &Plan,
    bench: &Bench,
    gate: &dyn Gate,
    kept: &Kept,
    control: &Control,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Measured, CycleError> {
    let start = Instant::now();
    let jobs = order(plan);
    let (done, all) = (AtomicUsize::new(0), jobs.len());
    let clock =
        Clock { start, budget: plan.budget, fresh: AtomicUsize::new(0), threads: plan.threads.max(1) };
    let turn = Turn { bench, gate, prompts: plan.prompts, control };
    let work = jobs.iter().map(|&job| {
        let (clock, turn, done) = (&clock, &turn, &done);
        move || -> Result<Came, CycleError> {
            let came = one(job, turn, kept, clock);
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, all);
            came
        }
    });
    let results = side_by_side(work.collect(), plan.threads);
    let mut came = Vec::with_capacity(all);
    for result in results {
        came.push(result?);
    }
    Ok(account(plan, bench, jobs.into_iter().zip(came)))
}

/// Copies in the order in which they are made.
fn order(plan: &Plan) -> Vec<Job> {
    let counts = outwards(&plan.counts);
    let seeds = plan.seed..plan.seed.saturating_add(plan.seeds);
    let mut jobs = Vec::new();
    for seed in seeds {
        for &count in &counts {
            jobs.extend(plan.attacks.iter().map(|&attack| Job { attack, count, seed }));
        }
    }
    jobs
}

/// Numbers from the middle outwards, the larger neighbour first.
fn outwards(counts: &[u64]) -> Vec<u64> {
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let middle = sorted.len().saturating_sub(1) / 2;
    let mut order: Vec<usize> = (0..sorted.len()).collect();
    order.sort_by_key(|&at| (at.abs_diff(middle), std::cmp::Reverse(at)));
    order.into_iter().map(|at| sorted[at]).collect()
}

/// How much time there is.
struct Clock {
    start: Instant,
    budget: Option<Duration>,
    /// Copies that were made in this run.
    fresh: AtomicUsize,
    threads: usize,
}

impl Clock {
    /// Whether a copy that takes as long as the others did ends in time.
    fn allows(&self) -> bool {
        let Some(budget) = self.budget else { return true };
        let spent = self.start.elapsed();
        let fresh = self.fresh.load(Ordering::Relaxed) as u32;
        let usual = if fresh == 0 { Duration::ZERO } else { spent * self.threads as u32 / fresh };
        spent + usual <= budget
    }
}

fn one(job: Job, turn: &Turn<'_>, kept: &Kept, clock: &Clock) -> Result<Came, CycleError> {
    let key = (job.attack.card().name.to_owned(), job.count, job.seed);
    if let Some(copy) = kept.get(&key) {
        return Ok(Came::Measured(copy.clone()));
    }
    if !clock.allows() {
        return Ok(Came::Late);
    }
    if turn.control.stopped() {
        return Err(CycleError::Stopped);
    }
    match turn.run(job.attack, &Request::new(job.count, job.seed)) {
        Ok(copy) => {
            kept.add(&key, &copy).map_err(CycleError::Kept)?;
            clock.fresh.fetch_add(1, Ordering::Relaxed);
            Ok(Came::Measured(copy))
        }
        Err(why @ (CycleError::Unfit(_) | CycleError::Unasked { .. })) => Ok(Came::Not(why.to_string())),
        Err(other) => Err(other),
    }
}

/// Puts copies together, in the order of the plan.
fn account(plan: &Plan, bench: &Bench, came: impl Iterator<Item = (Job, Came)>) -> Measured {
    let mut copies = BTreeMap::<(&str, u64), Vec<Copy>>::new();
    let mut missing = BTreeMap::<(&str, u64), (u64, String)>::new();
    for (job, came) in came {
        let cell = (job.attack.card().name, job.count);
        match came {
            Came::Measured(copy) => copies.entry(cell).or_default().push(copy),
            Came::Not(why) => missing.entry(cell).or_insert((0, why)).0 += 1,
            Came::Late => missing.entry(cell).or_insert((0, "the time was up".to_owned())).0 += 1,
        }
    }
    let mut measured = Measured { attacks: Vec::new(), not_run: Vec::new() };
    for attack in &plan.attacks {
        let name = attack.card().name;
        let of = |count: &u64| copies.remove(&(name, *count)).and_then(|copies| Cell::of(*count, copies));
        let mut counts = plan.counts.clone();
        counts.sort_unstable();
        counts.dedup();
        let cells: Vec<Cell> = counts.iter().filter_map(of).collect();
        measured.not_run.extend(not_run(name, &counts, &missing, plan.seeds));
        if !cells.is_empty() {
            measured.attacks.push(described(*attack, bench, plan, cells));
        }
    }
    measured
}

/// What is missing of an attack; all of it at once if the reason is one.
fn not_run(
    name: &str,
    counts: &[u64],
    missing: &BTreeMap<(&str, u64), (u64, String)>,
    seeds: u64,
) -> Vec<NotRun> {
    let of: Vec<(u64, &(u64, String))> =
        counts.iter().filter_map(|count| Some((*count, missing.get(&(name, *count))?))).collect();
    let entry = |count, why| NotRun { attack: name.to_owned(), count, why };
    if let Some((_, (_, why))) = of.first()
        && of.len() == counts.len()
        && of.iter().all(|(_, (times, other))| *times == seeds && other == why)
    {
        return vec![entry(None, why.clone())];
    }
    let part = |(count, (times, why)): (u64, &(u64, String))| {
        let some = if *times < seeds { format!("{times} of {seeds} seeds: {why}") } else { why.clone() };
        entry(Some(count), some)
    };
    of.into_iter().map(part).collect()
}

fn described(attack: &dyn Attack, bench: &Bench, plan: &Plan, cells: Vec<Cell>) -> Attacked {
    let card = attack.card();
    let counts = cells.iter().map(|cell| cell.count).min().unwrap_or_default();
    let planting = attack.plant(&bench.train, &Request::new(counts, plan.seed)).ok();
    let trigger = planting.as_ref().and_then(|planting| planting.trigger.as_ref());
    Attacked {
        attack: card.name.to_owned(),
        title: card.title.to_owned(),
        stage: card.stage.name().to_owned(),
        atlas: card.atlas.to_owned(),
        trigger: trigger.map(|trigger| trigger.parts.clone()).unwrap_or_default(),
        behaviour: planting.map_or_else(String::new, |planting| {
            format!("{} {}", planting.behaviour.kind, planting.behaviour.text)
        }),
        cells,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_comes_first() {
        assert_eq!(outwards(&[250, 5, 15, 50, 150]), [50, 150, 15, 250, 5]);
        assert_eq!(outwards(&[15, 250, 50, 50]), [50, 250, 15]);
        assert_eq!(outwards(&[7]), [7]);
        assert!(outwards(&[]).is_empty());
    }
}
