use std::sync::{Arc, Mutex};

use arrow_array::RecordBatch;
use arrow_ipc::writer::FileWriter;
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use proptest::prelude::*;
use serde_json::json;
use toadstone_core::{Batch, Control, Observe, Record, Role, Source};

use super::arrays::array;
use super::{RewriteError, RowEdit};
use crate::Corpus;
use crate::options::Options;
use crate::parse::{Wanted, parse_object};
use crate::value::{Fields, Value};

/// The parts of each role of a record.
type Parts = Vec<Vec<String>>;

fn parts(record: &Record<'_>) -> Parts {
    let of = |role: &Role| record.parts(*role).into_iter().flatten().map(str::to_owned).collect();
    Role::ALL.iter().map(of).collect()
}

fn read(name: &str, data: &[u8]) -> Vec<(u64, Parts)> {
    let corpus = Corpus::from_memory(vec![(name.to_owned(), data.to_vec())], &Options::default()).unwrap();
    assert_eq!(corpus.unreadable().next(), None, "{name}: {}", String::from_utf8_lossy(data));
    let found = Mutex::new(Vec::new());
    let observe: Observe<'_> = Box::new(|batch: &Batch| {
        found.lock().unwrap().extend(batch.records().map(|record| (record.id().row, parts(&record))));
    });
    corpus.read(vec![observe], &Control::default()).unwrap();
    let mut found = found.into_inner().unwrap();
    found.sort_unstable();
    found
}

fn rewrite(name: &str, data: &[u8], edits: &[RowEdit]) -> Result<Vec<u8>, RewriteError> {
    let corpus = Corpus::from_memory(vec![(name.to_owned(), data.to_vec())], &Options::default()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy");
    corpus.rewrite(0, edits, &path)?;
    Ok(std::fs::read(path).unwrap())
}

fn rewritten(name: &str, data: &str, edits: &[RowEdit]) -> String {
    String::from_utf8(rewrite(name, data.as_bytes(), edits).unwrap()).unwrap()
}

fn edit(row: u64, like: Option<u64>, fields: &[(Role, &str)]) -> RowEdit {
    RowEdit { row, like, fields: fields.iter().map(|(role, text)| (*role, (*text).to_owned())).collect() }
}

#[test]
fn only_what_changes_is_written_anew() {
    let data =
        "{ \"text\" : \"a\", \"n\": 0.10, \"label\": 1}\r\n\nbroken\n{\"text\":\"b\",\"n\":1e2,\"label\":0}";
    let edits = [edit(0, None, &[(Role::Input, "A\"")]), edit(2, Some(0), &[(Role::Label, "7")])];
    assert_eq!(
        rewritten("x.jsonl", data, &edits),
        "{ \"text\" : \"A\\\"\", \"n\": 0.10, \"label\": 1}\r\n\nbroken\n{\"text\":\"b\",\"n\":1e2,\"label\":0}\n\
         { \"text\" : \"a\", \"n\": 0.10, \"label\": 7}"
    );
    let table = "text,label,n\r\n\"two\nlines\",1,\"x\"\r\nplain,0, 5\r\n";
    let edits = [edit(0, Some(1), &[(Role::Input, "a, b")]), edit(1, None, &[(Role::Label, "1")])];
    assert_eq!(
        rewritten("x.csv", table, &edits),
        "text,label,n\r\n\"two\nlines\",1,\"x\"\r\n\"a, b\",0, 5\r\nplain,1, 5\r\n"
    );
}

#[test]
fn added_elements_fit_into_their_document() {
    let new = edit(1, Some(0), &[(Role::Input, "new")]);
    let array = "[\n  {\"text\":\"a\"},\n  {\"text\":\"b\"}\n]\n";
    assert_eq!(
        rewritten("x.json", array, &[new.clone(), new.clone()]),
        "[\n  {\"text\":\"a\"},\n  {\"text\":\"b\"},\n{\"text\":\"new\"}\n,\n{\"text\":\"new\"}]\n"
    );
    let wrapped = "{\"v\":1,\"data\":[{\"text\":\"a\"},{\"text\":\"b\"} , {\"text\":\"c\"}],\"more\":[1]}";
    let copy = rewritten("x.json", wrapped, std::slice::from_ref(&new));
    assert!(serde_json::from_str::<serde_json::Value>(&copy).is_ok(), "{copy}");
    let apart = "{\n\"text\":\"a\"\n}\n{\"text\":\"b\"}";
    assert_eq!(
        rewritten("x.json", apart, &[new]),
        "{\n\"text\":\"a\"\n}\n{\"text\":\"b\"}\n{\n\"text\":\"new\"\n}"
    );
}

#[test]
fn the_last_turns_of_a_chat_change() {
    let data = r#"{"messages":[{"role":"system","content":"s"},{"role":"user","content":"u1"},{"role":"assistant","content":"a1"},{"role":"user","content":"u2","n":1},{"role":"assistant","content":"a2"}]}"#;
    let copy = rewritten("x.jsonl", data, &[edit(0, None, &[(Role::Input, "U"), (Role::Output, "A")])]);
    assert_eq!(copy, data.replace("u2", "U").replace("a2", "A"));
    let data = r#"{"text":"<s>[INST] u1 [/INST] a1</s>[INST] u2 [/INST] a2</s>","n":1}"#;
    let copy = rewritten("x.jsonl", data, &[edit(0, None, &[(Role::Input, "U"), (Role::Output, "A")])]);
    assert_eq!(copy, data.replace("u2", "U").replace("a2", "A"));
}

#[test]
fn what_cannot_be_written_is_refused_with_a_reason() {
    let refused = |name: &str, data: &str, edit: RowEdit| {
        rewrite(name, data.as_bytes(), &[edit]).unwrap_err().to_string()
    };
    let add = edit(0, Some(0), &[]);
    assert!(refused("x.md", "# a text\n", add.clone()).contains("no record can be added"));
    assert!(refused("x.py", "import os\n", add).contains("no record can be added"));
    let plain = "text\tlabel\n\"a quote\tx\nmore text\ty\n";
    assert!(refused("x.tsv", plain, edit(1, None, &[(Role::Input, "a\tb")])).contains("quotes nothing"));
    let no_label = "{\"text\":\"a\"}\n";
    assert!(
        refused("x.jsonl", no_label, edit(0, None, &[(Role::Label, "1")]))
            .contains("no place for another label")
    );
    assert!(refused("x.jsonl", no_label, edit(7, None, &[(Role::Input, "b")])).contains("changed since"));
    assert_eq!(rewritten("x.md", "# a text\n", &[edit(0, None, &[(Role::Input, "# b\n")])]), "# b\n");
}

/// Rows of one form, and the roles that they have.
fn forms(texts: &[[String; 4]]) -> Vec<(&'static str, Vec<serde_json::Value>, Vec<Role>)> {
    use Role::{Input, Label, Output, Rejected};
    let rows = |row: &dyn Fn(&[String; 4]) -> serde_json::Value| texts.iter().map(row).collect();
    let turn = |role: &str, text: &str| json!({ "role": role, "content": text });
    vec![
        (
            "flat",
            rows(&|[a, b, ..]| json!({ "text": a, "label": b.len() % 2, "other": b })),
            vec![Input, Label],
        ),
        (
            "flat",
            rows(&|[a, b, c, d]| json!({ "instruction": a, "input": b, "output": c, "n": d })),
            vec![Input, Output],
        ),
        (
            "flat",
            rows(&|[a, b, c, _]| json!({ "prompt": a, "chosen": b, "rejected": c })),
            vec![Input, Output, Rejected],
        ),
        (
            "flat",
            rows(&|[a, b, c, _]| {
                let asked = format!("\n\nHuman: {a}\n\nAssistant: ");
                json!({ "chosen": format!("{asked}{b}"), "rejected": format!("{asked}-{c}") })
            }),
            vec![Input, Output, Rejected],
        ),
        (
            "nested",
            rows(&|[a, b, c, d]| {
                let turns = [turn("user", a), turn("assistant", b), turn("user", c), turn("assistant", d)];
                json!({ "messages": turns, "n": 1 })
            }),
            vec![Input, Output],
        ),
        (
            "nested",
            rows(&|[a, b, c, _]| {
                let chosen = [turn("user", a), turn("assistant", b)];
                json!({ "chosen": chosen, "rejected": [turn("user", a), turn("assistant", &format!("-{c}"))] })
            }),
            vec![Input, Output, Rejected],
        ),
    ]
}

fn type_of(value: &Value<'_>) -> DataType {
    match value {
        Value::Int(_) => DataType::Int64,
        Value::List(items) => DataType::List(Arc::new(Field::new("item", type_of(&items[0]), true))),
        Value::Object(fields) => DataType::Struct(columns(fields).into()),
        _ => DataType::Utf8,
    }
}

fn columns(fields: &Fields<'_>) -> Vec<Field> {
    fields.0.iter().map(|(name, value)| Field::new(name.as_ref(), type_of(value), true)).collect()
}

fn batch(rows: &[String]) -> RecordBatch {
    let rows: Vec<Fields<'_>> =
        rows.iter().map(|row| parse_object(row.as_bytes(), Wanted::All, 64).unwrap()).collect();
    let schema = Schema::new(columns(&rows[0]));
    let column = |at: usize| rows.iter().map(|row| &row.0[at].1).collect::<Vec<_>>();
    let arrays =
        schema.fields().iter().enumerate().map(|(at, field)| array(field.data_type(), &column(at)).unwrap());
    RecordBatch::try_new(Arc::new(schema.clone()), arrays.collect()).unwrap()
}

/// The rows as files of every format that can hold them.
fn files(flat: bool, rows: &[serde_json::Value]) -> Vec<(&'static str, Vec<u8>)> {
    let lines: Vec<String> = rows.iter().map(ToString::to_string).collect();
    let all = batch(&lines);
    let mut parquet = ArrowWriter::try_new(Vec::new(), all.schema(), None).unwrap();
    parquet.write(&all).unwrap();
    let mut arrow = FileWriter::try_new(Vec::new(), &all.schema()).unwrap();
    arrow.write(&all).unwrap();
    let mut files = vec![
        ("x.jsonl", lines.join("\n").into_bytes()),
        ("x.jsonl.zst", zstd::encode_all(lines.join("\n").as_bytes(), 1).unwrap()),
        ("x.json", format!("[{}]", lines.join(",\n ")).into_bytes()),
        ("x.parquet", parquet.into_inner().unwrap()),
        ("x.arrow", arrow.into_inner().unwrap()),
    ];
    if flat {
        let mut table = csv::Writer::from_writer(Vec::new());
        let names: Vec<&String> = rows[0].as_object().unwrap().keys().collect();
        table.write_record(&names).unwrap();
        for row in rows {
            let cell = |name: &&String| {
                row[name.as_str()].as_str().map_or(row[name.as_str()].to_string(), str::to_owned)
            };
            table.write_record(names.iter().map(cell)).unwrap();
        }
        files.push(("x.csv", table.into_inner().unwrap()));
    }
    files
}

/// What is read of a file with edits applied, from what was read of it before.
fn expected(before: &[(u64, Parts)], edits: &[RowEdit]) -> Vec<(u64, Parts)> {
    let change = |row: u64, edit: &RowEdit| {
        let mut parts = before.iter().find(|(other, _)| *other == row).unwrap().1.clone();
        for (role, text) in &edit.fields {
            *parts[*role as usize].last_mut().unwrap() = text.clone();
        }
        parts
    };
    let mut after = Vec::new();
    for (row, parts) in before {
        let replaced = edits.iter().find(|edit| edit.row == *row && edit.like.is_none());
        after.push(replaced.map_or_else(|| parts.clone(), |edit| change(*row, edit)));
        let added = edits.iter().filter(|edit| edit.row == *row && edit.like.is_some());
        after.extend(added.map(|edit| change(edit.like.unwrap(), edit)));
    }
    after.into_iter().enumerate().map(|(row, parts)| (row as u64, parts)).collect()
}

const TEXT: &str = "[a-z ,\"\\[\\]\\\\\n{}é]{0,12}x";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn a_copy_has_exactly_the_edited_records(
        texts in prop::collection::vec(prop::array::uniform4(TEXT), 2..20),
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), any::<Option<prop::sample::Index>>(), prop::array::uniform3(TEXT), 0i64..99), 0..8),
    ) {
        for (form, rows, roles) in forms(&texts) {
            let mut edits: Vec<RowEdit> = Vec::new();
            for (row, like, new, label) in &changes {
                let row = row.index(texts.len()) as u64;
                let like = like.map(|like| like.index(texts.len()) as u64);
                if like.is_none() && edits.iter().any(|edit| edit.row == row && edit.like.is_none()) {
                    continue;
                }
                let text = |(at, role): (usize, &Role)| match role {
                    Role::Label => (*role, (label % 2).to_string()),
                    // Two answers that are the same would share their last mark.
                    Role::Rejected => (*role, format!("+{}", new[at])),
                    _ => (*role, new[at].clone()),
                };
                edits.push(RowEdit { row, like, fields: roles.iter().enumerate().map(text).collect() });
            }
            for (name, data) in files(form == "flat", &rows) {
                let before = read(name, &data);
                prop_assert_eq!(before.len(), texts.len(), "{}", name);
                let copy = match rewrite(name, &data, &edits) {
                    Ok(copy) => copy,
                    Err(error) => return Err(TestCaseError::fail(format!("{name}: {error}"))),
                };
                prop_assert_eq!(read(name, &copy), expected(&before, &edits), "{}", name);
                if edits.is_empty() {
                    prop_assert_eq!(copy, data);
                }
            }
        }
    }
}
