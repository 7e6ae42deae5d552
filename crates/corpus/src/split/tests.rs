use std::sync::Mutex;

use proptest::prelude::*;
use toadstone_core::{Batch, Control, Observe, Source};

use crate::options::Options;
use crate::readers::tar::tests::archive;
use crate::{Corpus, SplitError};

/// The texts of all records, in order.
fn texts(name: &str, data: &[u8]) -> Vec<String> {
    let corpus = Corpus::from_memory(vec![(name.to_owned(), data.to_vec())], &Options::default()).unwrap();
    let found = Mutex::new(Vec::new());
    let observe: Observe<'_> = Box::new(|batch: &Batch| {
        let text = |r: toadstone_core::Record<'_>| (r.id().row, r.input().to_owned());
        found.lock().unwrap().extend(batch.records().map(text));
    });
    corpus.read(vec![observe], &Control::default()).unwrap();
    let mut found = found.into_inner().unwrap();
    found.sort_unstable();
    found.into_iter().map(|(_, text)| text).collect()
}

/// Both parts of a file; `None` for a part that was not made.
fn split(name: &str, data: &[u8], out: &[u64]) -> Result<[Option<Vec<u8>>; 2], SplitError> {
    let corpus = Corpus::from_memory(vec![(name.to_owned(), data.to_vec())], &Options::default()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let paths = [folder.path().join("kept"), folder.path().join("aside")];
    corpus.split(0, out, &paths[0], &paths[1])?;
    Ok(paths.map(|path| std::fs::read(path).ok()))
}

fn parts(name: &str, data: &str, out: &[u64]) -> [String; 2] {
    split(name, data.as_bytes(), out)
        .unwrap()
        .map(|part| String::from_utf8(part.unwrap_or_default()).unwrap())
}

#[test]
fn lines_go_with_their_ends() {
    let data = "{\"text\":\"a\"}\r\n\n{\"text\":\"b\"}\nbroken\n{\"text\":\"c\"}";
    assert_eq!(
        parts("x.jsonl", data, &[0, 3]),
        ["\n{\"text\":\"b\"}\nbroken\n", "{\"text\":\"a\"}\r\n{\"text\":\"c\"}\n"]
    );
    assert_eq!(parts("x.jsonl", data, &[]), [data, ""]);
    assert!(matches!(split("x.jsonl", data.as_bytes(), &[2]), Err(SplitError::Changed)), "it was refused");
    assert!(matches!(split("x.jsonl", data.as_bytes(), &[9]), Err(SplitError::Changed)));
}

#[test]
fn both_parts_of_a_table_have_its_header() {
    let data = "\u{feff}text,label\r\n\"two\r\nlines\",1\r\nplain,0\r\nlast,1";
    assert_eq!(
        parts("x.csv", data, &[0, 2]),
        ["\u{feff}text,label\r\nplain,0\r\n", "\u{feff}text,label\r\n\"two\r\nlines\",1\r\nlast,1\n"]
    );
}

#[test]
fn commas_of_a_document_fit() {
    let data = "[\n  {\"text\":\"a, [\"},\n  {\"text\":\"b\"} ,\n  {\"text\":\"c\"}\n]\n";
    let kept = |out: &[u64]| parts("x.json", data, out)[0].clone();
    assert_eq!(kept(&[0]), "[\n  {\"text\":\"b\"} ,\n  {\"text\":\"c\"}\n]\n");
    assert_eq!(kept(&[1]), "[\n  {\"text\":\"a, [\"},\n  {\"text\":\"c\"}\n]\n");
    assert_eq!(kept(&[2]), "[\n  {\"text\":\"a, [\"},\n  {\"text\":\"b\"} \n]\n");
    assert_eq!(kept(&[0, 1, 2]), "[\n  \n]\n");
    assert_eq!(parts("x.json", data, &[0, 2])[1], "[\n{\"text\":\"a, [\"},\n{\"text\":\"c\"}\n]\n");
    let wrapped = "{\"version\":1,\"data\":[{\"text\":\"a\"},{\"text\":\"b\"}],\"more\":[1,2]}";
    assert_eq!(
        parts("x.json", wrapped, &[1])[0],
        "{\"version\":1,\"data\":[{\"text\":\"a\"}],\"more\":[1,2]}"
    );
}

#[test]
fn a_file_that_is_a_record_goes_as_it_is() {
    assert_eq!(split("x.md", b"# one\n\ntext\n", &[0]).unwrap(), [None, Some(b"# one\n\ntext\n".to_vec())]);
    let large = "a line of text\n".repeat(80_000);
    let [kept, aside] = parts("x.txt", &large, &[0, 5]);
    assert_eq!((kept.len(), aside.len()), (large.len() - 30, 30));
}

#[test]
fn members_of_a_record_go_together() {
    let members: [(&str, &[u8]); 6] = [
        ("0.jpg", b"\xff\xd8"),
        ("0.txt", b"a cat"),
        ("0.cls", b"3\n"),
        ("1.jpg", b"\xff\xd9"),
        ("1.txt", b"a dog"),
        ("notes.npy", b"1"),
    ];
    let [kept, aside] = split("x.tar", &archive(&members), &[0]).unwrap();
    assert_eq!((kept, aside), (Some(archive(&members[3..])), Some(archive(&members[..3]))));
}

#[test]
fn compressed_files_stay_compressed() {
    let data = "{\"text\":\"a\"}\n{\"text\":\"b\"}\n";
    let packed = zstd::encode_all(data.as_bytes(), 1).unwrap();
    let [kept, aside] = split("x.jsonl.zst", &packed, &[0]).unwrap();
    let text =
        |part: Option<Vec<u8>>| String::from_utf8(zstd::decode_all(&part.unwrap()[..]).unwrap()).unwrap();
    assert_eq!([text(kept), text(aside)], ["{\"text\":\"b\"}\n", "{\"text\":\"a\"}\n"]);
    assert_eq!(split("x.jsonl.zst", &packed, &[]).unwrap()[0], Some(packed));
}

/// Files of every format of lines and documents that hold the same texts.
fn written(texts: &[String]) -> Vec<(&'static str, String)> {
    let json = |text: &String| serde_json::json!({ "text": text, "label": 1 }).to_string();
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["text", "label"]).unwrap();
    texts.iter().for_each(|text| table.write_record([text.as_str(), "1"]).unwrap());
    let all: Vec<String> = texts.iter().map(json).collect();
    vec![
        ("x.jsonl", all.join("\n")),
        ("x.json", format!("[{}]", all.join(",\n"))),
        ("x.csv", String::from_utf8(table.into_inner().unwrap()).unwrap()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_goes_and_what_stays_is_everything(
        texts_in in prop::collection::vec("[a-z ,\"\\[\\]\\\\\n{}]{0,12}x", 2..30),
        goes in prop::collection::vec(any::<bool>(), 30),
    ) {
        let out: Vec<u64> = (0..texts_in.len() as u64).filter(|row| goes[*row as usize]).collect();
        let pick = |wanted: bool| -> Vec<String> {
            let of = texts_in.iter().enumerate().filter(|(row, _)| goes[*row] == wanted);
            of.map(|(_, text)| text.clone()).collect()
        };
        for (name, data) in written(&texts_in) {
            prop_assume!(texts(name, data.as_bytes()) == texts_in);
            let [kept, aside] = split(name, data.as_bytes(), &out).unwrap();
            // Without any record a file has no columns to recognise.
            let found = |part: Option<Vec<u8>>, wanted: &[String]| match wanted {
                [] => Vec::new(),
                _ => texts(name, &part.unwrap()),
            };
            prop_assert_eq!(found(kept, &pick(false)), pick(false), "{}", name);
            prop_assert_eq!(found(aside, &pick(true)), pick(true), "{}", name);
        }
    }
}
