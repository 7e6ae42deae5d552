//! The batches of an Arrow file as they are, for writing them again.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_ipc::{CompressionType, MessageHeader};
use arrow_schema::{Schema, SchemaRef};

use super::{ArrowReader, Stop, start};
use crate::readers::Failure;
use crate::stream::Stream;

/// The batches of a file, each with the row of its first record. One is read ahead.
pub(crate) struct Tables {
    reader: ArrowReader,
    schema: SchemaRef,
    row: u64,
    ahead: Option<RecordBatch>,
}

impl Tables {
    /// Reads the schema and the first batch.
    ///
    /// # Errors
    /// The stream cannot be read, or is not of this format.
    pub(crate) fn open(stream: Stream) -> Result<Tables, Failure> {
        let mut reader = start(stream)?;
        let ahead = batch(&mut reader)?;
        // The decoder tells its schema only after a batch; without one there is nothing to write.
        let schema = ahead.as_ref().map_or_else(|| Arc::new(Schema::empty()), RecordBatch::schema);
        Ok(Tables { reader, schema, row: 0, ahead })
    }

    /// The columns, with everything that the file says of them.
    pub(crate) fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// How the first batch is compressed.
    pub(crate) fn compression(&self) -> Option<CompressionType> {
        self.reader.compression
    }

    /// Whether it is a file with a footer, and not a stream.
    pub(crate) fn has_footer(&self) -> bool {
        self.reader.footer
    }
}

impl Iterator for Tables {
    type Item = Result<(u64, RecordBatch), Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.ahead.take()?;
        let row = self.row;
        self.row += next.num_rows() as u64;
        match batch(&mut self.reader) {
            Ok(ahead) => self.ahead = ahead,
            Err(failure) => return Some(Err(failure)),
        }
        Some(Ok((row, next)))
    }
}

/// The next batch; `None` at the end.
fn batch(reader: &mut ArrowReader) -> Result<Option<RecordBatch>, Failure> {
    while let Some(message) = reader.message().map_err(Stop::failure)? {
        // The footer of a file stands behind an end-of-stream mark, so no other message follows.
        if !matches!(message.kind, MessageHeader::RecordBatch | MessageHeader::DictionaryBatch) {
            break;
        }
        let decoded = reader.decode(message);
        if let Some(batch) = decoded.map_err(Failure::Unreadable)? {
            return Ok(Some(batch));
        }
    }
    Ok(None)
}
