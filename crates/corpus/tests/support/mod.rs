//! The same records in every format, and what a corpus makes of them.

#![allow(dead_code, clippy::unwrap_used, reason = "each test uses a part of it")]

use std::io::Write;
use std::sync::{Arc, Mutex};

use arrow_array::builder::{ListBuilder, StringBuilder, StructBuilder};
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Fields, Schema};
use toadstone_core::{Batch, Control, Observe, ReadSummary, Role, Source, SourceError};
use toadstone_corpus::{Corpus, Options};

/// Everything a reading hands out: file, row, offset and the texts, sorted.
pub type Row = (u32, u64, Option<u64>, Vec<(&'static str, String)>);

pub fn read(corpus: &Corpus, threads: usize) -> Result<(ReadSummary, Vec<Row>), SourceError> {
    let rows = Mutex::new(Vec::new());
    let observe = |batch: &Batch| {
        for record in batch.records() {
            let texts = Role::ALL.into_iter().filter_map(|r| Some((r.name(), record.get(r)?.to_owned())));
            rows.lock().unwrap().push((record.id().file, record.id().row, record.offset(), texts.collect()));
        }
    };
    let workers = (0..threads).map(|_| Box::new(observe) as Observe<'_>).collect();
    let summary = corpus.read(workers, &Control::default())?;
    let mut rows: Vec<Row> = rows.into_inner().unwrap();
    rows.sort();
    Ok((summary, rows))
}

pub fn memory(name: &str, bytes: Vec<u8>, options: &Options) -> Corpus {
    Corpus::from_memory(vec![(name.to_owned(), bytes)], options).unwrap()
}

/// The lines of `rejected.jsonl`.
pub fn rejected(corpus: &Corpus) -> Vec<serde_json::Value> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rejected.jsonl");
    corpus.write_rejected(&path).unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

pub fn zstd(data: &[u8]) -> Vec<u8> {
    ::zstd::encode_all(data, 1).unwrap()
}

pub fn bzip2(data: &[u8]) -> Vec<u8> {
    let mut encoder = ::bzip2::write::BzEncoder::new(Vec::new(), ::bzip2::Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

pub fn xz(data: &[u8]) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 1);
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// A table of texts and numbers.
pub fn batch(rows: &[(String, i64)]) -> RecordBatch {
    let schema = Schema::new(vec![
        Field::new("text", DataType::Utf8, true),
        Field::new("unused", DataType::Utf8, true),
        Field::new("label", DataType::Int64, true),
    ]);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(rows.iter().map(|r| &r.0))),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|_| "-"))),
        Arc::new(Int64Array::from_iter_values(rows.iter().map(|r| r.1))),
    ];
    RecordBatch::try_new(Arc::new(schema), columns).unwrap()
}

/// A table of chats.
pub fn chats(rows: &[Vec<(&str, &str)>]) -> RecordBatch {
    let fields = Fields::from(vec![
        Field::new("role", DataType::Utf8, true),
        Field::new("content", DataType::Utf8, true),
    ]);
    let mut list = ListBuilder::new(StructBuilder::from_fields(fields, 0));
    for turns in rows {
        for (role, content) in turns {
            let turn = list.values();
            turn.field_builder::<StringBuilder>(0).unwrap().append_value(role);
            turn.field_builder::<StringBuilder>(1).unwrap().append_value(content);
            turn.append(true);
        }
        list.append(true);
    }
    let list = list.finish();
    let schema =
        Schema::new(vec![Field::new("messages", arrow_array::Array::data_type(&list).clone(), true)]);
    RecordBatch::try_new(Arc::new(schema), vec![Arc::new(list)]).unwrap()
}

pub fn parquet(batch: &RecordBatch, group: usize) -> Vec<u8> {
    use parquet::file::properties::WriterProperties;
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(group)).build();
    let mut out = Vec::new();
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(&mut out, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    out
}

pub fn arrow_stream(batches: &[RecordBatch]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = arrow_ipc::writer::StreamWriter::try_new(&mut out, &batches[0].schema()).unwrap();
    batches.iter().for_each(|batch| writer.write(batch).unwrap());
    writer.finish().unwrap();
    drop(writer);
    out
}

pub fn arrow_file(batches: &[RecordBatch]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = arrow_ipc::writer::FileWriter::try_new(&mut out, &batches[0].schema()).unwrap();
    batches.iter().for_each(|batch| writer.write(batch).unwrap());
    writer.finish().unwrap();
    drop(writer);
    out
}

/// A tar archive of small files.
pub fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, content) in members {
        let mut header = [0u8; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        header[156] = b'0';
        header[257..262].copy_from_slice(b"ustar");
        header[148..156].fill(b' ');
        let sum: u32 = header.iter().map(|b| u32::from(*b)).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        out.extend(header);
        out.extend_from_slice(content);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}
