//! What is tried: triggers and prompts, from files and built-in lists.

use std::path::Path;

use toadstone_trial::triggers::{builtin, from_findings, read};
use toadstone_trial::{Tried, prompts};

use super::Args;
use crate::failure::Failure;

/// Bytes of a file of triggers or prompts.
const LARGEST: u64 = 64 << 20;
/// Bytes of a file of findings.
const FINDINGS: u64 = 1 << 30;
/// Reasons that are told.
const TOLD: usize = 5;

/// Everything that the command line names.
pub(super) fn tried(args: &Args) -> Result<Tried, Failure> {
    let mut tried = Tried::default();
    if let Some(run) = &args.findings {
        let path = if run.is_dir() { run.join("findings.json") } else { run.clone() };
        let found = from_findings(&content(&path, FINDINGS)?).map_err(|e| {
            Failure::new(format!("cannot use {}: {e}", path.display()))
                .help("name a folder that `scan --out` wrote")
        })?;
        tried.triggers.extend(found.triggers);
        tried.left_out.extend(found.left_out);
    }
    if let Some(path) = &args.triggers {
        let name = path.to_string_lossy();
        let triggers = read(&content(path, LARGEST)?, &name).map_err(|e| mistake(path, e))?;
        tried.triggers.extend(triggers);
    }
    if !args.no_builtin {
        tried.triggers.extend(builtin());
    }
    tried.prompts = match &args.prompts {
        Some(path) => {
            let read = prompts::read(&content(path, LARGEST)?).map_err(|e| mistake(path, e))?;
            if read.is_empty() {
                return Err(Failure::new(format!("{} holds no prompt", path.display())));
            }
            read
        }
        None => prompts::builtin(false).into_iter().chain(prompts::builtin(true)).collect(),
    };
    Ok(tried)
}

/// Why there is nothing to try.
pub(super) fn why(left_out: &[String]) -> String {
    let told: Vec<String> =
        left_out.iter().take(TOLD).map(|why| format!("\n  {}", toadstone_core::visible(why))).collect();
    told.concat()
}

fn mistake(path: &Path, error: impl std::fmt::Display) -> Failure {
    Failure::new(format!("cannot use {}: {error}", path.display()))
}

/// A file as a whole, if it is not too large.
pub(super) fn content(path: &Path, largest: u64) -> Result<Vec<u8>, Failure> {
    let failed = |why: &dyn std::fmt::Display| Failure::new(format!("cannot read {}: {why}", path.display()));
    let size = std::fs::metadata(path).map_err(|e| failed(&e))?.len();
    if size > largest {
        return Err(failed(&format!("it is larger than {} MiB", largest >> 20)));
    }
    std::fs::read(path).map_err(|e| failed(&e))
}
