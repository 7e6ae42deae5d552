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

    /// What is wrong with a command line.
    pub fn usage(error: clap::Error) -> Self {
        let text = error.to_string();
        // What follows is how to ask for help on the command line.
        let what = text.split("\n\n").next().unwrap_or_default();
        Failure::new(what.strip_prefix("error: ").unwrap_or(what))
    }

    /// What went wrong, inert, as [`Failure::render`] has it behind `error:`.
    pub fn message(&self) -> String {
        match self {
            Failure::Plain { what, .. } => toadstone_core::visible(what),
            Failure::InFile(diagnostic) => {
                let text = diagnostic.render(false);
                text.strip_prefix("error: ").unwrap_or(&text).to_owned()
            }
        }
    }

    /// What to do about it, inert.
    pub fn advice(&self) -> Option<String> {
        match self {
            Failure::Plain { help, .. } => help.as_ref().map(|help| toadstone_core::visible(help)),
            Failure::InFile(_) => None,
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
