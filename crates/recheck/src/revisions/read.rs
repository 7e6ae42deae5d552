//! Lists of revisions: CSV with a head, or a JSON object on each line.

use std::io::{self, BufRead, Read};
use std::path::Path;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use toadstone_core::{Control, instant};

use super::History;
use crate::read::{Notes, ReadError, Unpacked};

/// Bytes of a line or row: a revision may carry its text.
const LINE: u64 = 16 << 20;
/// Bytes of a name.
const NAME: usize = 1000;

const RECORDS: [&str; 8] = ["record", "page", "title", "page_title", "url", "page_id", "id", "key"];
const EDITORS: [&str; 6] = ["editor", "user", "username", "contributor", "author", "user_id"];
const TIMES: [&str; 5] = ["time", "timestamp", "date", "created", "edited"];
const CONTENTS: [&str; 6] = ["digest", "sha1", "sha256", "hash", "text", "content"];

/// Reads a list of revisions, plain, gzip or zstd. Fields are `record` (or `page`, `title`, `url`, ...),
/// `editor` (`user`, `author`, ...), `time`, and `digest` (or `sha1`, `hash`, `text`, ...).
///
/// # Errors
/// [`ReadError::File`] if the file cannot be read, or has no such fields. Lines that cannot be used are
/// counted.
pub fn read(path: &Path, control: &Control) -> Result<History, ReadError> {
    let name = path.to_string_lossy().into_owned();
    let mut notes = Notes::of(&name);
    let mut history = History::default();
    let read = || -> io::Result<()> {
        let mut input = io::BufReader::with_capacity(256 << 10, Unpacked::open(path, control)?);
        let json = input.fill_buf()?.iter().find(|c| !c.is_ascii_whitespace()) == Some(&b'{');
        match json {
            true => lines(&mut input, control, &mut history, &mut notes),
            false => rows(&mut input, control, &mut history, &mut notes),
        }
    };
    let mut read = read;
    read().map_err(|why| ReadError::File { file: name, why: why.to_string() })?;
    history.refused = notes.refused();
    history.reasons = notes.phrases();
    Ok(history)
}

fn lines(
    input: &mut dyn BufRead,
    control: &Control,
    history: &mut History,
    notes: &mut Notes,
) -> io::Result<()> {
    for number in 0.. {
        let mut line = Vec::new();
        (&mut *input).take(LINE).read_until(b'\n', &mut line)?;
        if line.is_empty() || control.stopped() {
            break;
        }
        control.advance(1, 0);
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let Ok(Value::Object(fields)) = serde_json::from_slice::<Value>(&line) else {
            notes.refuse("a line that is no JSON object", number);
            continue;
        };
        let get = |names: &[&str]| names.iter().find_map(|name| text(&fields, name));
        let content = get(&CONTENTS);
        let added = add(history, get(&RECORDS), get(&EDITORS), get(&TIMES), content.as_deref());
        added.unwrap_or_else(|why| notes.refuse(why, number));
    }
    Ok(())
}

fn text(fields: &Map<String, Value>, name: &str) -> Option<String> {
    match fields.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn rows(
    input: &mut dyn BufRead,
    control: &Control,
    history: &mut History,
    notes: &mut Notes,
) -> io::Result<()> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
    let head = reader.byte_headers().map_err(io::Error::other)?.clone();
    let name = |cell: &[u8]| {
        String::from_utf8_lossy(cell).trim().trim_start_matches('\u{feff}').to_ascii_lowercase()
    };
    let names: Vec<String> = head.iter().map(name).collect();
    let find = |of: &[&str], what: &str| {
        let found = of.iter().find_map(|wanted| names.iter().position(|name| name == wanted));
        found.ok_or_else(|| {
            io::Error::other(format!("no column is called {what}: one of {} is needed", of.join(", ")))
        })
    };
    let columns = [
        find(&RECORDS, "record")?,
        find(&EDITORS, "editor")?,
        find(&TIMES, "time")?,
        find(&CONTENTS, "digest")?,
    ];
    let mut row = csv::ByteRecord::new();
    for number in 0.. {
        match reader.read_byte_record(&mut row) {
            Ok(true) if !control.stopped() => {
                control.advance(1, 0);
                let [record, editor, time, content] =
                    columns.map(|at| row.get(at).map(|cell| String::from_utf8_lossy(cell).into_owned()));
                let added = add(history, record, editor, time, content.as_deref());
                added.unwrap_or_else(|why| notes.refuse(why, number));
            }
            Ok(_) => break,
            Err(error) => match error.into_kind() {
                csv::ErrorKind::Io(error) => return Err(error),
                _ => notes.refuse("a malformed row", number),
            },
        }
    }
    Ok(())
}

fn add(
    history: &mut History,
    record: Option<String>,
    editor: Option<String>,
    time: Option<String>,
    content: Option<&str>,
) -> Result<(), &'static str> {
    let record = record.filter(|record| !record.is_empty()).ok_or("a revision without a record")?;
    let time = time.as_deref().and_then(instant).ok_or("a revision without a time that can be read")?;
    let digest = Sha256::digest(content.ok_or("a revision without a digest or a text")?);
    let mut word = [0; 16];
    word.copy_from_slice(&digest[..16]);
    let cut = |name: String| name.chars().take(NAME).collect::<String>();
    history.add(&cut(record), &cut(editor.unwrap_or_default()), time, u128::from_be_bytes(word));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(text: &str) -> Result<History, ReadError> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        io::Write::write_all(&mut file, text.as_bytes()).unwrap();
        read(file.path(), &Control::default())
    }

    #[test]
    fn both_forms_give_the_same() {
        let csv = history(
            "Page,User,Timestamp,SHA1\nA,x,2024-03-09T12:00:00Z,aa\nA,y,never,bb\nB,z,1709985600,cc\n",
        )
        .unwrap();
        let json = history(
            "{\"title\":\"A\",\"user\":\"x\",\"timestamp\":\"2024-03-09T12:00:00Z\",\"sha1\":\"aa\"}\nnot\n\
             {\"page\":\"B\",\"author\":\"z\",\"time\":1709985600,\"text\":\"cc\"}\n",
        )
        .unwrap();
        assert_eq!(csv.revisions, json.revisions);
        assert_eq!((csv.revisions.len(), csv.refused, json.refused), (2, 1, 1));
    }

    #[test]
    fn a_column_that_is_missing_is_named() {
        let error = history("page,user,sha1\n").unwrap_err().to_string();
        assert!(error.contains("no column is called time"), "{error}");
    }
}
