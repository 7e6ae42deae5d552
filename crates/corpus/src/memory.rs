//! Tables that a program hands over: in memory, or put aside in a temporary file.

use std::fmt;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use arrow_array::{Array, RecordBatch};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, SchemaRef};
use tempfile::TempPath;
use xxhash_rust::xxh3::Xxh3;

use crate::cell::guarded;
use crate::corpus::{Corpus, OpenError};
use crate::find::{Findings, Found};
use crate::medium::Medium;
use crate::options::Options;

/// Why a table cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// Whoever hands it over gave an error, or batches that contradict themselves.
    #[error("the table `{name}` cannot be read: {why}")]
    Damaged {
        /// Its name (hostile text).
        name: String,
        /// What is wrong.
        why: String,
    },
    /// It could not be put aside.
    #[error("cannot put the table `{name}` into a temporary file: {error}")]
    Temporary {
        /// Its name (hostile text).
        name: String,
        /// The system's reason.
        #[source]
        error: io::Error,
    },
}

/// The batches of a table, shared.
#[derive(Clone)]
pub(crate) struct Batches {
    schema: SchemaRef,
    /// Each batch with the bytes of its cells.
    batches: Arc<[(RecordBatch, u64)]>,
}

impl fmt::Debug for Batches {
    /// Without the cells.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} batches of {} bytes", self.batches.len(), self.bytes())
    }
}

impl Batches {
    /// Bytes of all cells.
    pub(crate) fn bytes(&self) -> u64 {
        self.batches.iter().map(|(_, bytes)| bytes).sum()
    }

    /// A batch and the bytes of its cells.
    pub(crate) fn get(&self, number: usize) -> Option<(&RecordBatch, u64)> {
        self.batches.get(number).map(|(batch, bytes)| (batch, *bytes))
    }

    /// The columns.
    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// xxh3-128 of the table as an Arrow stream, which is what its digest would be as a file.
    pub(crate) fn digest(&self) -> io::Result<u128> {
        let mut digest = Digest(Xxh3::new());
        guarded(|| {
            let mut writer = StreamWriter::try_new(&mut digest, &self.schema)?;
            self.batches.iter().try_for_each(|(batch, _)| writer.write(batch))?;
            writer.finish()
        })
        .map_err(io::Error::other)?;
        Ok(digest.0.digest128())
    }
}

/// Digests what is written to it.
struct Digest(Xxh3);

impl Write for Digest {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A table that stands for a file of the data set.
#[derive(Debug, Clone)]
pub struct MemoryTable {
    name: String,
    held: Held,
}

#[derive(Debug, Clone)]
enum Held {
    InPlace(Batches),
    /// Gone with the last clone.
    Aside(Arc<TempPath>),
}

impl MemoryTable {
    /// A table that is read where it is. Every cell is looked at once: whoever made the batches may have
    /// read them from a hostile file without a check.
    ///
    /// # Errors
    /// [`TableError::Damaged`].
    pub fn in_place(
        name: &str,
        schema: SchemaRef,
        batches: Vec<RecordBatch>,
    ) -> Result<MemoryTable, TableError> {
        let measured = batches.into_iter().filter(|batch| batch.num_rows() > 0).map(|batch| {
            let bytes = checked(&batch).map_err(|why| TableError::Damaged { name: name.to_owned(), why })?;
            Ok((batch, bytes))
        });
        let batches = measured.collect::<Result<_, TableError>>()?;
        Ok(MemoryTable { name: name.to_owned(), held: Held::InPlace(Batches { schema, batches }) })
    }

    /// A table of the rows of an Arrow stream, all of which are held.
    ///
    /// # Errors
    /// [`TableError::Damaged`].
    pub fn of_stream(name: &str, stream: &[u8]) -> Result<MemoryTable, TableError> {
        let read = guarded(|| {
            let reader = StreamReader::try_new(stream, None)?;
            let schema = reader.schema();
            Ok::<_, ArrowError>((schema, reader.collect::<Result<Vec<RecordBatch>, _>>()?))
        });
        let (schema, batches) = read.map_err(|why| TableError::Damaged { name: name.to_owned(), why })?;
        MemoryTable::in_place(name, schema, batches)
    }

    /// A table that can be read only once: its batches go into a file in `folder`, which is as large as
    /// they are, and one is in memory at a time. `go_on` is asked before each.
    ///
    /// # Errors
    /// [`TableError`]; also if `go_on` says no.
    pub fn aside(
        name: &str,
        schema: &SchemaRef,
        batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>,
        folder: &Path,
        go_on: impl Fn() -> bool,
    ) -> Result<MemoryTable, TableError> {
        let temporary = |error: io::Error| TableError::Temporary { name: name.to_owned(), error };
        let damaged = |why: String| TableError::Damaged { name: name.to_owned(), why };
        let written = |error: ArrowError| match error {
            ArrowError::IoError(_, error) => temporary(error),
            other => damaged(other.to_string()),
        };
        let file = tempfile::Builder::new().prefix("toadstone-").suffix(".arrows").tempfile_in(folder);
        let (file, path) = file.map_err(temporary)?.into_parts();
        let mut writer = StreamWriter::try_new(BufWriter::new(file), schema).map_err(written)?;
        for batch in batches {
            let batch = batch.map_err(|error| damaged(error.to_string()))?;
            if !go_on() {
                return Err(temporary(io::ErrorKind::Interrupted.into()));
            }
            checked(&batch).map_err(damaged)?;
            writer.write(&batch).map_err(written)?;
        }
        writer.finish().map_err(written)?;
        Ok(MemoryTable { name: name.to_owned(), held: Held::Aside(Arc::new(path)) })
    }

    /// The temporary file that it was put into, if it was.
    pub fn file(&self) -> Option<&Path> {
        match &self.held {
            Held::Aside(path) => Some(path),
            Held::InPlace(_) => None,
        }
    }

    /// The same rows under another name; nothing is copied.
    #[must_use]
    pub fn renamed(&self, name: &str) -> MemoryTable {
        MemoryTable { name: name.to_owned(), held: self.held.clone() }
    }

    /// The name that it has in reports (hostile text).
    pub fn name(&self) -> &str {
        &self.name
    }

    fn medium(&self) -> Medium {
        match &self.held {
            Held::InPlace(batches) => Medium::Table(batches.clone()),
            Held::Aside(path) => Medium::File(path.to_path_buf()),
        }
    }
}

impl Corpus {
    /// A data set of files in memory, each with a name that may tell its format.
    ///
    /// # Errors
    /// [`OpenError`] if an option makes no sense.
    pub fn from_memory(files: Vec<(String, Vec<u8>)>, options: &Options) -> Result<Corpus, OpenError> {
        let files = files.into_iter().map(|(name, bytes)| found(name, Medium::Memory(bytes.into())));
        Corpus::of(Findings { files: files.collect(), ..Findings::default() }, options)
    }

    /// A data set of tables that a program hands over. It reads them as it reads files of Arrow.
    ///
    /// # Errors
    /// [`OpenError`] if an option makes no sense.
    pub fn from_tables(tables: &[MemoryTable], options: &Options) -> Result<Corpus, OpenError> {
        let files = tables.iter().map(|table| found(table.name.clone(), table.medium())).collect();
        let aside = tables.iter().filter_map(|table| match &table.held {
            Held::Aside(path) => Some(Arc::clone(path)),
            Held::InPlace(_) => None,
        });
        Corpus::of(Findings { files, spools: aside.collect(), ..Findings::default() }, options)
    }
}

fn found(name: String, medium: Medium) -> Found {
    Found { name, medium, walked: false, beside_text: false, error: None }
}

/// The bytes of a batch's cells, if they are what its columns say: offsets within bounds, text that is UTF-8.
fn checked(batch: &RecordBatch) -> Result<u64, String> {
    guarded(|| {
        let mut bytes = 0;
        for column in batch.columns() {
            let data = column.to_data();
            data.validate_full()?;
            bytes += data.get_slice_memory_size()? as u64;
        }
        Ok::<u64, ArrowError>(bytes)
    })
}
