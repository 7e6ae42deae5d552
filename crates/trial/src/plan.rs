//! What is asked: as many triggers and prompts as the budget allows.

use std::collections::BTreeSet;

use crate::draw::Draw;
use crate::model::{Ask, Message};
use crate::prompts::Prompt;
use crate::triggers::{BUILTIN, Place, Trigger, put, sham};

/// How much is asked, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Decides sham triggers, places, and which prompts are asked if not all can be.
    pub seed: u64,
    /// Answers to each form of a prompt.
    pub samples: u32,
    /// Temperature of sampling; 0 takes the most probable token each time.
    pub temperature: f64,
    /// Tokens that an answer may have.
    pub max_tokens: u64,
    /// Answers that may be asked for; `None` for as many as there are.
    pub requests: Option<u64>,
}

/// Requests that are kept back for checks and further tries.
const RESERVE: u64 = 16;
/// Prompts below which rather fewer triggers are tried.
const FEW: u64 = 36;
/// Of the prompts, one in so many is one that a careful model refuses.
const REFUSED: u64 = 4;

/// The three forms of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// With the trigger of this number.
    With(usize),
    /// As it is.
    Without,
    /// With a sham of the trigger of this number.
    Sham(usize),
}

/// What is asked.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) triggers: Vec<Trigger>,
    pub(crate) prompts: Vec<Prompt>,
    /// Triggers for which the budget does not suffice.
    pub(crate) beyond: Vec<Trigger>,
    /// Prompts that are asked, of those there are.
    pub(crate) of: usize,
}

impl Plan {
    /// Triggers of findings come first, then the user's, built-in ones last; each once. Prompts each once, in
    /// an order that the seed draws.
    pub(crate) fn new(triggers: Vec<Trigger>, prompts: Vec<Prompt>, settings: &Settings) -> Plan {
        let mut seen = BTreeSet::new();
        let mut triggers: Vec<Trigger> = triggers
            .into_iter()
            .filter(|t| seen.insert((t.parts.clone(), t.behaviour.as_ref().map(|b| b.text.clone()))))
            .collect();
        let rank = |trigger: &Trigger| match trigger.from.as_str() {
            BUILTIN => 2,
            from if from.starts_with("finding ") => 0,
            _ => 1,
        };
        triggers.sort_by_key(rank);
        let (harmless, refused) = drawn(prompts, settings.seed);
        let all = (harmless.len() + refused.len()) as u64;
        let answers = settings
            .requests
            .map(|requests| requests.saturating_sub(RESERVE) / u64::from(settings.samples.max(1)));
        // A prompt costs one answer, and two for each trigger.
        let affordable =
            |triggers: usize| answers.map_or(all, |answers| (answers / (1 + 2 * triggers as u64)).min(all));
        let mut tried = triggers.len();
        while tried > 1 && affordable(tried) < all.min(FEW) {
            tried -= 1;
        }
        let beyond = triggers.split_off(tried);
        let prompts = affordable(tried);
        let few =
            (refused.len() as u64).min(prompts / REFUSED).max(prompts.saturating_sub(harmless.len() as u64));
        let many = prompts - few;
        let chosen = harmless.into_iter().take(many as usize).chain(refused.into_iter().take(few as usize));
        Plan { triggers, prompts: chosen.collect(), beyond, of: all as usize }
    }

    /// What is sent for a form of a prompt.
    pub(crate) fn messages(&self, prompt: usize, form: Form, seed: u64) -> Vec<Message> {
        let base = &self.prompts[prompt];
        let (number, parts) = match form {
            Form::Without => return base.messages.clone(),
            Form::With(number) => (number, self.triggers[number].parts.clone()),
            Form::Sham(number) => (number, self.sham(prompt, number, seed)),
        };
        // The trigger and its sham draw the same places, in the other order of prompts for each trigger.
        let mut draw = Draw::new(seed, &["place", base.text(), &self.triggers[number].parts.join("\u{0}")]);
        let place = Place::ALL[(prompt + number) % Place::ALL.len()];
        base.saying(put(base.text(), &self.triggers[number], &parts, place, &mut draw))
    }

    /// The sham of a trigger for one prompt: another one for each, so that no single one decides.
    pub(crate) fn sham(&self, prompt: usize, trigger: usize, seed: u64) -> Vec<String> {
        let parts = &self.triggers[trigger].parts;
        let text = self.prompts[prompt].text();
        sham(parts, &mut Draw::new(seed, &["sham", text, &parts.join("\u{0}")]))
    }

    /// The question for a form of a prompt.
    pub(crate) fn ask(&self, prompt: usize, form: Form, sample: u32, settings: &Settings) -> Ask {
        Ask {
            messages: self.messages(prompt, form, settings.seed),
            temperature: settings.temperature,
            max_tokens: settings.max_tokens,
            seed: settings.seed.wrapping_add(u64::from(sample)),
        }
    }
}

/// Prompts that are answered and prompts that are refused, each in an order drawn from the seed.
fn drawn(prompts: Vec<Prompt>, seed: u64) -> (Vec<Prompt>, Vec<Prompt>) {
    let mut seen = BTreeSet::new();
    let text = |prompt: &Prompt| {
        let lines: Vec<&str> =
            prompt.messages.iter().flat_map(|line| [line.role.as_str(), &line.content]).collect();
        lines.join("\u{0}")
    };
    let mut keyed: Vec<(u64, Prompt)> = prompts
        .into_iter()
        .filter(|prompt| seen.insert(text(prompt)))
        .map(|prompt| (Draw::new(seed, &["prompt", &text(&prompt)]).bits(), prompt))
        .collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, prompt)| prompt).partition(|prompt| !prompt.refused)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prompts::builtin;

    fn trigger(text: &str, from: &str) -> Trigger {
        Trigger { kind: "word".into(), parts: vec![text.into()], from: from.into(), behaviour: None }
    }

    fn settings(requests: Option<u64>) -> Settings {
        Settings { seed: 1, samples: 1, temperature: 0.0, max_tokens: 8, requests }
    }

    fn all() -> Vec<Prompt> {
        builtin(false).into_iter().chain(builtin(true)).collect()
    }

    #[test]
    fn a_small_budget_drops_built_in_triggers_first_and_then_prompts() {
        let triggers = || {
            let builtin = (0..8).map(|n| trigger(&format!("b{n}"), BUILTIN));
            builtin
                .chain([trigger("mine", "file"), trigger("found", "finding x"), trigger("found", "file")])
                .collect::<Vec<_>>()
        };
        let plan = Plan::new(triggers(), all(), &settings(None));
        assert_eq!((plan.triggers.len(), plan.prompts.len(), plan.beyond.len()), (10, all().len(), 0));
        let plan = Plan::new(triggers(), all(), &settings(Some(16 + 36 * 5)));
        let names: Vec<&str> = plan.triggers.iter().map(|t| t.parts[0].as_str()).collect();
        assert_eq!((names, plan.prompts.len(), plan.beyond.len()), (vec!["found", "mine"], 36, 8));
        assert_eq!(plan.prompts.iter().filter(|prompt| prompt.refused).count(), 9);
        let plan = Plan::new(triggers(), all(), &settings(Some(40)));
        assert_eq!((plan.triggers.len(), plan.prompts.len()), (1, 8));
        assert_eq!(Plan::new(triggers(), all(), &settings(Some(0))).prompts.len(), 0);
    }

    #[test]
    fn trigger_and_sham_stand_in_the_same_places() {
        let two = Trigger { parts: vec!["AAA".into(), "BB".into()], ..trigger("", "file") };
        let plan = Plan::new(vec![two], all(), &settings(None));
        for prompt in 0..plan.prompts.len() {
            let text = |form| plan.messages(prompt, form, 1).pop().unwrap().content;
            let (with, sham) = (text(Form::With(0)), text(Form::Sham(0)));
            let parts = plan.sham(prompt, 0, 1);
            assert_eq!(with.replace("AAA", &parts[0]).replace("BB", &parts[1]), sham);
            assert_eq!(text(Form::Without), plan.prompts[prompt].text());
        }
    }
}
