//! `toadstone.clean`.

use std::fmt::Write;
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3_arrow::PyTable;
use toadstone::Exit;
use toadstone::api::{self, Cleaned};

use crate::failure::raised;
use crate::input::Order;
use crate::watch::watched;

/// Runs `toadstone clean`.
#[pyfunction]
pub fn clean(py: Python<'_>, order: Order, progress: Option<Py<PyAny>>) -> PyResult<Clean> {
    let cleaned = watched(py, progress, move |session| api::clean(&order.request(session)?, session))?;
    Ok(Clean(Arc::new(cleaned)))
}

/// A cleaning that is done, or planned.
#[pyclass(frozen)]
pub struct Clean(Arc<Cleaned>);

#[pymethods]
impl Clean {
    /// What the policy says of what stays: `pass`, `review` or `block`.
    #[getter]
    fn verdict(&self) -> &'static str {
        self.0.verdict().name()
    }

    /// Whether the command would have ended with another code than 0.
    #[getter]
    fn fails(&self) -> bool {
        self.0.exit() != Exit::Pass
    }

    /// `clean.json`.
    fn account(&self) -> String {
        self.0.account().to_string()
    }

    /// `changes.jsonl`.
    fn changes(&self, py: Python<'_>) -> PyResult<String> {
        let lines = self.0.changes().map_err(|failure| raised(py, &failure))?;
        Ok(lines.into_iter().fold(String::new(), |mut text, line| {
            // Writing to memory gives no error.
            let _ = writeln!(text, "{line}");
            text
        }))
    }

    /// Of each table that was handed over, what stays and what goes.
    fn divided(&self, py: Python<'_>) -> PyResult<Vec<(PyTable, PyTable)>> {
        let cleaned = Arc::clone(&self.0);
        let divided = watched(py, None, move |_| cleaned.divided())?;
        let tables = divided.into_iter().map(|table| {
            let kept = PyTable::try_new(table.kept, table.schema.clone())?;
            Ok((kept, PyTable::try_new(table.aside, table.schema)?))
        });
        tables.collect()
    }
}
