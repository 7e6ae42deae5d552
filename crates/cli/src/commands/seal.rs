//! `toadstone seal`: signs data down to its records.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use toadstone_core::{Control, visible};
use toadstone_recheck::First;
use toadstone_recheck::read::{Look, write_pages};
use toadstone_seal::folder::{Folder, SIGNATURE, read_bundle};
use toadstone_seal::keys::PrivateKey;
use toadstone_seal::make::{Made, MakeError, Order, make};
use toadstone_seal::manifest::Manifest;
use toadstone_seal::time;
use toadstone_store::is_address;

use crate::data::{MESSAGE, Mode, Progress, Session, bytes, grouped};
use crate::failure::Failure;
use crate::seals::{Passphrase, beside, certificates, keep_known, known, now, replace};
use crate::terminal::{self, quoted};
use crate::{EXIT_CODES, Exit};

/// Sign data, file by file and record by record
///
/// Writes a folder NAME.seal beside the data. `seal.sig` in it is a signature in the format of OpenSSF
/// Model Signing 1.0, which other programs can check, too. Sealing again continues the series: the
/// number goes up, and files that only grew are proved to have only grown. Every file is read again then,
/// whatever its size and times say, unless `--append` is given.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    /// A folder with all that is in it, or files
    #[arg(required_unless_present = "countersign", value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Private key to sign with, in PEM; may be repeated for several signatures
    #[arg(long, required = true, value_name = "FILE")]
    key: Vec<PathBuf>,

    #[command(flatten)]
    passphrase: Passphrase,

    /// Certificates of the first key, its own first, in PEM; may be repeated
    #[arg(long, value_name = "FILE")]
    certificate: Vec<PathBuf>,

    /// Folder for the seal [default: the data's name with .seal]
    #[arg(long, value_name = "NAME.seal")]
    out: Option<PathBuf>,

    /// Columns that say where a record comes from, in place of the one that is recognised
    #[arg(long, value_name = "COLUMN,...", value_delimiter = ',')]
    source_columns: Vec<String>,

    /// Column of the label, if it is not recognised
    #[arg(long, value_name = "COLUMN")]
    label_column: Option<String>,

    /// Column that says which part of the data a record belongs to
    #[arg(long, value_name = "COLUMN")]
    split_column: Option<String>,

    /// Also keep fingerprints of the web pages in the data, with which `recheck NAME.seal` compares what is
    /// there later: half a kilobyte for each page, in memory too
    #[arg(long)]
    pages: bool,

    /// When the seal is made, such as 2027-01-31T12:00:00Z [default: SOURCE_DATE_EPOCH, else now]
    #[arg(long, value_name = "TIME", value_parser = time_parser)]
    created: Option<SystemTime>,

    /// Do not read files that nothing touched since the seal that is there: same size, times and inode, on this
    /// machine. Their digests are those of that seal, whose signature is checked. The new seal names them,
    /// and `verify` reads them all the same. Files that grew are read whole
    #[arg(long, conflicts_with_all = ["new_series", "pages"])]
    append: bool,

    /// Begin a new series, though there is a seal already
    #[arg(long)]
    new_series: bool,

    /// Add a signature to this seal in place of making one; the data is not looked at
    #[arg(long, value_name = "NAME.seal", conflicts_with_all = ["paths", "out", "certificate", "new_series", "created", "append"])]
    countersign: Option<PathBuf>,

    /// Memory for sorting records; beyond it, temporary files are used
    #[arg(long, value_name = "BYTES", default_value = "192M", value_parser = bytes)]
    memory: usize,

    /// Worker threads [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// What to show while it runs
    #[arg(long, value_name = "HOW", default_value = "auto", value_enum)]
    progress: Mode,
}

fn time_parser(text: &str) -> Result<SystemTime, String> {
    time::parse(text).ok_or_else(|| "write a time in UTC such as 2027-01-31T12:00:00Z".to_owned())
}

/// Data that is sealed.
pub struct Sealed {
    made: Made,
    /// The folder of the seal.
    pub path: PathBuf,
    /// Why the next seal cannot go by what was read for this one, if so.
    forgotten: Option<String>,
}

impl Sealed {
    /// What the seal says.
    pub fn manifest(&self) -> &Manifest {
        &self.made.manifest
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    if let Some(seal) = &args.countersign {
        return countersign(seal, &keys(args)?);
    }
    let sealed = work(args, &Session::at_terminal()?)?;
    terminal::print(told(&sealed.made, &sealed.path, args, sealed.forgotten.as_deref()))?;
    Ok(Exit::Pass)
}

fn keys(args: &Args) -> Result<Vec<PrivateKey>, Failure> {
    args.key.iter().map(|path| args.passphrase.open(path)).collect()
}

/// Makes the seal and puts it in place. Prints nothing.
///
/// # Errors
/// A mistake in what the user asked for, data that cannot be sealed, or the user asked to stop.
pub fn work(args: &Args, session: &Session) -> Result<Sealed, Failure> {
    let keys = keys(args)?;
    let (control, interrupt) = (&session.control, &session.interrupt);
    let certificates = certificates(&args.certificate)?;
    let (root, files) = root(&args.paths)?;
    let out = out(args, &root, files.is_some())?;
    let previous = previous(args, &out, &keys)?;
    let known = if args.append { known(&out)? } else { None };
    let parent = out.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let stage = tempfile::Builder::new().prefix(".toadstone-unfinished-").tempdir_in(parent);
    let stage = stage.map_err(|e| Failure::new(format!("cannot write beside {}: {e}", out.display())))?;
    interrupt.remove_at_end(stage.path());
    // The temporary folder is closed to others; the seal is not.
    let into = stage.path().join("seal");
    std::fs::create_dir(&into)
        .map_err(|e| Failure::new(format!("cannot write beside {}: {e}", out.display())))?;
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let keep = |to: &Path| pages(args, to, stage.path(), control);
    let order = Order {
        root: &root,
        files: files.as_deref(),
        keys: &keys,
        certificates: certificates.as_ref(),
        source_columns: &args.source_columns,
        label_column: args.label_column.as_deref(),
        split_column: args.split_column.as_deref(),
        previous: previous.as_ref(),
        known: known.as_ref(),
        created: &args.created.map_or_else(now, |time| Ok(time::format(time)))?,
        pages: args.pages.then_some(&keep),
        threads: args.threads.map_or_else(cores, usize::from),
        memory: args.memory,
        temporary: stage.path(),
        control,
    };
    let made = {
        let _progress = Progress::start(args.progress, Arc::clone(control), 0);
        make(&order, &into).map_err(failure)?
    };
    let put = || replace(&into, &out, stage.path());
    interrupt.publish(|| put().map_err(|e| Failure::new(format!("cannot write {}: {e}", out.display()))))?;
    let forgotten = keep_known(&out, &made.known);
    Ok(Sealed { made, path: out, forgotten })
}

/// Writes fingerprints of the web pages in the data.
fn pages(args: &Args, to: &Path, temporary: &Path, control: &Control) -> std::io::Result<bool> {
    let paths: Vec<String> = args.paths.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    let options = toadstone_corpus::Options { temporary: temporary.to_owned(), ..Default::default() };
    let threads = args.threads.map_or(1, usize::from);
    let read = Look::open(&paths, &options).and_then(|look| First::read(&look, threads, control));
    let first = read.map_err(std::io::Error::other)?;
    let pages = first.pages().iter().map(|known| &known.page);
    if first.pages().is_empty() {
        return Err(std::io::Error::other("--pages: no column of addresses, and no archive of pages"));
    }
    write_pages(to, pages).map(|written| written > 0).map_err(std::io::Error::other)
}

fn failure(error: MakeError) -> Failure {
    match error {
        MakeError::Interrupted => Failure::new(MESSAGE),
        MakeError::Odd { .. } => Failure::new(error)
            .help("put the file itself in its place, or seal a copy of the folder without it"),
        MakeError::Name(_) => {
            Failure::new(error).help("rename it: other systems would take it for another file")
        }
        _ => Failure::new(error),
    }
}

/// The folder or file to seal; or several files and the folder that all are below.
fn root(paths: &[PathBuf]) -> Result<(PathBuf, Option<Vec<PathBuf>>), Failure> {
    for path in paths {
        if is_address(&path.to_string_lossy()) {
            return Err(Failure::new(format!(
                "cannot seal {}: only files of this machine are sealed",
                quoted(path)
            ))
            .help("copy the data here and seal the copy; `verify` then checks any other copy"));
        }
        let found = path.symlink_metadata();
        let found = found.map_err(|e| Failure::new(format!("cannot read {}: {e}", path.display())))?;
        if paths.len() > 1 && found.is_dir() {
            return Err(Failure::new(format!("{} is a folder; a folder is sealed alone", path.display()))
                .help("seal the folder that holds all of them, or each by itself"));
        }
        if found.is_symlink() && !path.is_dir() {
            return Err(
                Failure::new(format!("{} is a symbolic link", path.display())).help("seal the file itself")
            );
        }
    }
    if let [only] = paths {
        return Ok((only.clone(), None));
    }
    let full = |path: &PathBuf| std::path::absolute(path);
    let files: Vec<PathBuf> = paths.iter().map(full).collect::<Result<_, _>>().map_err(Failure::new)?;
    let mut root = files[0].parent().unwrap_or(Path::new("/")).to_owned();
    while !files.iter().all(|file| file.starts_with(&root)) {
        root.pop();
    }
    Ok((root, Some(files)))
}

fn out(args: &Args, root: &Path, several: bool) -> Result<PathBuf, Failure> {
    let out = match (&args.out, several) {
        (Some(out), _) => out.clone(),
        (None, false) => beside(root),
        (None, true) => return Err(Failure::new("several files need `--out NAME.seal`")),
    };
    let parent = out.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (parent, root) = (parent.canonicalize(), root.canonicalize());
    if !several
        && let (Ok(parent), Ok(root)) = (parent, root)
        && root.is_dir()
        && parent.starts_with(&root)
    {
        return Err(Failure::new(format!("{} is in the folder that is sealed", out.display()))
            .help("a seal stands beside its data: whatever is in the folder is data"));
    }
    if out.exists() && !Folder::is_at(&out) {
        return Err(Failure::new(format!("{} exists and is no seal", out.display()))
            .help("name another folder with `--out`"));
    }
    Ok(out)
}

/// The seal that is there already, if it is ours.
fn previous(args: &Args, out: &Path, keys: &[PrivateKey]) -> Result<Option<Folder>, Failure> {
    if args.new_series || !Folder::is_at(out) {
        return Ok(None);
    }
    let help = "`--new-series` begins anew; whoever checks will be told that the series is another one";
    let folder =
        Folder::read(out).map_err(|e| Failure::new(format!("the seal that is there: {e}")).help(help))?;
    let signed = folder.bundle.signed().signed_bytes();
    let by = |key: &PrivateKey| {
        folder
            .bundle
            .signed()
            .signatures()
            .any(|(s, _)| s.is_some_and(|s| key.public().verifies(&signed, &s)))
    };
    let bound = folder.bundle.statement().claim.as_ref();
    let bound =
        bound.is_some_and(|claim| claim.seal == toadstone_seal::digest::Digest::of(&folder.manifest_bytes));
    match keys.iter().any(by) && bound {
        true => Ok(Some(folder)),
        false => {
            Err(Failure::new(format!("the seal {} was changed, or signed with another key", out.display()))
                .help(help))
        }
    }
}

fn told(made: &Made, out: &Path, args: &Args, forgotten: Option<&str>) -> String {
    let manifest = &made.manifest;
    let mut text = format!("sealed   {}\n", quoted(out));
    text += &format!("seal     {} of series {}, {}\n", manifest.sequence, manifest.series, manifest.created);
    text +=
        &format!("files    {}, {} bytes\n", grouped(manifest.files.len() as u64), grouped(manifest.bytes()));
    text += &format!("records  {}\n", grouped(manifest.records()));
    if manifest.previous.is_some() {
        text += &format!(
            "         files proved to begin with their records of seal {}: {}\n",
            manifest.sequence - 1,
            made.extended
        );
    }
    if args.append {
        text += &not_read(made);
    }
    for entry in manifest.files.iter().filter(|entry| entry.whole.is_some()).take(5) {
        let why = entry.whole.as_deref().unwrap_or_default();
        text += &format!(
            "note     {} is sealed as a whole, without records: {}\n",
            visible(&entry.name),
            visible(why)
        );
    }
    if let Some(why) = forgotten {
        text += &format!("note     {why}\n");
    }
    let keys: Vec<String> =
        args.key.iter().map(|key| format!(" --key {}", quoted(&key.with_extension("pub.pem")))).collect();
    text + &format!("\nnext:\n  toadstone verify {}{}\n", quoted(out), keys.concat())
}

/// Files that were not read for the seal: nobody vouches for their bytes as they are now.
fn not_read(made: &Made) -> String {
    let manifest = &made.manifest;
    let entries: Vec<_> = manifest.files.iter().filter(|entry| entry.read_for.is_some()).collect();
    let bytes: u64 = entries.iter().map(|entry| entry.bytes).sum();
    let mut text = format!(
        "not read {} files, {} bytes: untouched since they were sealed, by size, times and inode\n",
        grouped(entries.len() as u64),
        grouped(bytes)
    );
    for entry in entries.iter().take(5) {
        let since = entry.read_for.unwrap_or_default();
        text += &format!("         {}, read for seal {since}\n", visible(&entry.name));
    }
    if entries.len() > 5 {
        text += &format!("         and {} more, in seal.json\n", grouped(entries.len() as u64 - 5));
    }
    text
}

/// Adds signatures to a seal.
fn countersign(seal: &Path, keys: &[PrivateKey]) -> Result<Exit, Failure> {
    let path = seal.join(SIGNATURE);
    for key in keys {
        let (bytes, bundle) = read_bundle(&path).map_err(Failure::new)?;
        let signed = bundle.countersign(&bytes, key).map_err(Failure::new)?;
        toadstone_corpus::write_atomically(&path, |file| std::io::Write::write_all(file, &signed))
            .map_err(|e| Failure::new(format!("cannot write {}: {e}", path.display())))?;
    }
    let (_, bundle) = read_bundle(&path).map_err(Failure::new)?;
    terminal::print(format!(
        "{} has {} signatures now\n",
        quoted(seal),
        bundle.signed().signatures().count()
    ))?;
    Ok(Exit::Pass)
}
