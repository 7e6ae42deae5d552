//! SARIF against the schema of OASIS, and read back by types made from it.

#![allow(clippy::unwrap_used, reason = "a failure in a helper is a failed test")]

mod fixtures;

use std::process::Command;

use serde_json::Value;
use toadstone_core::Run;
use toadstone_report::{Context, Format, Style};

fn sarif(run: &Run) -> Value {
    let page = |d: &str| (d == "planted-trigger").then_some("# planted-trigger\n\nWhat it finds.\n");
    let mut out = Vec::new();
    let context = Context { pages: &page, style: Style::default() };
    Format::Sarif.render(run, &context, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

/// The schema as the package `serde-sarif` ships it; cargo knows where that is.
fn schema() -> Value {
    let rustc = Command::new("rustc").arg("-vV").output().unwrap();
    let rustc = String::from_utf8(rustc.stdout).unwrap();
    let host = rustc.lines().find_map(|l| l.strip_prefix("host: ")).unwrap();
    // Of the host only: packages of other platforms need not be there.
    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--filter-platform", host, "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .unwrap();
    assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    let metadata: Value = serde_json::from_slice(&cargo.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|p| p["name"] == "serde-sarif").unwrap();
    let manifest = std::path::Path::new(package["manifest_path"].as_str().unwrap());
    let file = std::fs::read(manifest.with_file_name("src").join("schema.json")).unwrap();
    serde_json::from_slice(&file).unwrap()
}

#[test]
fn validates() {
    let validator = jsonschema::draft7::options().should_validate_formats(true).build(&schema()).unwrap();
    for run in [
        fixtures::realistic(),
        fixtures::hostile(),
        fixtures::clean(),
        fixtures::nothing(),
        fixtures::large(50),
    ] {
        let log = sarif(&run);
        let errors: Vec<String> =
            validator.iter_errors(&log).map(|e| format!("{}: {e}", e.instance_path)).collect();
        assert!(errors.is_empty(), "{}", errors.join("\n"));
        let typed: serde_sarif::sarif::Sarif = serde_json::from_str(&log.to_string()).unwrap();
        assert_eq!(typed.runs[0].results.as_ref().unwrap().len(), run.findings.len());
    }
    let broken = serde_json::json!({ "version": "2.1.0", "runs": [{ "results": [] }] });
    assert!(!validator.is_valid(&broken), "the schema demands a tool");
}

#[test]
fn says_where_what_and_what_not() {
    let log = sarif(&fixtures::realistic());
    let run = &log["runs"][0];
    let first = &run["results"][0];
    let place = &first["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "train/reviews.jsonl");
    assert_eq!(place["region"]["startLine"], 813);
    assert_eq!(first["relatedLocations"].as_array().unwrap().len(), 3);
    let parquet = &run["results"][1]["locations"][0];
    // Its rows are no lines: the first line stands for the file, and nothing claims to be the text of it.
    assert_eq!(parquet["physicalLocation"]["region"], serde_json::json!({ "startLine": 1 }));
    assert_eq!(parquet["logicalLocations"][0]["name"], "row 77");
    assert!(parquet["message"]["text"].as_str().unwrap().starts_with("row 77: "));
    let suppressed: Vec<usize> = run["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["suppressions"].as_array().unwrap().len())
        .collect();
    assert_eq!(suppressed, [0, 0, 0, 1, 0]);
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    assert_eq!(run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap().len(), 5);
    assert!(
        run["tool"]["driver"]["rules"][0]["help"]["markdown"].as_str().unwrap().contains("What it finds")
    );
    assert_eq!(sarif(&fixtures::clean())["runs"][0]["invocations"][0]["executionSuccessful"], true);
}

/// What GitHub's code scanning asks for beyond the schema, and refuses a whole file without.
#[test]
fn code_scanning_takes_it() {
    let mut placeless = fixtures::realistic();
    placeless.findings[0].samples.clear();
    for run in [placeless, fixtures::hostile(), fixtures::large(50)] {
        let log = sarif(&run);
        let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
        for rule in rules {
            for text in ["shortDescription", "fullDescription"] {
                let length = rule[text]["text"].as_str().unwrap().chars().count();
                assert!((1..=1024).contains(&length), "{rule}");
            }
            assert!(!rule["help"]["text"].as_str().unwrap().is_empty());
            assert!(rule["properties"]["tags"].as_array().unwrap().len() <= 10);
        }
        let results = log["runs"][0]["results"].as_array().unwrap();
        for result in results {
            assert!(!result["message"]["text"].as_str().unwrap().is_empty());
            assert!(!result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap().is_empty());
            assert!(result["ruleIndex"].as_u64().is_none_or(|i| rules[i as usize]["id"] == result["ruleId"]));
            let places = result["locations"].as_array().unwrap();
            assert_eq!(places.len(), 1);
            for place in places.iter().chain(result["relatedLocations"].as_array().into_iter().flatten()) {
                let physical = &place["physicalLocation"];
                assert!(!physical["artifactLocation"]["uri"].as_str().unwrap().is_empty());
                assert!(physical["region"]["startLine"].as_u64().unwrap() >= 1);
            }
        }
    }
}

/// Of very many findings the worst are told, within what is taken, and the rest is not silent.
#[test]
fn a_great_many_findings_fit() {
    let mut run = fixtures::large(26_000);
    // Nothing of this text packs well.
    for (i, sample) in run.findings.iter_mut().flat_map(|f| &mut f.samples).enumerate() {
        sample.input = scrambled(i as u64);
    }
    let log = sarif(&run);
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 5000);
    assert!(results.iter().all(|r| r["properties"]["severity"] == "critical"));
    let notes = log["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert!(
        notes.iter().any(|n| n["message"]["text"].as_str().unwrap().starts_with("21,000 findings left out"))
    );
    let packed = packed(log.to_string().as_bytes());
    assert!(packed < 10_000_000, "{packed} bytes");
}

fn scrambled(seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b'!' + (state % 90) as u8)
    };
    (0..300).map(|_| next()).collect()
}

/// Bytes after packing with gzip, as the upload does.
fn packed(bytes: &[u8]) -> usize {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().len()
}
