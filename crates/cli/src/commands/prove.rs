//! `toadstone prove`: that a record is in sealed data, or that it is not.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use toadstone_core::{Control, visible};
use toadstone_corpus::write_atomically;
use toadstone_seal::digest::Digest;
use toadstone_seal::folder::Folder;
use toadstone_seal::prove::{Claim, Proof, ProveError, Reader, Wanted, prove_absent, prove_present};

use crate::data::{Interrupt, MESSAGE, Mode, Progress, temporary_folder};
use crate::failure::Failure;
use crate::seals::locate;
use crate::terminal::{self, quoted};
use crate::{EXIT_CODES, Exit};

/// Prove that a record is in sealed data, or that no record with some content is
///
/// Writes a proof of a few kilobytes. Whoever has the seal's signature and the proof can check it
/// with `toadstone verify-proof`, without the data.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    /// A seal, or data with a seal beside it
    #[arg(value_name = "SEAL")]
    seal: PathBuf,

    /// The data, if it is not beside the seal
    #[arg(value_name = "DATA")]
    data: Option<PathBuf>,

    /// Row of the record, counted from 0
    #[arg(long, value_name = "ROW", group = "what", conflicts_with = "absent")]
    record: Option<u64>,

    /// SHA-256 of the record's content: of a line without its end, of a row of CSV
    #[arg(long, value_name = "HEX", group = "what", value_parser = digest_parser)]
    digest: Option<Digest>,

    /// File that holds the record's content and nothing else
    #[arg(long, value_name = "FILE", group = "what")]
    content: Option<PathBuf>,

    /// Prove that no record has the content
    #[arg(long, conflicts_with = "file")]
    absent: bool,

    /// The file of the record, below the data, if several have records
    #[arg(long, value_name = "NAME")]
    file: Option<String>,

    /// File for the proof
    #[arg(long, value_name = "FILE", default_value = "proof.json")]
    out: PathBuf,

    /// Worker threads [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// What to show while it runs
    #[arg(long, value_name = "HOW", default_value = "auto", value_enum)]
    progress: Mode,
}

fn digest_parser(text: &str) -> Result<Digest, String> {
    Digest::from_hex(&text.to_ascii_lowercase()).ok_or_else(|| "write 64 hexadecimal digits".to_owned())
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let wanted = wanted(args)?;
    let located = locate(&args.seal, args.data.as_deref())?;
    if located.bundle {
        return Err(Failure::new(format!(
            "{} is a signature alone; a proof needs the whole seal",
            args.seal.display()
        )));
    }
    let folder = Folder::read(&located.seal).map_err(Failure::new)?;
    let control = Arc::new(Control::default());
    let interrupt = Interrupt::listen(Arc::clone(&control))?;
    let temporary = temporary_folder()?;
    interrupt.remove_at_end(temporary.path());
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let reader = Reader {
        folder: &folder,
        data: &located.data_of(&folder),
        threads: args.threads.map_or_else(cores, usize::from),
        temporary: temporary.path(),
        control: &control,
    };
    let proof = {
        let _progress = Progress::start(args.progress, Arc::clone(&control), folder.manifest.bytes());
        match (wanted, args.absent) {
            (Wanted::Content(content), true) => prove_absent(&reader, content),
            _ => prove_present(&reader, wanted, args.file.as_deref()),
        }
    };
    let proof = proof.map_err(failure)?;
    let bytes = proof.to_bytes().map_err(Failure::new)?;
    write_atomically(&args.out, |file| std::io::Write::write_all(file, &bytes))
        .map_err(|e| Failure::new(format!("cannot write {}: {e}", args.out.display())))?;
    terminal::print(told(&proof, bytes.len(), &args.out, &located.seal))?;
    Ok(Exit::Pass)
}

fn wanted(args: &Args) -> Result<Wanted, Failure> {
    match (args.record, args.digest, &args.content) {
        (Some(row), _, _) => Ok(Wanted::Row(row)),
        (_, Some(digest), _) => Ok(Wanted::Content(digest)),
        (_, _, Some(path)) => {
            let bytes = std::fs::read(path);
            let bytes = bytes.map_err(|e| Failure::new(format!("cannot read {}: {e}", path.display())))?;
            Ok(Wanted::Content(Digest::of(&bytes)))
        }
        (None, None, None) => Err(Failure::new("nothing says which record is meant")
            .help("`--record ROW`, `--digest HEX` or `--content FILE` names it")),
    }
}

fn failure(error: ProveError) -> Failure {
    match error {
        ProveError::Interrupted => Failure::new(MESSAGE),
        ProveError::Changed(_) | ProveError::Seal(_) => {
            Failure::new(error).help("`toadstone verify` says what differs")
        }
        ProveError::NotThere(_) => Failure::new(error).help("`--absent` proves that"),
        _ => Failure::new(error),
    }
}

fn told(proof: &Proof, bytes: usize, out: &Path, seal: &Path) -> String {
    let what = match &proof.claim {
        Claim::Present(p) => format!("row {} of {} is in the data", p.row, visible(&p.file)),
        Claim::Absent(a) => format!("no record of {} files has the content {}", a.files.len(), a.content),
    };
    let (out, seal) = (quoted(out), quoted(seal));
    format!(
        "proved  {what}\nproof   {out}, {bytes} bytes\n\nnext:\n  toadstone verify-proof {out} {seal} --key PUBLIC_KEY\n"
    )
}
