//! `toadstone redteam run`: which attacks on this data would work, and which of them the gate undoes.

mod gate;
mod kept;
mod web;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use toadstone_core::scorecard::{Baseline, Outcome, SCORECARD_SCHEMA, Scorecard};
use toadstone_core::{Control, visible};
use toadstone_corpus::{Corpus, write_atomically};
use toadstone_redteam::{Attack, Bench, CycleError, Drawn, Measured, Plan, draw, registry};
use toadstone_report::{ScorecardFormat, Scored, Style};

use self::gate::Policy;
use self::kept::Copies;
use crate::config::{Config, closest};
use crate::data::{Data, Interrupt, Steps, recognised, units};
use crate::failure::Failure;
use crate::out::{Main, OutFolder, Space};
use crate::terminal::{self, Color, quoted, tell};
use crate::{EXIT_CODES, Exit};

/// The file that makes a folder a finished result.
const MAIN: Main = Main {
    name: "scorecard.json",
    keys: ["schema", "attacks", "baseline"],
    what: "a scorecard by toadstone",
};
/// The page for a person.
const PAGE: &str = "scorecard.html";
/// The part of `--memory` that scans get; the rest is for records and models.
const SCANS: usize = 2;

/// Poison copies of the data, train small models, scan, clean, train again: which attacks would work here,
/// and which of them does the gate undo?
///
/// The data itself is not changed, and nothing of the copies is kept. Models are small and trained in the
/// process; what they do not learn says nothing about the defence, and is reported as such.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    #[command(flatten)]
    data: Data,

    /// Only these attacks, by name or stage [default: all that are for this kind of data]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    attacks: Vec<String>,

    /// Numbers of records to plant
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "5,15,50,150,250",
        value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    counts: Vec<u64>,

    /// Copies of each attack and number, with different seeds, beginning with --seed
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=100))]
    seeds: u64,

    /// Time after which no copy is begun that would not end in it: `90s`, `10m`, `2h`
    #[arg(long, value_name = "TIME", value_parser = units::duration)]
    budget: Option<Duration>,

    /// Records that copies are made of; of larger data a sample is drawn
    #[arg(long, value_name = "N", default_value_t = 4_000, value_parser = clap::value_parser!(u64).range(200..))]
    records: u64,

    /// Held-out records that models are asked about
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u64).range(20..))]
    prompts: u64,

    /// The policy [default: toadstone.toml of the current folder, if there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Folder for scorecard.json and scorecard.html; a run that was stopped goes on where it was
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Exit with 1 if an attack works and the gate does not undo it
    #[arg(long)]
    fail_on_missed: bool,

    /// What to print on standard output
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = format_parser())]
    format: ScorecardFormat,
}

fn format_parser() -> impl clap::builder::TypedValueParser<Value = ScorecardFormat> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
    let values = ScorecardFormat::ALL.map(|f| PossibleValue::new(f.name()).help(f.about()));
    let named = |name: String| ScorecardFormat::ALL.into_iter().find(|f| f.name() == name).ok_or("unknown");
    PossibleValuesParser::new(values).try_map(named)
}

/// Runs the command.
pub fn run(args: &Args, color: Color) -> Result<Exit, Failure> {
    args.data.check()?;
    let attacks = attacks(&args.attacks)?;
    let config = Config::load(args.config.as_deref())?;
    let control = Arc::new(Control::default());
    let interrupt = Interrupt::listen(Arc::clone(&control))?;
    let space = Space::prepare(args.out.as_deref(), MAIN, &interrupt)?;
    let corpus = args.data.open(space.temporary())?;
    tell(&recognised(&corpus));
    let sample = args
        .data
        .reading(&corpus, &control, || draw(&corpus, args.records as usize, args.data.seed(), &control))?;
    if sample.table.is_empty() {
        tell("nothing was scanned: not one record could be read\n");
        return Ok(Exit::NothingScanned);
    }
    let loop_ = Loop { args, config: &config, corpus: &corpus, control: &control };
    let scorecard = loop_.measure(&sample, attacks, &space)?;
    let next = next(args, &scorecard);
    let scored = Scored { scorecard: &scorecard, next: &next };
    if let Space::Out(mut out) = space {
        write(&mut out, &scored)?;
        interrupt.publish(|| out.publish())?;
    }
    interrupt.check()?;
    let style = Style { color: color.on_stdout(), width: terminal::width() };
    let mut text = Vec::new();
    args.format.render(&scored, style, &mut text).map_err(Failure::new)?;
    terminal::print(&text)?;
    Ok(match (scorecard.attacks.is_empty(), scorecard.outcomes(Outcome::Missed)) {
        (true, _) => Exit::NothingScanned,
        (false, missed) if missed > 0 && args.fail_on_missed => Exit::PolicySaysNo,
        _ => Exit::Pass,
    })
}

/// The attacks that the user named, in the order of the registry.
fn attacks(named: &[String]) -> Result<Vec<&'static dyn Attack>, Failure> {
    let is =
        |attack: &dyn Attack, name: &str| [attack.card().name, attack.card().stage.name()].contains(&name);
    if let Some(wrong) = named.iter().find(|name| !registry().iter().any(|attack| is(*attack, name))) {
        let names: Vec<&str> = registry().iter().map(|attack| attack.card().name).collect();
        let unknown = Failure::new(format!("there is no attack or stage `{}`", visible(wrong)));
        return Err(match closest(wrong, names) {
            Some(close) => unknown.help(format!("did you mean `{close}`?")),
            None => unknown.help("`toadstone redteam list` lists them"),
        });
    }
    let wanted = |attack: &&dyn Attack| named.is_empty() || named.iter().any(|name| is(*attack, name));
    Ok(registry().iter().copied().filter(wanted).collect())
}

/// What a run is made with.
struct Loop<'l> {
    args: &'l Args,
    config: &'l Config,
    corpus: &'l Corpus,
    control: &'l Arc<Control>,
}

impl Loop<'_> {
    fn measure(
        &self,
        sample: &Drawn,
        attacks: Vec<&'static dyn Attack>,
        space: &Space,
    ) -> Result<Scorecard, Failure> {
        let (args, files) = (self.args, self.corpus.names());
        let options = args.data.scan_options(space.temporary());
        let gate = Policy {
            data: &args.data,
            config: self.config,
            files: &files,
            temporary: space.temporary(),
            control: self.control,
            threads: 1,
            memory: (options.memory / SCANS / options.threads).max(32 << 20),
        };
        let (seed, held_out) = (args.data.seed(), 3 * args.prompts as usize);
        let bench = Bench::new(&sample.table, held_out, (seed, args.seeds), &gate).map_err(failed)?;
        let plan = Plan {
            // Those that the user named and that are for other data are said not to have been run.
            attacks: attacks
                .into_iter()
                .filter(|attack| !args.attacks.is_empty() || attack.card().kinds.contains(&bench.kind))
                .collect(),
            counts: args.counts.clone(),
            seed,
            seeds: args.seeds,
            prompts: args.prompts as usize,
            threads: options.threads,
            budget: args.budget,
        };
        let copies =
            Copies::open(args.out.as_deref(), space.temporary(), &self.fingerprint(sample, held_out))?;
        let steps = Steps::start(args.data.progress(), "copies");
        let told = |done, all| steps.done(done, all);
        let Measured { attacks, not_run } =
            toadstone_redteam::run(&plan, &bench, &gate, &copies.kept, self.control, &told)
                .map_err(failed)?;
        drop(steps);
        let mut counts = plan.counts.clone();
        counts.sort_unstable();
        counts.dedup();
        Ok(Scorecard {
            schema: SCORECARD_SCHEMA,
            files,
            records: sample.records,
            used: sample.table.len() as u64,
            held_out: bench.held_out.len() as u64,
            kind: bench.kind.name().to_owned(),
            proxy: bench.task.model().to_owned(),
            measure: bench.measure().to_owned(),
            policy: self.config.path().map_or("built in".to_owned(), |path| path.display().to_string()),
            counts,
            seeds: plan.seeds,
            seed,
            baseline: Baseline {
                verdict: bench.baseline.verdict,
                removed: bench.baseline.removed.len() as u64,
            },
            attacks,
            not_run,
        })
    }

    /// What copies depend on, beside attack, number and seed.
    fn fingerprint(&self, sample: &Drawn, held_out: usize) -> String {
        let mut digest = xxhash_rust::xxh3::Xxh3::new();
        for record in sample.table.records() {
            digest.update(&record.id().row.to_le_bytes());
            for role in toadstone_core::Role::ALL {
                let text = record.get(role).unwrap_or("\u{0}");
                digest.update(&(text.len() as u64).to_le_bytes());
                digest.update(text.as_bytes());
            }
        }
        let settings = (env!("CARGO_PKG_VERSION"), held_out, self.args.prompts, self.args.data.seed());
        digest.update(format!("{settings:?} {:?}", self.config.policy).as_bytes());
        digest.update(self.args.data.chosen().as_bytes());
        format!("{:032x}", digest.digest128())
    }
}

fn failed(error: CycleError) -> Failure {
    match error {
        CycleError::Stopped | CycleError::Source(toadstone_core::SourceError::Interrupted) => {
            Failure::new("interrupted; with `--out` the same command goes on where this one stopped")
        }
        other => Failure::new(other),
    }
}

fn write(out: &mut OutFolder, scored: &Scored<'_>) -> Result<(), Failure> {
    for (name, format) in [(PAGE, ScorecardFormat::Html), (MAIN.name, ScorecardFormat::Json)] {
        out.file(name, |p| write_atomically(p, |f| format.render(scored, Style::default(), f)))?;
    }
    Ok(())
}

fn next(args: &Args, scorecard: &Scorecard) -> Vec<String> {
    let paths: Vec<String> = args.data.paths.iter().map(|p| quoted(Path::new(p))).collect();
    let paths = paths.join(" ");
    let missed = scorecard
        .attacks
        .iter()
        .find(|attack| attack.cells.iter().any(|cell| cell.outcome == Outcome::Missed));
    let mut next = Vec::new();
    if args.out.is_none() {
        next.push(format!("toadstone redteam run {paths} --out toadstone-redteam"));
    }
    match missed {
        Some(attack) => next.push(format!("toadstone redteam explain {}", attack.attack)),
        None => next.push(format!("toadstone sources {paths}")),
    }
    next
}
