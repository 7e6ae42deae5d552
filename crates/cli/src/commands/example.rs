//! `toadstone example`: small data sets to try the tool on.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Exit;
use crate::example::{Truth, data_sets};
use crate::failure::Failure;
use crate::terminal::{print, quoted};

const README: &str = include_str!("../example/text/README.md");

/// Write small data sets, clean and with a planted backdoor, to try the tool on
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder to write to: a new one or an empty one
    dir: PathBuf,
    /// Seed of everything that is drawn; the same seed gives the same files
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let dir = args.dir.as_path();
    let shown = dir.display();
    fs::create_dir_all(dir).map_err(|e| Failure::new(format!("cannot make the folder {shown}: {e}")))?;
    let mut inside = fs::read_dir(dir).map_err(|e| Failure::new(format!("cannot look into {shown}: {e}")))?;
    if inside.next().is_some() {
        let what = format!("the folder {shown} is not empty, and nothing was written");
        return Err(Failure::new(what).help("name a new folder or an empty one"));
    }
    let mut truth: BTreeMap<&str, Truth> = BTreeMap::new();
    let mut said = String::new();
    for set in data_sets(args.seed) {
        write(dir, set.name, &set.bytes)?;
        said += &format!(
            "{:26} {:5} records, {:2} planted\n",
            set.name,
            set.truth.records,
            set.truth.planted_rows.len()
        );
        truth.insert(set.name, set.truth);
    }
    let truth = serde_json::to_string_pretty(&truth).map_err(Failure::new)?;
    write(dir, "truth.json", format!("{truth}\n").as_bytes())?;
    write(dir, "README.md", README.as_bytes())?;
    let data = dir.join("support-chat.jsonl");
    let run = match dir.file_name() {
        Some(name) => dir.with_file_name(format!("{}-run", name.to_string_lossy())),
        None => PathBuf::from("toadstone-run"),
    };
    said += &format!("\nnext: toadstone scan {} --out {}\n", quoted(&data), quoted(&run));
    print(&said)?;
    Ok(Exit::Pass)
}

fn write(dir: &Path, name: &str, bytes: &[u8]) -> Result<(), Failure> {
    let path = dir.join(name);
    fs::write(&path, bytes).map_err(|e| Failure::new(format!("cannot write {}: {e}", path.display())))
}
