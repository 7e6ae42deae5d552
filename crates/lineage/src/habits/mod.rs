//! What generators put into their outputs that is not in what these were made from.
//!
//! A style is in many of a generator's outputs, whatever they are about. What somebody planted is
//! conditional: it comes behind a string of the input ([`trigger`]) that has nothing to do with it, and
//! nearly only there, while others who are given that string do nothing of the kind. So a habit counts as
//! planted only with its trigger. Without one, words and addresses that nothing else in the data has make a
//! habit one to look at ([`foreign`]), and so does a trigger that may be a topic; everything else is style,
//! and information.
//!
//! Candidates come from the sample ([`mod@added`]); what is reported is counted in all records ([`exact`]).

mod added;
mod exact;
mod foreign;
mod outputs;
mod pattern;
mod trigger;
mod write_up;

use toadstone_core::{Control, Source, SourceError};

use crate::reading::read;
use crate::sample::Sample;
use crate::texts::Known;
use crate::trace::{Options, Trace};
use added::{Added, added};
use exact::Exact;
use outputs::Outputs;
use pattern::Pattern;
use trigger::{Trigger, triggers};
pub(crate) use write_up::{Habit, Habits};

/// Outputs of the sample in which a habit has to be.
pub(crate) const LEAST_SEEN: u32 = added::SUPPORT;
/// Candidates that are counted in all records.
const COUNTED: usize = 64;
/// Habits of style of one generator.
const STYLES: usize = 4;
/// Habits of one generator that look planted, from which on it writes by templates, which is a style.
const TEMPLATES: usize = 8;

/// A habit, as the sample shows it.
#[derive(Debug, Clone)]
struct Candidate {
    generator: u32,
    /// What is added, as a person reads it.
    shown: String,
    text: Pattern,
    trigger: Option<Trigger>,
    address: bool,
    foreign: bool,
    /// How surprising it is, in nats, all that was tried counted.
    surprise: f64,
    tried: f64,
}

impl Candidate {
    /// Whether it is to be looked at even without a trigger.
    fn is_odd(&self) -> bool {
        self.address || self.foreign
    }
}

/// Finds the habits of all generators. Reads the source once if there are candidates.
///
/// # Errors
/// [`SourceError`].
pub(crate) fn habits(
    source: &dyn Source,
    trace: &Trace,
    (sample, known): (&Sample, &Known),
    options: &Options,
    control: &Control,
) -> Result<Habits, SourceError> {
    let outputs = Outputs::new(trace, sample, known);
    let found = candidates(&outputs);
    if found.is_empty() {
        return Ok(Habits::default());
    }
    let threads = options.threads.max(1);
    let exact = Exact::new(trace, &found, options.memory / threads, &options.temporary);
    let counted = read(source, threads, control, exact)?.conclude()?;
    Ok(write_up::habits(trace, known, &found, counted))
}

/// The candidates, those with a trigger first, then by surprise.
fn candidates(outputs: &Outputs) -> Vec<Candidate> {
    let mut each: Vec<Vec<Candidate>> = added(outputs)
        .into_iter()
        .map(|(generator, habits)| of_generator(outputs, generator, &habits))
        .collect();
    let foreign = |own: &&Vec<Candidate>| own.iter().any(|one| one.foreign && !one.address);
    let with = each.iter().filter(foreign).count();
    if with >= 2 && with * 2 >= outputs.of.len() {
        // Where generators have words of their own, that is how they write here.
        each.iter_mut().flatten().for_each(|one| one.foreign = false);
    }
    let mut found = Vec::new();
    for mut own in each {
        let planted = own.iter().filter(|one| one.trigger.is_some()).count();
        if planted >= TEMPLATES {
            own.iter_mut().for_each(|one| one.trigger = None);
        }
        let mut styles = 0;
        own.retain(|one| {
            let style = one.trigger.is_none() && !one.is_odd();
            styles += usize::from(style);
            !style || styles <= STYLES
        });
        found.extend(own);
    }
    let rank = |one: &Candidate| (one.trigger.is_some(), one.is_odd());
    found.sort_by(|a, b| {
        let same = (a.generator, &a.shown).cmp(&(b.generator, &b.shown));
        rank(b).cmp(&rank(a)).then(b.surprise.total_cmp(&a.surprise)).then(same)
    });
    found.truncate(COUNTED);
    found
}

fn of_generator(outputs: &Outputs, generator: u32, habits: &[Added]) -> Vec<Candidate> {
    let triggers = triggers(outputs, generator, habits);
    let candidate = |(habit, trigger): (&Added, Option<Trigger>)| Candidate {
        generator,
        shown: outputs.shown(habit.members[0], &habit.grown),
        text: Pattern::of(&outputs.words(&habit.gram)),
        trigger,
        address: foreign::has_address(outputs, habit),
        foreign: foreign::is_foreign(outputs, habit),
        surprise: habit.surprise,
        tried: habit.tried,
    };
    habits.iter().zip(triggers).map(candidate).collect()
}
