//! `toadstone.sources`.

use pyo3::prelude::*;
use toadstone::Exit;
use toadstone::api::{self, Failure, Surveyed};
use toadstone_report::{SourcesFormat, Style};

use crate::failure::raised;
use crate::input::Order;
use crate::watch::watched;

/// Runs `toadstone sources`.
#[pyfunction]
pub fn sources(py: Python<'_>, order: Order, progress: Option<Py<PyAny>>) -> PyResult<Sources> {
    let surveyed = watched(py, progress, move |session| api::sources(&order.request(session)?, session))?;
    Ok(Sources(surveyed))
}

/// A survey of sources.
#[pyclass(frozen)]
pub struct Sources(Surveyed);

#[pymethods]
impl Sources {
    /// Whether there was nothing to look at.
    #[getter]
    fn empty(&self) -> bool {
        self.0.exit() == Exit::NothingScanned
    }

    /// The report in a format of the command line.
    fn report(&self, py: Python<'_>, format: &str) -> PyResult<String> {
        let known = SourcesFormat::ALL.into_iter().find(|known| known.name() == format);
        let text = known.ok_or_else(|| unknown(format)).and_then(|f| self.0.report(f, Style::default()));
        let text = text.map_err(|failure| raised(py, &failure))?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

fn unknown(format: &str) -> Failure {
    let names = SourcesFormat::ALL.map(SourcesFormat::name).join(", ");
    Failure::new(format!("no format is called `{format}`; there are {names}"))
}
