//! `toadstone.toml`: what a team accepts.
//!
//! The file is read by hand from a parsed table that keeps spans, and not through `serde`, so that
//! every mistake can be shown where it stands together with what to write instead.

mod date;
mod diagnostic;
mod fail_on;
mod quality;
mod read;
mod seal;
mod suggest;
mod template;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use toadstone_core::{Decision, Policy};
use toadstone_quality::Standards;

pub use date::{day_in, now, today};
pub use diagnostic::Diagnostic;
pub use fail_on::FailOn;
pub use seal::SealPolicy;
pub use suggest::closest;
pub use template::TEMPLATE;

use crate::failure::Failure;

/// The name under which the file is found in the current folder.
pub const FILE_NAME: &str = "toadstone.toml";

/// A policy, and the file that it was read from.
#[derive(Debug)]
pub struct Config {
    /// What the team accepts.
    pub policy: Policy,
    /// `fail-on = "never"`: the verdict is reported and the exit code stays 0.
    pub never_fail: bool,
    /// What the team wants of its texts.
    pub quality: Standards,
    /// Whose seals are accepted.
    pub seal: SealPolicy,
    file: Option<Origin>,
}

/// The text behind a policy, kept to point into it.
#[derive(Debug)]
struct Origin {
    path: PathBuf,
    text: String,
    /// Where each waiver's `finding` stands, in the order of [`Policy::waivers`].
    waivers: Vec<std::ops::Range<usize>>,
}

impl Config {
    /// The policy of the file the user named, else of `toadstone.toml` in the current folder, else
    /// the built-in one.
    ///
    /// # Errors
    /// The file cannot be read, or something in it is wrong.
    pub fn load(named: Option<&Path>) -> Result<Config, Failure> {
        let path = named.unwrap_or_else(|| Path::new(FILE_NAME));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == ErrorKind::NotFound && named.is_none() => return Ok(Config::built_in()),
            Err(e) => {
                let what = format!("cannot read the policy {}: {e}", path.display());
                return Err(Failure::new(what).help("`toadstone init` writes a policy file to start from"));
            }
        };
        Config::parse(path, text).map_err(|diagnostic| Failure::from(*diagnostic))
    }

    fn built_in() -> Config {
        Config {
            policy: Policy::default(),
            never_fail: false,
            quality: Standards::default(),
            seal: SealPolicy::default(),
            file: None,
        }
    }

    fn parse(path: &Path, text: String) -> Result<Config, Box<Diagnostic>> {
        match read::read(&text) {
            Ok(read::Read { policy, never_fail, quality, waivers, seal }) => {
                let seal = seal.beside(path);
                let file = Some(Origin { path: path.to_owned(), text, waivers });
                Ok(Config { policy, never_fail, quality, seal, file })
            }
            Err(mistake) => Err(Box::new(Diagnostic::error(path, text, mistake))),
        }
    }

    /// The file that the policy was read from.
    pub fn path(&self) -> Option<&Path> {
        self.file.as_ref().map(|f| f.path.as_path())
    }

    /// One warning for each waiver that does nothing, underlined in the file.
    pub fn stale_waivers(&self, decision: &Decision) -> Vec<Diagnostic> {
        let Some(file) = &self.file else { return Vec::new() };
        let warnings = decision.stale.iter().filter_map(|stale| {
            let span = file.waivers.get(stale.index)?.clone();
            let help = if stale.why.starts_with("expired") {
                "look at the finding again, then set a new `expires` or remove the waiver"
            } else {
                "remove the waiver, or correct the id"
            };
            let mistake = read::Mistake {
                what: format!("this waiver does nothing: it {}", stale.why),
                span,
                label: stale.why.clone(),
                help: help.to_owned(),
            };
            Some(Diagnostic::warning(&file.path, file.text.clone(), mistake))
        });
        warnings.collect()
    }
}

#[cfg(test)]
mod tests;
