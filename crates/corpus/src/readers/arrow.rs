//! Arrow IPC, as a stream or as a file (a stream between two marks). A chunk is a record batch.
//!
//! Messages are taken apart here and only then given to the decoder, because it allocates whatever
//! length a message claims.

use std::io::{self, Read};

use arrow_array::RecordBatch;
use arrow_ipc::reader::StreamDecoder;
use arrow_ipc::{CompressionType, MessageHeader, root_as_message};

use super::{Chunk, Failure, Format, Nature, Reader, Setup, Sink, Work};
use crate::cell::{Table, guarded};
use crate::medium::Medium;
use crate::options::Limits;
use crate::parse::Wanted;
use crate::rejected::{Place, Reason, Rejected};
use crate::stream::{Fault, Stream};

mod memory;
pub(crate) mod tables;

use memory::MemoryReader;

const FORMAT_NAME: &str = "arrow";
/// Zeros that may follow the mark of a file.
const LONGEST_PADDING: usize = 512;
/// Longest description of a message.
const LONGEST_HEADER: usize = 16 << 20;
/// Bytes that one buffer inside a message may have when it is decompressed.
const LARGEST_BUFFER: u64 = 1 << 30;

pub(super) const FORMAT: Format = Format {
    name: FORMAT_NAME,
    extensions: &["arrow", "arrows", "feather", "ipc"],
    nature: Nature::Table,
    open,
};

fn open(setup: &Setup<'_>) -> Result<Box<dyn Reader>, Failure> {
    if let Medium::Table(batches) = setup.medium {
        return Ok(Box::new(MemoryReader::new(batches, setup.digest)));
    }
    Ok(Box::new(start(setup.stream()?)?))
}

/// Reads up to the schema.
fn start(stream: Stream) -> Result<ArrowReader, Failure> {
    let mut reader = ArrowReader {
        stream,
        decoder: StreamDecoder::new(),
        schema: None,
        ahead: Vec::new(),
        row: 0,
        done: false,
        footer: false,
        compression: None,
    };
    let mut head = reader.read(8).map_err(Stop::failure)?;
    if head.starts_with(b"ARROW1") {
        reader.footer = true;
        // Zeros up to an alignment of the writer's choice.
        for _ in 0..LONGEST_PADDING / 8 {
            head = reader.read(8).map_err(Stop::failure)?;
            if head != [0; 8] {
                break;
            }
        }
    }
    reader.ahead = head;
    // The schema comes first; without it nothing can be read.
    match reader.message().map_err(Stop::failure)? {
        Some(message) if message.kind == MessageHeader::Schema => {
            reader.schema = Some(message.bytes.clone());
            reader
                .decode(message)
                .map_err(|why| Failure::Unreadable(format!("not a readable Arrow file: {why}")))?;
            Ok(reader)
        }
        _ => Err(Failure::Unreadable("not a readable Arrow file: it has no schema".to_owned())),
    }
}

struct ArrowReader {
    stream: Stream,
    decoder: StreamDecoder,
    /// The message with the schema, as long as the decoder needs no other to start again.
    schema: Option<Vec<u8>>,
    /// Bytes read and not used yet.
    ahead: Vec<u8>,
    row: u64,
    done: bool,
    /// Whether it is a file, which ends with a footer, and not a stream.
    footer: bool,
    /// Of the batch that was read last.
    compression: Option<CompressionType>,
}

/// A message, whole.
struct Message {
    kind: MessageHeader,
    bytes: Vec<u8>,
    /// Rows of a record batch.
    rows: u64,
}

/// Why no message could be read.
enum Stop {
    Io(io::Error),
    Damaged(Reason),
}

impl Stop {
    fn failure(self) -> Failure {
        match self {
            Stop::Io(error) => Failure::Io(error),
            Stop::Damaged(reason) => Failure::Unreadable(format!("not a readable Arrow file: {reason}")),
        }
    }
}

fn damaged(why: impl Into<String>) -> Stop {
    Stop::Damaged(Reason::Damaged { format: FORMAT_NAME, why: why.into() })
}

impl ArrowReader {
    /// Reads `size` bytes; fewer only at the end.
    fn read(&mut self, size: usize) -> Result<Vec<u8>, Stop> {
        let mut bytes = std::mem::take(&mut self.ahead);
        let rest = bytes.split_off(bytes.len().min(size));
        self.ahead = rest;
        let missing = (size - bytes.len()) as u64;
        match (&mut self.stream).take(missing).read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => Err(match self.stream.fault(error) {
                Fault::Io(error) => Stop::Io(error),
                Fault::Damaged(reason) => Stop::Damaged(reason),
            }),
        }
    }

    /// The next message; `None` at the end of the stream.
    fn message(&mut self) -> Result<Option<Message>, Stop> {
        let cut = || Stop::Damaged(Reason::Truncated { format: FORMAT_NAME });
        let mut prefix = self.read(4)?;
        if prefix == [0xff; 4] {
            prefix.extend(self.read(4)?);
        } else {
            prefix.splice(0..0, [0xff; 4]);
        }
        let Some(length) = prefix.get(4..8).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes) else {
            return if prefix.len() == 4 { Ok(None) } else { Err(cut()) };
        };
        let length = length as usize;
        if length == 0 {
            return Ok(None);
        }
        if length > LONGEST_HEADER {
            return Err(damaged("a message with a header of impossible length"));
        }
        let header = self.read(length)?;
        if header.len() < length {
            return Err(cut());
        }
        let (kind, body_length, rows) = describe(&header)?;
        let body = self.read(body_length)?;
        if body.len() < body_length {
            return Err(cut());
        }
        check_buffers(&header, &body)?;
        if kind == MessageHeader::RecordBatch {
            self.compression = compression(&header);
        }
        let bytes = [prefix, header, body].concat();
        Ok(Some(Message { kind, bytes, rows }))
    }

    /// Gives a message to the decoder.
    fn decode(&mut self, message: Message) -> Result<Option<RecordBatch>, String> {
        if message.kind == MessageHeader::DictionaryBatch {
            self.schema = None;
        }
        let mut buffer = bytes::Bytes::from(message.bytes).into();
        let decoder = &mut self.decoder;
        guarded(|| decoder.decode(&mut buffer))
    }

    /// Starts a new decoder after the old one has failed in the middle of a message.
    fn restart(&mut self) -> bool {
        self.decoder = StreamDecoder::new();
        let Some(schema) = self.schema.clone() else { return false };
        self.decode(Message { kind: MessageHeader::Schema, bytes: schema, rows: 0 }).is_ok()
    }
}

/// What a message is, the length of its body and the rows in it.
fn describe(header: &[u8]) -> Result<(MessageHeader, usize, u64), Stop> {
    let message = root_as_message(header).map_err(|error| damaged(error.to_string()))?;
    let body = usize::try_from(message.bodyLength()).map_err(|_| damaged("a message of negative length"))?;
    let rows = message.header_as_record_batch().map_or(0, |batch| batch.length().max(0).unsigned_abs());
    Ok((message.header_type(), body, rows))
}

/// How the buffers of a record batch are compressed.
fn compression(header: &[u8]) -> Option<CompressionType> {
    Some(root_as_message(header).ok()?.header_as_record_batch()?.compression()?.codec())
}

/// Refuses compressed buffers that claim an impossible length.
fn check_buffers(header: &[u8], body: &[u8]) -> Result<(), Stop> {
    let message = root_as_message(header).map_err(|error| damaged(error.to_string()))?;
    let batch = message.header_as_record_batch();
    let batch =
        batch.or_else(|| message.header_as_dictionary_batch().and_then(|dictionary| dictionary.data()));
    let Some(batch) = batch.filter(|batch| batch.compression().is_some()) else { return Ok(()) };
    for buffer in batch.buffers().iter().flatten() {
        let claimed = usize::try_from(buffer.offset())
            .ok()
            .and_then(|at| body.get(at..at.checked_add(8)?))
            .and_then(|bytes| bytes.try_into().ok())
            .map_or(0, i64::from_le_bytes);
        if buffer.length() >= 8 && claimed > 0 && claimed.unsigned_abs() > LARGEST_BUFFER {
            return Err(damaged("a compressed buffer of impossible length"));
        }
    }
    Ok(())
}

impl Reader for ArrowReader {
    fn next(&mut self) -> Result<Option<Chunk>, Failure> {
        while !self.done {
            let message = match self.message() {
                Ok(Some(message)) => message,
                Ok(None) => break,
                Err(Stop::Io(error)) => return Err(error.into()),
                Err(Stop::Damaged(reason)) => {
                    self.done = true;
                    let rejected = vec![Rejected::new(None, reason, &[])];
                    return Ok(Some(Chunk { work: None, rejected, disk: self.stream.advanced() }));
                }
            };
            let (kind, rows, row) = (message.kind, message.rows, self.row);
            let place = Place { row, line: None, offset: None };
            let decoded = self.decode(message);
            let mut chunk = Chunk { disk: self.stream.advanced(), ..Chunk::default() };
            match decoded {
                Ok(Some(batch)) => {
                    self.row += batch.num_rows() as u64;
                    chunk.work = Some(Box::new(Batch { batch, row }));
                }
                Ok(None) => continue,
                Err(why) => {
                    // The decoder has lost its place, but the next message begins where it should.
                    self.row = self.row.saturating_add(rows);
                    self.done = kind != MessageHeader::RecordBatch || !self.restart();
                    let reason = Reason::Damaged { format: FORMAT_NAME, why };
                    chunk.rejected.push(Rejected::new(Some(place), reason, &[]).spanning(rows.max(1)));
                }
            }
            return Ok(Some(chunk));
        }
        self.done = true;
        Ok(None)
    }

    fn finish(&mut self) -> io::Result<Option<u128>> {
        self.stream.finish()
    }
}

/// A batch, and the row of its first record.
pub(crate) struct Batch {
    pub(crate) batch: RecordBatch,
    pub(crate) row: u64,
}

impl Work for Batch {
    fn parse(self: Box<Self>, wanted: Wanted<'_>, _: &Limits, sink: &mut dyn Sink) {
        let table = Table::new(&self.batch, wanted);
        for row in 0..self.batch.num_rows() {
            if sink.full() {
                return;
            }
            let place = Place { row: self.row + row as u64, line: None, offset: None };
            sink.row(place, &table.row(row), None);
        }
    }
}
