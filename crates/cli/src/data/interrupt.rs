//! Ctrl-C: the run stops, and leaves nothing that could be taken for a finished one.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use toadstone_core::Control;

use crate::Exit;
use crate::failure::Failure;
use crate::terminal::tell;

/// What a user sees who pressed Ctrl-C.
pub const MESSAGE: &str = "interrupted; nothing was written";

/// How long a run may take to stop by itself. Normally that is some milliseconds; it cannot while it
/// waits for a pipe that says nothing.
const GRACE: Duration = Duration::from_secs(10);

/// What has to be tidied up if the run does not stop by itself.
#[derive(Debug, Default)]
struct Left {
    temporary: Vec<PathBuf>,
    /// Whether the results are in place: too late to say that nothing was written.
    published: bool,
}

/// Listens for Ctrl-C, `SIGTERM` and `SIGHUP` for as long as the process lives.
pub struct Interrupt {
    control: Arc<Control>,
    left: Arc<Mutex<Left>>,
}

impl Interrupt {
    /// Begins to listen.
    ///
    /// # Errors
    /// The system does not let us.
    pub fn listen(control: Arc<Control>) -> Result<Self, Failure> {
        let left = Arc::new(Mutex::new(Left::default()));
        let (stop, tidy) = (Arc::clone(&control), Arc::clone(&left));
        ctrlc::set_handler(move || {
            if stop.stopped() {
                leave(&tidy);
            }
            stop.stop();
            let tidy = Arc::clone(&tidy);
            std::thread::spawn(move || {
                std::thread::sleep(GRACE);
                leave(&tidy);
            });
        })
        .map_err(|e| Failure::new(format!("cannot listen for Ctrl-C: {e}")))?;
        Ok(Interrupt { control, left })
    }

    /// Listens to nothing: the program that calls us stops the work through `control`.
    pub fn by(control: Arc<Control>) -> Self {
        Interrupt { control, left: Arc::default() }
    }

    /// Names a temporary folder or file that is to be gone afterwards in any case.
    pub fn remove_at_end(&self, temporary: &Path) {
        lock(&self.left).temporary.push(temporary.to_owned());
    }

    /// Removes what is temporary of work that was stopped and has not ended.
    pub fn tidy(&self) {
        remove(&lock(&self.left).temporary);
    }

    /// What is asked whether to stop.
    pub fn control(&self) -> &Arc<Control> {
        &self.control
    }

    /// An error if the user asked to stop.
    ///
    /// # Errors
    /// The user asked to stop.
    pub fn check(&self) -> Result<(), Failure> {
        if self.control.stopped() { Err(Failure::new(MESSAGE)) } else { Ok(()) }
    }

    /// Runs `publish`, which puts the results in place, either wholly or, if the user asked to stop
    /// before it began, not at all.
    ///
    /// # Errors
    /// The user asked to stop, or what `publish` gives.
    pub fn publish(&self, publish: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
        let mut left = lock(&self.left);
        self.check()?;
        publish()?;
        left.published = true;
        Ok(())
    }
}

/// Ends the process from the side.
fn leave(left: &Mutex<Left>) {
    let left = lock(left);
    remove(&left.temporary);
    tell(if left.published {
        "interrupted after the results were written\n"
    } else {
        "error: interrupted; nothing was written\n"
    });
    std::process::exit(Exit::CouldNotFinish as i32)
}

/// What cannot be removed now stays behind under a name that says what it is.
fn remove(temporary: &[PathBuf]) {
    for path in temporary {
        let _ = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    }
}

/// Nothing that holds the lock leaves it in between, so a panic elsewhere does not matter.
fn lock(left: &Mutex<Left>) -> MutexGuard<'_, Left> {
    left.lock().unwrap_or_else(PoisonError::into_inner)
}
