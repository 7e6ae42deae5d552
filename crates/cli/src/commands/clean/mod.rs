//! `toadstone clean`: a copy of the data without the records that have to go.

mod cap;
mod decide;
mod judged;
mod names;
mod outcome;
mod plan;
mod stage;
mod write;

use std::path::{Path, PathBuf};

use toadstone_core::visible;
use toadstone_corpus::Corpus;

use crate::config::Config;
use crate::data::{Data, Session, recognised};
use crate::failure::Failure;
use crate::terminal::{print, quoted};
use crate::{EXIT_CODES, Exit};
pub use names::below;
pub use outcome::Cleaned;

use cap::Cap;
use decide::Work;
use judged::Judged;
use plan::Plan;
use stage::Stage;
use write::Writer;

/// Write the data without what was planted: kept records as they are, the others beside them
///
/// DIR/kept has the records that stay, in the format and order of the input, byte for byte;
/// DIR/quarantine has the others in the same format; DIR/changes.jsonl says of each why it went;
/// DIR/clean.json adds up. The input is never touched, and nothing is deleted. An interrupted run goes
/// on when the same command is given again.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    #[command(flatten)]
    pub data: Data,

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

    /// Let no source keep more than a share of the records, `domain=2%`, or of what there is on any topic,
    /// `domain=50%/topic`; may be repeated
    #[arg(long, value_name = "WHAT=SHARE", value_parser = cap::parse)]
    cap: Vec<Cap>,

    /// Write weights with which no source has more than a share of what is drawn, and remove nothing for it
    #[arg(long, value_name = "WHAT=SHARE", value_parser = cap::parse_whole)]
    weigh: Option<Cap>,
    /// What to do with records that fail rules of quality (`toadstone explain quality`)
    #[arg(long, value_name = "WHAT", value_enum, default_value = "report")]
    quality: LowQuality,

    /// Most scans: what is left is scanned again until nothing more has to go
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,

    /// Carry out what people decided on this run: the decisions.jsonl in it
    #[arg(long, value_name = "RUN", conflicts_with = "decisions")]
    run: Option<PathBuf>,

    /// Carry out the decisions in this file
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,

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

/// What becomes of records that fail rules of quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum LowQuality {
    /// Do not look for them
    Off,
    /// Count them in clean.json, with the reasons, and leave them: low quality is not poison
    Report,
    /// Set them aside with the others
    Remove,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let cleaned = work(args, &Session::at_terminal()?)?;
    print(summary(args, &cleaned.plan))?;
    Ok(cleaned.exit())
}

/// Makes the plan, and carries it out unless it is a dry run. Prints nothing of it.
///
/// # Errors
/// A mistake in what the user asked for, a file that cannot be read or written, or the user asked to stop.
pub fn work(args: &Args, session: &Session) -> Result<Cleaned, Failure> {
    args.data.check()?;
    let config = Config::load(args.config.as_deref())?;
    let judged = Judged::load(args.run.as_deref(), args.decisions.as_deref(), session)?;
    let temporary = crate::data::temporary_folder()?;
    session.interrupt.remove_at_end(temporary.path());
    let out = args.out.as_deref().filter(|_| !args.dry_run);
    let stage = out.map(|dir| Stage::open(dir, &session.control)).transpose()?;
    let corpus = args.data.open(temporary.path())?;
    session.tell(&recognised(&corpus));
    check_axes(args, &corpus)?;
    if args.taint {
        super::taint::has_lineage(&corpus)?;
    }
    let work = Work {
        args,
        corpus: &corpus,
        config: &config,
        judged: &judged,
        temporary: temporary.path(),
        control: &session.control,
    };
    let plan = match stage {
        None => work.plan()?,
        Some(stage) => carry_out(&work, stage, session)?,
    };
    session.interrupt.check()?;
    Ok(Cleaned { args: args.clone(), plan, corpus, _temporary: temporary })
}

/// Every cap needs a column.
fn check_axes(args: &Args, corpus: &Corpus) -> Result<(), Failure> {
    let mut caps = args.cap.iter().chain(&args.weigh);
    caps.try_for_each(|cap| crate::data::axis(Some(cap.axis), corpus).map(drop))
}

fn carry_out(work: &Work<'_>, stage: Stage, session: &Session) -> Result<Plan, Failure> {
    let fingerprint = fingerprint(work)?;
    let plan = match stage.resume(&fingerprint)? {
        Some(plan) => {
            session.tell("going on with what an interrupted run left\n");
            plan
        }
        None => {
            let plan = work.plan()?;
            stage.keep(&fingerprint, &plan)?;
            plan
        }
    };
    let data = &work.args.data;
    let writer = Writer::new(work.corpus, &plan, stage.folder(), data);
    if let Some(rule) = &work.args.weigh {
        writer.weigh(rule, data, work.temporary, work.control)?;
    }
    writer.write(&data.paths, work.control)?;
    session.interrupt.publish(|| stage.publish())?;
    Ok(plan)
}

/// What a plan depends on: program, data, settings, policy.
fn fingerprint(work: &Work<'_>) -> Result<String, Failure> {
    let digests = work.corpus.digests().map_err(|e| Failure::new(format!("cannot read the data: {e}")))?;
    let (version, policy, judged) = (env!("CARGO_PKG_VERSION"), &work.config.policy, work.judged);
    let quality = &work.config.quality;
    let all = format!("{version} {digests:?} {:?} {policy:?} {quality:?} {judged:?}", work.args);
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
            "review" => "that a person called poison",
            "taint" => "made from those, which the data's lineage tells",
            "duplicate" => "copies, of which one stays",
            "quality" => "that fail rules of quality",
            _ => "of sources that have more than their share",
        };
        line(why, format!("{} {what}", records(n)));
    }
    for text in plan.review.iter().flat_map(judged::Outcome::sentences) {
        line("review", text);
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
    if let Some(quality) =
        plan.quality.as_ref().filter(|q| args.quality == LowQuality::Report && q.failed > 0)
    {
        line(
            "quality",
            format!("{} that stay fail rules of quality, which is no poison", records(quality.failed)),
        );
        line("", "--quality remove sets them aside; clean.json counts the reasons".to_owned());
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
