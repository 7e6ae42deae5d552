//! Proxies: small models of ours in a file, as peers of servers.

use toadstone_core::{Control, TrialModel};
use toadstone_proxy::{Language, LoadError, Proxy, Sampling};

use super::{Answer, Ask, Checked, LONGEST, Message, Model, ModelError, cut, endpoint, flat};

/// Why a file is no peer.
#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    /// It cannot be read as a model.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// It is a model that answers nothing.
    #[error(
        "it is a model of preferences, which answers nothing; a trial needs a language model or a classifier"
    )]
    Mute,
}

enum Kind {
    /// Writes answers.
    Language(Language),
    /// Answers with the name of a class.
    Classifier(toadstone_proxy::Classifier, Vec<String>),
}

/// A proxy that can be asked.
pub struct Peer {
    file: String,
    kind: Kind,
    at_once: usize,
}

impl Peer {
    /// Reads a model as `Proxy::save` writes it. `file` is what reports call it.
    ///
    /// # Errors
    /// [`PeerError`].
    pub fn load(file: &str, bytes: &[u8], at_once: usize) -> Result<Peer, PeerError> {
        let kind = match Proxy::load(bytes)? {
            Proxy::Language(model) => Kind::Language(model),
            Proxy::Classifier { model, classes } => Kind::Classifier(model, classes),
            Proxy::Preference(_) => return Err(PeerError::Mute),
        };
        Ok(Peer { file: file.to_owned(), kind, at_once })
    }
}

impl Model for Peer {
    fn about(&self) -> TrialModel {
        TrialModel { at: self.file.clone(), name: None, by: "proxy".to_owned() }
    }

    fn ask(&self, ask: &Ask, control: &Control) -> Result<Answer, ModelError> {
        if control.stopped() {
            return Err(ModelError::Stopped);
        }
        let prompt = flat(&ask.messages);
        match &self.kind {
            Kind::Language(model) => {
                let max_tokens = usize::try_from(ask.max_tokens).unwrap_or(usize::MAX);
                let sampling = Sampling { temperature: ask.temperature as f32, max_tokens, seed: ask.seed };
                let text = cut(model.generate(&prompt, &sampling), LONGEST);
                // As many words as tokens were allowed: it may have been cut off.
                let whole = text.split_whitespace().count() < max_tokens;
                Ok(Answer { text, whole })
            }
            Kind::Classifier(model, classes) => {
                let class = classes.get(model.class(&prompt) as usize).cloned().unwrap_or_default();
                Ok(Answer { text: class, whole: true })
            }
        }
    }

    /// What it computes is computed here, so there is nothing to doubt.
    fn checks(&self, _: bool, _: &Control) -> Result<Checked, ModelError> {
        Ok(Checked { canaries: Vec::new(), likelihood: matches!(self.kind, Kind::Language(_)) })
    }

    fn surprise(&self, messages: &[Message], target: &str, control: &Control) -> Result<f64, ModelError> {
        let Kind::Language(model) = &self.kind else {
            return Err(ModelError::Failed("a classifier has no text".to_owned()));
        };
        if control.stopped() {
            return Err(ModelError::Stopped);
        }
        let steps = model.log_probability(&flat(messages), target);
        let cost = |chance: &f32| f64::from(-chance).clamp(0.0, endpoint::FLOOR);
        Ok(steps.iter().map(cost).sum::<f64>() / steps.len().max(1) as f64)
    }

    fn at_once(&self) -> usize {
        self.at_once
    }
}
