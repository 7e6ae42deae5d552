//! Speed of each detector alone, on one thread: MB of text per CPU-second from parsed records to outcome.
//!
//! `cargo bench -p toadstone-detect` makes its own text. `TOADSTONE_TEXT=FILE.jsonl` takes another,
//! `-- NAME...` some detectors only, `TOADSTONE_MEMORY=MB` the memory of a state (default 64).
#![allow(clippy::print_stdout)]

use std::time::Instant;

use toadstone_detect::registry;

#[path = "../tests/common/mod.rs"]
mod common;

fn main() {
    let names: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let memory = std::env::var("TOADSTONE_MEMORY").ok().and_then(|mb| mb.parse().ok()).unwrap_or(64usize);
    let rows = match std::env::var_os("TOADSTONE_TEXT") {
        Some(path) => common::rows(&std::fs::read_to_string(path).expect("a file of JSON lines")),
        None => invented(60_000_000),
    };
    let batches = vec![common::batches(&rows, 4 << 20)];
    let bytes: usize = batches[0].iter().map(|batch| batch.text_bytes()).sum();
    println!("{} records, {:.1} MB of text", rows.len(), bytes as f64 / 1e6);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let setup = common::setup(memory << 20, folder.path());
    for detector in registry() {
        let name = detector.card().name;
        if !names.is_empty() && !names.iter().any(|wanted| wanted == name) {
            continue;
        }
        let (start, cpu) = (Instant::now(), cpu_seconds());
        let outcome = common::run(*detector, &setup, &batches, common::fold).expect("an outcome");
        let seconds = match (cpu, cpu_seconds()) {
            (Some(before), Some(after)) => after - before,
            _ => start.elapsed().as_secs_f64(),
        };
        println!(
            "{name:20} {:8.1} MB/s  {} findings, {} clusters",
            bytes as f64 / 1e6 / seconds,
            outcome.findings.len(),
            outcome.clusters.len()
        );
        if std::env::var_os("TOADSTONE_SIZES").is_some() {
            let mut sizes: Vec<(usize, u64)> =
                outcome.clusters.iter().map(|c| (c.copies.len() + 1, c.survivor.row)).collect();
            sizes.sort_unstable_by(|a, b| b.cmp(a));
            sizes.truncate(25);
            println!("    largest clusters (records, first row): {sizes:?}");
        }
        for finding in &outcome.findings {
            println!(
                "    {} {} {}: {} {:?}",
                finding.severity.name(),
                finding.confidence.name(),
                if finding.quarantine { "quarantine" } else { "keep" },
                finding.title,
                finding.evidence.iter().map(|e| (e.observed, e.expected, e.q)).collect::<Vec<_>>()
            );
        }
        outcome.notes.iter().for_each(|note| println!("    note: {note}"));
    }
}

/// CPU time of this thread, where the system tells (Linux).
fn cpu_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(text.split_whitespace().next()?.parse::<f64>().ok()? / 1e9)
}

/// Text with the word frequencies of a natural language, and some records twice.
fn invented(bytes: usize) -> Vec<common::Row> {
    let mut state = 1u64;
    let mut draw = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    };
    let mut rows: Vec<common::Row> = Vec::new();
    let mut total = 0;
    while total < bytes {
        let words = 20 + (draw() * 700.0) as usize;
        let word = |rank: f64| {
            let mut rank = (20_000f64.powf(rank)) as u64;
            let mut word = String::new();
            while rank > 0 {
                word.push_str(["ra", "no", "ti", "e", "lum", "s", "ba", "ko"][(rank % 8) as usize]);
                rank /= 8;
            }
            word
        };
        let text = (0..words).map(|_| word(draw())).collect::<Vec<_>>().join(" ");
        total += text.len();
        if draw() < 0.1 {
            rows.push(vec![(toadstone_core::Role::Input, text.clone())]);
            total += text.len();
        }
        rows.push(vec![(toadstone_core::Role::Input, text)]);
    }
    rows
}
