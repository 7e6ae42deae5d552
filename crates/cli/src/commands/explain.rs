//! `toadstone explain`: the page of a detector.

use toadstone_detect::{find, registry};

use crate::Exit;
use crate::config::closest;
use crate::failure::Failure;
use crate::terminal::print;

/// Print what a detector finds, the evidence it shows and what it cannot see
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Name of the detector; without it, all detectors are listed
    detector: Option<String>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    match &args.detector {
        Some(name) => print(page(name)?)?,
        None => print(list())?,
    }
    Ok(Exit::Pass)
}

fn page(name: &str) -> Result<String, Failure> {
    let detector = find(name).ok_or_else(|| unknown(name))?;
    let page = detector.card().page.trim_end();
    Ok(format!("{page}\n"))
}

/// There is no detector of this name.
pub fn unknown(name: &str) -> Failure {
    let names = registry().iter().map(|d| d.card().name);
    let help = match closest(name, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`toadstone explain` lists the detectors".to_owned(),
    };
    Failure::new(format!("there is no detector `{name}`")).help(help)
}

fn list() -> String {
    let cards: Vec<_> = registry().iter().map(|d| d.card()).collect();
    let width = cards.iter().map(|c| c.name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for card in &cards {
        out += &format!("{:width$}  {}\n", card.name, card.title);
    }
    out + "\nnext: toadstone explain NAME\n"
}
