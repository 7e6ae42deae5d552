//! Work that goes on beside Python: other threads run, Ctrl-C stops it, and progress is told.

use std::ffi::CString;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use pyo3::exceptions::PyUserWarning;
use pyo3::prelude::*;
use toadstone::api::{Failure, Session};
use toadstone_core::Control;

use crate::failure::raised;

/// How often signals are looked for and progress is told.
const TICK: Duration = Duration::from_millis(100);
/// How long a user who stopped the work waits for it. Mostly it ends at once; a detector that is in the
/// middle of a test goes on to its end.
const PATIENCE: Duration = Duration::from_millis(500);
/// Who is warned: not the package's own function, but whoever called it.
const CALLER: i32 = 2;

/// Work that was stopped and has not ended yet. It writes no results any more.
static STOPPED: Mutex<Vec<(Arc<Session>, JoinHandle<()>)>> = Mutex::new(Vec::new());

/// What a worker has in the end: a result, or the panic that ended it.
type Ended<T> = std::thread::Result<Result<T, Failure>>;

/// Does `work` on a thread of its own and waits for it with Python released.
///
/// `progress` is called with records and bytes so far, bytes of one pass, and seconds. An exception of its
/// own, or of a signal's handler, stops the work and is what the caller gets.
pub fn watched<T: Send + 'static>(
    py: Python<'_>,
    progress: Option<Py<PyAny>>,
    work: impl FnOnce(&Session) -> Result<T, Failure> + Send + 'static,
) -> PyResult<T> {
    let session = Arc::new(Session::of_program(Arc::new(Control::default())));
    let (end, ended) = sync_channel::<Ended<T>>(1);
    let worker = std::thread::spawn({
        let session = Arc::clone(&session);
        move || {
            let done = catch_unwind(AssertUnwindSafe(|| work(&session)));
            // Nobody takes the result of work that was stopped.
            let _ = end.send(done);
        }
    });
    let control = &session.control;
    let waited = py.detach(move || wait(ended, control, progress.as_ref()));
    let done = match waited {
        Ok(done) => done.unwrap_or_else(|panic| resume_unwind(panic)),
        Err(error) => {
            STOPPED.lock().unwrap_or_else(PoisonError::into_inner).push((session, worker));
            return Err(error);
        }
    };
    for warning in session.warnings() {
        let text = CString::new(warning.replace('\0', " ")).unwrap_or_default();
        PyErr::warn(py, &py.get_type::<PyUserWarning>(), &text, CALLER)?;
    }
    done.map_err(|failure| raised(py, &failure))
}

/// Waits for the end of the work; or, once it is stopped, for as long as a user does.
fn wait<T>(ended: Receiver<Ended<T>>, control: &Control, progress: Option<&Py<PyAny>>) -> PyResult<Ended<T>> {
    let start = Instant::now();
    let tell = |py: Python<'_>| -> PyResult<()> {
        py.check_signals()?;
        let Some(progress) = progress else { return Ok(()) };
        let (records, bytes) = control.progress();
        let seconds = start.elapsed().as_secs_f64();
        progress.call1(py, (records, bytes, control.expected(), seconds)).map(drop)
    };
    loop {
        match ended.recv_timeout(TICK) {
            Ok(done) => return Ok(done),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Ok(Err(Box::new("internal error: the work ended without a result")));
            }
        }
        if let Err(error) = Python::attach(tell) {
            control.stop();
            let _ = ended.recv_timeout(PATIENCE);
            return Err(error);
        }
    }
}

/// Ends work that was stopped together with the process: no temporary file outlives it.
#[pyfunction]
pub fn settle(py: Python<'_>) {
    let stopped = std::mem::take(&mut *STOPPED.lock().unwrap_or_else(PoisonError::into_inner));
    py.detach(|| {
        let start = Instant::now();
        for (session, worker) in stopped {
            while !worker.is_finished() && start.elapsed() < PATIENCE {
                std::thread::sleep(TICK);
            }
            session.interrupt.tidy();
        }
    });
}
