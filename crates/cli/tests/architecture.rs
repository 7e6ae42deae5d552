//! Dependencies between the crates of this workspace point one way; see ARCHITECTURE.md.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// What each crate may depend on, directly. Nothing else is allowed, tests included.
const ALLOWED: [(&str, &[&str]); 18] = [
    ("toadstone-core", &[]),
    ("toadstone-sketch", &[]),
    ("toadstone-store", &[]),
    ("toadstone-corpus", &["toadstone-core", "toadstone-store"]),
    ("toadstone-recheck", &["toadstone-core", "toadstone-corpus", "toadstone-sketch"]),
    ("toadstone-report", &["toadstone-core"]),
    ("toadstone-detect", &["toadstone-core", "toadstone-sketch"]),
    ("toadstone-origins", &["toadstone-core", "toadstone-sketch", "toadstone-detect"]),
    ("toadstone-quality", &["toadstone-core", "toadstone-sketch"]),
    ("toadstone-review", &["toadstone-core", "toadstone-sketch", "toadstone-corpus", "toadstone-report"]),
    ("toadstone-states", &["toadstone-core", "toadstone-corpus", "toadstone-detect", "toadstone-origins"]),
    ("toadstone-seal", &["toadstone-core", "toadstone-corpus", "toadstone-sketch"]),
    ("toadstone-lineage", &["toadstone-core", "toadstone-sketch", "toadstone-detect"]),
    ("toadstone-proxy", &["toadstone-core"]),
    ("toadstone-redteam", &["toadstone-core", "toadstone-corpus", "toadstone-proxy", "toadstone-sketch"]),
    ("toadstone-trial", &["toadstone-core", "toadstone-proxy", "toadstone-sketch"]),
    (
        "toadstone",
        &[
            "toadstone-core",
            "toadstone-corpus",
            "toadstone-detect",
            "toadstone-lineage",
            "toadstone-origins",
            "toadstone-proxy",
            "toadstone-quality",
            "toadstone-recheck",
            "toadstone-redteam",
            "toadstone-report",
            "toadstone-review",
            "toadstone-seal",
            "toadstone-sketch",
            "toadstone-states",
            "toadstone-store",
            "toadstone-trial",
        ],
    ),
    (
        "toadstone-python",
        &["toadstone", "toadstone-core", "toadstone-corpus", "toadstone-report", "toadstone-states"],
    ),
];

/// The front ends: whoever they work for is told by them.
const FRONT_ENDS: [&str; 2] = ["toadstone", "toadstone-python"];

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn packages() -> Vec<serde_json::Value> {
    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&cargo.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

#[test]
fn dependencies_point_one_way() {
    let allowed: BTreeMap<&str, BTreeSet<&str>> =
        ALLOWED.iter().map(|(name, list)| (*name, list.iter().copied().collect())).collect();
    let packages = packages();
    let names: BTreeSet<&str> = packages.iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert_eq!(names, allowed.keys().copied().collect(), "a new crate has to be placed in this test");
    for package in &packages {
        let name = package["name"].as_str().unwrap();
        for dependency in package["dependencies"].as_array().unwrap() {
            let on = dependency["name"].as_str().unwrap();
            let kind = dependency["kind"].as_str().unwrap_or("normal");
            let fine = !names.contains(on) || allowed[name].contains(on);
            assert!(fine, "{name} must not have {on} as a {kind} dependency");
        }
    }
}

/// Only front ends print, and only they end the process.
#[test]
fn nothing_below_the_front_ends_prints_or_exits() {
    for (name, _) in ALLOWED.iter().filter(|(name, _)| !FRONT_ENDS.contains(name)) {
        let dir = root().join("crates").join(name.trim_start_matches("toadstone-")).join("src");
        for file in sources(&dir) {
            let text = std::fs::read_to_string(&file).unwrap();
            for call in ["process::exit", "println!", "eprintln!", "print!(", "io::stdout", "io::stderr"] {
                assert!(!text.contains(call), "{} has `{call}`", file.display());
            }
        }
    }
}

/// Short files are read; long ones are searched.
#[test]
fn no_source_file_is_long() {
    for file in sources(&root().join("crates")) {
        let lines = std::fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= 400, "{} has {lines} lines", file.display());
    }
}

fn sources(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_none_or(|n| n != "node_modules" && n != "target") {
            out.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
    out
}
