//! Measures the comparison on a simulated crawl, beside plain equality of digests.
//!
//! `cargo run --release --example crawl -p toadstone-recheck -- [ATTACK] [SEED] [PAGES DOMAINS] [--write DIR]`
//! where ATTACK is all, third, on-topic, sentence, short or none. `--write` leaves both looks as files:
//! `first.jsonl` and `second.warc`.

#![allow(clippy::print_stdout, reason = "a program for a terminal")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::collections::HashMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use support::{Attack, Both, Crawl, Event};
use toadstone_core::{Became, RecordId};
use toadstone_recheck::page::{Content, Page};
use toadstone_recheck::{First, Second, compare};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let folder = args.iter().position(|arg| arg == "--write").and_then(|at| args.drain(at..).nth(1));
    let arg = |at: usize| args.get(at).map(String::as_str);
    let attack = match arg(0).unwrap_or("all") {
        "all" => Attack::All,
        "third" => Attack::Third,
        "on-topic" => Attack::OnTopic,
        "sentence" => Attack::Sentence,
        "short" => Attack::Short,
        _ => Attack::None,
    };
    let mut crawl = Crawl::full(arg(1).unwrap_or("1").parse()?, attack);
    if let (Some(pages), Some(domains)) = (arg(2), arg(3)) {
        (crawl.pages, crawl.domains) = (pages.parse()?, domains.parse()?);
    }
    match folder {
        Some(folder) => write(&crawl, Path::new(&folder)),
        None => measure(&crawl),
    }
}

fn measure(crawl: &Crawl) -> Result<(), Box<dyn Error>> {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    let mut events: HashMap<String, Event> = HashMap::new();
    let mut bytes = 0;
    let start = Instant::now();
    crawl.run(|both: Both| {
        let id = RecordId { file: 0, row: first.len() as u64 };
        bytes += both.first.len();
        let page = |content| Page { url: both.url.clone(), seen: None, content, cut: false };
        let text = |bytes: &[u8], kind| Content::of(bytes, kind, &both.url);
        first.push((id, Some(page(text(&both.first, None)))));
        let content = match &both.second {
            Some((bytes, kind)) => text(bytes, Some(kind)),
            None => Content::Gone("status 404".into()),
        };
        second.push((id, Some(page(content))));
        events.insert(both.url.clone(), both.event);
    });
    println!(
        "{} pages, {} MB, made and fingerprinted in {:.1} s",
        first.len(),
        bytes / 1_000_000,
        start.elapsed().as_secs_f64()
    );
    let start = Instant::now();
    let first = First::of(first, vec!["crawl".to_owned()]);
    let mut look = Second::new(&first);
    look.add(second);
    let done = compare(&look, false);
    println!("compared in {:.2} s", start.elapsed().as_secs_f64());

    let changes: HashMap<&str, (Became, f32)> =
        done.changes.iter().map(|change| (change.url.as_str(), (change.change, change.score))).collect();
    let mut table: HashMap<(String, &str), u64> = HashMap::new();
    let (mut poison, mut fine) = (Vec::new(), Vec::new());
    let mut changed = (0, 0);
    for (url, event) in &events {
        let (change, score) = changes.get(url.as_str()).copied().unwrap_or((Became::Identical, 0.0));
        *table.entry((format!("{event:?}"), change.name())).or_default() += 1;
        if *event == Event::Bought {
            poison.push(score);
            changed.0 += u64::from(change != Became::Identical);
        } else {
            fine.push(score);
            changed.1 += u64::from(change != Became::Identical);
        }
    }
    let mut rows: Vec<_> = table.into_iter().collect();
    rows.sort();
    rows.iter().for_each(|((event, change), n)| println!("  {event:<10} {change:<12} {n}"));
    fine.sort_by(|a, b| b.total_cmp(a));
    for rate in [0.01, 0.001, 0.0001] {
        let limit = fine[(fine.len() as f64 * rate) as usize];
        let caught = poison.iter().filter(|score| **score > limit).count();
        println!(
            "recall {:.3} at {rate} false positives ({caught} of {})",
            caught as f64 / poison.len().max(1) as f64,
            poison.len()
        );
    }
    println!(
        "digests: all {} poisoned pages at a false positive rate of {:.3}; at .01, by chance, recall {:.3}",
        changed.0,
        changed.1 as f64 / fine.len() as f64,
        0.01 * fine.len() as f64 / changed.1 as f64
    );
    let wanted: Vec<String> = crawl.bought().into_iter().map(|site| crawl.domain(site)).collect();
    println!("bought {wanted:?}");
    for (what, list) in [("named", &done.account.replaced), ("rewritten", &done.account.rewritten)] {
        for domain in list {
            println!(
                "  {what} {} {}/{} strange {:.3} chance {:.1e} hand {:?}",
                domain.domain, domain.replaced, domain.seen, domain.strange, domain.chance, domain.hand
            );
        }
    }
    println!("base {:.5}", done.account.base);
    println!("parked {}; hands {:?}", done.account.parked.len(), done.account.hands);
    Ok(())
}

fn write(crawl: &Crawl, folder: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    let mut first = BufWriter::new(File::create(folder.join("first.jsonl"))?);
    let mut second = BufWriter::new(File::create(folder.join("second.warc"))?);
    let mut failed = None;
    crawl.run(|both| {
        let line = serde_json::json!({"url": both.url, "text": String::from_utf8_lossy(&both.first)});
        let (status, body) = match &both.second {
            Some((bytes, kind)) => (format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n"), bytes.clone()),
            None => ("HTTP/1.1 404 Not Found\r\n\r\n".to_owned(), Vec::new()),
        };
        let head = format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {}\r\nWARC-Date: 2024-03-09T12:00:00Z\r\nContent-Length: {}\r\n\r\n{status}",
            both.url,
            status.len() + body.len()
        );
        let written = writeln!(first, "{line}")
            .and_then(|()| second.write_all(head.as_bytes()))
            .and_then(|()| second.write_all(&body))
            .and_then(|()| second.write_all(b"\r\n\r\n"));
        failed = failed.take().or(written.err());
    });
    failed.map_or(Ok(()), |error| Err(error.into()))
}
