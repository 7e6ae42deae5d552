//! Puts a finished folder in the place of an older one.

use std::fs;
use std::io;
use std::path::Path;

/// Moves `new` to `target`, on the same disk. What was at `target` is moved into `aside` first, so that
/// whoever looks sees the old folder, none, or the new one, and never a part of it.
///
/// # Errors
/// The system's reason; the old folder is back in its place then.
pub fn replace(new: &Path, target: &Path, aside: &Path) -> io::Result<()> {
    let old = aside.join("replaced");
    let had = match fs::rename(target, &old) {
        Ok(()) => true,
        Err(e) if e.kind() == io::ErrorKind::NotFound => false,
        Err(e) => return Err(e),
    };
    fs::rename(new, target).inspect_err(|_| {
        if had {
            // If that fails, too, the old one is still in the folder that is kept.
            let _ = fs::rename(&old, target);
        }
    })
}
