//! `toadstone verify`: whether data is what was sealed.

mod told;

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use toadstone_report::frameworks::Support;
use toadstone_seal::attest::{ScanProblem, ScanReport};
use toadstone_seal::folder::{Folder, read_bundle};
use toadstone_seal::verify::{Problem, Report, Target, VerifyError, verify};

use crate::data::{Mode, Progress, Session};
use crate::failure::Failure;
use crate::seals::{RequireScan, State, Trust, forget_scans, locate, note_attested};
use crate::terminal::{self, Color};
use crate::{EXIT_CODES, Exit};

/// Check a seal, and that the data is what was sealed
///
/// Every file is read again, whatever its size and times say. Nothing is left out: hidden files,
/// `.git` and empty folders count. Every problem is listed. Seals of OpenSSF Model Signing 1.0 made by
/// other programs can be checked, too: methods `key`, `certificate`, and `sigstore` with entries of Rekor 1.
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

    #[command(flatten)]
    scan: RequireScan,

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
    #[serde(skip_serializing_if = "Option::is_none")]
    scan: Option<&'j ScanReport>,
    evidence: &'j [Support],
}

/// A seal and its data, looked at.
pub struct Verified {
    report: Report,
    scan: Option<ScanReport>,
    evidence: Vec<Support>,
    /// How the command ends.
    pub exit: Exit,
    /// Where the seal is.
    pub seal: PathBuf,
}

impl Verified {
    /// `valid`, `invalid` or `could not be checked`.
    pub fn verdict(&self) -> &'static str {
        verdict(self.exit)
    }

    /// Every problem in words (hostile text): those of the seal and the data, those of the scan, and what
    /// cannot be read.
    pub fn problems(&self) -> Vec<String> {
        let scan = self.scan.iter().flat_map(|scan| &scan.problems);
        let unread = self.report.unread.iter().map(|unread| format!("{}: {}", unread.name, unread.why));
        let problems = self.report.problems.iter().map(Problem::to_string);
        problems.chain(scan.map(ScanProblem::to_string)).chain(unread).collect()
    }

    /// What `--format json` prints.
    ///
    /// # Errors
    /// None that is known.
    pub fn json(&self) -> Result<String, Failure> {
        let (report, scan, evidence) = (&self.report, self.scan.as_ref(), self.evidence.as_slice());
        let json = Json { schema: 1, verdict: self.verdict(), report, scan, evidence };
        serde_json::to_string_pretty(&json).map_err(Failure::new)
    }

    /// What `--format human` prints.
    pub fn human(&self, color: bool) -> String {
        let (report, scan, evidence) = (&self.report, self.scan.as_ref(), self.evidence.as_slice());
        told::Outcome { report, scan, evidence, exit: self.exit }.human(&self.seal, color)
    }
}

/// Runs the command.
pub fn run(args: &Args, color: Color) -> Result<Exit, Failure> {
    let verified = check(args, &Session::at_terminal()?)?;
    match args.format {
        Format::Human => terminal::print(verified.human(color.on_stdout()))?,
        Format::Json => terminal::print(verified.json()? + "\n")?,
    }
    Ok(verified.exit)
}

/// Checks, and remembers what was seen. Prints nothing.
///
/// # Errors
/// It cannot be found out.
pub fn check(args: &Args, session: &Session) -> Result<Verified, Failure> {
    let expected = args.trust.expected(&args.unsigned)?;
    let policy = args.trust.policy()?;
    let scan_demanded = args.scan.is_demanded(&policy.seal)?;
    let control = &session.control;
    let located = locate(&args.path, args.data.as_deref())?;
    let mut state = if args.no_pin { None } else { State::load()? };
    if let Some(state) = state.as_mut().filter(|_| args.forget) {
        state.pins.forget(&located.seal);
    }
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let threads = args.threads.map_or_else(cores, usize::from);
    let check = |target: &Target<'_>, data: &std::path::Path, bytes: u64| {
        control.expect(bytes);
        let _progress = Progress::start(args.progress, Arc::clone(control), bytes);
        verify(target, data, &expected, state.as_ref().map(|state| &state.pins), threads, control)
    };
    let mut scan = None;
    let mut read = None;
    let report = match located.bundle {
        true => read_bundle(&located.seal).map_err(VerifyError::from).and_then(|(_, bundle)| {
            let data = located.data.clone().unwrap_or_default();
            check(&Target::Bundle(&bundle, &located.seal), &data, 0)
        }),
        false => Folder::read(&located.seal).map_err(VerifyError::from).and_then(|folder| {
            let folder = read.insert(folder);
            check(&Target::Seal(folder), &located.data_of(folder), folder.manifest.bytes())
        }),
    };
    let report = report.or_else(broken)?;
    if scan_demanded {
        scan = Some(match &read {
            Some(folder) => {
                if args.forget {
                    forget_scans(folder)?;
                }
                args.scan.check(folder, &expected, policy, !args.no_pin)?
            }
            None => ScanReport { problems: vec![ScanProblem::Missing], ..ScanReport::default() },
        });
    }
    let scanned = scan.as_ref().is_none_or(|scan| scan.problems.is_empty());
    let exit = match (report.problems.is_empty() && scanned, report.unread.is_empty()) {
        (false, _) => Exit::PolicySaysNo,
        (true, false) => Exit::CouldNotFinish,
        (true, true) => Exit::Pass,
    };
    if let (Exit::Pass, Some(state), Some(seal)) = (exit, &mut state, &report.seal) {
        state.note(&located.seal, seal)?;
        if let (Some(folder), Some(newest)) = (&read, scan.as_ref().and_then(|scan| scan.newest.as_ref())) {
            note_attested(folder, newest)?;
        }
    }
    let evidence = told::evidence(&report, scan.as_ref(), read.as_ref());
    Ok(Verified { report, scan, evidence, exit, seal: located.seal })
}

/// A seal that breaks the format is not valid; one that cannot be read says nothing.
fn broken(error: VerifyError) -> Result<Report, Failure> {
    match error {
        VerifyError::Interrupted => Err(Failure::new("interrupted; nothing was found out")),
        VerifyError::Seal(error) if !error.could_not_check() => {
            let problem = Problem::Broken { why: error.to_string() };
            Ok(Report { problems: vec![problem], ..Report::default() })
        }
        VerifyError::Keyless => Err(Failure::new(error).help(
            "`--sigstore-root FILE --identity WHO --issuer URL` says who may have; Sigstore publishes the \
             file as trusted_root.json",
        )),
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
