//! `toadstone clean`: a copy of the data without the records that have to go.

mod decide;
mod names;
mod plan;
mod stage;
mod write;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use toadstone_core::{Control, visible};
use toadstone_corpus::Corpus;
use toadstone_origins::Axis;

use crate::config::Config;
use crate::data::{Data, Interrupt, recognised};
use crate::failure::Failure;
use crate::terminal::{print, quoted, tell};
use crate::{EXIT_CODES, Exit};
use decide::Work;
use plan::Plan;
use stage::Stage;
use write::Writer;

/// Write the data without what was planted: kept records as they are, the others beside them
///
/// DIR/kept has the records that stay, in the format and order of the input, byte for byte;
/// DIR/quarantine has the others in the same format; DIR/changes.jsonl says of each why it went;
/// DIR/clean.json adds up. The input is never touched, and nothing is deleted. An interrupted run goes
/// on when the same command is given again.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    #[command(flatten)]
    data: Data,

    /// Folder for the result: a new one, an empty one, or an earlier result
    #[arg(long, value_name = "DIR", required_unless_present = "dry_run")]
    out: Option<PathBuf>,

    /// The policy [default: toadstone.toml of the current folder, if there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Also remove what was made from records that findings set aside, as `toadstone taint` lists it
    #[arg(long)]
    taint: bool,

    /// Also remove copies, and keep one record of each group
    #[arg(long, value_name = "KIND", value_enum)]
    dedup: Option<Dedup>,

    /// Let no source keep more than a share of the records: `domain=2%`; may be repeated
    #[arg(long, value_name = "WHAT=SHARE", value_parser = cap)]
    cap: Vec<Cap>,

    /// Most scans: what is left is scanned again until nothing more has to go
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,

    /// Only say what would go
    #[arg(long)]
    dry_run: bool,
}

/// Which copies go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Dedup {
    /// Records with the same content
    Exact,
    /// Those, and records with nearly the same content
    Near,
}

/// A cap on the share of each source.
#[derive(Debug, Clone, PartialEq)]
struct Cap {
    axis: Axis,
    share: f64,
    /// As the user wrote it.
    text: String,
}

fn cap(text: &str) -> Result<Cap, String> {
    let names = Axis::ALL.map(Axis::name).join(", ");
    let wrong = || format!("write what counts as a source and a share, such as domain=2%; there is {names}");
    let (axis, share) = text.split_once('=').ok_or_else(wrong)?;
    let axis = Axis::named(axis.trim()).ok_or_else(wrong)?;
    let percent = share.trim().strip_suffix('%');
    let number: f64 = percent.unwrap_or(share).trim().parse().map_err(|_| wrong())?;
    let share = if percent.is_some() { number / 100.0 } else { number };
    if share > 0.0 && share < 1.0 { Ok(Cap { axis, share, text: text.to_owned() }) } else { Err(wrong()) }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    args.data.check()?;
    let config = Config::load(args.config.as_deref())?;
    let control = Arc::new(Control::default());
    let interrupt = Interrupt::listen(Arc::clone(&control))?;
    let temporary = crate::data::temporary_folder()?;
    interrupt.remove_at_end(temporary.path());
    let stage = args.out.as_deref().filter(|_| !args.dry_run).map(Stage::open).transpose()?;
    let corpus = args.data.open(temporary.path())?;
    tell(&recognised(&corpus));
    check_axes(args, &corpus)?;
    if args.taint {
        super::taint::has_lineage(&corpus)?;
    }
    let work =
        Work { args, corpus: &corpus, config: &config, temporary: temporary.path(), control: &control };
    let plan = match stage {
        None => work.plan()?,
        Some(stage) => carry_out(&work, stage, &interrupt)?,
    };
    interrupt.check()?;
    print(summary(args, &plan))?;
    Ok(match (plan.records, plan.fails) {
        (0, _) => Exit::NothingScanned,
        (_, true) => Exit::PolicySaysNo,
        (_, false) => Exit::Pass,
    })
}

/// Every cap needs a column.
fn check_axes(args: &Args, corpus: &Corpus) -> Result<(), Failure> {
    args.cap.iter().try_for_each(|cap| crate::data::axis(Some(cap.axis), corpus).map(drop))
}

fn carry_out(work: &Work<'_>, stage: Stage, interrupt: &Interrupt) -> Result<Plan, Failure> {
    let fingerprint = fingerprint(work)?;
    let plan = match stage.resume(&fingerprint)? {
        Some(plan) => {
            tell("going on with what an interrupted run left\n");
            plan
        }
        None => {
            let plan = work.plan()?;
            stage.keep(&fingerprint, &plan)?;
            plan
        }
    };
    let paths = &work.args.data.paths;
    Writer::new(work.corpus, &plan, stage.folder(), paths).write(paths, work.control)?;
    interrupt.publish(|| stage.publish())?;
    Ok(plan)
}

/// What a plan depends on: program, data, settings, policy.
fn fingerprint(work: &Work<'_>) -> Result<String, Failure> {
    let digests = work.corpus.digests().map_err(|e| Failure::new(format!("cannot read the data: {e}")))?;
    let all = format!("{} {digests:?} {:?} {:?}", env!("CARGO_PKG_VERSION"), work.args, work.config.policy);
    Ok(format!("{:032x}", xxhash_rust::xxh3::xxh3_128(all.as_bytes())))
}

fn summary(args: &Args, plan: &Plan) -> String {
    use crate::data::grouped;
    let removed = plan.removals.len() as u64;
    let records = |n: u64| format!("{} record{}", grouped(n), if n == 1 { "" } else { "s" });
    let (word, aside) =
        if args.dry_run { ("WOULD KEEP", "would be set aside") } else { ("KEPT", "set aside") };
    let mut out = format!(
        "{word}  {} of {}; {} {aside}\n\n",
        grouped(plan.records - removed),
        records(plan.records),
        grouped(removed)
    );
    let mut line = |name: &str, text: String| out += &format!("    {name:<12} {text}\n");
    for (why, n) in plan.counts() {
        let what = match why {
            "finding" => "in findings that set their records aside",
            "taint" => "made from those, which the data's lineage tells",
            "duplicate" => "copies, of which one stays",
            _ => "of sources that have more than their share",
        };
        line(why, format!("{} {what}", records(n)));
    }
    if plan.refused > 0 {
        line("refused", format!("{} could not be read and stay where they are", records(plan.refused)));
    }
    match plan.settled {
        true => line("rounds", format!("{}; the last one found nothing more that has to go", plan.rounds)),
        false => line("rounds", format!("{}; another one may find more (--rounds)", plan.rounds)),
    }
    for (at, (id, title)) in plan.left.iter().take(5).enumerate() {
        line(if at == 0 { "left" } else { "" }, format!("{}: {}", visible(id), visible(title)));
    }
    if plan.left.len() > 5 {
        line("", format!("and {} more findings", plan.left.len() - 5));
    }
    if !plan.left.is_empty() {
        line(
            "",
            format!("the policy says {}: their records are left in place for a person", plan.verdict.name()),
        );
    }
    if let Some(dir) = args.out.as_ref().filter(|_| !args.dry_run) {
        let (kept, changes) = (quoted(&dir.join("kept")), quoted(&dir.join("changes.jsonl")));
        line("kept", kept.clone());
        line("why", changes);
        out += &format!("\nnext  toadstone scan {kept}\n");
    } else {
        let paths: Vec<String> = args.data.paths.iter().map(|p| quoted(Path::new(p))).collect();
        out += &format!("\nnext  toadstone clean {} --out cleaned\n", paths.join(" "));
    }
    out
}
