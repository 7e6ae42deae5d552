//! `toadstone calibrate`: what the detectors find in data that the user trusts.

use std::fmt::Write;
use std::sync::Arc;

use serde_json::{Value, json};
use toadstone_core::{Control, visible};
use toadstone_detect::{Calibration, CalibrationOptions, DetectorNull, LEVELS, registry};

use crate::Exit;
use crate::config::Config;
use crate::data::{Data, Interrupt, temporary_folder};
use crate::failure::Failure;
use crate::terminal::print;

/// Fit thresholds to data that you trust: each detector's false alarms on random halves of it
///
/// Prints limits for toadstone.toml: a finding then counts only if it is more surprising than what
/// data like this gives by chance.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    data: Data,

    /// Random halves of each kind, as they are and dealt anew
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    replicates: u32,

    /// Chance with which clean data may exceed a limit
    #[arg(long, value_name = "SHARE", default_value_t = 0.05, value_parser = share)]
    rate: f64,

    /// What to print on standard output
    #[arg(long, value_name = "FORMAT", default_value = "human", value_enum)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A table, and lines for toadstone.toml
    Human,
    /// One object
    Json,
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0001..=0.5).contains(share));
    share.ok_or_else(|| "write a share from 0.0001 to 0.5, such as 0.05".to_owned())
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    args.data.check()?;
    let needed = (1.0 / args.rate).ceil() as u32 - 1;
    if 2 * args.replicates < needed {
        let what =
            format!("{} replicates of each kind are too few for --rate {}", args.replicates, args.rate);
        let help = format!("at least {} are needed: --replicates {}", needed, needed.div_ceil(2));
        return Err(Failure::new(what).help(help));
    }
    let config = Config::load(None)?;
    let control = Arc::new(Control::default());
    let interrupt = Interrupt::listen(Arc::clone(&control))?;
    let folder = temporary_folder()?;
    interrupt.remove_at_end(folder.path());
    let corpus = args.data.open(folder.path())?;
    let options = CalibrationOptions {
        replicates: args.replicates,
        rate: args.rate,
        scan: args.data.scan_options(folder.path()),
    };
    let skip = |name: &str| args.data.unwanted(name).or_else(|| config.policy.skip.get(name).cloned());
    let work = || toadstone_detect::calibrate(&corpus, registry(), &skip, &options, &control);
    let calibration = args.data.reading(&corpus, &control, work)?;
    match args.format {
        Format::Human => print(human(&calibration, args.rate))?,
        Format::Json => print(format!("{:#}\n", json(&calibration, args.rate)))?,
    }
    Ok(if calibration.records == 0 { Exit::NothingScanned } else { Exit::Pass })
}

fn human(calibration: &Calibration, rate: f64) -> String {
    let mut out = format!(
        "{} records that you trust, {} random halves of them; every finding there is a false alarm\n\n",
        calibration.records, calibration.replicates
    );
    let width = calibration.detectors.iter().map(|d| d.detector.len()).max().unwrap_or(8).max(8);
    out += &format!(
        "{:width$}  {:>34}  {:>9}  {:>7}\n{:width$}  {:>10}  {:>10}  {:>10}  {:>9}  {:>7}\n",
        "",
        "halves with an alarm that claims",
        "strongest",
        "limit",
        "detector",
        "5 %",
        "1 %",
        "0.1 %",
        "",
        ""
    );
    for null in &calibration.detectors {
        let obtained = LEVELS.map(|level| format!("{:.1} %", 100.0 * null.obtained(level)));
        let strongest = null.strongest.iter().copied().fold(0.0, f64::max);
        let digits =
            |surprise: f64| if surprise > 0.0 { format!("10^-{surprise:.1}") } else { "-".to_owned() };
        let limit = null.limit.map_or_else(|| "-".to_owned(), |limit| format!("{limit:.1}"));
        out += &format!(
            "{:width$}  {:>10}  {:>10}  {:>10}  {:>9}  {limit:>7}\n",
            null.detector,
            obtained[0],
            obtained[1],
            obtained[2],
            digits(strongest)
        );
    }
    for (detector, why) in &calibration.refused {
        out += &format!("{detector:width$}  did not run: {}\n", visible(why));
    }
    out + &lines_for_the_policy(&calibration.detectors, rate)
}

/// What to put into `toadstone.toml`, if anything.
fn lines_for_the_policy(detectors: &[DetectorNull], rate: f64) -> String {
    let mut out = String::new();
    let limits = detectors.iter().filter_map(|d| d.limit.map(|limit| (d, (limit * 10.0).ceil() / 10.0)));
    for (null, limit) in limits {
        let _ = write!(out, "\n[detectors.{}]\nlimit = {limit:.1}\n", null.detector);
    }
    if out.is_empty() {
        out += "\nNo detector needs a limit: none claims as much here as a finding has to.\n";
    } else {
        let percent = 100.0 * rate;
        out = format!(
            "\nFor toadstone.toml; data like this exceeds such a limit with a chance of {percent} % a detector:\n{out}"
        );
    }
    let unheld = |d: &&DetectorNull| d.without_chance > 0 || d.whole.iter().any(|f| f.surprise().is_none());
    for null in detectors.iter().filter(unheld) {
        let _ = write!(
            out,
            "\n{} also alarms by a rule that has no chance beside it, which no limit holds back.\n",
            null.detector
        );
        for finding in null.whole.iter().filter(|f| f.surprise().is_none()).take(5) {
            let _ = writeln!(out, "  {}  {}", visible(&finding.id), visible(&finding.title));
        }
        out += "If these are yours, waive them: `toadstone init` shows how.\n";
    }
    out
}

fn json(calibration: &Calibration, rate: f64) -> Value {
    let detector = |of: &DetectorNull| {
        let obtained: Vec<Value> =
            LEVELS.iter().map(|&level| json!({ "asked": level, "obtained": of.obtained(level) })).collect();
        json!({
            "detector": of.detector,
            "false_alarms": obtained,
            "strongest": of.strongest,
            "without_chance": of.without_chance,
            "in_the_whole": of.whole,
            "limit": of.limit,
        })
    };
    let refused = calibration.refused.iter().map(|(name, why)| json!({ "detector": name, "why": why }));
    json!({
        "schema": 1,
        "records": calibration.records,
        "replicates": calibration.replicates,
        "rate": rate,
        "detectors": calibration.detectors.iter().map(detector).collect::<Vec<_>>(),
        "not_run": refused.collect::<Vec<_>>(),
    })
}
