//! `toadstone.scan`.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3_arrow::PyTable;
use toadstone::Exit;
use toadstone::api::{self, Failure, Scanned};
use toadstone_corpus::records_batch;
use toadstone_report::{Format, Style, json};

use crate::failure::raised;
use crate::input::Order;
use crate::watch::watched;

/// Runs `toadstone scan`.
#[pyfunction]
pub fn scan(py: Python<'_>, order: Order, progress: Option<Py<PyAny>>) -> PyResult<Scan> {
    let scanned = watched(py, progress, move |session| api::scan(&order.request(session)?, session))?;
    Ok(Scan(Arc::new(scanned)))
}

/// A scan that is done.
#[pyclass(frozen)]
pub struct Scan(pub(crate) Arc<Scanned>);

#[pymethods]
impl Scan {
    /// `pass`, `review` or `block`.
    #[getter]
    fn verdict(&self) -> &'static str {
        self.0.run.verdict.name()
    }

    /// Whether the command would have ended with another code than 0.
    #[getter]
    fn fails(&self) -> bool {
        self.0.exit != Exit::Pass
    }

    /// `run.json`.
    fn run(&self, py: Python<'_>) -> PyResult<String> {
        written(py, |out| json::write_run(&self.0.run, out))
    }

    /// `findings.json`.
    fn findings(&self, py: Python<'_>) -> PyResult<String> {
        written(py, |out| json::write_findings(&self.0.run, out))
    }

    /// The rows of `records.parquet`.
    fn records(&self, py: Python<'_>) -> PyResult<PyTable> {
        let batch = records_batch(self.0.records()).map_err(|why| raised(py, &Failure::new(why)))?;
        let schema = batch.schema();
        PyTable::try_new(vec![batch], schema)
    }

    /// The report in a format of the command line.
    fn report(&self, py: Python<'_>, format: &str) -> PyResult<String> {
        let format: Format = format.parse().map_err(|why| raised(py, &Failure::new(why)))?;
        let text = self.0.report(format, Style::default()).map_err(|failure| raised(py, &failure))?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// What a notebook shows.
    fn notebook(&self) -> String {
        toadstone_report::notebook(&self.0.run)
    }

    /// Writes the files of `--out`.
    fn save(&self, py: Python<'_>, dir: PathBuf) -> PyResult<()> {
        let scanned = Arc::clone(&self.0);
        watched(py, None, move |session| scanned.save(&dir, session))
    }
}

/// Text that is written as bytes.
fn written(
    py: Python<'_>,
    write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>,
) -> PyResult<String> {
    let mut text = Vec::new();
    write(&mut text).map_err(|why| raised(py, &Failure::new(why)))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
