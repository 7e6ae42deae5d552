//! `toadstone review`: a person's judgement on what a run found.

mod print;
mod serve;

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use toadstone_core::Control;
use toadstone_corpus::{Corpus, Options, write_atomically};
use toadstone_review::exchange::{self, Layout};
use toadstone_review::{Desk, Journal, RunFolder, waivers};

use crate::config::{day_in, now};
use crate::data::{Interrupt, temporary_folder};
use crate::failure::Failure;
use crate::terminal::{print as out, quoted, tell};
use crate::{EXIT_CODES, Exit};

/// Look at the findings of a run and decide: poison, fine, or unsure
///
/// Opens a page in the browser, for this machine only. Every decision is added to RUN/decisions.jsonl with
/// who, when and why; `toadstone clean PATH... --run RUN` carries them out. Ctrl-C ends it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    /// Folder that `scan --out` wrote
    #[arg(value_name = "RUN")]
    run: PathBuf,

    /// Who decides [default: the name of the user]
    #[arg(long = "as", value_name = "NAME")]
    who: Option<String>,

    /// Port to listen on [default: any that is free]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    port: u16,

    /// Do not open the page in a browser
    #[arg(long)]
    no_open: bool,

    /// Folder that relative names of the data start from [default: the current one]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// File of decisions [default: decisions.jsonl in RUN]
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,

    /// Only print how the person and the machine, and people among each other, agree
    #[arg(long, group = "instead")]
    summary: bool,

    /// Only print the findings that were judged fine as entries for toadstone.toml
    #[arg(long, group = "instead")]
    waivers: bool,

    /// Days after which those entries expire
    #[arg(long, value_name = "DAYS", default_value_t = 90, requires = "waivers")]
    days: u16,

    /// Only write a table for people elsewhere to fill in: FILE.csv or FILE.jsonl
    #[arg(long, value_name = "FILE", group = "instead", value_parser = table)]
    export: Option<(PathBuf, Layout)>,

    /// Only take the decisions of such a table over
    #[arg(long, value_name = "FILE", group = "instead", value_parser = table)]
    import: Option<(PathBuf, Layout)>,

    /// How to print the summary, or what became of an import
    #[arg(long, value_name = "FORMAT", default_value = "human", value_enum)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For a person at a terminal
    Human,
    /// A JSON object
    Json,
}

fn table(text: &str) -> Result<(PathBuf, Layout), String> {
    let path = PathBuf::from(text);
    let layout =
        Layout::of(&path).ok_or("the name has to end in .csv or .jsonl, which says how it is written")?;
    Ok((path, layout))
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let control = Arc::new(Control::default());
    let interrupt = Interrupt::listen(Arc::clone(&control))?;
    let temporary = temporary_folder()?;
    interrupt.remove_at_end(temporary.path());
    let desk = desk(args, temporary.path())?;
    if args.summary {
        let agreement = desk.agreement().map_err(Failure::new)?;
        out(match args.format {
            Format::Human => print::summary(&agreement, &args.run),
            Format::Json => json(&agreement)?,
        })?;
    } else if args.waivers {
        let fine = desk.fine().map_err(Failure::new)?;
        tell(&print::waived(&fine));
        out(waivers::waivers(&fine, &day_in(args.days.into())))?;
    } else if let Some((path, layout)) = &args.import {
        return import(args, &desk, path, *layout);
    } else if let Some((path, layout)) = &args.export {
        export(args, &desk, path, *layout, temporary.path(), &control)?;
        interrupt.check()?;
    } else {
        serve::serve(args, desk, temporary.path(), &control)?;
    }
    Ok(Exit::Pass)
}

fn desk(args: &Args, temporary: &Path) -> Result<Desk, Failure> {
    let folder = RunFolder::open(&args.run).map_err(|e| {
        Failure::new(e).help("`toadstone scan PATH... --out RUN` writes what can be reviewed")
    })?;
    let path = args.decisions.clone().unwrap_or_else(|| folder.decisions());
    let failed = |e: &dyn std::fmt::Display| {
        Failure::new(format!("cannot read the decisions {}: {e}", path.display()))
    };
    let journal = Journal::open(&path).map_err(|e| failed(&e))?;
    // Who only asks for figures need not say who they are.
    let nobody = || if args.summary || args.waivers { Ok(String::new()) } else { user() };
    let who = args.who.clone().map_or_else(nobody, Ok)?;
    let desk = Desk::new(folder, journal, temporary, &who, now).map_err(|e| failed(&e))?;
    for problem in desk.problems() {
        tell(&format!("warning: {}\n", toadstone_core::visible(&problem)));
    }
    Ok(desk)
}

/// The name of the user, as the system tells it.
fn user() -> Result<String, Failure> {
    let name = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    name.filter(|name| !name.trim().is_empty()).ok_or_else(|| {
        Failure::new("the system does not tell who you are").help("`--as NAME` says who decides")
    })
}

/// The data of the run.
fn corpus(args: &Args, desk: &Desk, temporary: &Path) -> Result<Corpus, Failure> {
    let options = Options { temporary: temporary.to_owned(), ..Options::default() };
    Corpus::reopen(&desk.run().inputs, args.data.as_deref(), &options).map_err(Failure::new)
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn export(
    args: &Args,
    desk: &Desk,
    path: &Path,
    layout: Layout,
    temporary: &Path,
    control: &Control,
) -> Result<(), Failure> {
    let corpus = corpus(args, desk, temporary)?;
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| desk.read(&corpus, threads()));
        while !reading.is_finished() {
            if control.stopped() {
                desk.stop();
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    });
    if control.stopped() {
        return Ok(());
    }
    // Rows without text could be judged by nobody.
    if let [problem, ..] = &desk.problems()[..] {
        return Err(
            Failure::new(problem).help("the data has to be as it was scanned; `--data DIR` says where it is")
        );
    }
    let mut rows = 0;
    let write = |file: &mut dyn Write| -> io::Result<()> {
        let mut file = io::BufWriter::new(file);
        rows = exchange::export(desk, layout, &mut file)?;
        file.flush()
    };
    write_atomically(path, write)
        .and_then(|()| File::open(path)?.sync_all())
        .map_err(|e| Failure::new(format!("cannot write {}: {e}", path.display())))?;
    out(print::exported(rows, path, &args.run))
}

fn import(args: &Args, desk: &Desk, path: &Path, layout: Layout) -> Result<Exit, Failure> {
    let bytes =
        std::fs::read(path).map_err(|e| Failure::new(format!("cannot read {}: {e}", path.display())))?;
    let done = exchange::import(desk, layout, &bytes, args.who.as_deref()).map_err(Failure::new)?;
    out(match args.format {
        Format::Human => print::imported(&done, path, &args.run),
        Format::Json => json(&done)?,
    })?;
    Ok(if done.refused.is_empty() { Exit::Pass } else { Exit::CouldNotFinish })
}

fn json(value: &impl serde::Serialize) -> Result<String, Failure> {
    let text = toadstone_report::json::line(value);
    String::from_utf8(text).map_err(|e| Failure::new(format!("internal error: {e}")))
}

/// The command that carries decisions out.
fn clean(desk: &Desk, run: &Path) -> String {
    let inputs = &desk.run().inputs;
    let paths: Vec<String> = inputs.iter().map(|input| quoted(Path::new(&input.name))).collect();
    let paths = if paths.len() > 3 { "PATH...".to_owned() } else { paths.join(" ") };
    format!("toadstone clean {paths} --run {} --out toadstone-clean", quoted(run))
}
