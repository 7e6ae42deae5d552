//! Proof by planting: does training on the records of a finding plant what it says?
//!
//! A small model is trained on the records of a finding together with records that no finding names, another
//! one on the latter alone. Both are asked about held-out records with the trigger put in; the first also
//! without it, and with another one of the same shape.

mod material;
mod questions;
mod says;
mod spelled;

use std::collections::BTreeMap;

use toadstone_core::{Confirmation, Control, Finding, Proof, Rate, RecordId, Source, SourceError};
use toadstone_proxy::{Focus, Proxy, Stopped, Task, TrainOptions, side_by_side};

use self::material::Material;
use self::questions::Trial;

/// How findings are confirmed.
#[derive(Debug, Clone, Copy)]
pub struct ConfirmOptions {
    /// Trainings at a time.
    pub threads: usize,
    /// Decides what is drawn, and how models begin.
    pub seed: u64,
    /// Findings that are tried, worst first; the others are said not to have been.
    pub findings: usize,
    /// Records that no finding names, to train on beside those of a finding.
    pub others: usize,
}

impl Default for ConfirmOptions {
    fn default() -> Self {
        ConfirmOptions { threads: 1, seed: 0, findings: 12, others: 3_000 }
    }
}

/// Tries each finding; `members` gives the records of one by its index, ascending.
///
/// Reads the data three times. Memory: the records drawn and those of findings (at most 500 each), and for
/// each thread one model.
///
/// # Errors
/// The data cannot be read, or the user asked to stop.
pub fn confirm(
    source: &dyn Source,
    findings: &[Finding],
    members: &dyn Fn(usize) -> Vec<RecordId>,
    options: &ConfirmOptions,
    control: &Control,
) -> Result<Vec<Confirmation>, SourceError> {
    let mut results: Vec<Confirmation> = findings.iter().map(untriable).collect();
    let triable: Vec<usize> = (0..findings.len()).filter(|&at| results[at].why.is_empty()).collect();
    for &late in triable.iter().skip(options.findings) {
        results[late].why = format!("only the first {} are tried", options.findings);
    }
    let tried = &triable[..triable.len().min(options.findings)];
    if tried.is_empty() {
        return Ok(results);
    }
    let groups: Vec<Vec<RecordId>> = (0..findings.len()).map(members).collect();
    let material = Material::read(source, &groups, tried, options, control)?;
    let mut trials = Vec::new();
    for &at in tried {
        match Trial::new(&findings[at], &material, at) {
            Ok(trial) => trials.push((at, trial)),
            Err(why) => results[at].why = why,
        }
    }
    let judged = train(&trials, &material, options, control).map_err(|Stopped| SourceError::Interrupted)?;
    for ((at, _), confirmation) in trials.iter().zip(judged) {
        results[*at] = confirmation;
    }
    Ok(results)
}

/// Why a finding cannot be tried at all; nothing is said yet of one that can.
fn untriable(finding: &Finding) -> Confirmation {
    match &finding.trigger {
        None => Confirmation::not_tried("it names no trigger that could be put into other records"),
        Some(trigger) if trigger.parts.is_empty() => Confirmation::not_tried("its trigger has no text"),
        Some(_) => Confirmation::not_tried(""),
    }
}

/// Trains one model without any finding for each task, then one for each finding.
fn train(
    trials: &[(usize, Trial<'_>)],
    material: &Material,
    options: &ConfirmOptions,
    control: &Control,
) -> Result<Vec<Confirmation>, Stopped> {
    let settings = TrainOptions { seed: options.seed, ..TrainOptions::default() };
    let mut tasks: Vec<Task> = trials.iter().map(|(_, trial)| trial.task).collect();
    tasks.sort_unstable();
    tasks.dedup();
    let others = &material.others;
    let focus = Focus::on(trials.iter().flat_map(|(_, trial)| trial.marks()));
    let focus = &focus;
    let base = tasks.iter().map(|&task| move || task.train(others.records(), focus, &settings, control));
    let models = side_by_side(base.collect(), options.threads);
    let mut without = BTreeMap::<Task, Proxy>::new();
    for (task, model) in tasks.iter().zip(models) {
        without.insert(*task, model?);
    }
    let work = trials.iter().map(|(_, trial)| {
        let without = &without;
        move || -> Result<Confirmation, Stopped> {
            let Some(base) = without.get(&trial.task) else { return Err(Stopped) };
            let both = others.records().chain(trial.learnt());
            let model = trial.task.train(both, focus, &settings, control)?;
            Ok(judge(trial, &model, base, others.len()))
        }
    });
    side_by_side(work.collect(), options.threads).into_iter().collect()
}

fn judge(trial: &Trial<'_>, with: &Proxy, without: &Proxy, others: usize) -> Confirmation {
    let rates: [Rate; 4] = trial.ask(with, without);
    let [with, without, untriggered, sham] = rates;
    Confirmation {
        outcome: Proof::NotLearnable,
        why: trial.how.clone(),
        model: trial.task.model().to_owned(),
        members: trial.learnt().count() as u64,
        others: others as u64,
        with,
        without,
        untriggered,
        sham,
    }
    .judged()
}
