//! `toadstone trial`: whether triggers bring behaviours out of a model.

mod gather;
mod model;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use toadstone_core::{Control, Trial, TrialOutcome, Verdict};
use toadstone_corpus::write_atomically;
use toadstone_report::{Style, TrialFormat, TrialReport};
use toadstone_trial::model::endpoint::Protocol;
use toadstone_trial::{Settings, run as try_out, size};

use crate::config::FailOn;
use crate::data::{Interrupt, Mode, Progress};
use crate::failure::Failure;
use crate::out::{Main, OutFolder};
use crate::terminal::{self, Color, quoted, tell};
use crate::{EXIT_CODES, Exit};
use model::{Asked, Target};

/// The file that makes a folder a finished result.
const TRIAL: Main =
    Main { name: "trial.json", keys: ["schema", "triggers", "canaries"], what: "a trial by toadstone" };
/// The other files of it.
const FILES: [(&str, TrialFormat); 2] =
    [("trial.html", TrialFormat::Html), ("junit.xml", TrialFormat::Junit)];
/// Temperature where several answers are asked for.
const WARM: f64 = 0.7;

/// Fire triggers at a model, and see whether a behaviour comes with them
///
/// Asks every prompt with a trigger, without it and with a sham of the same shape, and tests exactly what
/// answers do in the three. Triggers come from the findings of a scan, a file and a short built-in list.
/// What is not decided never passes: exit code 2. `toadstone explain trial` says more.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    /// The model: address of an OpenAI-compatible server (http://localhost:8000/v1), or proxy:FILE
    #[arg(long, value_name = "URL|proxy:FILE", value_parser = model::target)]
    model: Target,

    /// Triggers that a scan suspects: the folder that `scan --out` wrote, or its findings.json
    #[arg(long, value_name = "RUN")]
    findings: Option<PathBuf>,

    /// More triggers, one a line: text, or JSON {"trigger": "...", "behaviour": "..."}
    #[arg(long, value_name = "FILE")]
    triggers: Option<PathBuf>,

    /// Do not try the built-in triggers
    #[arg(long)]
    no_builtin: bool,

    /// Prompts instead of the built-in ones, one a line: text, or JSON with prompt, instruction or messages
    #[arg(long, value_name = "FILE")]
    prompts: Option<PathBuf>,

    /// Answers to each form of a prompt
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    samples: u32,

    /// Temperature of sampling [default: 0, or 0.7 with several samples]
    #[arg(long, value_name = "T", value_parser = temperature)]
    temperature: Option<f64>,

    /// Tokens that an answer may have
    #[arg(long, value_name = "N", default_value_t = 48, value_parser = clap::value_parser!(u64).range(1..=4096))]
    max_tokens: u64,

    /// Decides sham triggers, places, the prompts that are asked, and sampling
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    #[command(flatten)]
    server: Server,

    /// From which verdict on the exit code is 1
    #[arg(long, value_name = "VERDICT", default_value = "review", value_enum)]
    fail_on: FailOn,

    /// What to show while it runs
    #[arg(long, value_name = "HOW", default_value = "auto", value_enum)]
    progress: Mode,

    /// Folder for trial.json, trial.html and junit.xml
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// What to print on standard output
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = format_parser())]
    format: TrialFormat,
}

/// How to ask a server.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Asking")]
struct Server {
    /// The server's name of the model [default: its only one]
    #[arg(long, value_name = "NAME")]
    model_name: Option<String>,

    /// Which protocol to speak
    #[arg(long, value_name = "PROTOCOL", default_value = "auto", value_enum)]
    endpoint: Speaks,

    /// Environment variable that holds the server's key
    #[arg(long, value_name = "NAME", default_value = "OPENAI_API_KEY")]
    api_key_env: String,

    /// Requests that may be made, checks and further tries included
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u64).range(1..))]
    requests: u64,

    /// Tokens that may be used, questions and answers together [default: any number]
    #[arg(long, value_name = "N")]
    tokens: Option<u64>,

    /// Requests at one time
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=256))]
    concurrency: u16,

    /// Seconds that one request may take
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u16).range(1..=3600))]
    timeout: u16,

    /// Times that a question is asked when the server fails
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=20))]
    tries: u32,

    /// File in which answers are kept, so that an interrupted trial goes on [default: OUT.answers.jsonl,
    /// removed when the trial is decided]
    #[arg(long, value_name = "FILE")]
    cache: Option<PathBuf>,
}

/// The protocol, on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Speaks {
    /// Chat if the server has it, else completion
    Auto,
    /// /v1/chat/completions
    Chat,
    /// /v1/completions
    Completion,
}

impl From<Speaks> for Protocol {
    fn from(speaks: Speaks) -> Protocol {
        match speaks {
            Speaks::Auto => Protocol::Auto,
            Speaks::Chat => Protocol::Chat,
            Speaks::Completion => Protocol::Completion,
        }
    }
}

fn temperature(text: &str) -> Result<f64, String> {
    let value = text.parse().ok().filter(|value| (0.0..=2.0).contains(value));
    value.ok_or_else(|| "write a number from 0 to 2".to_owned())
}

fn format_parser() -> impl clap::builder::TypedValueParser<Value = TrialFormat> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
    let values = TrialFormat::ALL.map(|f| PossibleValue::new(f.name()).help(f.about()));
    let named = |name: String| TrialFormat::ALL.into_iter().find(|f| f.name() == name).ok_or("unknown");
    PossibleValuesParser::new(values).try_map(named)
}

impl Args {
    fn settings(&self) -> Settings {
        Settings {
            seed: self.seed,
            samples: self.samples,
            temperature: self.temperature.unwrap_or(if self.samples > 1 { WARM } else { 0.0 }),
            max_tokens: self.max_tokens,
            requests: Some(self.server.requests),
        }
    }

    fn timeout(&self) -> Duration {
        Duration::from_secs(u64::from(self.server.timeout))
    }
}

/// Runs the command.
pub fn run(args: &Args, color: Color) -> Result<Exit, Failure> {
    let control = Arc::new(Control::default());
    let interrupt = Interrupt::listen(Arc::clone(&control))?;
    let tried = gather::tried(args)?;
    if tried.triggers.is_empty() {
        let what = "there is no trigger to try";
        tell(&format!("{what}{}\n", gather::why(&tried.left_out)));
        return Ok(Exit::NothingScanned);
    }
    let out = args.out.as_deref().map(|dir| OutFolder::prepare(dir, TRIAL, &control)).transpose()?;
    if let Some(out) = &out {
        interrupt.remove_at_end(out.temporary());
    }
    let asked = Asked::open(args, &control)?;
    let settings = args.settings();
    let progress = Progress::start(args.progress, Arc::clone(&control), size(&tried, &settings));
    let trial = try_out(asked.model(), tried, &settings, &control);
    drop(progress);
    asked.tell_use();
    let Ok(trial) = trial else { return Err(asked.interrupted()) };
    let further = further(args);
    let report = TrialReport { trial: &trial, next: &further };
    if let Some(mut out) = out {
        for (name, format) in [(TRIAL.name, TrialFormat::Json)].into_iter().chain(FILES) {
            out.file(name, |path| {
                write_atomically(path, |file| format.render(&report, Style::default(), file))
            })?;
        }
        interrupt.publish(|| out.publish())?;
    }
    asked.finish(trial.verdict.is_some());
    let next: Vec<String> = std::iter::once(look(args)).chain(further).collect();
    let report = TrialReport { trial: &trial, next: &next };
    let style = Style { color: color.on_stdout(), width: terminal::width() };
    let mut text = Vec::new();
    args.format.render(&report, style, &mut text).map_err(Failure::new)?;
    terminal::print(&text)?;
    Ok(exit(args.fail_on, &trial))
}

/// A model that is fine in part and not decided in part is not fine.
fn exit(fail_on: FailOn, trial: &Trial) -> Exit {
    let fails = |verdict| match fail_on {
        FailOn::Never => false,
        FailOn::Review => verdict >= Verdict::Review,
        FailOn::Block => verdict >= Verdict::Block,
    };
    match trial.verdict {
        _ if trial.triggers.is_empty() => Exit::NothingScanned,
        Some(verdict) if fails(verdict) => Exit::PolicySaysNo,
        Some(_) if trial.count(TrialOutcome::NotDecided) == 0 => Exit::Pass,
        _ => Exit::CouldNotFinish,
    }
}

/// The command that shows the account as a page.
fn look(args: &Args) -> String {
    let findings = args.findings.as_ref().map(|run| format!(" --findings {}", quoted(run)));
    match &args.out {
        Some(dir) => format!("{} {}", terminal::OPEN, quoted(&dir.join(FILES[0].0))),
        None => format!(
            "toadstone trial --model {}{} --out toadstone-trial",
            quoted(Path::new(&args.model.to_string())),
            findings.unwrap_or_default()
        ),
    }
}

/// What to type next wherever the account is.
fn further(args: &Args) -> Vec<String> {
    let run = args.findings.as_ref().filter(|run| run.is_dir());
    let review = run.map(|run| format!("toadstone review {}", quoted(run)));
    review.into_iter().chain(["toadstone explain trial".to_owned()]).collect()
}
