//! Opens the files of an earlier run again, as that run took them.

use std::path::{Path, PathBuf};

use toadstone_core::InputFile;
use toadstone_store::is_address;

use crate::corpus::{Corpus, Entry, OpenError, meanings};
use crate::find::{self, Found};
use crate::medium::Medium;
use crate::names::Meaning;
use crate::options::Options;

impl Corpus {
    /// Opens the files of a run, in the run's order and under its names, so that
    /// [`toadstone_core::RecordId`]s of the run hold. `folder` is where relative names start from.
    ///
    /// A file that is not there, has another size, or is taken for another format or for other columns
    /// than in the run is listed by [`Corpus::unreadable`]. Whether its bytes are the same shows only
    /// when it has been read: compare [`Corpus::inputs`] then.
    ///
    /// # Errors
    /// [`OpenError::Field`] if [`Options::map`] makes no sense.
    pub fn reopen(
        inputs: &[InputFile],
        folder: Option<&Path>,
        options: &Options,
    ) -> Result<Corpus, OpenError> {
        let map = meanings(&options.map)?;
        let names = |map: &[(Meaning, String)]| map.iter().map(|(_, column)| column.clone()).collect();
        let entry = |input: &InputFile| {
            let open = |map: &[(Meaning, String)], named: Vec<String>| {
                Entry::reopen(found(input, folder), input, map, named, options)
            };
            let first = open(&map, names(&map));
            // The run may have been told what its columns are; a table without a header has numbers as
            // names, which must not make its first row a header.
            let told: Vec<_> = input.columns.iter().map(|c| (c.role.clone(), c.column.clone())).collect();
            let told = meanings(&told).unwrap_or_default();
            let ways = [names(&told), Vec::new()].into_iter().filter(|_| first.error.is_some());
            let again = ways.map(|named| open(&told, named)).find(|entry| entry.error.is_none());
            again.unwrap_or(first)
        };
        Ok(Corpus::of_entries(inputs.iter().map(entry).collect(), options))
    }
}

fn found(input: &InputFile, folder: Option<&Path>) -> Found {
    let path = folder.map_or_else(|| PathBuf::from(&input.name), |folder| folder.join(&input.name));
    let (medium, error) = match input.name.as_str() {
        "-" => (Medium::File(path), Some("standard input cannot be read again".to_owned())),
        name if is_address(name) => match find::remote::object(name) {
            Ok(medium) => (medium, input.error.clone()),
            Err(why) => (Medium::File(path), Some(why)),
        },
        _ => (Medium::File(path), input.error.clone()),
    };
    // Text that looks like a table was taken for text because text stood beside it.
    let beside_text = input.format.split('.').next() == Some("text");
    Found { name: input.name.clone(), medium, walked: false, beside_text, error }
}

impl Entry {
    fn reopen(
        found: Found,
        input: &InputFile,
        map: &[(Meaning, String)],
        named: Vec<String>,
        options: &Options,
    ) -> Entry {
        let (name, medium) = (found.name.clone(), found.medium.clone());
        let mut entry = match Entry::open(found, map, named, options.limits) {
            Ok(entry) => entry,
            Err(skipped) => Entry::unknown(name, medium, Some(skipped.why.to_owned())),
        };
        // What it is taken for says nothing once it is another file.
        match entry.stamp.map(|stamp| stamp.bytes) {
            Some(bytes) if bytes != input.bytes => {
                let then = input.bytes;
                entry.error =
                    Some(format!("it changed since it was scanned: it has {bytes} bytes and had {then}"));
            }
            _ if entry.error.is_some() => {}
            _ if entry.shown_format() != input.format || entry.shown_columns() != input.columns => {
                entry.error =
                    Some("its format or columns are not recognised as they were in the run".to_owned());
            }
            _ => {}
        }
        entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use toadstone_core::{Batch, Control, Observe, Source};

    fn read(corpus: &Corpus) -> Vec<InputFile> {
        let observe: Observe<'_> = Box::new(|_: &Batch| {});
        corpus.read(vec![observe], &Control::default()).unwrap();
        corpus.inputs()
    }

    #[test]
    fn files_are_taken_as_they_were_and_changes_are_told() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        write("a.jsonl", "{\"question\":\"what\",\"reply\":\"this\"}\n");
        write("b.csv", "0,some text here\n1,more text here\n0,text at the end\n");
        let paths: Vec<String> =
            ["a.jsonl", "b.csv"].map(|n| dir.path().join(n).to_str().unwrap().to_owned()).to_vec();
        let map =
            vec![("input".to_owned(), "question".to_owned()), ("output".to_owned(), "reply".to_owned())];
        let told = Options { map, ..Options::default() };
        let mut inputs = read(&Corpus::open(&paths[..1], &told).unwrap());
        let told = Options { map: vec![("input".to_owned(), "1".to_owned())], ..Options::default() };
        inputs.extend(read(&Corpus::open(&paths[1..], &told).unwrap()));
        assert!(inputs.iter().all(|input| input.error.is_none() && input.records > 0), "{inputs:?}");
        let again = Corpus::reopen(&inputs, None, &Options::default()).unwrap();
        assert_eq!(read(&again), inputs);

        write("b.csv", "0,some text here\n1,MORE text here\n0,text at the end\n");
        let same_size = read(&Corpus::reopen(&inputs, None, &Options::default()).unwrap());
        assert_ne!(same_size[1].digest, inputs[1].digest);
        write("b.csv", "0,some text here\n");
        std::fs::remove_file(dir.path().join("a.jsonl")).unwrap();
        let changed = Corpus::reopen(&inputs, None, &Options::default()).unwrap();
        let why: Vec<&str> = changed.unreadable().map(|(_, why)| why).collect();
        assert!(why[0].contains("No such file") && why[1].contains("changed since"), "{why:?}");
    }

    #[test]
    fn names_start_from_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("x.md"), "a text").unwrap();
        let path = dir.path().join("x.md").to_str().unwrap().to_owned();
        let mut inputs = read(&Corpus::open(&[path], &Options::default()).unwrap());
        inputs[0].name = "x.md".to_owned();
        let again = Corpus::reopen(&inputs, Some(dir.path()), &Options::default()).unwrap();
        assert_eq!(read(&again), inputs);
    }
}
