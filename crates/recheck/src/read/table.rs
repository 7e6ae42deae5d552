//! `pages.parquet`: what is kept of pages, without their text.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{FixedSizeBinaryBuilder, ListBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, UInt32Type};
use arrow_array::{Array, ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray, UInt32Array};
use arrow_schema::{DataType, Field, Schema};
use encoding_rs::Encoding;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use toadstone_corpus::{WriteError, guarded, write_parquet};
use unicode_script::Script;

use super::Notes;
use crate::page::fingerprint::{SHINGLE_BINS, WORD_BINS};
use crate::page::{Content, Digest, Fingerprint, Page};

/// The key and value in a file's metadata by which it is known. The number grows when a column changes
/// its meaning or goes away, or when a text gets another fingerprint.
const MARK: (&str, &str) = ("toadstone.pages", "1");
/// Rows that are put into columns together.
const ROWS: usize = 8 << 10;

/// Columns of fixed width: name, bytes.
const FIXED: [(&str, i32); 5] = [
    ("sha256", 32),
    ("sha1", 20),
    ("text", 32),
    ("shingles", 2 * SHINGLE_BINS as i32),
    ("words", 2 * WORD_BINS as i32),
];
const NUMBERS: [&str; 3] = ["shingle_count", "word_count", "length"];

fn schema() -> Schema {
    let mut fields = vec![
        Field::new("url", DataType::Utf8, false),
        Field::new("seen", DataType::Int64, true),
        Field::new("state", DataType::Utf8, false),
        Field::new("why", DataType::Utf8, true),
        Field::new("cut", DataType::Boolean, false),
    ];
    fields.extend(FIXED.map(|(name, width)| Field::new(name, DataType::FixedSizeBinary(width), true)));
    fields.extend(NUMBERS.map(|name| Field::new(name, DataType::UInt32, false)));
    fields.extend(["charset", "script"].map(|name| Field::new(name, DataType::Utf8, true)));
    let item = Arc::new(Field::new("item", DataType::Utf8, false));
    fields.push(Field::new("links", DataType::List(item), false));
    Schema::new(fields).with_metadata([(MARK.0.to_owned(), MARK.1.to_owned())].into())
}

/// Writes `pages.parquet`, about half a kilobyte for each page:
///
/// `url` string; `seen` int64, seconds since 1970; `state` string: `text`, `digest`, `gone`, `unreachable`;
/// `why` string; `cut` bool; `sha256`, `sha1` of the bytes and `text`, the SHA-256 of the normal text, as
/// binary; `shingles` and `words`: 128 bins each of 16 bits, little-endian; `shingle_count`,
/// `word_count`, `length` uint32; `charset`, `script` string; `links` list of strings.
///
/// # Errors
/// [`WriteError`]; nothing is left behind then.
pub fn write_pages<'p>(path: &Path, pages: impl IntoIterator<Item = &'p Page>) -> Result<u64, WriteError> {
    let schema = Arc::new(schema());
    let mut pages = pages.into_iter();
    let mut written = 0;
    write_parquet(path, &schema, |writer| {
        loop {
            let rows: Vec<&Page> = pages.by_ref().take(ROWS).collect();
            if rows.is_empty() {
                return Ok(());
            }
            written += rows.len() as u64;
            writer.write(&RecordBatch::try_new(Arc::clone(&schema), columns(&rows)?)?)?;
        }
    })?;
    Ok(written)
}

fn columns(rows: &[&Page]) -> Result<Vec<ArrayRef>, WriteError> {
    let print = |page: &&Page| match &page.content {
        Content::Text(print) => Some(print.clone()),
        _ => None,
    };
    let prints: Vec<Option<Box<Fingerprint>>> = rows.iter().map(print).collect();
    let state = |page: &&Page| match &page.content {
        Content::Text(_) => "text",
        Content::Digest(_) => "digest",
        Content::Gone(_) => "gone",
        Content::Unreachable(_) => "unreachable",
    };
    let why = |page: &&Page| match &page.content {
        Content::Gone(why) | Content::Unreachable(why) => Some(why.to_string()),
        _ => None,
    };
    let mut out: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(rows.iter().map(|page| &page.url))),
        Arc::new(rows.iter().map(|page| page.seen).collect::<Int64Array>()),
        Arc::new(StringArray::from_iter_values(rows.iter().map(state))),
        Arc::new(rows.iter().map(why).collect::<StringArray>()),
        Arc::new(rows.iter().map(|page| Some(page.cut)).collect::<BooleanArray>()),
    ];
    for (name, width) in FIXED {
        let mut column = FixedSizeBinaryBuilder::with_capacity(rows.len(), width);
        for (page, print) in rows.iter().zip(&prints) {
            match fixed(name, page, print.as_deref()) {
                Some(bytes) => column.append_value(bytes)?,
                None => column.append_null(),
            }
        }
        out.push(Arc::new(column.finish()));
    }
    let number = |of: fn(&Fingerprint) -> u32| -> ArrayRef {
        Arc::new(UInt32Array::from_iter_values(prints.iter().map(|print| print.as_deref().map_or(0, of))))
    };
    out.extend([number(|p| p.shingle_count), number(|p| p.word_count), number(|p| p.length)]);
    let name = |of: fn(&Fingerprint) -> &'static str| -> ArrayRef {
        Arc::new(prints.iter().map(|print| print.as_deref().map(of)).collect::<StringArray>())
    };
    out.extend([name(|p| p.charset), name(|p| p.script)]);
    let item = Arc::new(Field::new("item", DataType::Utf8, false));
    let mut links = ListBuilder::new(StringBuilder::new()).with_field(item);
    for print in &prints {
        links.append_value(print.iter().flat_map(|p| &p.links).map(Some));
    }
    out.push(Arc::new(links.finish()));
    Ok(out)
}

fn fixed(column: &str, page: &Page, print: Option<&Fingerprint>) -> Option<Vec<u8>> {
    let bins = |bins: &[u16]| bins.iter().flat_map(|bin| bin.to_le_bytes()).collect();
    Some(match (column, &page.content) {
        ("sha256", Content::Digest(Digest::Sha256(digest))) => digest.to_vec(),
        ("sha1", Content::Digest(Digest::Sha1(digest))) => digest.to_vec(),
        ("sha256", _) => print?.sha256.to_vec(),
        ("sha1", _) => print?.sha1.to_vec(),
        ("text", _) => print?.text.to_vec(),
        ("shingles", _) => bins(&print?.shingles),
        _ => bins(&print?.words),
    })
}

/// Whether a Parquet file is one of pages.
///
/// # Errors
/// The system's.
pub(super) fn is_pages(path: &Path) -> io::Result<bool> {
    let file = File::open(path)?;
    let read = guarded(|| ParquetRecordBatchReaderBuilder::try_new(file));
    Ok(read.is_ok_and(|builder| builder.schema().metadata().contains_key(MARK.0)))
}

/// Gives every page of the file to `each`, with its row.
///
/// # Errors
/// The system's, or what is wrong with the file, in words.
pub(super) fn pages(
    path: &Path,
    notes: &mut Notes,
    each: &mut dyn FnMut(u64, Page) -> io::Result<()>,
) -> io::Result<()> {
    let file = File::open(path)?;
    let builder = guarded(|| ParquetRecordBatchReaderBuilder::try_new(file)).map_err(io::Error::other)?;
    if builder.schema().metadata().get(MARK.0).map(String::as_str) != Some(MARK.1) {
        return Err(io::Error::other("fingerprints of another version of toadstone; make them anew"));
    }
    let types = |schema: &Schema| -> Vec<(String, DataType)> {
        schema.fields().iter().map(|f| (f.name().clone(), f.data_type().clone())).collect()
    };
    if types(builder.schema()) != types(&schema()) {
        return Err(io::Error::other("a table of pages whose columns are not those of one"));
    }
    let mut reader = guarded(|| builder.with_batch_size(1024).build()).map_err(io::Error::other)?;
    let mut row = 0;
    while let Some(batch) = guarded(|| reader.next().transpose()).map_err(io::Error::other)? {
        for at in 0..batch.num_rows() {
            match page(&batch, at) {
                Some(page) => each(row, page)?,
                None => notes.refuse("a row that is no page", row),
            }
            row += 1;
        }
    }
    Ok(())
}

fn page(batch: &RecordBatch, at: usize) -> Option<Page> {
    let text = |name: &str| {
        let column = batch.column_by_name(name)?.as_string_opt::<i32>()?;
        column.is_valid(at).then(|| column.value(at))
    };
    let seen = batch.column_by_name("seen")?.as_primitive_opt::<Int64Type>()?;
    let bytes = |name: &str| {
        let column = batch.column_by_name(name)?.as_fixed_size_binary_opt()?;
        column.is_valid(at).then(|| column.value(at))
    };
    let why = || text("why").unwrap_or("").chars().take(200).collect::<String>().into();
    let content = match text("state")? {
        "text" => Content::Text(Box::new(fingerprint(batch, at, &bytes, &text)?)),
        "digest" => Content::Digest(match bytes("sha256") {
            Some(digest) => Digest::Sha256(digest.try_into().ok()?),
            None => Digest::Sha1(bytes("sha1")?.try_into().ok()?),
        }),
        "gone" => Content::Gone(why()),
        "unreachable" => Content::Unreachable(why()),
        _ => return None,
    };
    let cut = batch.column_by_name("cut")?.as_boolean_opt()?.value(at);
    Some(Page { url: text("url")?.to_owned(), seen: seen.is_valid(at).then(|| seen.value(at)), content, cut })
}

fn fingerprint<'b>(
    batch: &RecordBatch,
    at: usize,
    bytes: &dyn Fn(&str) -> Option<&'b [u8]>,
    text: &dyn Fn(&str) -> Option<&'b str>,
) -> Option<Fingerprint> {
    let number = |name: &str| Some(batch.column_by_name(name)?.as_primitive_opt::<UInt32Type>()?.value(at));
    let links = batch.column_by_name("links")?.as_list_opt::<i32>()?.value(at);
    let links = links.as_string_opt::<i32>()?;
    Some(Fingerprint {
        sha256: bytes("sha256")?.try_into().ok()?,
        sha1: bytes("sha1")?.try_into().ok()?,
        text: bytes("text")?.try_into().ok()?,
        shingles: bins(bytes("shingles")?)?,
        words: bins(bytes("words")?)?,
        shingle_count: number("shingle_count")?,
        word_count: number("word_count")?,
        length: number("length")?,
        charset: Encoding::for_label(text("charset")?.as_bytes()).map_or("UTF-8", Encoding::name),
        script: Script::from_full_name(text("script")?).map_or("Common", Script::full_name),
        links: links.iter().flatten().take(64).map(str::to_owned).collect(),
    })
}

fn bins<const BINS: usize>(bytes: &[u8]) -> Option<[u16; BINS]> {
    let bins: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    bins.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_come_back_as_they_were_written() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pages.parquet");
        let text = Fingerprint::of(
            "<html>some text and a <a href='https://x.example/'>link</a>",
            "http://a.example/",
        );
        let contents = [
            Content::Text(Box::new(text)),
            Content::Digest(Digest::Sha1([7; 20])),
            Content::Digest(Digest::Sha256([8; 32])),
            Content::Gone("status 404".into()),
            Content::Unreachable("timed out".into()),
        ];
        let page = |(i, content): (usize, Content)| Page {
            url: format!("http://a.example/{i}"),
            seen: (i > 1).then_some(i as i64),
            content,
            cut: i == 0,
        };
        let pages: Vec<Page> = contents.into_iter().enumerate().map(page).collect();
        write_pages(&path, &pages).unwrap();
        assert!(is_pages(&path).unwrap());
        let (mut back, mut notes) = (Vec::new(), Notes::default());
        super::pages(&path, &mut notes, &mut |_, page| {
            back.push(page);
            Ok(())
        })
        .unwrap();
        assert_eq!(back, pages);
        let bytes = std::fs::read(&path).unwrap();
        write_pages(&path, &pages).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        assert!(!is_pages(&path).unwrap() && super::pages(&path, &mut notes, &mut |_, _| Ok(())).is_err());
    }
}
