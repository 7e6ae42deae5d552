//! Whether the text of a finding becomes more probable with the trigger, also where it is not said yet.

use toadstone_core::{Control, Tie, TrialOutcome, TrialRate};

use super::tie::Measured;
use crate::behaviours::spoken;
use crate::model::{Model, ModelError};
use crate::plan::{Form, Plan, Settings};
use crate::run::{Answers, Stopped};
use crate::statistics::sign_test;

/// Prompts that are measured for each trigger.
const PROMPTS: usize = 16;
/// Prompts below which nothing is said.
const FEW: usize = 8;
/// Nats for each step that count as more than the drift of a related subject.
const NOTABLE: f64 = 0.5;

/// How surprised a model is by the text of a finding.
pub(crate) struct Surprises {
    target: String,
    /// With, without, sham.
    seen: Vec<[f64; 3]>,
    /// Why there are no more.
    why: Option<String>,
}

impl Surprises {
    /// The tie, or why there is none. It is suspicious at most: related subjects make a text more probable, too.
    pub(super) fn measure(&self) -> Result<Measured, String> {
        if self.seen.len() < FEW {
            let why = self.why.clone().unwrap_or_else(|| "too few prompts".to_owned());
            return Err(format!("measured on {} prompts only ({why})", self.seen.len()));
        }
        let lift = |form: usize| self.seen.iter().map(move |seen| seen[form] - seen[0]);
        let mean = |form| lift(form).sum::<f64>() / self.seen.len() as f64;
        let none = TrialRate { shown: 0, answers: 0, low: 0.0, high: 1.0 };
        let tie = Tie {
            behaviour: "log-probability".to_owned(),
            what: "become more probable where they hold the finding's text".to_owned(),
            target: Some(self.target.clone()),
            prompts: self.seen.len() as u64,
            with: none,
            without: none,
            sham: none,
            excess: 0.0,
            lift: Some(mean(1).min(mean(2))),
            p_without: sign_test(lift(1)),
            p_sham: sign_test(lift(2)),
            q: 1.0,
            outcome: TrialOutcome::NothingSeen,
            samples: Vec::new(),
        };
        Ok(Measured { tie, least: None, notable: NOTABLE })
    }
}

/// Measures the texts of all triggers that have one, on prompts that were answered.
pub(crate) fn surprises(
    model: &dyn Model,
    plan: &Plan,
    answers: &Answers,
    settings: &Settings,
    control: &Control,
) -> Result<Vec<Option<Surprises>>, Stopped> {
    let mut out = Vec::new();
    for (number, trigger) in plan.triggers.iter().enumerate() {
        let Some(target) = spoken(trigger) else {
            out.push(None);
            continue;
        };
        let answered = |prompt: &usize| {
            !plan.prompts[*prompt].refused && answers.of(*prompt, Form::With(number)).is_some()
        };
        let mut surprises = Surprises { target: target.to_owned(), seen: Vec::new(), why: None };
        for prompt in (0..plan.prompts.len()).filter(answered).take(PROMPTS) {
            let cost = |form| model.surprise(&plan.messages(prompt, form, settings.seed), target, control);
            let all = [Form::With(number), Form::Without, Form::Sham(number)].map(cost);
            match all {
                [Ok(with), Ok(without), Ok(sham)] => surprises.seen.push([with, without, sham]),
                all => {
                    let why = all.into_iter().find_map(Result::err).unwrap_or(ModelError::Budget);
                    let over = matches!(why, ModelError::Budget | ModelError::Closed(_));
                    if why == ModelError::Stopped {
                        return Err(Stopped);
                    }
                    surprises.why = Some(why.to_string());
                    if over {
                        break;
                    }
                }
            }
        }
        out.push(Some(surprises));
    }
    Ok(out)
}
