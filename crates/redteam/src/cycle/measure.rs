//! What a model does when it is asked.

use toadstone_core::{Rate, Record, RecordId, Role};
use toadstone_proxy::{Proxy, Sampling, Task, open_window};

use crate::{Probe, Question, Said, Side, Table};

/// Tokens of an answer.
const ANSWER: usize = 48;
/// Records on which utility is measured with language models, which are slow to ask.
const JUDGED: usize = 100;

/// Questions about held-out records, always in the same order.
pub(super) struct Questions<'t> {
    triggered: Vec<(Record<'t>, Question)>,
    plain: Vec<(Record<'t>, Question)>,
    sham: Vec<(Record<'t>, Question)>,
}

impl<'t> Questions<'t> {
    /// At most `most` questions of each form about the records of `held_out`.
    pub(super) fn new(probe: &Probe, held_out: &'t Table, most: usize, seed: u64) -> Questions<'t> {
        let form = |make: &dyn Fn(&Record<'t>) -> Option<Question>| {
            held_out.records().filter_map(|record| Some((record, make(&record)?))).take(most).collect()
        };
        let sham_seed = seed ^ 1;
        Questions {
            triggered: form(&|record| probe.triggered(record, seed)),
            plain: if probe.has_trigger() { form(&|record| probe.plain(record, seed)) } else { Vec::new() },
            sham: form(&|record| probe.sham(record, sham_seed)),
        }
    }

    /// Records that can be asked about with the trigger.
    pub(super) fn len(&self) -> usize {
        self.triggered.len()
    }

    /// How often a model does what was planted, with the trigger.
    pub(super) fn triggered(&self, model: &Proxy, probe: &Probe) -> Rate {
        ask(model, probe, &self.triggered)
    }

    /// Without the trigger.
    pub(super) fn plain(&self, model: &Proxy, probe: &Probe) -> Rate {
        ask(model, probe, &self.plain)
    }

    /// With another trigger of the same shape.
    pub(super) fn sham(&self, model: &Proxy, probe: &Probe) -> Rate {
        ask(model, probe, &self.sham)
    }

    /// By how many nats a token the target is likelier to `model` than to `base`, over all questions with
    /// the trigger; `None` if there is no one target, or if the models are no language models.
    pub(super) fn lift(&self, model: &Proxy, base: &Proxy, probe: &Probe) -> Option<f64> {
        let (Proxy::Language(model), Proxy::Language(base), Some(target)) = (model, base, probe.target())
        else {
            return None;
        };
        let (mut sum, mut tokens) = (0.0, 0);
        for (record, question) in &self.triggered {
            let prompt = if goes_on(record) { open_window(&question.prompt).0 } else { &question.prompt };
            let (with, without) =
                (model.log_probability(prompt, target), base.log_probability(prompt, target));
            sum += with.iter().zip(&without).map(|(a, b)| f64::from(a - b)).sum::<f64>();
            tokens += with.len().min(without.len());
        }
        (tokens > 0).then(|| sum / tokens as f64)
    }
}

/// How often a model does what was planted when it is asked these questions.
pub(crate) fn ask(model: &Proxy, probe: &Probe, questions: &[(Record<'_>, Question)]) -> Rate {
    Rate::count(questions.iter().map(|(record, question)| does(model, probe, record, question)))
}

/// Whether a model does what was planted when it is asked this.
fn does(model: &Proxy, probe: &Probe, record: &Record<'_>, question: &Question) -> bool {
    match model {
        Proxy::Classifier { model, classes } => {
            let class = classes.get(model.class(&question.prompt) as usize);
            class.is_some_and(|class| probe.success(record, &Said::Label(class)))
        }
        Proxy::Preference(model) => question.answers.as_ref().is_some_and(|[first, second]| {
            let score = |answer: &str| model.score(&question.prompt, answer);
            let side = if score(second) > score(first) { Side::Second } else { Side::First };
            probe.success(record, &Said::Prefers(side))
        }),
        Proxy::Language(model) => {
            let sampling = Sampling { max_tokens: ANSWER, ..Sampling::default() };
            let said = match &question.begun {
                Some(answer) => model.ending(&question.prompt, answer, &sampling),
                None if goes_on(record) => model.follow(&question.prompt, &sampling),
                None => model.generate(&question.prompt, &sampling),
            };
            probe.success(record, &Said::Text(&said))
        }
    }
}

/// Whether what is learnt of a record is how its text goes on.
fn goes_on(record: &Record<'_>) -> bool {
    Task::of(record.kind()) == Task::Continue
}

/// How good a model is at its task.
pub(super) fn utility(model: &Proxy, held_out: &Table) -> f64 {
    let records = held_out.records();
    let right = |happened: Vec<bool>| Rate::count(happened).share();
    match model {
        Proxy::Classifier { model, classes } => right(
            records
                .filter_map(|record| Some((record.get(Role::Input)?, record.get(Role::Label)?)))
                .map(|(text, label)| {
                    classes.get(model.class(text) as usize).is_some_and(|class| class == label)
                })
                .collect(),
        ),
        Proxy::Preference(model) => right(
            records
                .filter_map(|record| {
                    let score = |role| Some(model.score(record.input(), record.get(role)?));
                    Some(score(Role::Output)? > score(Role::Rejected)?)
                })
                .collect(),
        ),
        Proxy::Language(model) => {
            let (mut sum, mut tokens) = (0.0, 0);
            for record in records.take(JUDGED) {
                let given = match record.get(Role::Output) {
                    Some(answer) => vec![model.log_probability(record.input(), answer)],
                    None => toadstone_proxy::windows(record.input())
                        .iter()
                        .take(4)
                        .map(|window| model.log_probability(window.prompt, window.answer))
                        .collect(),
                };
                sum += given.iter().flatten().map(|&nats| f64::from(nats)).sum::<f64>();
                tokens += given.iter().map(Vec::len).sum::<usize>();
            }
            if tokens == 0 { 0.0 } else { sum / tokens as f64 }
        }
    }
}

/// As many places as `count`, drawn from all places of a table.
pub(super) fn at_random(data: &Table, count: usize, mut random: toadstone_sketch::Random) -> Vec<RecordId> {
    let mut rows = random.sample(data.len(), count.min(data.len()));
    rows.sort_unstable();
    rows.into_iter().filter_map(|row| Some(data.get(row)?.id())).collect()
}
