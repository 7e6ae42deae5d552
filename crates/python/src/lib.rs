//! The Python package `toadstone`: the same program, called from Python.
//!
//! What is here hands over: options and tables to [`toadstone::api`], and what comes back to Python. What a
//! user sees (functions with documentation, classes, progress) is Python, in `python/toadstone`.

mod failure;
mod input;
mod main;
mod scan;
mod watch;

use pyo3::prelude::*;

/// The part of the package that is Rust; no public interface.
#[pymodule]
mod _native {
    #[pymodule_export]
    use super::main::main;
    #[pymodule_export]
    use super::scan::{Scan, scan};

    /// The version of the package.
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}
