//! Scans of data that a cluster holds: the one who asks, and the processes that do the work.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow_array::cast::AsArray;
use arrow_array::types::{UInt32Type, UInt64Type};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use pyo3_arrow::{PyArray, PyRecordBatch};
use toadstone::api::{self, Elsewhere, Failure, Request};
use toadstone_core::RecordId;
use toadstone_corpus::MemoryTable;
use toadstone_states::apart::{JobError, Observer as Inner, Spooled, Take};

use crate::failure::raised;
use crate::scan::Scan;
use crate::watch::watched;

/// What is scanned, and how.
#[derive(FromPyObject)]
pub struct Order {
    #[pyo3(item)]
    options: Vec<OsString>,
    /// Names of the tables.
    #[pyo3(item)]
    tables: Vec<String>,
    /// Rows of all tables.
    #[pyo3(item)]
    rows: u64,
    /// The first rows as an Arrow stream.
    #[pyo3(item)]
    sample: Vec<u8>,
    /// Table and row of each record that is left out.
    #[pyo3(item)]
    gone: Vec<(u32, u64)>,
}

/// Runs `toadstone scan` where `ask`, given a job, has a cluster do it and gives the pieces.
///
/// An exception of `ask` ends the scan and is what the caller gets.
#[pyfunction]
pub fn scan_apart(
    py: Python<'_>,
    order: Order,
    ask: Py<PyAny>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Scan> {
    let exception: Arc<Mutex<Option<PyErr>>> = Arc::default();
    let kept = Arc::clone(&exception);
    let scanned = watched(py, progress, move |session| {
        let asked = |job: &[u8], take: Take<'_>| {
            Python::attach(|py| answer(py, &ask, job, take)).map_err(|error| {
                let text = error.to_string();
                *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                text
            })
        };
        let Order { options, tables, rows, sample, gone } = order;
        let first = MemoryTable::of_stream("sample", &sample).map_err(Failure::new)?;
        let tables = tables.iter().map(|name| first.renamed(name)).collect();
        let mut gone: Vec<RecordId> = gone.into_iter().map(|(file, row)| RecordId { file, row }).collect();
        gone.sort_unstable();
        let request = Request { options, paths: Vec::new(), tables };
        api::scan_elsewhere(&request, session, &Elsewhere { rows, sample, gone, ask: &asked })
    });
    match exception.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(error) if scanned.is_err() => Err(error),
        _ => Ok(Scan(Arc::new(scanned?))),
    }
}

fn answer(py: Python<'_>, ask: &Py<PyAny>, job: &[u8], take: Take<'_>) -> PyResult<()> {
    for piece in ask.call1(py, (PyBytes::new(py, job),))?.bind(py).try_iter()? {
        let piece: Vec<u8> = piece?.extract()?;
        take(&piece).map_err(PyRuntimeError::new_err)?;
    }
    Ok(())
}

/// The states of one process.
#[pyclass(frozen)]
pub struct Observer(Mutex<Option<Inner>>);

#[pymethods]
impl Observer {
    /// States with nothing in them. Temporary files go to `folder`, by default where the system has them.
    #[new]
    #[pyo3(signature = (job, folder=None))]
    fn new(py: Python<'_>, job: Vec<u8>, folder: Option<PathBuf>) -> PyResult<Self> {
        let folder = folder.unwrap_or_else(std::env::temp_dir);
        let inner = py.detach(|| Inner::new(&job, env!("CARGO_PKG_VERSION"), &folder));
        Ok(Observer(Mutex::new(Some(inner.map_err(|error| failed(py, error))?))))
    }

    /// Takes rows that stand at `first` and behind it in the table with number `table`.
    fn observe(&self, py: Python<'_>, rows: PyRecordBatch, table: u32, first: u64) -> PyResult<()> {
        let rows = rows.into_inner();
        let places: Vec<u64> = (first..first + rows.num_rows() as u64).collect();
        self.with(py, |inner| inner.observe(table, rows, &places))
    }

    /// Takes rows with a table (uint32) and a place (uint64) each.
    fn observe_placed(
        &self,
        py: Python<'_>,
        rows: PyRecordBatch,
        tables: PyArray,
        places: PyArray,
    ) -> PyResult<()> {
        let (rows, tables, places) = (rows.into_inner(), tables.array(), places.array());
        let typed = tables.as_primitive_opt::<UInt32Type>().zip(places.as_primitive_opt::<UInt64Type>());
        let (tables, places) =
            typed.ok_or_else(|| PyValueError::new_err("tables are uint32, places uint64"))?;
        let (tables, places): (Vec<u32>, Vec<u64>) = (tables.values().to_vec(), places.values().to_vec());
        if tables.len() != rows.num_rows() || places.len() != rows.num_rows() {
            return Err(PyValueError::new_err("not as many tables and places as rows"));
        }
        self.with(py, |inner| {
            let mut from = 0;
            tables.chunk_by(|a, b| a == b).try_for_each(|run| {
                let part = from..from + run.len();
                from = part.end;
                inner.observe(run[0], rows.slice(part.start, part.len()), &places[part])
            })
        })
    }

    /// Adds a piece of another process's states.
    fn receive(&self, py: Python<'_>, piece: Vec<u8>) -> PyResult<()> {
        self.with(py, |inner| inner.receive(&piece))
    }

    /// Takes the states apart, after which there are none. `whole`: all pieces of some buckets were received.
    fn pieces(&self, py: Python<'_>, whole: bool, buckets: u32, home: u32) -> PyResult<Pieces> {
        let inner = py.detach(|| self.lock().take()).ok_or_else(spent)?;
        let pieces = py.detach(|| inner.pieces(whole, buckets, home)).map_err(|error| failed(py, error))?;
        Ok(Pieces(Mutex::new(pieces)))
    }
}

impl Observer {
    fn lock(&self) -> MutexGuard<'_, Option<Inner>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does `work` with Python released.
    fn with(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Inner) -> Result<(), JobError> + Send,
    ) -> PyResult<()> {
        let done = py.detach(|| self.lock().as_mut().map(work));
        done.ok_or_else(spent)?.map_err(|error| failed(py, error))
    }
}

/// The pieces of states: buckets and bytes.
#[pyclass(frozen)]
pub struct Pieces(Mutex<Spooled>);

#[pymethods]
impl Pieces {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<(u32, Bound<'py, PyBytes>)>> {
        let piece = self.0.lock().unwrap_or_else(PoisonError::into_inner).next().transpose();
        let piece = piece.map_err(|error| failed(py, error.into()))?;
        Ok(piece.map(|piece| (piece.bucket, PyBytes::new(py, &piece.bytes))))
    }
}

fn spent() -> PyErr {
    PyValueError::new_err("the states were taken apart")
}

fn failed(py: Python<'_>, error: JobError) -> PyErr {
    raised(py, &Failure::new(error))
}
