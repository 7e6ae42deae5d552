//! The command `toadstone` that the package installs.

use std::ffi::OsString;

use pyo3::prelude::*;

/// Runs the program with the words of a command line, the program's name first, and gives its exit code.
#[pyfunction]
pub fn main(py: Python<'_>, words: Vec<OsString>) -> u8 {
    py.detach(|| toadstone::run(words) as u8)
}
