//! `toadstone scan`: the main job.

mod account;
mod attest;
mod outcome;
mod tables;

use std::path::PathBuf;
use std::time::Instant;

use toadstone_core::{Decision, Finding, decide, visible};
use toadstone_report::{Format, Style};

use self::attest::{Attesting, SealArgs};
pub use self::outcome::Outcome;
use self::outcome::Results;
use crate::config::{Config, FailOn, today};
use crate::data::{Data, Session, Settings, low_quality, recognised};
use crate::failure::Failure;
use crate::out::{Main, Space};
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
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    #[command(flatten)]
    pub data: Data,

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

fn format_parser() -> impl clap::builder::TypedValueParser<Value = Format> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
    let values = Format::ALL.map(|f| PossibleValue::new(f.name()).help(f.about()));
    PossibleValuesParser::new(values).try_map(|name| name.parse::<Format>())
}

/// Runs the command.
pub fn run(args: &Args, color: Color) -> Result<Exit, Failure> {
    let outcome = scan(args, &Session::at_terminal()?)?;
    for warning in outcome.stale_waivers() {
        tell(&(warning.render(color.on_stderr()) + "\n"));
    }
    let style = Style { color: color.on_stdout(), width: terminal::width() };
    terminal::print(outcome.report(args.format, style)?)?;
    // A person reads the next command in the report itself; the other formats are for machines.
    if args.format != Format::Human {
        tell(&account::next(&outcome.run));
    }
    Ok(outcome.exit)
}

/// Scans, and puts the results in place where `--out` says so. Prints nothing of them.
///
/// # Errors
/// A mistake in what the user asked for, a file that cannot be read or written, or the user asked to stop.
pub fn scan(args: &Args, session: &Session) -> Result<Outcome, Failure> {
    let start = Instant::now();
    let config = policy(args)?;
    let (control, interrupt) = (&session.control, &session.interrupt);
    let space = Space::prepare(args.out.as_deref(), RUN, interrupt)?;

    let corpus = args.data.open(space.temporary())?;
    if let Some(path) = config.path() {
        session.tell(&format!("policy: {}\n", visible(&path.to_string_lossy())));
    }
    session.tell(&recognised(&corpus));
    let files = corpus.names();
    let settings = Settings { files: &files, policy: &config.policy, temporary: space.temporary(), control };
    let attesting = Attesting::prepare(&args.seal, &args.data, &corpus, &settings)?;
    let (read, mut found) = args.data.scan(&corpus, &settings)?;
    if args.confirm {
        args.data.confirm(&corpus, &mut found, &settings)?;
    }
    let quality = args.quality.then(|| args.data.assess(&corpus, &config.quality, &settings)).transpose()?;
    let (quality, failed) = quality.map(|q| (q.summary, q.failed)).unzip();
    let decision = decision(&found.findings, &config);
    let records = tables::records(&found, &corpus, &decision.waived);
    let low_quality = failed.map(|failed| low_quality(failed, &files));
    let results = Results::new(records, found.clusters, low_quality, space.temporary())?;
    let mut run = account::account(read, decision, found.findings, found.checks, &corpus);
    run.quality = quality;
    run.quarantined = results.records.iter().filter(|r| r.quarantine).count() as u64;
    let exit = match (read.records, run.decision.fails) {
        (0, _) => Exit::NothingScanned,
        (_, true) => Exit::PolicySaysNo,
        (_, false) => Exit::Pass,
    };
    run.next = account::commands(args, args.out.as_deref(), &corpus, &run);
    if exit == Exit::NothingScanned {
        account::nothing(&mut run);
    }
    // A run that looked at nothing vouches for nothing.
    let attesting = attesting.filter(|_| exit != Exit::NothingScanned);
    let attestation = attesting.map(|seal| seal.sign(&mut run, &config.policy)).transpose()?;
    run.seconds = start.elapsed().as_secs_f64();
    let mut outcome = Outcome { args: args.clone(), run, exit, results, corpus, config, space };
    outcome.write()?;
    interrupt.publish(|| {
        attestation.map_or(Ok(()), |attestation| attestation.append())?;
        outcome.put()
    })?;
    interrupt.check()?;
    Ok(outcome)
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
