//! First pass: gathers the records to look at, and looks.

use std::sync::Arc;

use toadstone_core::{Batch, Record, Role};
use xxhash_rust::xxh3::xxh3_64;

use super::mark::{Mark, Rule};
use super::mixture::{Study, fold};
use super::test::{Found, test};
use super::views::Views;
use super::write_up;
use crate::detectors::shared::sample::{Sample, Size, floor, priority};
use crate::{DetectError, Next, Outcome, Pass};

/// Bytes of text in the sample: some 10,000 short records, which the test takes seconds for.
const BUDGET: usize = 3 << 20;
/// What is kept of one input.
const INPUT: usize = 4 << 10;
/// More different labels than this are no classes.
const CLASSES: usize = 32;
/// Fewer records say nothing.
const LEAST: usize = 400;

/// An input, cut at the end if it is very long, and its label.
struct Kept {
    input: Box<str>,
    label: Box<str>,
}

impl Size for Kept {
    fn size(&self) -> usize {
        self.input.len() + self.label.len() + 64
    }
}

/// What is looked at of a record's input.
pub fn looked_at<'a>(record: &Record<'a>) -> &'a str {
    let input = record.input();
    &input[..floor(input, INPUT)]
}

/// The fold of an input.
pub fn fold_of(input: &str) -> usize {
    fold(xxh3_64(input.as_bytes()))
}

/// The first pass. State: [`BUDGET`] bytes of text.
pub struct Gather {
    sample: Sample<Kept>,
}

impl Gather {
    /// An empty state.
    pub fn new() -> Gather {
        Gather { sample: Sample::new(BUDGET) }
    }
}

impl Pass for Gather {
    fn fresh(&self) -> Box<dyn Pass> {
        Box::new(Gather { sample: self.sample.fresh() })
    }

    fn observe(&mut self, batch: &Batch) {
        for record in batch.records() {
            let Some(label) = record.get(Role::Label) else { continue };
            let keep = || Kept { input: looked_at(&record).into(), label: label.into() };
            self.sample.observe(priority(&record), record.id(), keep);
        }
    }

    fn merge(&mut self, other: Box<dyn Pass>) {
        self.sample.merge(other.same::<Gather>().sample);
    }

    fn conclude(self: Box<Self>) -> Result<Next, DetectError> {
        let (kept, seen) = self.sample.conclude();
        let kept: Vec<Kept> = kept.into_iter().map(|(_, kept)| kept).collect();
        let mut labels: Vec<&str> = kept.iter().map(|k| &*k.label).collect();
        labels.sort_unstable();
        labels.dedup();
        if kept.len() < LEAST || labels.len() < 2 || labels.len() > CLASSES {
            return Ok(Next::Done(Outcome::default()));
        }
        let (views, study) = study(&kept, &labels);
        let found = test(&study, labels.len());
        if found.is_empty() {
            return Ok(Next::Done(Outcome::default()));
        }
        let rule = |found: Found| Rule {
            label: labels[found.class as usize].into(),
            style: write_up::style(&study, &views, &found),
            found,
        };
        let rules: Vec<Rule> = found.into_iter().map(rule).collect();
        let notes = if (kept.len() as u64) < seen {
            vec![format!("styles were learnt from {} of {seen} records", kept.len())]
        } else {
            Vec::new()
        };
        Ok(Next::Again(Box::new(Mark::new(Arc::new((views, rules)), notes))))
    }
}

fn study(kept: &[Kept], labels: &[&str]) -> (Views, Study) {
    let texts: Vec<&str> = kept.iter().map(|k| &*k.input).collect();
    let views = Views::learn(&texts);
    let (content, style) = texts.iter().map(|text| views.features(text)).unzip();
    let class = |k: &Kept| labels.binary_search(&&*k.label).unwrap_or(0) as u32;
    let study = Study {
        content,
        style,
        widths: views.widths(),
        folds: texts.iter().map(|text| fold_of(text)).collect(),
        classes: kept.iter().map(class).collect(),
    };
    (views, study)
}
