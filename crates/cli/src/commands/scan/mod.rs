//! `toadstone scan`: the main job.

mod account;
mod assemble;
mod output;
mod tables;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use tempfile::TempDir;
use toadstone_core::{Control, Decision, Finding, ReadSummary, Run, Verdict, decide, visible};
use toadstone_corpus::{Corpus, SuspiciousRecord, write_atomically, write_duplicates, write_records};
use toadstone_detect::{Cluster, DetectorRun, registry};
use toadstone_report::{Context, Format, Style};

use crate::config::{Config, today};
use crate::data::{Data, Interrupt, temporary_folder};
use crate::failure::Failure;
use crate::terminal::{self, Color, tell};
use crate::{EXIT_CODES, Exit};
use assemble::assemble;
use output::{OutFolder, REJECTED, REPORT, RUN};

/// Find planted records: what triggers them, what they teach, who sent them
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    #[command(flatten)]
    data: Data,

    /// Folder for run.json, findings.json, records.parquet, duplicates.parquet, rejected.jsonl and report.html
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// The policy [default: toadstone.toml of the current folder, if there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// What to print on standard output
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = format_parser())]
    format: Format,

    /// The verdict from which on the exit code is 1, in place of the policy's
    #[arg(long, value_name = "VERDICT", value_enum)]
    fail_on: Option<FailOn>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// Exit code 1 if a person should look
    Review,
    /// Exit code 1 only if the data must not be used
    Block,
    /// The exit code does not depend on the verdict
    Never,
}

fn format_parser() -> impl clap::builder::TypedValueParser<Value = Format> {
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
    let space = Space::prepare(args, &interrupt)?;

    let corpus = args.data.open(space.temporary())?;
    if let Some(path) = config.path() {
        tell(&format!("policy: {}\n", visible(&path.to_string_lossy())));
    }
    tell(&account::recognised(&corpus));
    let (read, runs) = read(args, &corpus, &config, &space, &control)?;
    let found = assemble(runs);
    let decision = decision(&found.findings, &config);
    let records = tables::records(&found, &corpus, &decision.waived);
    let results = Results { records, clusters: found.clusters };
    let mut run = account::account(args, &corpus, read, decision, found.findings, found.checks);
    run.quarantined = results.records.iter().filter(|r| r.quarantine).count() as u64;
    let exit = match (read.records, run.decision.fails) {
        (0, _) => Exit::NothingScanned,
        (_, true) => Exit::PolicySaysNo,
        (_, false) => Exit::Pass,
    };
    if exit == Exit::NothingScanned {
        account::nothing(&mut run);
    }
    run.seconds = start.elapsed().as_secs_f64();
    if let Space::Out(mut out) = space {
        write(&mut out, &corpus, &run, &results)?;
        interrupt.publish(|| out.publish())?;
    }
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
}

/// The policy of the file and of the command line together.
fn policy(args: &Args) -> Result<Config, Failure> {
    args.data.check()?;
    let mut config = Config::load(args.config.as_deref())?;
    match args.fail_on {
        Some(FailOn::Never) => config.never_fail = true,
        Some(FailOn::Review) => (config.never_fail, config.policy.fail_on) = (false, Verdict::Review),
        Some(FailOn::Block) => (config.never_fail, config.policy.fail_on) = (false, Verdict::Block),
        None => {}
    }
    Ok(config)
}

/// Where temporary files go, and the results if they are kept.
enum Space {
    Out(OutFolder),
    Temporary(TempDir),
}

impl Space {
    fn prepare(args: &Args, interrupt: &Interrupt) -> Result<Self, Failure> {
        let space = match &args.out {
            Some(dir) => Space::Out(OutFolder::prepare(dir)?),
            None => Space::Temporary(temporary_folder()?),
        };
        interrupt.remove_at_end(space.temporary());
        Ok(space)
    }

    fn temporary(&self) -> &Path {
        match self {
            Space::Out(out) => out.temporary(),
            Space::Temporary(dir) => dir.path(),
        }
    }
}

/// Runs the detectors.
fn read(
    args: &Args,
    corpus: &Corpus,
    config: &Config,
    space: &Space,
    control: &Arc<Control>,
) -> Result<(ReadSummary, Vec<DetectorRun>), Failure> {
    let options = args.data.scan_options(space.temporary());
    let skip = |name: &str| {
        let off = || config.policy.skip.get(name).map(|why| format!("switched off by the policy: {why}"));
        args.data.unwanted(name).or_else(off)
    };
    let work = || toadstone_detect::scan(corpus, registry(), &skip, &options, control);
    let scan = args.data.reading(corpus, control, work)?;
    Ok((scan.read, scan.runs))
}

fn decision(findings: &[Finding], config: &Config) -> Decision {
    let mut decision = decide(findings, &config.policy, &today());
    decision.fails &= !config.never_fail;
    decision
}

/// Writes every file of the run beside the place where it will be.
fn write(out: &mut OutFolder, corpus: &Corpus, run: &Run, results: &Results) -> Result<(), Failure> {
    let context = context(Style::default());
    let duplicates = tables::duplicates(&results.clusters, corpus);
    out.file("findings.json", |p| write_atomically(p, |f| toadstone_report::json::write_findings(run, f)))?;
    out.file("records.parquet", |p| write_records(p, &results.records))?;
    out.file("duplicates.parquet", |p| write_duplicates(p, duplicates).map(drop))?;
    out.file(REJECTED, |p| corpus.write_rejected(p))?;
    out.file(REPORT, |p| write_atomically(p, |f| Format::Html.render(run, &context, f)))?;
    out.file(RUN, |p| write_atomically(p, |f| toadstone_report::json::write_run(run, f)))
}

fn context(style: Style) -> Context<'static> {
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
