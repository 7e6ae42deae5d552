//! `toadstone verify`: whether data is what was sealed.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use toadstone_core::{Control, visible};
use toadstone_seal::folder::{Folder, read_bundle};
use toadstone_seal::verify::{Problem, Report, Target, VerifyError, verify};

use crate::data::{Interrupt, Mode, Progress, grouped};
use crate::failure::Failure;
use crate::seals::{State, Trust, locate};
use crate::terminal::{self, Color};
use crate::{EXIT_CODES, Exit};

/// Check a seal, and that the data is what was sealed
///
/// Every file is read again, whatever its size and times say. Nothing is left out: hidden files,
/// `.git` and empty folders count. Every problem is listed. Seals of OpenSSF Model Signing 1.0 made by
/// other programs can be checked, too (methods `key` and `certificate`).
///
/// Exit code 0: valid; 1: not valid; 2: could not be checked.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    /// A seal, data with a seal beside it, or a signature file of another program
    #[arg(value_name = "PATH")]
    path: PathBuf,

    /// The data, if it is not beside the seal
    #[arg(value_name = "DATA")]
    data: Option<PathBuf>,

    #[command(flatten)]
    trust: Trust,

    /// File or folder, below the data, that may be there without being signed; may be repeated
    #[arg(long, value_name = "NAME")]
    unsigned: Vec<String>,

    /// Neither look at which seals were seen before, nor remember this one
    #[arg(long)]
    no_pin: bool,

    /// Forget what was seen at this place before: somebody replaced it, and you know why
    #[arg(long, conflicts_with = "no_pin")]
    forget: bool,

    /// What to print on standard output
    #[arg(long, value_name = "FORMAT", default_value = "human", value_enum)]
    format: Format,

    /// Worker threads [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// What to show while it runs
    #[arg(long, value_name = "HOW", default_value = "auto", value_enum)]
    progress: Mode,
}

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For a person
    Human,
    /// One JSON object
    Json,
}

/// What `--format json` prints: a public interface.
#[derive(Serialize)]
struct Json<'j> {
    schema: u32,
    verdict: &'static str,
    #[serde(flatten)]
    report: &'j Report,
}

/// Runs the command.
pub fn run(args: &Args, color: Color) -> Result<Exit, Failure> {
    let expected = args.trust.expected(&args.unsigned)?;
    let control = Arc::new(Control::default());
    let _interrupt = Interrupt::listen(Arc::clone(&control))?;
    let located = locate(&args.path, args.data.as_deref())?;
    let mut state = if args.no_pin { None } else { State::load()? };
    if let Some(state) = state.as_mut().filter(|_| args.forget) {
        state.pins.forget(&located.seal);
    }
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let threads = args.threads.map_or_else(cores, usize::from);
    let check = |target: &Target<'_>, data: &std::path::Path, bytes: u64| {
        let _progress = Progress::start(args.progress, Arc::clone(&control), bytes);
        verify(target, data, &expected, state.as_ref().map(|state| &state.pins), threads, &control)
    };
    let report = match located.bundle {
        true => read_bundle(&located.seal).map_err(VerifyError::from).and_then(|(_, bundle)| {
            let data = located.data.clone().unwrap_or_default();
            check(&Target::Bundle(&bundle, &located.seal), &data, 0)
        }),
        false => Folder::read(&located.seal).map_err(VerifyError::from).and_then(|folder| {
            check(&Target::Seal(&folder), &located.data_of(&folder), folder.manifest.bytes())
        }),
    };
    let report = report.or_else(broken)?;
    let exit = match (report.problems.is_empty(), report.unread.is_empty()) {
        (false, _) => Exit::PolicySaysNo,
        (true, false) => Exit::CouldNotFinish,
        (true, true) => Exit::Pass,
    };
    if let (Exit::Pass, Some(state), Some(seal)) = (exit, &mut state, &report.seal) {
        state.note(&located.seal, seal)?;
    }
    match args.format {
        Format::Human => terminal::print(human(&report, exit, color.on_stdout()))?,
        Format::Json => {
            let json = Json { schema: 1, verdict: verdict(exit), report: &report };
            let text = serde_json::to_string_pretty(&json).map_err(Failure::new)?;
            terminal::print(text + "\n")?;
        }
    }
    Ok(exit)
}

/// A seal that breaks the format is not valid; one that cannot be read says nothing.
fn broken(error: VerifyError) -> Result<Report, Failure> {
    match error {
        VerifyError::Interrupted => Err(Failure::new("interrupted; nothing was found out")),
        VerifyError::Seal(error) if !error.could_not_check() => {
            let problem = Problem::Broken { why: error.to_string() };
            Ok(Report { problems: vec![problem], ..Report::default() })
        }
        other => Err(Failure::new(other)),
    }
}

fn verdict(exit: Exit) -> &'static str {
    match exit {
        Exit::Pass => "valid",
        Exit::PolicySaysNo => "invalid",
        _ => "could not be checked",
    }
}

fn human(report: &Report, exit: Exit, color: bool) -> String {
    let (paint, off) = match (color, exit) {
        (false, _) => ("", ""),
        (true, Exit::Pass) => ("\x1b[1;32m", "\x1b[0m"),
        (true, _) => ("\x1b[1;31m", "\x1b[0m"),
    };
    let word = |word: &str| format!("{paint}{word}{off}");
    let mut text = match exit {
        Exit::Pass => format!("{}  The data is what was sealed.\n\n", word("VALID")),
        Exit::PolicySaysNo => {
            let n = report.problems.len();
            format!(
                "{}  {} problem{}.\n\n",
                word("NOT VALID"),
                grouped(n as u64),
                if n == 1 { "" } else { "s" }
            )
        }
        _ => format!("{}  Some files cannot be read.\n\n", word("NOT CHECKED")),
    };
    for problem in &report.problems {
        text += &format!("  ✗ {}\n", visible(&problem.to_string()));
    }
    for unread in &report.unread {
        text += &format!("  ? {}: {}\n", visible(&unread.name), visible(&unread.why));
    }
    if !report.problems.is_empty() || !report.unread.is_empty() {
        text.push('\n');
    }
    if let Some(seal) = &report.seal {
        let (series, created) = (visible(&seal.series), visible(&seal.created));
        text += &format!("    seal       {} of series {series}, {created}\n", seal.sequence);
    }
    for signer in &report.signers {
        let certificate = signer.certificate.as_ref().map(|who| format!(", certificate of {}", visible(who)));
        text += &format!("    signed by  key {}{}\n", signer.key, certificate.unwrap_or_default());
    }
    if matches!(report.problems.as_slice(), [Problem::Broken { .. }]) {
        return text;
    }
    text += &format!(
        "    as sealed  {} files, {} bytes, all of them read again",
        grouped(report.files),
        grouped(report.bytes)
    );
    text += &match report.records {
        0 => "\n".to_owned(),
        records => format!("; the seal covers {} records\n", grouped(records)),
    };
    for note in &report.notes {
        text += &format!("    note       {}\n", visible(note));
    }
    text
}
