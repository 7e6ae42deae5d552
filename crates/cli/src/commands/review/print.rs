//! What `review` prints for a person.

use std::path::Path;

use toadstone_core::{Finding, visible};
use toadstone_review::exchange::Imported;
use toadstone_review::{Agreement, Decision};

use crate::data::grouped;
use crate::terminal::quoted;

/// Refused rows that are listed one by one.
const LISTED: usize = 20;

/// How people and the machine agree.
pub fn summary(agreement: &Agreement, run: &Path) -> String {
    let a = agreement;
    let calls = |poison: u64, fine: u64, unsure: u64| {
        format!("{} poison, {} fine, {} unsure", grouped(poison), grouped(fine), grouped(unsure))
    };
    let (aside, left) = (a.of_set_aside, a.of_left);
    let mut out = format!(
        "AGREEMENT  {} of {} records that findings set aside were judged one by one\n\n",
        grouped(aside.all()),
        grouped(a.set_aside)
    );
    let mut line = |name: &str, text: String| out += &format!("    {name:<18} {text}\n");
    line("set aside", calls(aside.poison, aside.fine, aside.unsure));
    line("left in place", calls(left.poison, left.fine, left.unsure));
    line("findings", format!("{} as a whole", calls(a.findings.poison, a.findings.fine, a.findings.unsure)));
    line(
        "kappa",
        match a.kappa {
            Some(kappa) => format!("{kappa:.2} (Cohen, set aside against poison)"),
            None => "not defined until records of both kinds, set aside and left, were judged".to_owned(),
        },
    );
    for detector in &a.detectors {
        let precision = detector.precision.map_or("nothing judged".to_owned(), |p| {
            let [low, high] = p.interval.map(|x| x * 100.0);
            let told = detector.records.poison + detector.records.fine;
            format!(
                "{:.0} % of {} judged are poison ({low:.0} to {high:.0} %, Wilson 95 %)",
                p.share * 100.0,
                grouped(told)
            )
        });
        line(&visible(&detector.detector), precision);
    }
    for (who, decisions) in &a.people {
        line(&visible(who), format!("{} decisions", grouped(*decisions)));
    }
    for pair in &a.pairs {
        let [first, second] = pair.people.each_ref().map(|name| visible(name));
        let kappa = pair.kappa.map_or("not defined".to_owned(), |kappa| format!("{kappa:.2}"));
        let (same, both) = (grouped(pair.same), grouped(pair.both));
        line("", format!("{first} and {second} agree on {same} of {both}, kappa {kappa}"));
    }
    if a.elsewhere > 0 {
        line("left out", format!("{} decisions on what this run does not have", grouped(a.elsewhere)));
    }
    out += "\n";
    for caveat in &a.caveats {
        out += &format!("{caveat}\n");
    }
    out += "The data was not read again: a decision on a record that has changed since is counted here.\n";
    out + &format!("\nnext  toadstone review {}\n", quoted(run))
}

/// What the entries are for.
pub fn waived(fine: &[(&Finding, Decision)]) -> String {
    match fine.len() {
        0 => "no finding was judged fine as a whole\n".to_owned(),
        n => format!("# {n} findings were judged fine; append this to toadstone.toml (>> toadstone.toml)\n"),
    }
}

/// What was written for others.
pub fn exported(rows: u64, path: &Path, run: &Path) -> String {
    let (path, run) = (quoted(path), quoted(run));
    format!(
        "{} rows in {path}: fill in `decision` (poison, fine, unsure or nothing) and `note`\n\n\
         next  toadstone review {run} --import {path} --as NAME\n",
        grouped(rows)
    )
}

/// What became of the rows of others.
pub fn imported(done: &Imported, path: &Path, run: &Path) -> String {
    let mut out = format!(
        "IMPORTED  {} new decisions from {} rows of {}\n\n    {} said already, {} without a decision, {} refused\n",
        grouped(done.added),
        grouped(done.rows),
        quoted(path),
        grouped(done.unchanged),
        grouped(done.undecided),
        grouped(done.refused.len() as u64)
    );
    for fault in done.refused.iter().take(LISTED) {
        out += &format!("    line {}: {}\n", fault.line, visible(&fault.why));
    }
    if done.refused.len() > LISTED {
        out += &format!("    and {} more; --format json lists all\n", done.refused.len() - LISTED);
    }
    out + &format!("\nnext  toadstone review {} --summary\n", quoted(run))
}
