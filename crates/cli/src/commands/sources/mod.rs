//! `toadstone sources`: who brought the records.

mod seal;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use toadstone_core::{Control, Ledger, RecordId, SealAccount};
use toadstone_corpus::{Corpus, write_atomically};
use toadstone_origins::{Axis, Options, SUFFICES, survey};
use toadstone_report::{Sources, SourcesFormat, Style};

use self::seal::SealArgs;
use crate::config::Config;
use crate::data::{Data, Found, Session, Settings, axis, recognised};
use crate::failure::Failure;
use crate::out::{Main, Space};
use crate::terminal::{self, Color, quoted};
use crate::{EXIT_CODES, Exit};

/// The file that makes a folder a finished survey.
const SOURCES: Main = Main {
    name: "sources.json",
    keys: ["schema", "by", "budgets"],
    what: "a survey of sources by toadstone",
};
/// The page for a person.
const PAGE: &str = "sources.html";

/// Show who brought the records: shares, copies, suspicious records, and how few sources an attacker needs
///
/// Tells what each source brought, how concentrated the data is, which topics hang on one source,
/// which sources brought much at once, and whose records are in findings.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    #[command(flatten)]
    pub data: Data,

    /// What counts as a source [default: the first of these that the data has]
    #[arg(long, value_name = "WHAT", value_parser = axis_parser())]
    by: Option<Axis>,

    /// One more number of planted records to look at
    #[arg(long, value_name = "RECORDS", default_value_t = SUFFICES, value_parser = clap::value_parser!(u64).range(1..))]
    budget: u64,

    /// Sources that sources.json lists, at most 4096
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u16).range(1..=4096))]
    top: u16,

    /// Do not run the detectors: faster, and no source is known to bring suspicious records
    #[arg(long)]
    no_scan: bool,

    #[command(flatten)]
    seal: SealArgs,

    /// Folder for sources.json and sources.html
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// What to print on standard output
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = format_parser())]
    format: SourcesFormat,
}

fn axis_parser() -> impl clap::builder::TypedValueParser<Value = Axis> {
    use clap::builder::{PossibleValuesParser, TypedValueParser};
    let names = PossibleValuesParser::new(Axis::ALL.map(Axis::name));
    names.try_map(|name| Axis::named(&name).ok_or("unknown"))
}

fn format_parser() -> impl clap::builder::TypedValueParser<Value = SourcesFormat> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
    let values = SourcesFormat::ALL.map(|f| PossibleValue::new(f.name()).help(f.about()));
    let named = |name: String| SourcesFormat::ALL.into_iter().find(|f| f.name() == name).ok_or("unknown");
    PossibleValuesParser::new(values).try_map(named)
}

/// A survey that is done.
pub struct Surveyed {
    ledger: Ledger,
    next: Vec<String>,
}

impl Surveyed {
    /// How the command ends.
    pub fn exit(&self) -> Exit {
        if self.ledger.records == 0 { Exit::NothingScanned } else { Exit::Pass }
    }

    /// The report in a format.
    ///
    /// # Errors
    /// The format's; none where memory is written to.
    pub fn report(&self, format: SourcesFormat, style: Style) -> Result<Vec<u8>, Failure> {
        let mut text = Vec::new();
        let sources = Sources { ledger: &self.ledger, next: &self.next };
        format.render(&sources, style, &mut text).map_err(Failure::new)?;
        Ok(text)
    }
}

/// Runs the command.
pub fn run(args: &Args, color: Color) -> Result<Exit, Failure> {
    let surveyed = work(args, &Session::at_terminal()?)?;
    let style = Style { color: color.on_stdout(), width: terminal::width() };
    terminal::print(surveyed.report(args.format, style)?)?;
    Ok(surveyed.exit())
}

/// Looks at the sources, and puts the results in place where `--out` says so. Prints nothing of them.
///
/// # Errors
/// A mistake in what the user asked for, a file that cannot be read or written, or the user asked to stop.
pub fn work(args: &Args, session: &Session) -> Result<Surveyed, Failure> {
    args.data.check()?;
    let config = Config::load(None)?;
    let (control, interrupt) = (&session.control, &session.interrupt);
    let space = Space::prepare(args.out.as_deref(), SOURCES, interrupt)?;
    let corpus = args.data.open(space.temporary())?;
    session.tell(&recognised(&corpus));
    let compared = args.seal.compare(&args.data, &corpus, space.temporary(), control)?;
    let axis = axis(args.by, &corpus)?;
    let suspicious = match args.no_scan {
        true => None,
        false => {
            let (files, policy) = (&corpus.names(), &config.policy);
            let settings = Settings { files, policy, temporary: space.temporary(), control };
            let (_, found) = args.data.scan(&corpus, &settings)?;
            Some(members(&found))
        }
    };
    let account = compared.as_ref().map(|compared| compared.account.clone());
    let mut ledger = read(args, axis, &corpus, suspicious.as_deref(), account, space.temporary(), control)?;
    if let Some(compared) = compared {
        compared.complete(&mut ledger, &corpus)?;
    }
    let surveyed = Surveyed { next: next(args, &ledger), ledger };
    if let Space::Out(mut out) = space {
        for (name, format) in [(SOURCES.name, SourcesFormat::Json), (PAGE, SourcesFormat::Html)] {
            let text = surveyed.report(format, Style::default())?;
            out.file(name, |p| write_atomically(p, |f| f.write_all(&text)))?;
        }
        interrupt.publish(|| out.publish())?;
    }
    interrupt.check()?;
    Ok(surveyed)
}

/// The records of all findings that are more than information, in ascending order.
fn members(found: &Found) -> Vec<RecordId> {
    found.suspicious(&[]).filter(|record| record.findings.iter().any(|f| f.member)).map(|r| r.id).collect()
}

fn read(
    args: &Args,
    axis: Axis,
    corpus: &Corpus,
    suspicious: Option<&[RecordId]>,
    seal: Option<SealAccount>,
    temporary: &Path,
    control: &Arc<Control>,
) -> Result<Ledger, Failure> {
    let scan = args.data.scan_options(temporary);
    let options = Options {
        axis,
        budget: args.budget,
        listed: usize::from(args.top),
        threads: scan.threads,
        memory: scan.memory,
        temporary: scan.temporary,
        seed: scan.seed,
        seal,
    };
    let files = corpus.names();
    args.data.reading(corpus, control, || survey(corpus, &files, suspicious, &options, control))
}

fn next(args: &Args, ledger: &Ledger) -> Vec<String> {
    let mut next = Vec::new();
    if !args.data.tables.is_empty() {
        return next;
    }
    let paths: Vec<String> = args.data.paths.iter().map(|p| quoted(Path::new(p))).collect();
    let paths = paths.join(" ");
    let seal = args.seal.named().map(|seal| format!(" --provenance {}", quoted(seal))).unwrap_or_default();
    if args.out.is_none() {
        next.push(format!("toadstone sources {paths} --by {}{seal} --out toadstone-sources", ledger.by));
    }
    if ledger.suspicious != Some(0) {
        next.push(format!("toadstone scan {paths} --out toadstone-run"));
    }
    next
}
