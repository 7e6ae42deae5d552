//! Servers that speak the OpenAI protocol: `/v1/chat/completions` and `/v1/completions`.
//!
//! Prompt log-probabilities (`echo`) are not used: several servers take the option and give those of the
//! answer instead, without an error. What a text costs a model is found by forced stepping.

mod address;
mod body;
mod budget;
mod cache;
mod checks;
mod client;
pub mod response;
mod retry;
mod step;

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use toadstone_core::{Control, TrialModel, visible};

use super::{Answer, Ask, Checked, LONGEST, Message, Model, ModelError, cut};
use address::Address;
use body::{Body, Dialect};
use cache::Cache;
pub use cache::CacheError;
use client::{Client, Refusal};
use response::Reply;
pub use step::FLOOR;

/// The key of a server. It is shown nowhere.
#[derive(Clone)]
pub struct Key(String);

impl Key {
    /// A key; surrounding white space does not belong to it. `None` if nothing is left.
    pub fn new(text: &str) -> Option<Key> {
        let text = text.trim();
        (!text.is_empty()).then(|| Key(text.to_owned()))
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(hidden)")
    }
}

/// Which of the two protocols to speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Chat if the server has it, else completion.
    Auto,
    /// `/chat/completions`.
    Chat,
    /// `/completions`.
    Completion,
}

/// Whom to ask, and within what bounds.
#[derive(Debug, Clone)]
pub struct Options {
    /// The server's address, with or without `/v1`.
    pub url: String,
    /// The model's name; without it, the server's only one.
    pub model: Option<String>,
    /// The protocol.
    pub protocol: Protocol,
    /// The key, if the server wants one.
    pub key: Option<Key>,
    /// Time that one request may take.
    pub timeout: Duration,
    /// Times that a question is asked when the server fails.
    pub tries: u32,
    /// Wait before the second try; it doubles with each further one.
    pub backoff: Duration,
    /// Requests that may be made, further tries included.
    pub requests: u64,
    /// Tokens that may be used, questions and answers together.
    pub tokens: Option<u64>,
    /// Requests under way at one time.
    pub at_once: usize,
    /// Decides how waits are spread.
    pub seed: u64,
    /// File in which answers are kept, so that an interrupted trial goes on.
    pub cache: Option<PathBuf>,
}

/// Why a server cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Its address, or what it said.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The file of answers.
    #[error(transparent)]
    Cache(#[from] CacheError),
}

/// A server.
pub struct Endpoint {
    address: Address,
    client: Client,
    dialect: Dialect,
    model: String,
    chat: bool,
    at_once: usize,
    cache: Mutex<Cache>,
    /// What checks have seen already.
    first_look: checks::FirstLook,
}

impl Endpoint {
    /// Finds out what a server speaks and which model it has, and opens the file of answers.
    ///
    /// # Errors
    /// [`ConnectError`].
    pub fn connect(options: &Options, control: &Control) -> Result<Endpoint, ConnectError> {
        let address = Address::parse(&options.url, options.protocol)?;
        if options.key.is_some() && !address.keeps_secrets() {
            let what = format!(
                "the key would go to {} unencrypted, so nothing was asked; use https://, or unset the key's variable",
                visible(address.host())
            );
            return Err(ModelError::Closed(what).into());
        }
        let client = Client::new(options, &address);
        let model = match &options.model {
            Some(name) => name.clone(),
            None => checks::only_model(&client, &address, control)?,
        };
        let (chat, dialect) = checks::protocol(&client, &address, &model, control)?;
        let mut endpoint = Endpoint {
            address,
            client,
            dialect,
            model,
            chat,
            at_once: options.at_once.max(1),
            cache: Mutex::new(Cache::none()),
            first_look: checks::FirstLook::default(),
        };
        endpoint.first_look = checks::first_look(&endpoint, control)?;
        if let Some(path) = &options.cache {
            let about = endpoint.about();
            let name = about.name.unwrap_or_default();
            let cache = Cache::open(path, &[&about.at, &name, &about.by], &endpoint.first_look.fingerprint)?;
            endpoint.cache = Mutex::new(cache);
        }
        Ok(endpoint)
    }

    /// Requests made and answers taken from the file, so far.
    pub fn used(&self) -> (u64, u64) {
        let cached = self.lock().taken();
        (self.client.requests(), cached)
    }

    /// A reply from the file, or else from the server.
    fn reply(&self, body: &Body<'_>, control: &Control) -> Result<Reply, ModelError> {
        let text = body.json(self.dialect);
        if let Some(reply) = self.lock().get(&text) {
            return Ok(reply);
        }
        let reply = self.fresh(&text, control)?;
        let kept = self.lock().put(&text, &reply);
        kept.map_err(|error| ModelError::Closed(error.to_string()))?;
        Ok(reply)
    }

    /// A reply from the server, not kept.
    fn fresh(&self, body: &str, control: &Control) -> Result<Reply, ModelError> {
        let path = if self.chat { "chat/completions" } else { "completions" };
        self.client.post(&self.address, path, body, control).map_err(Refusal::into_error)
    }

    fn body<'a>(&'a self, ask: &'a Ask) -> Body<'a> {
        Body { model: &self.model, chat: self.chat, ask, top: None }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Model for Endpoint {
    fn about(&self) -> TrialModel {
        TrialModel {
            at: self.address.shown(),
            name: Some(self.model.clone()),
            by: if self.chat { "chat" } else { "completion" }.to_owned(),
        }
    }

    fn ask(&self, ask: &Ask, control: &Control) -> Result<Answer, ModelError> {
        let reply = self.reply(&self.body(ask), control)?;
        Ok(Answer { whole: reply.whole && reply.text.len() <= LONGEST, text: cut(reply.text, LONGEST) })
    }

    fn checks(&self, likelihood: bool, control: &Control) -> Result<Checked, ModelError> {
        checks::all(self, likelihood, control)
    }

    fn surprise(&self, messages: &[Message], target: &str, control: &Control) -> Result<f64, ModelError> {
        step::surprise(self, messages, target, control)
    }

    fn at_once(&self) -> usize {
        self.at_once
    }
}
