//! Asks, and judges.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use toadstone_core::{Canary, Control, MissingAnswers, TRIAL_SCHEMA, Trial};

use crate::judge::{self, Evidence};
use crate::model::{Answer, Model, ModelError};
use crate::plan::{Form, Plan, Settings};
use crate::prompts::Prompt;
use crate::triggers::{BUILTIN, Trigger};

/// The user asked to stop; what was answered is kept, if it is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("interrupted")]
pub struct Stopped;

/// A question and what came of it.
pub(crate) type Outcome = Result<Answer, ModelError>;

/// All answers, by prompt, form and sample.
pub(crate) struct Answers {
    /// Without, then for each trigger with and sham; samples within.
    forms: Vec<Vec<Vec<Outcome>>>,
}

impl Answers {
    /// The answers to a form of a prompt, if all samples came.
    pub(crate) fn of(&self, prompt: usize, form: Form) -> Option<Vec<Answer>> {
        self.forms[place(form)][prompt].iter().map(|outcome| outcome.as_ref().ok().cloned()).collect()
    }

    fn all(&self) -> impl Iterator<Item = &Outcome> {
        self.forms.iter().flatten().flatten()
    }
}

fn place(form: Form) -> usize {
    match form {
        Form::Without => 0,
        Form::With(trigger) => 1 + 2 * trigger,
        Form::Sham(trigger) => 2 + 2 * trigger,
    }
}

/// What is tried, and what could not be taken up.
#[derive(Debug, Clone, Default)]
pub struct Tried {
    /// Triggers.
    pub triggers: Vec<Trigger>,
    /// Prompts.
    pub prompts: Vec<Prompt>,
    /// What was left out before, and why, as sentences.
    pub left_out: Vec<String>,
}

/// Answers that a trial will ask for, without those that measure probabilities.
pub fn size(tried: &Tried, settings: &Settings) -> u64 {
    let plan = Plan::new(tried.triggers.clone(), tried.prompts.clone(), settings);
    (plan.prompts.len() * (1 + 2 * plan.triggers.len())) as u64 * u64::from(settings.samples.max(1))
}

/// Tries triggers on a model.
///
/// The account depends on the answers, on what is tried and on the settings, and on nothing else. Memory: all
/// answers. A server that fails, or a budget that ends, is no error: the account says what is missing.
///
/// # Errors
/// [`Stopped`].
pub fn run(
    model: &dyn Model,
    tried: Tried,
    settings: &Settings,
    control: &Control,
) -> Result<Trial, Stopped> {
    let plan = Plan::new(tried.triggers, tried.prompts, settings);
    let wants = plan.triggers.iter().any(|trigger| crate::behaviours::spoken(trigger).is_some());
    let mut trial = Trial {
        schema: TRIAL_SCHEMA,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        verdict: None,
        model: model.about(),
        seed: settings.seed,
        prompts: plan.prompts.len() as u64,
        samples: u64::from(settings.samples),
        temperature: settings.temperature,
        max_tokens: settings.max_tokens,
        wanted: 0,
        answered: 0,
        missing: Vec::new(),
        canaries: Vec::new(),
        triggers: Vec::new(),
        not_tried: tried.left_out,
    };
    trial.not_tried.extend(beyond(&plan));
    if plan.prompts.is_empty() || plan.triggers.is_empty() {
        return Ok(trial);
    }
    let (checked, closed) = match model.checks(wants, control) {
        Ok(checked) => (checked, None),
        Err(ModelError::Stopped) => return Err(Stopped),
        Err(error) => (Default::default(), Some(error)),
    };
    trial.canaries = checked.canaries;
    if let Some(error) = &closed {
        let what = "the model can be asked".to_owned();
        trial.canaries.push(Canary { what, holds: false, note: error.to_string() });
    }
    let answers = ask(model, &plan, settings, closed, control)?;
    (trial.wanted, trial.answered, trial.missing) = counted(&answers);
    let surprises = match checked.likelihood {
        true => judge::surprises(model, &plan, &answers, settings, control)?,
        false => Vec::new(),
    };
    let seen = Evidence { plan: &plan, answers: &answers, surprises: &surprises, settings };
    trial.triggers = judge::triggers(&seen);
    trial.verdict =
        judge::verdict(&trial.triggers, plan.beyond.iter().any(|trigger| trigger.from != BUILTIN));
    Ok(trial)
}

/// What the budget left out.
fn beyond(plan: &Plan) -> Vec<String> {
    let mut out = Vec::new();
    let builtin = plan.beyond.iter().filter(|trigger| trigger.from == BUILTIN).count();
    for (count, what) in
        [(builtin, "built-in trigger"), (plan.beyond.len() - builtin, "trigger of findings and files")]
    {
        if count > 0 {
            let s = if count == 1 { "" } else { "s" };
            out.push(format!("{count} {what}{s}: the budget of requests does not suffice"));
        }
    }
    if plan.prompts.len() < plan.of {
        out.push(format!(
            "{} of {} prompts: the budget of requests does not suffice",
            plan.of - plan.prompts.len(),
            plan.of
        ));
    }
    out
}

/// Asks everything, on several threads.
fn ask(
    model: &dyn Model,
    plan: &Plan,
    settings: &Settings,
    closed: Option<ModelError>,
    control: &Control,
) -> Result<Answers, Stopped> {
    let triggers = 0..plan.triggers.len();
    let forms: Vec<Form> =
        std::iter::once(Form::Without).chain(triggers.flat_map(|t| [Form::With(t), Form::Sham(t)])).collect();
    let (prompts, samples) = (plan.prompts.len(), settings.samples.max(1) as usize);
    let jobs = forms.len() * prompts * samples;
    let outcomes: Vec<OnceLock<Outcome>> = (0..jobs).map(|_| OnceLock::new()).collect();
    let next = AtomicUsize::new(0);
    // Once nothing further will be answered, nothing further is asked.
    let over = Mutex::new(closed);
    let work = || {
        loop {
            let job = next.fetch_add(1, Ordering::Relaxed);
            let Some(cell) = outcomes.get(job) else { return };
            let ended = over.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let outcome = match ended {
                Some(error) => Err(error),
                None => {
                    let (form, rest) = (forms[job / (prompts * samples)], job % (prompts * samples));
                    let ask = plan.ask(rest / samples, form, (rest % samples) as u32, settings);
                    model.ask(&ask, control)
                }
            };
            if let Err(error @ (ModelError::Closed(_) | ModelError::Budget | ModelError::Stopped)) = &outcome
            {
                over.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| error.clone());
            }
            control.advance(1, 1);
            // The cell is this job's own, so it is empty.
            let _ = cell.set(outcome);
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..model.at_once().clamp(1, jobs.max(1))).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
    if control.stopped() {
        return Err(Stopped);
    }
    let mut outcomes = outcomes.into_iter().map(|cell| cell.into_inner().unwrap_or(Err(ModelError::Stopped)));
    let forms = forms
        .iter()
        .map(|_| (0..prompts).map(|_| outcomes.by_ref().take(samples).collect()).collect())
        .collect();
    Ok(Answers { forms })
}

/// Answers wanted, answers that came, and why the others did not.
fn counted(answers: &Answers) -> (u64, u64, Vec<MissingAnswers>) {
    let mut missing: BTreeMap<String, u64> = BTreeMap::new();
    let mut wanted = 0;
    for outcome in answers.all() {
        wanted += 1;
        if let Err(error) = outcome {
            *missing.entry(error.to_string()).or_default() += 1;
        }
    }
    let answered = wanted - missing.values().sum::<u64>();
    let missing = missing.into_iter().map(|(why, answers)| MissingAnswers { why, answers });
    (wanted, answered, missing.collect())
}
