//! `toadstone recheck`: what became of web pages since they were first seen.

mod pages;
mod revisions;

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use toadstone_corpus::Options;
use toadstone_recheck::fetch;
use toadstone_recheck::read::ReadError;
use toadstone_report::{RecheckFormat, RecheckReport, Rechecked, Style};

use crate::data::{Mode, mapping};
use crate::failure::Failure;
use crate::out::{Main, Space};
use crate::terminal::{self, Color};
use crate::{EXIT_CODES, Exit};

/// The file that makes a folder a finished result.
const RECHECK: Main =
    Main { name: "recheck.json", keys: ["schema", "what", "not_checked"], what: "a recheck by toadstone" };
/// The page for a person.
const PAGE: &str = "recheck.html";
/// The table of pages that are not identical.
const TABLE: &str = "recheck.parquet";

/// See what became of web pages since they were first seen: which drifted, which were replaced, whose domain changed hands
///
/// FIRST is what is trusted: a data set with a column of addresses, a pages.parquet, a folder that holds
/// one, a web archive, an index or list of digests. --against, or --fetch, is the look that is compared.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
#[command(group(clap::ArgGroup::new("look").required(true).args(["against", "fetch", "pages", "revisions"])))]
pub struct Args {
    /// The first look at the pages
    #[arg(value_name = "FIRST", required_unless_present = "revisions", conflicts_with = "revisions")]
    first: Vec<String>,

    /// The second look: data sets, folders, WARC (.gz, .zst), CDXJ, CSV of url and hash, pages.parquet
    #[arg(long, value_name = "SECOND", num_args = 1..)]
    against: Vec<String>,

    /// Look at the pages now, over the network; what was seen is kept in FILE, and a killed run goes on
    #[arg(long, value_name = "FILE")]
    fetch: Option<PathBuf>,

    /// Only keep fingerprints of the pages of FIRST in FILE, half a kilobyte each, without the texts
    #[arg(long, value_name = "FILE")]
    pages: Option<PathBuf>,

    /// A list of revisions (CSV or JSON lines: record, editor, time, digest or text): which edits were
    /// made shortly before a snapshot and taken back after it
    #[arg(long, value_name = "FILE", requires = "snapshot")]
    revisions: Option<PathBuf>,

    /// With --revisions: when the snapshot was taken; may be repeated
    #[arg(long, value_name = "TIME", value_parser = time, requires = "revisions")]
    snapshot: Vec<i64>,

    /// With --revisions: hours that count as shortly before a snapshot
    #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(u16).range(1..))]
    before: u16,

    /// With --revisions: hours that count as shortly after a snapshot
    #[arg(long, value_name = "HOURS", default_value_t = 72, value_parser = clap::value_parser!(u16).range(1..))]
    after: u16,

    /// Look at so many pages only, drawn by --seed
    #[arg(long, value_name = "PAGES", value_parser = clap::value_parser!(u32).range(1..), conflicts_with = "revisions")]
    sample: Option<u32>,

    /// Seed of the sample
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    #[command(flatten)]
    net: Net,

    /// Say which column is what, if it is not recognised: `url=link`, `input=body`
    #[arg(long, value_name = "FIELD=COLUMN", value_parser = mapping)]
    map: Vec<(String, String)>,

    /// Worker threads [default: one for each core]. The result does not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// What to show while it runs
    #[arg(long, value_name = "HOW", default_value = "auto", value_enum)]
    progress: Mode,

    /// Folder for recheck.json, recheck.parquet and recheck.html
    #[arg(long, value_name = "DIR", conflicts_with = "pages")]
    out: Option<PathBuf>,

    /// What to print on standard output
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = format_parser())]
    format: RecheckFormat,
}

/// How to fetch.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "With --fetch")]
struct Net {
    /// Seconds between two requests to one host; robots.txt may ask for more
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0, value_parser = seconds)]
    pause: f64,

    /// Requests a second, to all hosts together
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..))]
    rate: u16,

    /// Requests at one time
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=256))]
    connections: u16,

    /// Seconds that one request may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30.0, value_parser = seconds)]
    timeout: f64,

    /// Bytes of a page that are read, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=16))]
    max_size: u16,

    /// Also connect to private networks and to this machine
    #[arg(long)]
    allow_private: bool,

    /// Also connect to this address; may be repeated
    #[arg(long, value_name = "IP")]
    allow_address: Vec<IpAddr>,
}

impl Net {
    fn options(&self) -> fetch::Options {
        fetch::Options {
            connections: usize::from(self.connections),
            pause: Duration::from_secs_f64(self.pause),
            rate: f64::from(self.rate),
            timeout: Duration::from_secs_f64(self.timeout.max(0.1)),
            size: u64::from(self.max_size) << 20,
            allow_private: self.allow_private,
            allow: self.allow_address.clone(),
        }
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "write a number of seconds, such as 1 or 0.5".to_owned())?;
    if (0.0..=3600.0).contains(&seconds) { Ok(seconds) } else { Err("write 0 to 3600 seconds".to_owned()) }
}

fn time(text: &str) -> Result<i64, String> {
    let wrong = || "write a time such as 2024-03-09T12:00:00Z, 2024-03-09 or seconds since 1970".to_owned();
    toadstone_core::instant(text).ok_or_else(wrong)
}

fn format_parser() -> impl clap::builder::TypedValueParser<Value = RecheckFormat> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
    let values = RecheckFormat::ALL.map(|f| PossibleValue::new(f.name()).help(f.about()));
    let named = |name: String| RecheckFormat::ALL.into_iter().find(|f| f.name() == name).ok_or("unknown");
    PossibleValuesParser::new(values).try_map(named)
}

impl Args {
    fn threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.map_or_else(cores, usize::from)
    }

    fn options(&self, temporary: &Path) -> Options {
        Options { map: self.map.clone(), temporary: temporary.to_owned(), ..Options::default() }
    }
}

/// Runs the command.
pub fn run(args: &Args, color: Color) -> Result<Exit, Failure> {
    match (&args.revisions, &args.pages) {
        (Some(list), _) => revisions::run(args, list, color),
        (None, Some(file)) => pages::keep(args, file),
        (None, None) => pages::compare(args, color),
    }
}

/// What a reader could not do, and what to do about it.
fn failure(error: ReadError) -> Failure {
    match error {
        ReadError::NoAddress { .. } => {
            Failure::new(error).help("`--map url=COLUMN` names the column of addresses")
        }
        ReadError::Source(toadstone_core::SourceError::Interrupted) => {
            Failure::new("interrupted; nothing was written")
        }
        error => Failure::new(error),
    }
}

/// Writes the JSON and the page into the folder, if there is one.
fn put(space: &mut Space, report: &RecheckReport<'_>) -> Result<(), Failure> {
    let Space::Out(out) = space else { return Ok(()) };
    for (name, format) in [(RECHECK.name, RecheckFormat::Json), (PAGE, RecheckFormat::Html)] {
        out.file(name, |path| {
            toadstone_corpus::write_atomically(path, |file| format.render(report, Style::default(), file))
        })?;
    }
    Ok(())
}

fn print(args: &Args, found: Rechecked<'_>, next: &[String], color: Color) -> Result<(), Failure> {
    let style = Style { color: color.on_stdout(), width: terminal::width() };
    let mut text = Vec::new();
    args.format.render(&RecheckReport { found, next }, style, &mut text).map_err(Failure::new)?;
    terminal::print(&text)
}
