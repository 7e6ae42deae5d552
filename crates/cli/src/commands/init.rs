//! `toadstone init`: writes a policy file to start from.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};

use crate::Exit;
use crate::config::{FILE_NAME, TEMPLATE};
use crate::failure::Failure;
use crate::terminal::print;

/// Write a toadstone.toml with every setting, commented, into the current folder
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Runs the command.
pub fn run(_: &Args) -> Result<Exit, Failure> {
    let file = OpenOptions::new().write(true).create_new(true).open(FILE_NAME);
    file.and_then(|mut f| f.write_all(TEMPLATE.as_bytes())).map_err(|e| match e.kind() {
        ErrorKind::AlreadyExists => {
            Failure::new(format!("{FILE_NAME} is already here, and was left as it is"))
                .help("remove or rename it first, or edit it")
        }
        _ => Failure::new(format!("cannot write {FILE_NAME}: {e}")),
    })?;
    print(format!("wrote {FILE_NAME}\n\nnext: toadstone scan YOUR_DATA --out toadstone-run\n"))?;
    Ok(Exit::Pass)
}
