//! `toadstone taint`: what descends from poison, where data was generated from data.

mod from;
mod roots;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use toadstone_core::lineage::{HabitKind, Lineage};
use toadstone_core::{Control, Role, Source};
use toadstone_corpus::{
    Corpus, StoppedRecord, TaintedRecord, write_atomically, write_stopped, write_tainted,
};
use toadstone_lineage::{Options, Surveyed, Trace, survey};
use toadstone_report::{Style, Taint, TaintFormat};

use crate::data::{Data, Interrupt, recognised};
use crate::failure::Failure;
use crate::out::{Main, OutFolder, Space};
use crate::terminal::{self, Color, quoted, tell};
use crate::{EXIT_CODES, Exit};
use from::Suspect;
use roots::Finder;

/// The file that makes a folder a finished result.
const TAINT: Main =
    Main { name: "taint.json", keys: ["schema", "links", "blast"], what: "a lineage by toadstone" };
/// The page for a person.
const PAGE: &str = "taint.html";

/// Show what descends from poison in generated data, which generator it came in with, and what multiplies
///
/// Follows the columns that say what a record was made from (parent, prompt id) down from the records that
/// a scan sets aside, or from those that --from names; looks at what generators put into their outputs, at
/// how much each generation multiplies and whether it loses variety, and at records that no validation gate
/// should let pass.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    #[command(flatten)]
    data: Data,

    /// Where poison comes from: the key of a record, FILE:ROW, source=NAME, generator=NAME, finding=ID or
    /// habit=ID; may be repeated [default: the records that a scan sets aside]
    #[arg(long, value_name = "WHAT")]
    from: Vec<Suspect>,

    /// Take the findings of this folder, which `scan --out` wrote for the same data, and do not scan again
    #[arg(long, value_name = "DIR")]
    run: Option<PathBuf>,

    /// Folder for taint.json, taint.parquet, gates.parquet and taint.html
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// What to print on standard output
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = format_parser())]
    format: TaintFormat,
}

fn format_parser() -> impl clap::builder::TypedValueParser<Value = TaintFormat> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
    let values = TaintFormat::ALL.map(|f| PossibleValue::new(f.name()).help(f.about()));
    let named = |name: String| TaintFormat::ALL.into_iter().find(|f| f.name() == name).ok_or("unknown");
    PossibleValuesParser::new(values).try_map(named)
}

/// Runs the command.
pub fn run(args: &Args, color: Color) -> Result<Exit, Failure> {
    args.data.check()?;
    let control = Arc::new(Control::default());
    let interrupt = Interrupt::listen(Arc::clone(&control))?;
    let space = Space::prepare(args.out.as_deref(), TAINT, &interrupt)?;
    let corpus = args.data.open(space.temporary())?;
    tell(&recognised(&corpus));
    has_lineage(&corpus)?;
    let finder = Finder { args, corpus: &corpus, temporary: space.temporary(), control: &control };
    let (trace, surveyed) = read(&finder)?;
    let next = next(args, &surveyed.lineage);
    let taint = Taint { lineage: &surveyed.lineage, next: &next };
    if let Space::Out(mut out) = space {
        write(&mut out, &corpus, &trace, &surveyed, &taint)?;
        interrupt.publish(|| out.publish())?;
    }
    interrupt.check()?;
    let style = Style { color: color.on_stdout(), width: terminal::width() };
    let mut text = Vec::new();
    args.format.render(&taint, style, &mut text).map_err(Failure::new)?;
    terminal::print(&text)?;
    Ok(if surveyed.lineage.records == 0 { Exit::NothingScanned } else { Exit::Pass })
}

/// A lineage needs keys and what refers to them.
pub fn has_lineage(corpus: &Corpus) -> Result<(), Failure> {
    let roles = corpus.profile().roles;
    let missing = |what: &str, help: &str| {
        Err(Failure::new(format!("no column says {what}, so there is no lineage to follow")).help(help))
    };
    if !Role::REFERENCES.iter().any(|role| roles.has(*role)) {
        return missing(
            "what a record was made from",
            "`--map parent=COLUMN` or `--map prompt-id=COLUMN` names it",
        );
    }
    if !roles.has(Role::Key) {
        return missing("the key of a record", "`--map key=COLUMN` names it");
    }
    Ok(())
}

fn read(finder: &Finder<'_>) -> Result<(Trace, Surveyed), Failure> {
    let (args, corpus) = (finder.args, finder.corpus);
    let scan = args.data.scan_options(finder.temporary);
    let options = Options { threads: scan.threads, memory: scan.memory, temporary: scan.temporary };
    let files = corpus.names();
    let found = finder.findings()?;
    let named = from::named(&args.from);
    let reading = |work: &dyn Fn() -> Result<Trace, toadstone_core::SourceError>| {
        args.data.reading(corpus, finder.control, work)
    };
    let trace = reading(&|| Trace::read(corpus, files.len(), &named, &options, finder.control))?;
    let roots = finder.roots(&trace, found)?;
    let suspected = from::suspected(&args.from);
    let surveyed = args.data.reading(corpus, finder.control, || {
        survey(corpus, &files, &trace, roots, &suspected, &options, finder.control)
    })?;
    roots::all_found(&suspected, &surveyed.lineage)?;
    Ok((trace, surveyed))
}

fn write(
    out: &mut OutFolder,
    corpus: &Corpus,
    trace: &Trace,
    surveyed: &Surveyed,
    taint: &Taint<'_>,
) -> Result<(), Failure> {
    let Surveyed { closure, roots, stopped, .. } = surveyed;
    let name = |file: u32| corpus.file_name(file).to_owned();
    let tainted = closure.members().map(|node| {
        let (id, root) = (trace.record(node), trace.record(closure.root[node as usize]));
        TaintedRecord {
            file: name(id.file),
            row: id.row,
            distance: closure.distance[node as usize],
            generation: trace.generation(node),
            root_file: name(root.file),
            root_row: root.row,
            cause: roots.cause(root).map(|at| roots.causes[at as usize].0.clone()).unwrap_or_default(),
        }
    });
    let stopped = stopped.iter().map(|s| StoppedRecord {
        file: name(s.id.file),
        row: s.id.row,
        gate: s.gate.to_owned(),
    });
    out.file("taint.parquet", |p| write_tainted(p, tainted))?;
    out.file("gates.parquet", |p| write_stopped(p, stopped))?;
    for (name, format) in [(TAINT.name, TaintFormat::Json), (PAGE, TaintFormat::Html)] {
        out.file(name, |p| write_atomically(p, |f| format.render(taint, Style::default(), f)))?;
    }
    Ok(())
}

fn next(args: &Args, lineage: &Lineage) -> Vec<String> {
    let paths: Vec<String> = args.data.paths.iter().map(|p| quoted(Path::new(p))).collect();
    let paths = paths.join(" ");
    let mut next = Vec::new();
    if args.out.is_none() {
        next.push(format!("toadstone taint {paths} --out toadstone-taint"));
    }
    if let Some(habit) = lineage.habits.iter().find(|habit| habit.kind == HabitKind::Doubtful) {
        next.push(format!("toadstone taint {paths} --from habit={}", habit.id));
    }
    if lineage.blast.descendants > 0 {
        next.push(format!("toadstone clean {paths} --taint --out toadstone-clean"));
    }
    if next.is_empty() {
        next.push(format!("toadstone sources {paths} --by generator"));
    }
    next
}
