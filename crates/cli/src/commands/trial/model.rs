//! The model that is asked.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use toadstone_core::Control;
use toadstone_trial::model::endpoint::{CacheError, ConnectError, Key, Options};
use toadstone_trial::model::{Endpoint, Peer};
use toadstone_trial::{Model, ModelError};

use super::{Args, gather};
use crate::data::{MESSAGE, grouped};
use crate::failure::Failure;
use crate::terminal::{quoted, tell};

/// Bytes of a proxy.
const PROXY: u64 = 4 << 30;
/// Wait before the second try of a question.
const BACKOFF: Duration = Duration::from_millis(500);

/// What `--model` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// A server.
    Server(String),
    /// The file of a proxy.
    Proxy(PathBuf),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Server(url) => f.write_str(url),
            Target::Proxy(file) => write!(f, "proxy:{}", file.display()),
        }
    }
}

/// Reads what `--model` names.
pub(super) fn target(text: &str) -> Result<Target, String> {
    match text.strip_prefix("proxy:") {
        Some("") => Err("write proxy:FILE with the name of a file".to_owned()),
        Some(file) => Ok(Target::Proxy(PathBuf::from(file))),
        None if text.contains("://") => Ok(Target::Server(text.to_owned())),
        None => Err("write an address such as http://localhost:8000/v1, or proxy:FILE".to_owned()),
    }
}

/// A model that is ready to be asked.
pub(super) enum Asked {
    /// A server, and the file that keeps its answers: which, and whether it is ours to remove.
    Server(Box<Endpoint>, Option<(PathBuf, bool)>),
    /// A proxy.
    Proxy(Peer),
}

impl Asked {
    /// Opens what the command line names.
    pub(super) fn open(args: &Args, control: &Control) -> Result<Asked, Failure> {
        match &args.model {
            Target::Proxy(file) => {
                let bytes = gather::content(file, PROXY)?;
                let name = file.to_string_lossy();
                let peer = Peer::load(&name, &bytes, usize::from(args.server.concurrency));
                Ok(Asked::Proxy(
                    peer.map_err(|e| Failure::new(format!("cannot use {}: {e}", file.display())))?,
                ))
            }
            Target::Server(url) => server(args, url, control),
        }
    }

    pub(super) fn model(&self) -> &dyn Model {
        match self {
            Asked::Server(endpoint, _) => &**endpoint,
            Asked::Proxy(peer) => peer,
        }
    }

    /// Says what it has cost. That is no part of the account, as it depends on what was kept.
    pub(super) fn tell_use(&self) {
        if let Asked::Server(endpoint, _) = self {
            let (made, kept) = endpoint.used();
            let kept = if kept > 0 {
                format!(", {} answers were kept from before", grouped(kept))
            } else {
                String::new()
            };
            tell(&format!("{} requests were made{kept}\n", grouped(made)));
        }
    }

    /// The user stopped it.
    pub(super) fn interrupted(&self) -> Failure {
        match self {
            Asked::Server(_, Some((cache, _))) => Failure::new("interrupted; no account was written")
                .help(format!("the same command goes on with the answers in {}", quoted(cache))),
            _ => Failure::new(MESSAGE),
        }
    }

    /// Removes the answers that nobody asked to keep, once they have served. A later trial at the same
    /// address may be of another model.
    pub(super) fn finish(self, decided: bool) {
        match self {
            Asked::Server(endpoint, Some((cache, true))) if decided => {
                drop(endpoint);
                // It is in nobody's way if it cannot be removed: it names the model whose answers it holds.
                let _ = std::fs::remove_file(cache);
            }
            _ => {}
        }
    }
}

fn server(args: &Args, url: &str, control: &Control) -> Result<Asked, Failure> {
    let beside = |out: &PathBuf| {
        let name = out.file_name().map_or_else(|| "trial".into(), |name| name.to_os_string());
        let mut name = name;
        name.push(".answers.jsonl");
        (out.with_file_name(name), true)
    };
    let cache = args.server.cache.clone().map(|file| (file, false)).or_else(|| args.out.as_ref().map(beside));
    let options = Options {
        url: url.to_owned(),
        model: args.server.model_name.clone(),
        protocol: args.server.endpoint.into(),
        key: std::env::var(&args.server.api_key_env).ok().as_deref().and_then(Key::new),
        timeout: args.timeout(),
        tries: args.server.tries,
        backoff: BACKOFF,
        requests: args.server.requests,
        tokens: args.server.tokens,
        at_once: usize::from(args.server.concurrency),
        seed: args.seed,
        cache: cache.as_ref().map(|(file, _)| file.clone()),
    };
    match Endpoint::connect(&options, control) {
        Ok(endpoint) => Ok(Asked::Server(Box::new(endpoint), cache)),
        Err(ConnectError::Model(ModelError::Stopped)) => Err(Failure::new(MESSAGE)),
        Err(error) => Err(advice(error, args)),
    }
}

/// What to do about a server that cannot be asked.
fn advice(error: ConnectError, args: &Args) -> Failure {
    let key = &args.server.api_key_env;
    let help = match &error {
        ConnectError::Model(ModelError::Budget) => Some("`--requests` allows more".to_owned()),
        ConnectError::Model(error) if error.to_string().contains("key") => Some(format!(
            "the key is read from the environment variable {key}; `--api-key-env` names another"
        )),
        ConnectError::Cache(CacheError::Busy { .. }) => {
            Some("wait for it, or name another file with `--cache`".to_owned())
        }
        _ => None,
    };
    let failure = Failure::new(error);
    match help {
        Some(help) => failure.help(help),
        None => failure,
    }
}
