//! Reads a data set and says how fast: `cargo run --release --example read -- [-j THREADS] PATH...`

#![allow(clippy::print_stdout, reason = "a program for a terminal")]

use std::error::Error;
use std::time::Instant;

use toadstone_core::{Batch, Control, Observe, Source};
use toadstone_corpus::{Corpus, Options};

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths: Vec<String> = std::env::args().skip(1).collect();
    let mut threads = 1;
    if paths.first().is_some_and(|first| first == "-j") {
        threads = paths.get(1).ok_or("-j needs a number")?.parse()?;
        paths.drain(..2);
    }
    let start = Instant::now();
    let corpus = Corpus::open(&paths, &Options::default())?;
    println!("opened in {:.3} s", start.elapsed().as_secs_f64());
    for pass in 0..2 {
        let start = Instant::now();
        let workers = (0..threads).map(|_| Box::new(|_: &Batch| {}) as Observe<'_>).collect();
        let read = corpus.read(workers, &Control::default())?;
        let seconds = start.elapsed().as_secs_f64();
        let speed = read.text_bytes as f64 / 1e6 / seconds;
        println!(
            "pass {pass}: {} records, {} refused, {} bytes of text, {seconds:.3} s, {speed:.0} MB/s",
            read.records, read.rejected, read.text_bytes
        );
    }
    for input in corpus.inputs() {
        let columns: Vec<String> = input.columns.iter().map(|c| format!("{}={}", c.role, c.column)).collect();
        let error = input.error.unwrap_or_default();
        println!(
            "{} [{} {}] {} records {} {error}",
            input.name,
            input.format,
            input.kind,
            input.records,
            columns.join(" ")
        );
    }
    corpus.rejected().iter().for_each(|r| println!("  refused: {} {}", r.records, r.reason));
    Ok(())
}
