//! `redteam plant`: one attack in a copy of the data.

use std::path::PathBuf;
use std::sync::Arc;

use toadstone_core::{Control, visible};
use toadstone_corpus::{Corpus, Options};
use toadstone_redteam::{Attack, Planting, Poisoned, Request, Table};

use super::copy::Copy;
use super::named;
use super::truth::Truth;
use crate::Exit;
use crate::data::{Interrupt, Mode, Progress, bytes, mapping, recognised};
use crate::failure::Failure;
use crate::terminal::{print, quoted, tell};

/// What one byte of text costs: the table, the same with the poison, and what is around them.
const COST: usize = 3;

/// Write a copy of the data with an attack in it, and the truth about it
///
/// COPY/data has the data in its own format, everything but the planted records byte for byte (tables of
/// Arrow: value for value); COPY/truth.json says which rows were planted and how; a note says that it is
/// not for training. The data itself is never touched.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Name of an attack, as `redteam list` has it
    name: String,

    /// The data: files, folders and globs
    #[arg(long = "in", value_name = "DATA", required = true, num_args = 1..)]
    paths: Vec<String>,

    /// A new folder for the copy
    #[arg(long, value_name = "COPY")]
    out: PathBuf,

    /// Records to plant
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    count: u32,

    /// Seed of whatever is drawn
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    /// The trigger instead of the attack's own; its page says what it can be
    #[arg(long, value_name = "TEXT")]
    trigger: Option<String>,

    /// The target instead of the attack's own; its page says what it can be
    #[arg(long, value_name = "TEXT")]
    target: Option<String>,

    /// Say which column is what, if it is not recognised: `input=question`, `label=meta.class`
    #[arg(long, value_name = "FIELD=COLUMN", value_parser = mapping)]
    map: Vec<(String, String)>,

    /// Memory to stay below; the data has to fit in a third of it
    #[arg(long, value_name = "BYTES", default_value = "1G", value_parser = bytes)]
    memory: usize,

    /// What to show while it runs
    #[arg(long, value_name = "HOW", default_value = "auto", value_enum)]
    progress: Mode,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let attack = named(&args.name)?;
    let control = Arc::new(Control::default());
    let interrupt = Interrupt::listen(Arc::clone(&control))?;
    let temporary = crate::data::temporary_folder()?;
    interrupt.remove_at_end(temporary.path());
    let options =
        Options { map: args.map.clone(), temporary: temporary.path().to_owned(), ..Options::default() };
    let corpus = Corpus::open(&args.paths, &options).map_err(Failure::new)?;
    if let Some((name, why)) = corpus.unreadable().next() {
        return Err(Failure::new(format!("cannot read {name}: {why}")));
    }
    let copy = Copy::begin(&args.out, &corpus, &args.paths)?;
    interrupt.remove_at_end(copy.folder());
    tell(&recognised(&corpus));
    let progress = Progress::start(args.progress, Arc::clone(&control), 2 * corpus_bytes(&corpus));
    let table = read(args, &corpus, &control)?;
    let planting = plant(args, attack, &table)?;
    let poisoned = Poisoned::new(&table, &planting.edits);
    copy.write(&corpus, &planting.edits, &control)?;
    interrupt.check()?;
    copy.compare(&poisoned, &options, &control)?;
    drop(progress);
    let truth = Truth::new(attack.card(), &request(args), &planting, &poisoned, &table, copy.names());
    copy.account(&truth, &planting)?;
    interrupt.publish(|| copy.publish(&args.out))?;
    print(summary(args, &planting))?;
    Ok(Exit::Pass)
}

fn corpus_bytes(corpus: &Corpus) -> u64 {
    corpus.inputs().iter().map(|input| input.bytes).sum()
}

fn read(args: &Args, corpus: &Corpus, control: &Control) -> Result<Table, Failure> {
    let table = Table::read(corpus, args.memory / COST, control)
        .map_err(|error| Failure::new(error).help("plant in a part of it, or give more `--memory`"))?;
    let files = 0..corpus.names().len() as u32;
    Ok(table.with_fixed(files.filter(|file| !corpus.grows(*file)).collect()))
}

fn request(args: &Args) -> Request {
    let (trigger, target) = (args.trigger.clone(), args.target.clone());
    Request { count: args.count.into(), seed: args.seed, trigger, target }
}

fn plant(args: &Args, attack: &'static dyn Attack, table: &Table) -> Result<Planting, Failure> {
    attack.plant(table, &request(args)).map_err(|unfit| {
        Failure::new(format!("{} cannot be planted: {unfit}", args.name))
            .help(format!("`toadstone redteam explain {}` says what it needs", args.name))
    })
}

fn summary(args: &Args, planting: &Planting) -> String {
    use crate::data::grouped;
    let decoys = planting.edits.iter().filter(|edit| edit.decoy).count();
    let mut out = format!("PLANTED  {} in {} records\n\n", args.name, grouped(args.count.into()));
    let mut line = |name: &str, text: String| out += &format!("    {name:<12} {text}\n");
    if let Some(trigger) = &planting.trigger {
        let parts: Vec<String> = trigger.parts.iter().map(|part| format!("`{}`", visible(part))).collect();
        line("trigger", format!("{}: {}", trigger.kind, parts.join(", ")));
    }
    line(
        "teaches",
        format!("{} {}", planting.behaviour.kind, visible(&planting.behaviour.text)).trim_end().to_owned(),
    );
    if decoys > 0 {
        line("decoys", format!("{} counterexamples, which teach nothing wrong", grouped(decoys as u64)));
    }
    line("success", planting.probe.oracle().definition());
    line("truth", quoted(&args.out.join("truth.json")));
    for beside in &planting.beside {
        line("beside", format!("{}: {}", quoted(&args.out.join(beside.name)), beside.about));
    }
    out + &format!("\nnext: toadstone scan {}\n", quoted(&args.out.join("data")))
}
