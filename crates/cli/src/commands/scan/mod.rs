//! `toadstone scan`: the main job.

mod account;
mod attest;
mod tables;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use toadstone_core::{Control, Decision, Finding, Run, decide, visible};
use toadstone_corpus::{
    Corpus, SuspiciousRecord, write_atomically, write_duplicates, write_quality, write_records,
};
use toadstone_detect::Cluster;
use toadstone_quality::Failed;
use toadstone_report::{Context, Format, Style};

use self::attest::{Attesting, SealArgs};
use crate::config::{Config, FailOn, today};
use crate::data::{Data, Interrupt, Settings, low_quality, recognised};
use crate::failure::Failure;
use crate::out::{Main, OutFolder, Space};
use crate::terminal::{self, Color, tell};
use crate::{EXIT_CODES, Exit};

/// The file that makes a folder a finished run.
const RUN: Main =
    Main { name: "run.json", keys: ["schema", "verdict", "checks"], what: "a run of toadstone" };
/// Records that fail rules of quality.
const QUALITY: &str = "quality.parquet";
/// Refused records.
const REJECTED: &str = "rejected.jsonl";
/// The page for a person.
const REPORT: &str = "report.html";

/// Find planted records: what triggers them, what they teach, who sent them
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    #[command(flatten)]
    data: Data,

    /// Folder for run.json, findings.json, records.parquet, duplicates.parquet, rejected.jsonl, report.html
    /// and quality.parquet
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// The policy [default: toadstone.toml of the current folder, if there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Also judge the quality of the texts; `toadstone explain quality` says how. No part of the verdict
    #[arg(long)]
    quality: bool,

    /// Prove findings: train small models with their records and without, and see whether the trigger works
    #[arg(long)]
    confirm: bool,

    /// What to print on standard output
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = format_parser())]
    format: Format,

    /// The verdict from which on the exit code is 1, in place of the policy's
    #[arg(long, value_name = "VERDICT", value_enum)]
    fail_on: Option<FailOn>,

    #[command(flatten)]
    seal: SealArgs,
}

/// Reads the name of a format, and lists them in help.
pub(super) fn format_parser() -> impl clap::builder::TypedValueParser<Value = Format> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
    let values = Format::ALL.map(|f| PossibleValue::new(f.name()).help(f.about()));
    PossibleValuesParser::new(values).try_map(|name| name.parse::<Format>())
}

/// Runs the command.
pub fn run(args: &Args, color: Color) -> Result<Exit, Failure> {
    let start = Instant::now();
    let config = policy(args)?;
    let control = Arc::new(Control::default());
    let interrupt = Interrupt::listen(Arc::clone(&control))?;
    let space = Space::prepare(args.out.as_deref(), RUN, &interrupt)?;

    let corpus = args.data.open(space.temporary())?;
    if let Some(path) = config.path() {
        tell(&format!("policy: {}\n", visible(&path.to_string_lossy())));
    }
    tell(&recognised(&corpus));
    let files = corpus.names();
    let settings =
        Settings { files: &files, policy: &config.policy, temporary: space.temporary(), control: &control };
    let attesting = Attesting::prepare(&args.seal, &args.data, &corpus, &settings)?;
    let (read, mut found) = args.data.scan(&corpus, &settings)?;
    if args.confirm {
        args.data.confirm(&corpus, &mut found, &settings)?;
    }
    let quality = args.quality.then(|| args.data.assess(&corpus, &config.quality, &settings)).transpose()?;
    let (quality, low_quality) = quality.map(|q| (q.summary, q.failed)).unzip();
    let decision = decision(&found.findings, &config);
    let records = tables::records(&found, &corpus, &decision.waived);
    let results = Results { records, clusters: found.clusters, low_quality };
    let mut run = account::account(args, &corpus, read, decision, found.findings, found.checks);
    let low = quality.as_ref().is_some_and(|quality| quality.failed > 0);
    run.next.extend(low.then(|| "toadstone explain quality".to_owned()));
    run.quality = quality;
    run.quarantined = results.records.iter().filter(|r| r.quarantine).count() as u64;
    let exit = exit_of(&run);
    if exit == Exit::NothingScanned {
        account::nothing(&mut run);
    }
    // A run that looked at nothing vouches for nothing.
    let attesting = attesting.filter(|_| exit != Exit::NothingScanned);
    let attestation = attesting.map(|seal| seal.sign(&mut run, &config.policy)).transpose()?;
    run.seconds = start.elapsed().as_secs_f64();
    let out = match space {
        Space::Out(mut out) => write(&mut out, &corpus, &run, results).map(|()| Some(out))?,
        Space::Temporary(_) => None,
    };
    interrupt.publish(|| {
        attestation.map_or(Ok(()), |attestation| attestation.append())?;
        out.map_or(Ok(()), OutFolder::publish)
    })?;
    interrupt.check()?;
    for warning in config.stale_waivers(&run.decision) {
        tell(&(warning.render(color.on_stderr()) + "\n"));
    }
    report(args, &run, color)?;
    Ok(exit)
}

/// What goes into tables and not into the account.
struct Results {
    records: Vec<SuspiciousRecord>,
    clusters: Vec<Cluster>,
    low_quality: Option<Failed>,
}

/// The policy of the file and of the command line together.
fn policy(args: &Args) -> Result<Config, Failure> {
    args.data.check()?;
    let mut config = Config::load(args.config.as_deref())?;
    if let Some(fail_on) = args.fail_on {
        fail_on.apply(&mut config);
    }
    Ok(config)
}

fn decision(findings: &[Finding], config: &Config) -> Decision {
    let mut decision = decide(findings, &config.policy, &today());
    decision.fails &= !config.never_fail;
    decision
}

/// Writes every file of the run beside the place where it will be.
fn write(out: &mut OutFolder, corpus: &Corpus, run: &Run, results: Results) -> Result<(), Failure> {
    let context = context(Style::default());
    let duplicates = tables::duplicates(&results.clusters, corpus);
    out.file("findings.json", |p| write_atomically(p, |f| toadstone_report::json::write_findings(run, f)))?;
    out.file("records.parquet", |p| write_records(p, &results.records))?;
    out.file("duplicates.parquet", |p| write_duplicates(p, duplicates).map(drop))?;
    if let Some(failed) = results.low_quality {
        out.file(QUALITY, |p| write_quality(p, low_quality(failed, &corpus.names())))?;
    }
    out.file(REJECTED, |p| corpus.write_rejected(p))?;
    out.file(REPORT, |p| write_atomically(p, |f| Format::Html.render(run, &context, f)))?;
    out.file(RUN.name, |p| write_atomically(p, |f| toadstone_report::json::write_run(run, f)))
}

/// How a scan with this account ends.
pub(super) fn exit_of(run: &Run) -> Exit {
    match (run.records, run.decision.fails) {
        (0, _) => Exit::NothingScanned,
        (_, true) => Exit::PolicySaysNo,
        (_, false) => Exit::Pass,
    }
}

/// What formats need beside the run.
pub(super) fn context(style: Style) -> Context<'static> {
    Context { pages: &|name| toadstone_detect::find(name).map(|d| d.card().page), style }
}

fn report(args: &Args, run: &Run, color: Color) -> Result<(), Failure> {
    let style = Style { color: color.on_stdout(), width: terminal::width() };
    let mut text = Vec::new();
    args.format.render(run, &context(style), &mut text).map_err(Failure::new)?;
    terminal::print(&text)?;
    // A person reads the next command in the report itself; the other formats are for machines.
    if args.format != Format::Human {
        tell(&account::next(run));
    }
    Ok(())
}
