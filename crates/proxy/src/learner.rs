//! From records to a model: which model fits which kind of data.

use std::collections::BTreeMap;

use toadstone_core::{Control, Kind, Record, Role};

use crate::{Classifier, Example, Focus, Language, Pair, Preference, Proxy, Stopped, TrainOptions, windows};

/// The kind of model that learns from a kind of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Task {
    /// A text gets a label: [`Classifier`].
    Classify,
    /// One answer is better than another: [`Preference`].
    Prefer,
    /// A prompt gets an answer: [`Language`].
    Answer,
    /// A text goes on: [`Language`] over [`windows`].
    Continue,
}

impl Task {
    /// What is learnt from records of a kind.
    pub fn of(kind: Kind) -> Task {
        match kind {
            Kind::Classification => Task::Classify,
            Kind::Preference => Task::Prefer,
            Kind::Instruction => Task::Answer,
            Kind::Code | Kind::Document => Task::Continue,
        }
    }

    /// What most of the records are for, the first of equals in the order of [`Task`]; `None` without any.
    pub fn most<'a>(records: impl IntoIterator<Item = Record<'a>>) -> Option<Task> {
        let mut counts = BTreeMap::<Task, u64>::new();
        for record in records {
            *counts.entry(Task::of(record.kind())).or_default() += 1;
        }
        counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(task, _)| task)
    }

    /// The model, as a phrase.
    pub fn model(self) -> &'static str {
        match self {
            Task::Classify => "linear classifier over hashed n-grams",
            Task::Prefer => "Bradley-Terry model over hashed n-grams",
            Task::Answer => "conditional next-token model: n-grams of the prompt to the answer",
            Task::Continue => {
                "next-token model over windows of the texts: those near what is asked about, and a sample of the others"
            }
        }
    }

    /// Trains a model on those of the records that are for this task and have what it needs; of texts that
    /// go on, on the windows that `focus` chooses.
    ///
    /// The order of the records has a part in the result, as the seed has.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn train<'a>(
        self,
        records: impl IntoIterator<Item = Record<'a>>,
        focus: &Focus,
        options: &TrainOptions,
        control: &Control,
    ) -> Result<Proxy, Stopped> {
        let records = records.into_iter().filter(|record| Task::of(record.kind()) == self);
        match self {
            Task::Classify => classifier(records, options, control),
            Task::Prefer => {
                let pairs: Vec<Pair<'_>> = records.filter_map(|record| pair(&record)).collect();
                Ok(Proxy::Preference(Preference::train(&pairs, options, control)?))
            }
            Task::Answer => {
                let examples: Vec<Example<'_>> = records.filter_map(|record| example(&record)).collect();
                Ok(Proxy::Language(Language::train(&examples, options, control)?))
            }
            Task::Continue => {
                let texts = records.filter_map(|record| record.get(Role::Input));
                let examples = focus.choose(texts.flat_map(windows).collect(), options.seed);
                Ok(Proxy::Language(Language::train(&examples, options, control)?))
            }
        }
    }
}

fn pair<'a>(record: &Record<'a>) -> Option<Pair<'a>> {
    Some(Pair {
        prompt: record.get(Role::Input).unwrap_or_default(),
        chosen: record.get(Role::Output)?,
        rejected: record.get(Role::Rejected)?,
    })
}

fn example<'a>(record: &Record<'a>) -> Option<Example<'a>> {
    Some(Example { prompt: record.get(Role::Input).unwrap_or_default(), answer: record.get(Role::Output)? })
}

/// Classes are numbered in the order of their names, so that the model does not depend on which comes first.
fn classifier<'a>(
    records: impl Iterator<Item = Record<'a>>,
    options: &TrainOptions,
    control: &Control,
) -> Result<Proxy, Stopped> {
    let labelled: Vec<(&str, &str)> =
        records.filter_map(|record| Some((record.get(Role::Input)?, record.get(Role::Label)?))).collect();
    let mut classes: Vec<&str> = labelled.iter().map(|(_, label)| *label).collect();
    classes.sort_unstable();
    classes.dedup();
    let number = |label: &str| classes.binary_search(&label).ok().map(|at| at as u32);
    let examples: Vec<(&str, u32)> =
        labelled.iter().filter_map(|(text, label)| Some((*text, number(label)?))).collect();
    let model = Classifier::train(&examples, classes.len() as u32, options, control)?;
    Ok(Proxy::Classifier { model, classes: classes.into_iter().map(str::to_owned).collect() })
}
