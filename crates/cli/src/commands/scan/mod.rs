//! `toadstone scan`: the main job.

mod account;
mod attest;
mod outcome;
mod tables;

use std::path::{Path, PathBuf};
use std::time::Instant;

use toadstone_core::{Decision, Finding, Run, decide, visible};
use toadstone_report::{Format, Style};
use toadstone_states::Counted;

use self::attest::{Attesting, SealArgs};
pub use self::outcome::Outcome;
use self::outcome::Results;
pub(super) use self::outcome::context;
use crate::config::{Config, FailOn, today};
use crate::data::{Data, Effort, Elsewhere, Kept, Session, Settings, low_quality, recognised};
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

    /// The same as --out, and keeps what was counted in DIR/states: run again, it goes on where it was
    /// stopped, and of data that grew it reads only what is new for the first pass
    #[arg(long, value_name = "DIR", conflicts_with = "out")]
    resume: Option<PathBuf>,

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

    /// Other runs whose states are used
    #[arg(skip)]
    states_of: Vec<PathBuf>,
}

impl Args {
    /// Ends the scan that is begun in the states of `runs`, with the results in `out`.
    ///
    /// # Errors
    /// There are no states, or they do not go together.
    pub fn merge(runs: Vec<PathBuf>, out: PathBuf, ending: Ending) -> Result<Args, Failure> {
        let Ending { config, format, fail_on, effort } = ending;
        let data = Kept::together(&runs)?.data(effort);
        let (resume, states_of) = (Some(out), runs);
        let (quality, confirm, seal) = (false, false, SealArgs::default());
        Ok(Args { data, out: None, resume, config, quality, confirm, format, fail_on, seal, states_of })
    }

    /// Makes sure that nothing is asked for that needs the data here.
    ///
    /// # Errors
    /// Something is.
    pub fn refuse_readings(&self) -> Result<(), Failure> {
        let asked =
            [("--quality", self.quality), ("--confirm", self.confirm), ("--resume", self.resume.is_some())];
        match asked.iter().find(|(_, asked)| *asked) {
            None => Ok(()),
            Some((option, _)) => Err(Failure::new(format!("{option} needs the data on this machine"))),
        }
    }

    /// The folder for the results.
    fn place(&self) -> Option<&Path> {
        self.out.as_deref().or(self.resume.as_deref())
    }
}

/// How a scan ends that was begun before.
#[derive(Debug, Clone, clap::Args)]
pub struct Ending {
    /// The policy [default: toadstone.toml of the current folder, if there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// What to print on standard output
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = format_parser())]
    format: Format,

    /// The verdict from which on the exit code is 1, in place of the policy's
    #[arg(long, value_name = "VERDICT", value_enum)]
    fail_on: Option<FailOn>,

    #[command(flatten)]
    effort: Effort,
}

/// Reads the name of a format, and lists them in help.
pub(super) fn format_parser() -> impl clap::builder::TypedValueParser<Value = Format> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
    let values = Format::ALL.map(|f| PossibleValue::new(f.name()).help(f.about()));
    PossibleValuesParser::new(values).try_map(|name| name.parse::<Format>())
}

/// Runs the command.
pub fn run(args: &Args, color: Color) -> Result<Exit, Failure> {
    let outcome = scan(args, &Session::at_terminal()?, None)?;
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

/// Scans, and puts the results in place where `--out` says so. Prints nothing of them. The data is read here
/// or `elsewhere`.
///
/// # Errors
/// A mistake in what the user asked for, a file that cannot be read or written, or the user asked to stop.
pub fn scan(args: &Args, session: &Session, elsewhere: Option<&Elsewhere<'_>>) -> Result<Outcome, Failure> {
    let start = Instant::now();
    let config = policy(args)?;
    let (control, interrupt) = (&session.control, &session.interrupt);
    let space = Space::prepare(args.place(), RUN, interrupt)?;
    let states = args.resume.as_ref().map(|run| args.data.keep(run, &args.states_of)).transpose()?;

    let corpus = args.data.open(space.temporary())?;
    if let Some(path) = config.path() {
        session.tell(&format!("policy: {}\n", visible(&path.to_string_lossy())));
    }
    session.tell(&recognised(&corpus));
    let files = corpus.names();
    let settings = Settings { files: &files, policy: &config.policy, temporary: space.temporary(), control };
    let attesting = Attesting::prepare(&args.seal, &args.data, &corpus, &settings)?;
    let (read, mut found) = match (&states, elsewhere) {
        (Some(states), _) => {
            let (read, found, counted) = args.data.scan_kept(&corpus, states, &settings)?;
            session.tell(&told(counted));
            (read, found)
        }
        (None, Some(elsewhere)) => args.data.scan_elsewhere(&corpus, elsewhere, &settings)?,
        (None, None) => args.data.scan(&corpus, &settings)?,
    };
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
    let exit = exit_of(&run);
    run.next = account::commands(args, args.place(), &corpus, &run);
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

/// What the states spared.
pub(super) fn told(Counted { shards, found, made }: Counted) -> String {
    let files = if shards == 1 { "shard" } else { "shards" };
    format!("states: {found} were there, {made} were made, for {shards} {files} of the data\n")
}

/// How a scan with this account ends.
pub(super) fn exit_of(run: &Run) -> Exit {
    match (run.records, run.decision.fails) {
        (0, _) => Exit::NothingScanned,
        (_, true) => Exit::PolicySaysNo,
        (_, false) => Exit::Pass,
    }
}
