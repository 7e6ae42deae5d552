//! Work that goes on beside Python: other threads run, Ctrl-C stops it, and progress is told.

use std::ffi::CString;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use pyo3::exceptions::PyUserWarning;
use pyo3::prelude::*;
use toadstone::api::{Failure, Session};
use toadstone_core::Control;

use crate::failure::raised;

/// How often signals are looked for and progress is told.
const TICK: Duration = Duration::from_millis(100);
/// Who is warned: not the package's own function, but whoever called it.
const CALLER: i32 = 2;

/// Does `work` on a thread of its own and waits for it with Python released.
///
/// `progress` is called with records and bytes so far, bytes of one pass, and seconds. An exception of its
/// own, or of a signal's handler, stops the work and is what the caller gets.
pub fn watched<T: Send>(
    py: Python<'_>,
    progress: Option<Py<PyAny>>,
    work: impl FnOnce(&Session) -> Result<T, Failure> + Send,
) -> PyResult<T> {
    let control = Arc::new(Control::default());
    let session = Session::of_program(Arc::clone(&control));
    let start = Instant::now();
    let told = |py: Python<'_>| -> PyResult<()> {
        py.check_signals()?;
        let Some(progress) = &progress else { return Ok(()) };
        let (records, bytes) = control.progress();
        let seconds = start.elapsed().as_secs_f64();
        progress.call1(py, (records, bytes, control.expected(), seconds)).map(drop)
    };
    let done = py.detach(|| {
        std::thread::scope(|scope| {
            let (end, ended) = channel::<()>();
            let session = &session;
            let worker = scope.spawn(move || {
                // Closed when the work ends, however it does.
                let _end = end;
                work(session)
            });
            let mut stopped = Ok(());
            while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                if stopped.is_ok() {
                    stopped = Python::attach(told);
                    stopped.is_err().then(|| control.stop());
                }
            }
            let done = worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            stopped.map(|()| done)
        })
    })?;
    for warning in session.warnings() {
        let text = CString::new(warning.replace('\0', " ")).unwrap_or_default();
        PyErr::warn(py, &py.get_type::<PyUserWarning>(), &text, CALLER)?;
    }
    done.map_err(|failure| raised(py, &failure))
}
