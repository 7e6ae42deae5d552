//! `recheck FIRST`: pages that are kept, compared or fetched.

use std::path::Path;
use std::sync::Arc;

use toadstone_core::{Control, visible};
use toadstone_recheck::fetch::{self, Fetched, fetch};
use toadstone_recheck::read::{Look, write_pages};
use toadstone_recheck::{First, Second, write_changes};
use toadstone_report::{RecheckReport, Rechecked};
use toadstone_seal::files::hash_all;
use toadstone_seal::folder::{Folder, PAGES};

use super::{Args, RECHECK, TABLE, failure, print, put};
use crate::Exit;
use crate::data::{Interrupt, Progress, grouped, temporary_folder};
use crate::failure::Failure;
use crate::out::Space;
use crate::terminal::{Color, quoted, tell};

/// Files whose form is printed.
const SHOWN: usize = 12;

/// Keeps fingerprints of the pages of a first look.
pub(super) fn keep(args: &Args, file: &Path) -> Result<Exit, Failure> {
    let control = Arc::new(Control::default());
    let interrupt = Interrupt::listen(Arc::clone(&control))?;
    let temporary = temporary_folder()?;
    interrupt.remove_at_end(temporary.path());
    let first = first(args, temporary.path(), &control)?;
    if first.pages().is_empty() {
        tell("no page was found, so nothing was written\n");
        return Ok(Exit::NothingScanned);
    }
    let pages = first.pages().iter().map(|known| &known.page);
    let write = || {
        write_pages(file, pages).map_err(|e| Failure::new(format!("cannot write {}: {e}", file.display())))
    };
    interrupt.publish(|| write().map(|_| ()))?;
    tell(&format!(
        "{} pages are kept in {}\n",
        grouped(first.pages().len() as u64),
        visible(&file.to_string_lossy())
    ));
    tell(&format!("next: toadstone recheck {} --fetch fetched.jsonl\n", quoted(file)));
    Ok(Exit::Pass)
}

/// Compares a first look with a second one, which may have to be made.
pub(super) fn compare(args: &Args, color: Color) -> Result<Exit, Failure> {
    let control = Arc::new(Control::default());
    let interrupt = Interrupt::listen(Arc::clone(&control))?;
    let mut space = Space::prepare(args.out.as_deref(), RECHECK, &interrupt)?;
    let first = first(args, space.temporary(), &control)?;
    let second = match &args.fetch {
        Some(journal) => {
            look_anew(args, &first, journal, &control)?;
            vec![journal.to_string_lossy().into_owned()]
        }
        None => args.against.clone(),
    };
    let look = open(args, &second, space.temporary())?;
    let progress = Progress::start(args.progress, Arc::clone(&control), look.bytes());
    let second = Second::read(&first, &look, args.threads(), &control).map_err(failure)?;
    drop(progress);
    interrupt.check()?;
    let compared = toadstone_recheck::compare(&second, args.sample.is_some());
    let next = next(args, compared.account.replaced.is_empty());
    put(&mut space, &RecheckReport { found: Rechecked::Pages(&compared.account), next: &next })?;
    if let Space::Out(mut out) = space {
        out.file(TABLE, |path| match write_changes(path, &compared.changes, first.files()) {
            Ok(()) => Ok(()),
            Err(error) => Err(std::io::Error::other(error)),
        })?;
        interrupt.publish(|| out.publish())?;
    }
    print(args, Rechecked::Pages(&compared.account), &next, color)?;
    Ok(match () {
        () if compared.account.audit.seen == 0 => Exit::NothingScanned,
        () if !compared.account.replaced.is_empty() => Exit::PolicySaysNo,
        () => Exit::Pass,
    })
}

fn first(args: &Args, temporary: &Path, control: &Arc<Control>) -> Result<First, Failure> {
    args.first.iter().try_for_each(|path| as_sealed(Path::new(path)))?;
    let look = open(args, &args.first, temporary)?;
    let _progress = Progress::start(args.progress, Arc::clone(control), look.bytes());
    let first = First::read(&look, args.threads(), control).map_err(failure)?;
    Ok(match args.sample {
        Some(pages) => first.sample(pages as usize, args.seed),
        None => first,
    })
}

/// Whether the fingerprints in a seal are those that `seal.json` names. Whose seal it is, `verify` says.
fn as_sealed(path: &Path) -> Result<(), Failure> {
    if !Folder::is_at(path) {
        return Ok(());
    }
    let shown = visible(&path.to_string_lossy());
    let folder = Folder::read(path).map_err(Failure::new)?;
    let Some(signed) = folder.manifest.pages else {
        return Err(Failure::new(format!("{shown} holds no fingerprints of web pages"))
            .help("seal with `--pages`, or name the data itself"));
    };
    let found = hash_all(&[(&path.join(PAGES), false)], 1, &Control::default()).pop().flatten();
    let found =
        found.transpose().map_err(|e| Failure::new(format!("cannot read {PAGES} in {shown}: {e}")))?;
    if found.is_none_or(|found| found.sha256 != signed) {
        return Err(Failure::new(format!("{PAGES} in {shown} is not what was sealed"))
            .help("`toadstone verify` says what else was changed"));
    }
    tell(&format!("{shown}: a seal; `toadstone verify` says whose\n"));
    Ok(())
}

fn open(args: &Args, paths: &[String], temporary: &Path) -> Result<Look, Failure> {
    let look = Look::open(paths, &args.options(temporary)).map_err(failure)?;
    let forms = look.forms();
    for (name, form) in forms.iter().take(SHOWN) {
        tell(&format!("{}: {form}\n", visible(name)));
    }
    if forms.len() > SHOWN {
        tell(&format!("and {} more files\n", forms.len() - SHOWN));
    }
    if let [first, rest @ ..] = look.left_out() {
        let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
        tell(&format!("left out: {}{more}\n", visible(first)));
    }
    Ok(look)
}

/// Fetches what is not in the journal yet.
fn look_anew(args: &Args, first: &First, journal: &Path, control: &Arc<Control>) -> Result<(), Failure> {
    let progress = Progress::start(args.progress, Arc::clone(control), first.pages().len() as u64);
    let options: fetch::Options = args.net.options();
    let Fetched { before, now, left } = fetch(first, journal, &options, control).map_err(Failure::new)?;
    drop(progress);
    let noted = format!("{} pages fetched, {} were there already", grouped(now), grouped(before));
    if left > 0 {
        let what = format!("interrupted; {noted}, {} are left", grouped(left));
        return Err(Failure::new(what).help(format!("the same command goes on with {}", quoted(journal))));
    }
    tell(&format!("{noted}\n"));
    Ok(())
}

fn next(args: &Args, clean: bool) -> Vec<String> {
    let paths =
        |paths: &[String]| paths.iter().map(|path| quoted(Path::new(path))).collect::<Vec<_>>().join(" ");
    let first = paths(&args.first);
    let mut next = Vec::new();
    if args.out.is_none() {
        let look = match &args.fetch {
            Some(journal) => format!("--fetch {}", quoted(journal)),
            None => format!("--against {}", paths(&args.against)),
        };
        next.push(format!("toadstone recheck {first} {look} --out toadstone-recheck"));
    }
    if !clean {
        next.push(format!("toadstone sources {first} --by domain"));
    }
    next
}
