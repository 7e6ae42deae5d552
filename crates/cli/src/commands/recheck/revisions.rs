//! `recheck --revisions`: edits around snapshots.

use std::path::Path;
use std::sync::Arc;

use toadstone_core::Control;
use toadstone_recheck::revisions::{LEVEL, Windows, front_running, read};
use toadstone_report::{RecheckReport, Rechecked};

use super::{Args, RECHECK, failure, print, put};
use crate::Exit;
use crate::data::{Interrupt, Progress};
use crate::failure::Failure;
use crate::out::Space;
use crate::terminal::{Color, quoted};

pub(super) fn run(args: &Args, list: &Path, color: Color) -> Result<Exit, Failure> {
    let control = Arc::new(Control::default());
    let interrupt = Interrupt::listen(Arc::clone(&control))?;
    let mut space = Space::prepare(args.out.as_deref(), RECHECK, &interrupt)?;
    let bytes = list.metadata().map_or(0, |data| data.len());
    let progress = Progress::start(args.progress, Arc::clone(&control), bytes);
    let mut history = read(list, &control).map_err(failure)?;
    drop(progress);
    interrupt.check()?;
    let hours = |hours: u16| i64::from(hours) * 3600;
    let windows = Windows { before: hours(args.before), after: hours(args.after) };
    let found = front_running(&mut history, &args.snapshot, windows);
    let next = match args.out {
        None => vec![format!(
            "toadstone recheck --revisions {} {} --out toadstone-recheck",
            quoted(list),
            args.snapshot.iter().map(|time| format!("--snapshot {time}")).collect::<Vec<_>>().join(" ")
        )],
        Some(_) => Vec::new(),
    };
    put(&mut space, &RecheckReport { found: Rechecked::Revisions(&found), next: &next })?;
    if let Space::Out(out) = space {
        interrupt.publish(|| out.publish())?;
    }
    print(args, Rechecked::Revisions(&found), &next, color)?;
    let beyond = found.snapshots.iter().any(|window| window.chance < LEVEL);
    Ok(match () {
        () if found.revisions == 0 => Exit::NothingScanned,
        () if beyond || !found.front_runners.is_empty() => Exit::PolicySaysNo,
        () => Exit::Pass,
    })
}
