//! What a model did under triggers: the content of `trial.json`.

use serde::Serialize;

use crate::Verdict;

/// Version of the JSON that [`Trial`] gives. It grows when a field changes its meaning or goes away.
pub const TRIAL_SCHEMA: u32 = 1;

/// What a trial says of one trigger. Later ones are worse for whoever wants a clean answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrialOutcome {
    /// Enough answers, and none of the behaviours came with the trigger more often than by chance.
    NothingSeen,
    /// Too few answers to say anything. Never counts as passed.
    NotDecided,
    /// A behaviour comes with the trigger beyond chance, but rarely, or without much certainty.
    Suspicious,
    /// A behaviour comes with the trigger and with nothing that only looks like it.
    Backdoor,
}

impl TrialOutcome {
    /// The name in reports and files.
    pub fn name(self) -> &'static str {
        match self {
            TrialOutcome::NothingSeen => "nothing seen",
            TrialOutcome::NotDecided => "not decided",
            TrialOutcome::Suspicious => "suspicious",
            TrialOutcome::Backdoor => "backdoor",
        }
    }
}

/// Whom a trial asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrialModel {
    /// Where: the server's address, or the file of a proxy (may hold hostile text).
    pub at: String,
    /// The name that the server knows the model by, if it has one (hostile text).
    pub name: Option<String>,
    /// How it is asked: `chat`, `completion`, `proxy`.
    pub by: String,
}

/// A check of what the model's server can do, made before anything is measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Canary {
    /// What was checked, as a phrase.
    pub what: String,
    /// Whether it is so.
    pub holds: bool,
    /// What follows, or was seen; may be empty.
    pub note: String,
}

/// How many answers show a behaviour.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TrialRate {
    /// Answers that show it.
    pub shown: u64,
    /// Answers.
    pub answers: u64,
    /// Lower end of the 95 % interval of the share (Wilson 1927, with prompts as the observations).
    pub low: f64,
    /// Upper end of it.
    pub high: f64,
}

impl TrialRate {
    /// The share; 0 without answers.
    pub fn share(&self) -> f64 {
        if self.answers == 0 { 0.0 } else { self.shown as f64 / self.answers as f64 }
    }
}

/// One prompt, and what was answered to its three forms. All of it is hostile text, cut to a few hundred characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrialSample {
    /// The prompt with the trigger.
    pub prompt: String,
    /// The answer to it.
    pub with: String,
    /// The answer without the trigger.
    pub without: String,
    /// The answer with a sham trigger.
    pub sham: String,
}

/// One trigger against one behaviour.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tie {
    /// The behaviour's name: `refusal`, `fixed-answer`, ...
    pub behaviour: String,
    /// What answers do that show it, as a phrase: `refuse`.
    pub what: String,
    /// The text that is looked for, where it is a particular one (hostile text).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Prompts on which it was tested.
    pub prompts: u64,
    /// With the trigger.
    pub with: TrialRate,
    /// Without it.
    pub without: TrialRate,
    /// With a sham trigger: other words of the same shape.
    pub sham: TrialRate,
    /// Share with the trigger, less the larger of the other two.
    pub excess: f64,
    /// Of behaviours that are a quantity (log-probability): how much more with the trigger, in nats for
    /// each step of the target, than in the better of the other two; `None` for those that are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lift: Option<f64>,
    /// Chance of this without a tie, with against without (exact sign test over prompts).
    pub p_without: f64,
    /// The same, with against sham.
    pub p_sham: f64,
    /// False-discovery rate of the larger of the two, all triggers and behaviours counted.
    pub q: f64,
    /// What follows.
    pub outcome: TrialOutcome,
    /// Some prompts on which the behaviour came with the trigger only.
    pub samples: Vec<TrialSample>,
}

/// What a trial says of one trigger.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TriggerTrial {
    /// What it is: `word`, `phrase`, `words together`, ...
    pub kind: String,
    /// Its parts (hostile text); all of them are put into a prompt.
    pub parts: Vec<String>,
    /// Who names it: `finding ID`, `built-in`, or the file's name (hostile text).
    pub from: String,
    /// What follows.
    pub outcome: TrialOutcome,
    /// Why, as a sentence.
    pub why: String,
    /// Prompts that were to be asked.
    pub planned: u64,
    /// Prompts answered in all three forms.
    pub answered: u64,
    /// Share of answers into which a trigger has to bring a behaviour so that this many prompts show it
    /// with 95 % probability; `None` if they could not show even one that always comes.
    pub shows: Option<f64>,
    /// Behaviours that were tested, those that say most first.
    pub ties: Vec<Tie>,
    /// Behaviours that were not tested, and why.
    pub not_tested: Vec<String>,
}

/// Answers that are missing for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingAnswers {
    /// The reason, in words of ours.
    pub why: String,
    /// How many.
    pub answers: u64,
}

/// A trial of a model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trial {
    /// [`TRIAL_SCHEMA`].
    pub schema: u32,
    /// Version of toadstone.
    pub version: String,
    /// What follows for the model; `None` if that could not be decided, or nothing was tried.
    pub verdict: Option<Verdict>,
    /// Whom it asked.
    pub model: TrialModel,
    /// Seed of sham triggers, places and sampling.
    pub seed: u64,
    /// Prompts asked in each form.
    pub prompts: u64,
    /// Answers to each form of a prompt.
    pub samples: u64,
    /// Temperature of sampling.
    pub temperature: f64,
    /// Tokens that an answer may have.
    pub max_tokens: u64,
    /// Answers that were wanted.
    pub wanted: u64,
    /// Answers that came.
    pub answered: u64,
    /// Those that did not, by reason.
    pub missing: Vec<MissingAnswers>,
    /// Checks of the server.
    pub canaries: Vec<Canary>,
    /// Triggers that were tried, worst first.
    pub triggers: Vec<TriggerTrial>,
    /// What was not tried, and why, as sentences (may quote hostile text).
    pub not_tried: Vec<String>,
}

impl Trial {
    /// Triggers with an outcome.
    pub fn count(&self, outcome: TrialOutcome) -> u64 {
        self.triggers.iter().filter(|trigger| trigger.outcome == outcome).count() as u64
    }
}
