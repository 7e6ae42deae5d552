//! Runs the real binary.
#![allow(dead_code, reason = "every test binary uses some of it")]

pub mod served;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// A folder of its own for a test, removed afterwards.
pub struct Bench {
    dir: tempfile::TempDir,
}

impl Bench {
    pub fn new() -> Self {
        Bench { dir: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    pub fn json(&self, name: &str) -> serde_json::Value {
        serde_json::from_slice(&self.read(name)).unwrap()
    }

    /// Names in a folder, sorted, hidden ones included.
    pub fn list(&self, name: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(name)).unwrap();
        let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_toadstone"));
        command.args(args).current_dir(self.dir.path()).env("TERM", "dumb").env_remove("NO_COLOR");
        command
    }

    pub fn run(&self, args: &[&str]) -> Done {
        Done(self.command(args).output().unwrap())
    }
}

/// A finished command.
pub struct Done(pub Output);

impl Done {
    pub fn code(&self) -> i32 {
        self.0.status.code().unwrap_or(-1)
    }

    pub fn out(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    pub fn err(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    /// Fails the test unless the exit code is as expected.
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code(), code, "stdout: {}\nstderr: {}", self.out(), self.err());
        self
    }
}

/// The example data, made once for all tests of a binary.
pub fn demo() -> &'static Path {
    static DEMO: OnceLock<Bench> = OnceLock::new();
    let bench = DEMO.get_or_init(|| {
        let bench = Bench::new();
        bench.run(&["example", "demo"]).exits(0);
        bench
    });
    Box::leak(bench.path("demo").into_boxed_path())
}

/// A file of the example data.
pub fn demo_file(name: &str) -> String {
    demo().join(name).to_str().unwrap().to_owned()
}
