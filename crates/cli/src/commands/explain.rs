//! `toadstone explain`: the page of a detector, a validation gate, rules of quality, or a behaviour of models.

use toadstone_detect::{find, registry};
use toadstone_lineage::GATES;
use toadstone_quality::{PAGE, Standards, families};

use crate::Exit;
use crate::config::closest;
use crate::failure::Failure;
use crate::terminal::print;

/// Print what a detector finds, the evidence it shows and what it cannot see; or what a validation gate, a rule of quality or a trial of a model does
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Name of a detector, a gate, a rule of quality, a behaviour, `quality` or `trial`; without it, detectors
    /// and gates are listed
    name: Option<String>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    match &args.name {
        Some(name) => print(page(name)?)?,
        None => print(list())?,
    }
    Ok(Exit::Pass)
}

/// What all rules of quality together are called here.
const QUALITY: &str = "quality";
/// What all behaviours together are called here.
const TRIAL: &str = "trial";

fn page(name: &str) -> Result<String, Failure> {
    let rule = || toadstone_quality::find(name).map(|(family, _)| family.page);
    let gate = || GATES.iter().find(|gate| gate.name == name).map(|gate| gate.page);
    let behaviour = || toadstone_trial::behaviours::find(name).map(|behaviour| behaviour.card().page);
    let page = match name {
        QUALITY => return Ok(rules()),
        TRIAL => return Ok(behaviours()),
        _ => find(name).map(|detector| detector.card().page).or_else(gate).or_else(rule).or_else(behaviour),
    };
    let page = page.ok_or_else(|| nothing(name))?.trim_end();
    Ok(format!("{page}\n"))
}

/// There is no page of this name.
fn nothing(name: &str) -> Failure {
    let detector = closest(name, registry().iter().map(|d| d.card().name));
    match closest(name, toadstone_quality::rules().map(|rule| rule.name).chain([QUALITY])) {
        Some(near) if detector.is_none() => {
            Failure::new(format!("there is no rule `{name}`")).help(format!("did you mean `{near}`?"))
        }
        _ => unknown(name),
    }
}

/// The page on quality, and every rule with its limit.
fn rules() -> String {
    let mut out = format!("{}\n\n## The rules\n", PAGE.trim_end());
    let standards = Standards::default();
    for rule in families().iter().flat_map(|family| family.rules) {
        let off = if standards.on(rule) { "" } else { " (off unless the policy switches it on)" };
        let kinds: Vec<&str> = rule.kinds.iter().map(|kind| kind.name()).collect();
        out += &format!("- `{}`: {}, {} {}{off}. ", rule.name, rule.what, rule.bound.name(), rule.limit);
        out += &format!("For: {}.\n", kinds.join(", "));
    }
    out + "\nnext: toadstone explain RULE\n"
}

/// The page on trials, and every behaviour.
fn behaviours() -> String {
    let mut out = format!("{}\n\n## The behaviours\n\n", toadstone_trial::PAGE.trim_end());
    for card in toadstone_trial::behaviours::registry().map(|behaviour| behaviour.card()) {
        out += &format!("- `{}`: {}\n", card.name, card.title);
    }
    out + "\nnext: toadstone explain BEHAVIOUR\n"
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
    out += "\nThe rules of quality have a page of their own: toadstone explain quality\n";
    out += "So have trials of models, and the behaviours they look for: toadstone explain trial\n";
    out + "\nnext: toadstone explain NAME\n"
}
