//! Whom a command works for: a person at a terminal, or a program that calls the library.

use std::sync::Arc;

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
    tell: fn(&str),
}

impl Session {
    /// Ctrl-C stops, and standard error is told. One process has at most one such session.
    ///
    /// # Errors
    /// The system does not let us listen for Ctrl-C.
    pub fn at_terminal() -> Result<Session, Failure> {
        let control = Arc::new(Control::default());
        let interrupt = Interrupt::listen(Arc::clone(&control))?;
        Ok(Session { control, interrupt, tell: terminal::tell })
    }

    /// Whoever holds `control` stops, and nothing is printed.
    pub fn of_program(control: Arc<Control>) -> Session {
        let interrupt = Interrupt::by(Arc::clone(&control));
        Session { control, interrupt, tell: |_| {} }
    }

    /// Says something of the work before it is done; hostile text is to be made visible before.
    pub fn tell(&self, text: &str) {
        (self.tell)(text);
    }
}
