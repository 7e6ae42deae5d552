//! Files that a command leaves, one table a file. Each is written beside its place and moved there when
//! it is whole, so that nothing half written can be taken for a result.

mod duplicates;
mod quality;
mod records;
mod tainted;
mod weights;

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

pub use duplicates::{Duplicate, write_duplicates};
pub use quality::{LowQuality, write_quality};
pub use records::{Named, SuspiciousRecord, records_batch, write_records};
pub use tainted::{StoppedRecord, TaintedRecord, write_stopped, write_tainted};
pub use weights::{Weight, write_weights};

/// Rows that are put into columns together.
const ROWS: usize = 64 << 10;

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The system's reason.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The encoder's reason.
    #[error("{0}")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// The encoder's reason.
    #[error("{0}")]
    Arrow(#[from] arrow_schema::ArrowError),
}

/// Takes the rows of a table.
pub type Writer<'w> = ArrowWriter<&'w mut File>;

/// Writes a table that appears at `path` only when it is whole. The same rows give the same bytes.
///
/// # Errors
/// [`WriteError`], or what `rows` gives; nothing is left behind then.
pub fn write_parquet(
    path: &Path,
    schema: &SchemaRef,
    rows: impl FnOnce(&mut Writer<'_>) -> Result<(), WriteError>,
) -> Result<(), WriteError> {
    // No version and no time: equal results are equal files.
    let properties = WriterProperties::builder()
        .set_created_by("toadstone".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .build();
    let mut temporary = beside(path)?;
    let mut writer = ArrowWriter::try_new(temporary.as_file_mut(), Arc::clone(schema), Some(properties))?;
    rows(&mut writer)?;
    writer.close()?;
    temporary.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Writes a file that appears at `path` only when it is whole. An existing file is replaced.
///
/// # Errors
/// The system's, or what `content` returns; nothing is left behind then.
pub fn write_atomically(
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut temporary = beside(path)?;
    content(temporary.as_file_mut())?;
    temporary.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// How the names of files begin that are not whole yet. One that is left was written by a process that was
/// killed.
pub const UNFINISHED: &str = ".toadstone-";

/// A temporary file in the folder of `path`, with the permissions of any new file.
fn beside(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        assert!(write_atomically(&path, |_| Err(io::Error::other("no"))).is_err());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
        write_atomically(&path, |out| out.write_all(b"yes")).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"yes");
    }
}
