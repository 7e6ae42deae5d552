//! The Python package `toadstone`: the same program, called from Python.
//!
//! What is here hands over: options and tables to [`toadstone::api`], and what comes back to Python. What a
//! user sees (functions with documentation, classes, progress) is Python, in `python/toadstone`.

mod apart;
mod clean;
mod command;
mod failure;
mod input;
mod scan;
mod seals;
mod sources;
mod watch;

use pyo3::prelude::*;

/// The part of the package that is Rust; no public interface.
#[pymodule]
mod _native {
    #[pymodule_export]
    use super::apart::{Observer, Pieces, scan_apart};
    #[pymodule_export]
    use super::clean::{Clean, clean};
    #[pymodule_export]
    use super::command::main;
    #[pymodule_export]
    use super::scan::{Scan, scan};
    #[pymodule_export]
    use super::seals::{Sealed, Verified, seal, verify};
    #[pymodule_export]
    use super::sources::{Sources, sources};
    #[pymodule_export]
    use super::watch::settle;

    /// The version of the package.
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}
