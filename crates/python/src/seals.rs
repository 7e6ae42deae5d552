//! `toadstone.seal` and `toadstone.verify`.

use std::path::PathBuf;

use pyo3::prelude::*;
use toadstone::Exit;
use toadstone::api;

use crate::failure::raised;
use crate::input::Order;
use crate::watch::watched;

/// Runs `toadstone seal`.
#[pyfunction]
pub fn seal(py: Python<'_>, order: Order, progress: Option<Py<PyAny>>) -> PyResult<Sealed> {
    let sealed = watched(py, progress, move |session| api::seal(&order.request(session)?, session))?;
    let manifest = sealed.manifest();
    Ok(Sealed {
        path: sealed.path.clone(),
        series: manifest.series.clone(),
        sequence: manifest.sequence,
        created: manifest.created.clone(),
        root: manifest.root.to_string(),
        files: manifest.files.len() as u64,
        bytes: manifest.bytes(),
        records: manifest.records(),
    })
}

/// A seal that was made.
#[pyclass(frozen, get_all)]
pub struct Sealed {
    /// Its folder.
    path: PathBuf,
    /// What the seals of one data set have in common.
    series: String,
    /// Its number in the series.
    sequence: u64,
    /// When it was made.
    created: String,
    /// Root of the tree over all files, in hex.
    root: String,
    /// Files that are sealed.
    files: u64,
    /// Bytes of those.
    bytes: u64,
    /// Records in them.
    records: u64,
}

/// Runs `toadstone verify`.
#[pyfunction]
pub fn verify(py: Python<'_>, order: Order, progress: Option<Py<PyAny>>) -> PyResult<Verified> {
    let verified = watched(py, progress, move |session| api::verify(&order.request(session)?, session))?;
    Ok(Verified(verified))
}

/// A seal and its data, looked at.
#[pyclass(frozen)]
pub struct Verified(api::Verified);

#[pymethods]
impl Verified {
    /// Whether everything is as it was sealed.
    #[getter]
    fn valid(&self) -> bool {
        self.0.exit == Exit::Pass
    }

    /// `valid`, `invalid` or `could not be checked`.
    #[getter]
    fn verdict(&self) -> &'static str {
        self.0.verdict()
    }

    /// Every problem in words.
    fn problems(&self) -> Vec<String> {
        self.0.problems()
    }

    /// The report: `human` or `json`.
    fn report(&self, py: Python<'_>, format: &str) -> PyResult<String> {
        let text = match format {
            "human" => Ok(self.0.human(false)),
            "json" => self.0.json(),
            _ => Err(api::Failure::new(format!("no format is called `{format}`; there are human, json"))),
        };
        text.map_err(|failure| raised(py, &failure))
    }
}
