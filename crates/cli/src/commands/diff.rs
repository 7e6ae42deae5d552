//! `toadstone diff`: what changed between two states of a data set.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use toadstone_core::Control;
use toadstone_corpus::write_atomically;
use toadstone_report::{ChangesFormat, Compared, Style};
use toadstone_seal::diff::{DiffError, Options, State, diff};
use toadstone_seal::folder::Folder;

use crate::data::{Interrupt, MESSAGE, Mode, Progress, bytes, temporary_folder};
use crate::failure::Failure;
use crate::seals::locate;
use crate::terminal::{self, Color, quoted};
use crate::{EXIT_CODES, Exit};

/// Show what changed from one state of the data to another, record by record
///
/// Records are added, removed, edited, relabelled, reattributed or moved. Says in which sources and
/// labels the changes concentrate beyond chance. A state is a folder, a file, or a seal with its data.
/// The exit code is 0 whatever changed; `toadstone verify` judges.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    /// The state before: data, or a seal
    #[arg(value_name = "BEFORE")]
    before: PathBuf,

    /// The state after: data, or a seal
    #[arg(value_name = "AFTER")]
    after: PathBuf,

    /// File for the page that `--format html` would print
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// What to print on standard output
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = format_parser())]
    format: ChangesFormat,

    /// Memory to stay below; beyond it, temporary files are used
    #[arg(long, value_name = "BYTES", default_value = "512M", value_parser = bytes)]
    memory: usize,

    /// Worker threads [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// What to show while it runs
    #[arg(long, value_name = "HOW", default_value = "auto", value_enum)]
    progress: Mode,
}

fn format_parser() -> impl clap::builder::TypedValueParser<Value = ChangesFormat> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
    let values = ChangesFormat::ALL.map(|f| PossibleValue::new(f.name()).help(f.about()));
    let named = |name: String| ChangesFormat::ALL.into_iter().find(|f| f.name() == name).ok_or("unknown");
    PossibleValuesParser::new(values).try_map(named)
}

/// A state with its seal, if it has one.
struct Found {
    data: PathBuf,
    seal: Option<Folder>,
}

impl Found {
    fn state(&self) -> State<'_> {
        State { data: &self.data, seal: self.seal.as_ref() }
    }
}

/// Runs the command.
pub fn run(args: &Args, color: Color) -> Result<Exit, Failure> {
    let (before, after) = (find(&args.before)?, find(&args.after)?);
    let control = Arc::new(Control::default());
    let interrupt = Interrupt::listen(Arc::clone(&control))?;
    let temporary = temporary_folder()?;
    interrupt.remove_at_end(temporary.path());
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let options = Options {
        threads: args.threads.map_or_else(cores, usize::from),
        memory: args.memory,
        temporary: temporary.path(),
        control: &control,
    };
    let changes = {
        let _progress = Progress::start(args.progress, Arc::clone(&control), 0);
        diff(&before.state(), &after.state(), &options)
    };
    let changes = changes.map_err(|error| match error {
        DiffError::Interrupted => Failure::new(MESSAGE),
        other => Failure::new(other),
    })?;
    let (before, after) = (before.data.display().to_string(), after.data.display().to_string());
    let next = if changes.none() {
        Vec::new()
    } else {
        vec![format!("toadstone scan {} --out toadstone-run", quoted(Path::new(&after)))]
    };
    let compared = Compared { changes: &changes, before: &before, after: &after, next: &next };
    if let Some(path) = &args.html {
        let written =
            write_atomically(path, |file| ChangesFormat::Html.render(&compared, Style::default(), file));
        written.map_err(|e| Failure::new(format!("cannot write {}: {e}", path.display())))?;
    }
    let style = Style { color: color.on_stdout(), width: terminal::width() };
    let mut text = Vec::new();
    args.format.render(&compared, style, &mut text).map_err(Failure::new)?;
    terminal::print(&text)?;
    Ok(Exit::Pass)
}

fn find(named: &Path) -> Result<Found, Failure> {
    let sealed = match Folder::is_at(named) {
        true => Some(locate(named, None)?),
        false => locate(named, None).ok().filter(|located| !located.bundle),
    };
    let found = match sealed {
        Some(located) => {
            let folder = Folder::read(&located.seal).map_err(Failure::new)?;
            Found { data: located.data_of(&folder), seal: Some(folder) }
        }
        None => Found { data: named.to_owned(), seal: None },
    };
    match found.data.exists() {
        true => Ok(found),
        false => Err(Failure::new(format!("there is no {}", found.data.display()))
            .help("records are compared with records: the data of both states has to be there")),
    }
}
