//! A sealed data set to work with.
#![allow(dead_code, reason = "every test binary uses some of it")]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::common::{Bench, Done};

/// Two pairs of keys, made once.
fn keys() -> &'static Bench {
    static KEYS: OnceLock<Bench> = OnceLock::new();
    KEYS.get_or_init(|| {
        let bench = Bench::new();
        for name in ["a.pem", "b.pem", "c.pem"] {
            bench.run(&["keygen", name]).exits(0);
        }
        bench
    })
}

/// A folder `data` with records, text, hidden and empty files and folders, sealed by the key `a`.
pub struct Sealed {
    pub bench: Bench,
}

impl Sealed {
    /// Data that is not sealed yet, and keys.
    pub fn unsealed() -> Sealed {
        let bench = Bench::new();
        for key in ["a", "b", "c"] {
            for name in [format!("{key}.pem"), format!("{key}.pub.pem")] {
                bench.write(&name, keys().read(&name));
            }
        }
        bench.write("data/train.jsonl", lines(600)).write("data/test.csv", table(40));
        bench.write("data/README.md", "# Data\n").write("data/.hidden/notes.txt", "notes\n");
        bench.write("data/r\u{e9}sum\u{e9}.txt", "text\n").write("data/zero.bin", "");
        std::fs::create_dir_all(bench.path("data/sub/empty")).unwrap();
        Sealed { bench }
    }

    pub fn new() -> Sealed {
        let sealed = Sealed::unsealed();
        sealed.seal(&["--key", "a.pem"]).exits(0);
        sealed
    }

    pub fn run(&self, args: &[&str]) -> Done {
        let mut command = self.bench.command(args);
        Done(command.env("XDG_STATE_HOME", self.bench.path("state")).output().unwrap())
    }

    pub fn seal(&self, more: &[&str]) -> Done {
        self.run(&[&["seal", "data"], more].concat())
    }

    /// Checks with the key `a`.
    pub fn verify(&self, more: &[&str]) -> Done {
        self.run(&[&["verify", "data.seal", "--key", "a.pub.pem"], more].concat())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.bench.path(name)
    }

    /// Adds a file.
    pub fn add(&self, name: &str, content: &str) {
        self.bench.write(name, content);
    }

    /// Changes a file of bytes.
    pub fn change(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = self.bench.read(name);
        change(&mut bytes);
        std::fs::write(self.path(name), bytes).unwrap();
    }

    /// Changes a file of JSON.
    pub fn change_json(&self, name: &str, change: impl FnOnce(&mut Value)) {
        let mut json = self.bench.json(name);
        change(&mut json);
        std::fs::write(self.path(name), serde_json::to_vec(&json).unwrap()).unwrap();
    }

    /// Changes what was signed, without signing it again.
    pub fn change_payload(&self, change: impl FnOnce(&mut Value)) {
        self.change_payload_text(|text| {
            let mut statement: Value = serde_json::from_str(&text).unwrap();
            change(&mut statement);
            statement.to_string()
        });
    }

    pub fn change_payload_text(&self, change: impl FnOnce(String) -> String) {
        self.change_json("data.seal/seal.sig", |bundle| {
            let payload = &mut bundle["dsseEnvelope"]["payload"];
            let bytes = STANDARD.decode(payload.as_str().unwrap()).unwrap();
            *payload = STANDARD.encode(change(String::from_utf8(bytes).unwrap())).into();
        });
    }
}

/// JSON lines with text, label and source.
pub fn lines(n: usize) -> String {
    (0..n).map(|i| line(i, if i % 2 == 0 { "pos" } else { "neg" })).collect()
}

pub fn line(i: usize, label: &str) -> String {
    format!(
        "{{\"text\":\"this is the text number {i} of the set\",\"label\":\"{label}\",\"source\":\"s{}\"}}\n",
        i % 7
    )
}

fn table(n: usize) -> String {
    let rows = (0..n).map(|i| format!("\"a review, with number {i}\",{}\n", i % 2));
    format!("text,label\n{}", rows.collect::<String>())
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// What is done, and a part of what has to be said about it.
pub type Case = (&'static str, fn(&Sealed), &'static str);

/// Seals, tampers, and expects exit code 1 with the words.
pub fn each(cases: &[Case]) {
    for (name, tamper, words) in cases {
        let sealed = Sealed::new();
        sealed.verify(&["--no-pin"]).exits(0);
        tamper(&sealed);
        let done = sealed.verify(&["--no-pin"]);
        assert_eq!(done.code(), 1, "{name} was accepted, or not judged:\n{}\n{}", done.out(), done.err());
        assert!(done.out().contains(words), "{name}: {words:?} is not in\n{}", done.out());
    }
}
