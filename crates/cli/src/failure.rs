//! Why a command could not finish.

use std::fmt::Display;

use crate::config::Diagnostic;

/// Something that ends a command with exit code 2.
#[derive(Debug)]
pub enum Failure {
    /// One sentence, and what to do.
    Plain {
        /// What went wrong.
        what: String,
        /// What to do about it.
        help: Option<String>,
    },
    /// A mistake in a file, shown where it stands.
    InFile(Box<Diagnostic>),
}

impl Failure {
    /// A failure with no advice.
    pub fn new(what: impl Display) -> Self {
        Failure::Plain { what: what.to_string(), help: None }
    }

    /// The same with advice.
    #[must_use]
    pub fn help(self, advice: impl Display) -> Self {
        match self {
            Failure::Plain { what, .. } => Failure::Plain { what, help: Some(advice.to_string()) },
            other => other,
        }
    }

    /// The text for standard error, with a line feed at its end.
    ///
    /// File names and messages of the system may carry anything, so they are made visible first.
    pub fn render(&self, color: bool) -> String {
        match self {
            Failure::Plain { what, help } => {
                let (red, off) = if color { ("\x1b[1;31m", "\x1b[0m") } else { ("", "") };
                let what = toadstone_core::visible(what);
                let help = help.as_ref().map(|h| format!("  help: {}\n", toadstone_core::visible(h)));
                format!("{red}error{off}: {what}\n{}", help.unwrap_or_default())
            }
            Failure::InFile(diagnostic) => diagnostic.render(color) + "\n",
        }
    }
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Failure::InFile(Box::new(diagnostic))
    }
}
