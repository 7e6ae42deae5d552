//! `toadstone explain`: the page of a detector or of a validation gate.

use toadstone_detect::{find, registry};
use toadstone_lineage::GATES;

use crate::Exit;
use crate::config::closest;
use crate::failure::Failure;
use crate::terminal::print;

/// Print what a detector finds, the evidence it shows and what it cannot see
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Name of the detector or gate; without it, all are listed
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
    let gate = GATES.iter().find(|gate| gate.name == name).map(|gate| gate.page);
    let page = find(name).map(|detector| detector.card().page).or(gate).ok_or_else(|| unknown(name))?;
    Ok(format!("{}\n", page.trim_end()))
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
    out += "\nvalidation gates of `toadstone taint`, which stop records\n";
    for gate in &GATES {
        out += &format!("{:width$}  {}\n", gate.name, gate.about);
    }
    out + "\nnext: toadstone explain NAME\n"
}
