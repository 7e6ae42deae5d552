//! Whom a command works for: a person at a terminal, or a program that calls the library.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use toadstone_core::Control;

use super::Interrupt;
use crate::failure::Failure;
use crate::terminal;

/// How a command is stopped, and where it says what comes before its result.
pub struct Session {
    /// Stops the work, and tells how far it is.
    pub control: Arc<Control>,
    /// Keeps a stopped run from leaving anything.
    pub interrupt: Interrupt,
    /// What a program is still to be warned of; a person at a terminal is told at once.
    warnings: Option<Mutex<Vec<String>>>,
}

impl Session {
    /// Ctrl-C stops, and standard error is told. One process has at most one such session.
    ///
    /// # Errors
    /// The system does not let us listen for Ctrl-C.
    pub fn at_terminal() -> Result<Session, Failure> {
        let control = Arc::new(Control::default());
        let interrupt = Interrupt::listen(Arc::clone(&control))?;
        Ok(Session { control, interrupt, warnings: None })
    }

    /// Whoever holds `control` stops, and nothing is printed.
    pub fn of_program(control: Arc<Control>) -> Session {
        let interrupt = Interrupt::by(Arc::clone(&control));
        Session { control, interrupt, warnings: Some(Mutex::default()) }
    }

    /// Says something of the work before it is done; a program finds it in the result. Hostile text is to be
    /// made visible before.
    pub fn tell(&self, text: &str) {
        if self.warnings.is_none() {
            terminal::tell(text);
        }
    }

    /// Warns of something that the result does not show. Hostile text is to be made visible before.
    pub fn warn(&self, text: &str) {
        match &self.warnings {
            None => terminal::tell(&format!("warning: {text}\n")),
            Some(warnings) => lock(warnings).push(text.to_owned()),
        }
    }

    /// What a program is still to be warned of, and is not again.
    pub fn warnings(&self) -> Vec<String> {
        self.warnings.as_ref().map(|warnings| std::mem::take(&mut *lock(warnings))).unwrap_or_default()
    }
}

fn lock(warnings: &Mutex<Vec<String>>) -> MutexGuard<'_, Vec<String>> {
    warnings.lock().unwrap_or_else(PoisonError::into_inner)
}
