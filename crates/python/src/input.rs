//! What a command works on: words of a command line, and tables of other packages.

use std::ffi::OsString;

use arrow_array::RecordBatchReader;
use pyo3::prelude::*;
use pyo3_arrow::input::AnyRecordBatch;
use toadstone::api::{Failure, Request, Session};
use toadstone_corpus::MemoryTable;

/// A table under a name. Its batches have not been asked for yet.
pub struct Input {
    name: String,
    reader: Box<dyn RecordBatchReader + Send>,
    /// Whether it can be asked only once, or is too large to be held.
    once: bool,
}

impl<'py> FromPyObject<'_, 'py> for Input {
    type Error = PyErr;

    /// From `(name, table, once)`, where the table speaks the Arrow PyCapsule interface.
    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let (name, table, once): (String, AnyRecordBatch, bool) = object.extract()?;
        Ok(Input { name, reader: table.into_reader()?, once })
    }
}

impl Input {
    /// Takes the batches: those that are in memory where they are, others into a temporary file.
    fn take(self, session: &Session) -> Result<MemoryTable, Failure> {
        let Input { name, reader, once } = self;
        let schema = reader.schema();
        if once {
            let (folder, go_on) = (std::env::temp_dir(), || !session.control.stopped());
            let table = MemoryTable::aside(&name, &schema, reader, &folder, go_on).map_err(Failure::new)?;
            table.file().into_iter().for_each(|file| session.interrupt.remove_at_end(file));
            return Ok(table);
        }
        let batches = reader.collect::<Result<_, _>>();
        let batches =
            batches.map_err(|why| Failure::new(format!("the table `{name}` cannot be read: {why}")))?;
        MemoryTable::in_place(&name, schema, batches).map_err(Failure::new)
    }
}

/// What to do, with tables that have not been asked for their batches yet.
#[derive(FromPyObject)]
pub struct Order {
    #[pyo3(item)]
    options: Vec<OsString>,
    #[pyo3(item)]
    paths: Vec<OsString>,
    #[pyo3(item)]
    tables: Vec<Input>,
}

impl Order {
    /// The request, with every table at hand.
    ///
    /// # Errors
    /// A table cannot be read, or not be put aside.
    pub fn request(self, session: &Session) -> Result<Request, Failure> {
        let tables = self.tables.into_iter().map(|input| input.take(session)).collect::<Result<_, _>>()?;
        Ok(Request { options: self.options, paths: self.paths, tables })
    }
}
