//! What went wrong, as an exception.

use pyo3::prelude::*;
use toadstone::api::Failure;

/// `toadstone.Error` with the text and the advice of the command line.
pub fn raised(py: Python<'_>, failure: &Failure) -> PyErr {
    let error = || {
        let class = py.import("toadstone._error")?.getattr("Error")?;
        class.call1((failure.message(), failure.advice()))
    };
    error().map_or_else(|error| error, PyErr::from_value)
}
