//! A sealed data set that can be scanned.
#![allow(dead_code, reason = "every test binary uses some of it")]

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
        for name in ["a.pem", "b.pem"] {
            bench.run(&["keygen", name]).exits(0);
        }
        bench
    })
}

/// A folder `data` that is sealed by the key `a`, and that no detector objects to.
pub struct Sealed {
    pub bench: Bench,
}

pub const SCAN: [&str; 5] = ["scan", "data", "--seal", "data.seal", "--key"];

impl Sealed {
    pub fn new() -> Sealed {
        let bench = Bench::new();
        for name in ["a.pem", "a.pub.pem", "b.pem", "b.pub.pem"] {
            bench.write(name, keys().read(name));
        }
        bench.write("data/one.jsonl", lines(0, 60)).write("data/two.jsonl", lines(60, 90));
        bench.write("data/README.md", "# Data\n");
        let sealed = Sealed { bench };
        sealed.run(&["seal", "data", "--key", "a.pem"]).exits(0);
        sealed
    }

    /// With the state of one user, and a time that stands still.
    pub fn run(&self, args: &[&str]) -> Done {
        let mut command = self.bench.command(args);
        command.env("XDG_STATE_HOME", self.bench.path("state")).env("SOURCE_DATE_EPOCH", "1800000000");
        Done(command.output().unwrap())
    }

    pub fn scanned(self) -> Sealed {
        self.run(&[&SCAN[..], &["a.pem"]].concat()).exits(0);
        self
    }

    /// Verifies with the key `a`, and demands a scan.
    pub fn verify(&self, more: &[&str]) -> Done {
        self.run(&[&["verify", "data.seal", "--key", "a.pub.pem", "--require-scan"], more].concat())
    }

    /// The one problem that is there.
    pub fn problem(&self, more: &[&str]) -> String {
        let out = self.verify(more).exits(1).out();
        let mut problems = out.lines().filter_map(|line| line.strip_prefix("  ✗ "));
        let problem = problems.next().unwrap_or_else(|| panic!("{out}")).to_owned();
        assert_eq!(problems.next(), None, "{out}");
        problem
    }

    pub fn remove(&self, name: &str) {
        std::fs::remove_file(self.bench.path(name)).unwrap();
    }

    /// Changes what was signed in an attestation, without signing it again.
    pub fn forge(&self, name: &str, change: impl FnOnce(&mut Value)) {
        let mut bundle = self.bench.json(name);
        let payload = &mut bundle["dsseEnvelope"]["payload"];
        let mut statement =
            serde_json::from_slice(&STANDARD.decode(payload.as_str().unwrap()).unwrap()).unwrap();
        change(&mut statement);
        *payload = STANDARD.encode(statement.to_string()).into();
        self.bench.write(name, bundle.to_string());
    }

    pub fn statement(&self, name: &str) -> Value {
        let payload = self.bench.json(name)["dsseEnvelope"]["payload"].as_str().unwrap().to_owned();
        serde_json::from_slice(&STANDARD.decode(payload).unwrap()).unwrap()
    }
}

pub fn lines(from: usize, to: usize) -> String {
    let line = |i: usize| {
        format!("{{\"text\":\"note {i} on the weather of day {}\",\"source\":\"s{}\"}}\n", i * 7, i % 3)
    };
    (from..to).map(line).collect()
}
