//! Where in a changed file the records differ from those that were sealed.

use std::path::Path;

use toadstone_core::Control;
use toadstone_corpus::Parse;

use super::{Problem, Report, VerifyError};
use crate::folder::Folder;
use crate::leaf::Leaf;
use crate::manifest::{Entry, Scope};
use crate::records::{Records, open};
use crate::tiles::{self, TILES, Tiles};
use crate::tree::{GROUP, Groups};

/// Stretches of rows that are told for each file.
const TOLD: usize = 10;

/// Adds to each problem of a changed file the rows in which its records differ, as far as its tiles
/// tell: in steps of 256. Reads the records of those files. A file whose rows cannot be read any more
/// gets nothing added.
///
/// # Errors
/// The user asked to stop.
pub(super) fn check(
    folder: &Folder,
    data: &Path,
    threads: usize,
    control: &Control,
    report: &mut Report,
) -> Result<(), VerifyError> {
    let changed = |problem: &Problem| match problem {
        Problem::Changed { name, .. } => folder.manifest.file(name),
        _ => None,
    };
    let entries: Vec<&Entry> = report.problems.iter().filter_map(changed).collect();
    for entry in entries {
        let Some(records) = &entry.records else { continue };
        let path = match folder.manifest.scope {
            Scope::File => data.to_owned(),
            Scope::Folder | Scope::Files => data.join(&entry.name),
        };
        let read = tiles::read(&folder.path.join(TILES), records.tiles, records.count);
        let Ok(tiles) = read else { continue };
        if let Some((rows, more, now)) = compare(&path, records, &tiles, threads, control) {
            report.problems.push(Problem::Records {
                name: entry.name.clone(),
                rows,
                more,
                before: records.count,
                now,
            });
        }
        if control.stopped() {
            return Err(VerifyError::Interrupted);
        }
    }
    Ok(())
}

/// Stretches of rows that differ, how many more there are, and the number of records.
type Differing = (Vec<(u64, u64)>, u64, u64);

fn compare(
    path: &Path,
    records: &Records,
    tiles: &Tiles,
    threads: usize,
    control: &Control,
) -> Option<Differing> {
    let corpus = open(path, &std::env::temp_dir()).ok()?;
    let mut stretches = Stretches::default();
    let mut groups = Groups::default();
    let read = corpus.rows(
        0,
        (&records.columns, Parse::Meta),
        threads,
        control,
        |row| Leaf::of(row).leaf,
        |leaves| {
            for leaf in leaves {
                let at = groups.size() / GROUP;
                if let Some(root) = groups.push(leaf) {
                    stretches.group(at, GROUP, tiles.ordered.get(at as usize) == Some(&root), records.count);
                }
            }
            Ok(())
        },
    );
    let now = read.ok()?.rows;
    if let (Some(root), _) = groups.finish() {
        let at = now / GROUP;
        stretches.group(at, now % GROUP, tiles.ordered.get(at as usize) == Some(&root), records.count);
    }
    Some((stretches.told, stretches.more, now))
}

#[derive(Default)]
struct Stretches {
    told: Vec<(u64, u64)>,
    more: u64,
    open: bool,
}

impl Stretches {
    /// Takes note of the group `at` with `size` records. Groups beyond the `sealed` records are new.
    fn group(&mut self, at: u64, size: u64, same: bool, sealed: u64) {
        let (first, last) = (at * GROUP, at * GROUP + size - 1);
        let differs = !same && first < sealed;
        if differs && !self.open {
            match self.told.len() < TOLD {
                true => self.told.push((first, last)),
                false => self.more += 1,
            }
        } else if let Some(stretch) = self.told.last_mut().filter(|_| differs && self.more == 0) {
            stretch.1 = last;
        }
        self.open = differs;
    }
}
