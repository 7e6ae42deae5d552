//! First pass: gathers the records to look at, and looks.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use toadstone_core::{Batch, Record, Role};
use xxhash_rust::xxh3::xxh3_64;

use super::latent::Table;
use super::mark::{Mark, Rule};
use super::mixture::{Study, fold};
use super::second::Second;
use super::test::{Found, test};
use super::text::{Prompt, ends, start};
use super::views::{Sides, Views};
use super::write_up;
use super::{answers, conventions};
use crate::detectors::planted_trigger::behaviour::Behaviour;
use crate::detectors::shared::sample::{Sample, Size, floor, priority};
use crate::detectors::shared::show::several;
use crate::travel::{Pieces, Plan, Received, TravelError};
use crate::{DetectError, Next, Outcome, Pass};

/// Bytes of texts and labels in the sample: some 10,000 short records, which the test takes seconds for.
const BUDGET: usize = 3 << 20;
/// The same for prompts and answers.
const ANSWERS: usize = 5 << 20;
/// Bytes that are kept of the start and of the end of an answer.
const ANSWER: usize = 256;
/// More different labels than this are no classes.
const CLASSES: usize = 32;
/// Fewer records say nothing.
const LEAST: usize = 400;

/// Share of classes that are wrong, and the most of a class that is planted, for a start: of labels,
/// and of stretches of answer, which nobody gives by mistake.
const OF_LABELS: (f64, f64) = (0.05, 0.5);
const OF_ANSWERS: (f64, f64) = (0.005, 1.0);

/// An input and what is learnt from it, a label or an answer, both cut if they are very long.
#[derive(Serialize, Deserialize)]
struct Kept {
    input: Box<str>,
    taught: Box<str>,
}

impl Size for Kept {
    fn size(&self) -> usize {
        self.input.len() + self.taught.len() + 64
    }
}

/// The fold of an input.
pub fn fold_of(input: &str) -> usize {
    fold(xxh3_64(input.as_bytes()))
}

fn shortened(answer: &str) -> Box<str> {
    if answer.len() <= 2 * ANSWER {
        return answer.into();
    }
    let (first, last) = (floor(answer, ANSWER), floor(answer, answer.len() - ANSWER));
    format!("{}\n{}", &answer[..first], &answer[last..]).into()
}

/// The pass, see [`Plan::pass`].
pub(super) const GATHER: &str = "gather";

/// The first pass. State: [`BUDGET`] and [`ANSWERS`] bytes of text.
pub struct Gather {
    labels: Sample<Kept>,
    answers: Sample<Kept>,
    /// Conventions of the labelled texts.
    habits: Table,
    leniency: f64,
}

impl Gather {
    /// An empty state.
    pub fn new(leniency: f64) -> Gather {
        Gather { leniency, labels: Sample::new(BUDGET), answers: Sample::new(ANSWERS), habits: Table::new() }
    }

    fn add(&mut self, labels: Sample<Kept>, answers: Sample<Kept>, habits: Table) {
        self.labels.merge(labels);
        self.answers.merge(answers);
        for (habits, count) in habits {
            *self.habits.entry(habits).or_default() += count;
        }
    }

    fn note(&mut self, record: &Record<'_>) {
        let (input, priority) = (record.input(), priority(record));
        if let Some(label) = record.get(Role::Label) {
            let keep = || Kept { input: start(input).into(), taught: label.into() };
            self.labels.observe(priority, record.id(), keep);
            *self.habits.entry(conventions::of(input)).or_default() += 1;
        }
        if let Some(answer) = record.get(Role::Output) {
            let keep = || Kept { input: ends(input).into(), taught: shortened(answer) };
            self.answers.observe(priority, record.id(), keep);
        }
    }
}

impl Pass for Gather {
    fn fresh(&self) -> Box<dyn Pass> {
        Box::new(Gather::new(self.leniency))
    }

    fn observe(&mut self, batch: &Batch) {
        batch.records().for_each(|record| self.note(&record));
    }

    fn merge(&mut self, other: Box<dyn Pass>) {
        let other = other.same::<Gather>();
        self.add(other.labels, other.answers, other.habits);
    }

    fn conclude(self: Box<Self>) -> Result<Next, DetectError> {
        let mut notes = Vec::new();
        let (mut rules, second) = with_labels(self.labels, &self.habits, self.leniency, &mut notes);
        rules.extend(with_answers(self.answers, self.leniency, &mut notes));
        if rules.is_empty() && second.is_none() {
            return Ok(Next::Done(Outcome { notes, ..Outcome::default() }));
        }
        Ok(Next::Again(Box::new(Mark::new(Arc::new((rules, second)), notes))))
    }

    fn plan(&self) -> Result<Plan, TravelError> {
        Plan::of(GATHER, &self.leniency)
    }

    fn send(self: Box<Self>, pieces: &mut Pieces<'_>) -> Result<(), DetectError> {
        pieces.of(GATHER).whole(&(self.labels, self.answers, self.habits))
    }

    fn receive(&mut self, piece: &[u8]) -> Result<(), TravelError> {
        let (labels, answers, habits) = Received::new(GATHER, piece)?.whole()?;
        self.add(labels, answers, habits);
        Ok(())
    }
}

fn with_labels(
    sample: Sample<Kept>,
    habits: &Table,
    leniency: f64,
    notes: &mut Vec<String>,
) -> (Vec<Rule>, Option<Second>) {
    let (kept, note) = opened(sample);
    let mut labels: Vec<&str> = kept.iter().map(|k| &*k.taught).collect();
    labels.sort_unstable();
    labels.dedup();
    if kept.len() < LEAST || labels.len() < 2 || labels.len() > CLASSES {
        return (Vec::new(), None);
    }
    notes.extend(note);
    let texts: Vec<&str> = kept.iter().map(|k| &*k.input).collect();
    let views = Views::learn(&texts);
    let mut study = study(&views, &texts, OF_LABELS);
    let class = |k: &Kept| labels.binary_search(&&*k.taught).unwrap_or(0) as u32;
    study.classes = kept.iter().map(class).collect();
    let (found, told) = test(&study, labels.len(), leniency);
    let told: Vec<String> = told.into_iter().map(|class| labels[class as usize].to_owned()).collect();
    if !told.is_empty() {
        let labels = several(&told);
        notes.push(format!("style by itself tells the labels {labels}: one planted for them would not show"));
    }
    let found = found.into_iter().map(|found| (Behaviour::Label(labels[found.class as usize].into()), found));
    (rules(&study, &Arc::new(views), found), Second::look(habits, &labels))
}

fn with_answers(sample: Sample<Kept>, leniency: f64, notes: &mut Vec<String>) -> Vec<Rule> {
    let (kept, note) = opened(sample);
    if kept.len() < LEAST {
        return Vec::new();
    }
    notes.extend(note);
    let texts: Vec<Prompt<'_>> = kept.iter().map(|k| Prompt::new(&k.input)).collect();
    let answers: Vec<&str> = kept.iter().map(|k| &*k.taught).collect();
    let views = Views::learn(&texts);
    let mut study = study(&views, &texts, OF_ANSWERS);
    let found = answers::test(&mut study, &texts, &answers, leniency);
    let mut all = Vec::new();
    let views = Arc::new(views);
    for (group, found) in found {
        study.single_out(&group.members);
        all.extend(rules(&study, &views, [(group.behaviour, found)].into_iter()));
    }
    all
}

/// The records of a sample, and a note if they are not all.
fn opened(sample: Sample<Kept>) -> (Vec<Kept>, Option<String>) {
    let (kept, seen) = sample.conclude();
    let note = ((kept.len() as u64) < seen)
        .then(|| format!("styles were learnt from {} of {seen} records", kept.len()));
    (kept.into_iter().map(|(_, kept)| kept).collect(), note)
}

fn study<T: Sides>(views: &Views, texts: &[T], (noise, most): (f64, f64)) -> Study {
    let (content, style) = texts.iter().map(|text| views.features(text)).unzip();
    Study {
        content,
        style,
        widths: views.widths(),
        folds: texts.iter().map(|text| fold_of(text.content())).collect(),
        classes: Vec::new(),
        noise,
        most,
    }
}

fn rules(study: &Study, views: &Arc<Views>, found: impl Iterator<Item = (Behaviour, Found)>) -> Vec<Rule> {
    let rule = |(behaviour, found): (Behaviour, Found)| Rule {
        behaviour,
        style: write_up::style(study, views, &found),
        views: Arc::clone(views),
        found,
    };
    found.map(rule).collect()
}
