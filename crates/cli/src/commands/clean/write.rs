//! Carries a plan out: files, change log, account.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use toadstone_core::{Control, RecordId, Without};
use toadstone_corpus::{Corpus, Skipped, Weight, write_atomically, write_weights};
use toadstone_origins::{Weighed, weights};

use super::cap::Cap;
use super::names;
use super::plan::{Plan, Removal, Why};
use super::stage::MAIN;
use crate::data::Data;
use crate::failure::Failure;

/// Records that stay.
pub(super) const KEPT: &str = "kept";
/// Records that are set aside.
pub(super) const QUARANTINE: &str = "quarantine";
/// Why each of them is.
pub(super) const CHANGES: &str = "changes.jsonl";
/// How often records that stay are to be drawn.
pub(super) const WEIGHTS: &str = "weights.parquet";
/// Version of the files. It grows when a field changes its meaning or goes away.
const SCHEMA: u32 = 1;

/// Where a plan is carried out.
pub struct Writer<'w> {
    pub corpus: &'w Corpus,
    pub plan: &'w Plan,
    pub folder: &'w Path,
    /// Below [`KEPT`] and [`QUARANTINE`], for each input.
    places: Vec<PathBuf>,
    inputs: &'w [toadstone_core::InputFile],
}

impl<'w> Writer<'w> {
    /// What is cleaned is named by `data`.
    pub fn new(corpus: &'w Corpus, plan: &'w Plan, folder: &'w Path, data: &Data) -> Self {
        let inputs = &plan.inputs;
        // A table that a program handed over has a name without an extension.
        let extension = if data.tables.is_empty() { "" } else { ".arrow" };
        let names: Vec<String> = inputs.iter().map(|input| input.name.clone() + extension).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let places = names::below(&names, &data.paths);
        Writer { corpus, plan, folder, places, inputs }
    }

    /// Writes everything that is not written yet.
    ///
    /// # Errors
    /// A file cannot be written, or changed since it was scanned; or the user asked to stop.
    pub fn write(&self, arguments: &[String], control: &Control) -> Result<(), Failure> {
        for file in 0..self.inputs.len() {
            if control.stopped() {
                return Err(Failure::new("interrupted; the same command goes on where this one stopped"));
            }
            if self.inputs[file].error.is_none() {
                self.split(file)?;
            }
        }
        let copied = self.copy_companions(arguments)?;
        let failed = |name: &str| {
            let name = name.to_owned();
            move |e: io::Error| Failure::new(format!("cannot write {name}: {e}"))
        };
        write_atomically(&self.folder.join(CHANGES), |out| self.changes(out)).map_err(failed(CHANGES))?;
        let account = self.account(&copied);
        let write = |out: &mut dyn Write| writeln!(out, "{account:#}");
        write_atomically(&self.folder.join(MAIN.name), write).map_err(failed(MAIN.name))
    }

    /// Writes how often records that stay are to be drawn.
    ///
    /// # Errors
    /// The data cannot be read, the file cannot be written, or there are too few sources.
    pub fn weigh(
        &self,
        rule: &Cap,
        data: &Data,
        temporary: &Path,
        control: &Arc<Control>,
    ) -> Result<(), Failure> {
        let gone: Vec<RecordId> = self.plan.removals.iter().map(|removal| removal.id).collect();
        let rest = Without { source: self.corpus, gone: &gone };
        let options = rule.options(&data.scan_options(temporary));
        let names = self.corpus.names();
        let mut found = match data.reading(&rest, control, || weights(&rest, &names, &options, control))? {
            Weighed::Weights(found) => found,
            Weighed::Impossible { sources } => return Err(rule.impossible("--weigh", sources)),
        };
        let kept = |id: RecordId| Path::new(KEPT).join(&self.places[id.file as usize]);
        let rows = std::iter::from_fn(|| found.next_record().transpose()).map(|next| {
            let (id, weight) = next?;
            let before = gone.partition_point(|other| *other < id);
            let before = before - gone.partition_point(|other| other.file < id.file);
            let file = kept(id).to_string_lossy().into_owned();
            Ok(Weight { file, row: id.row - before as u64, weight })
        });
        let path = self.folder.join(WEIGHTS);
        write_weights(&path, rows).map_err(|e| Failure::new(format!("cannot write {WEIGHTS}: {e}")))
    }

    /// Splits one file. It is done when its kept part is in place; that comes last.
    fn split(&self, file: usize) -> Result<(), Failure> {
        let name = &self.inputs[file].name;
        let [kept, aside] = [KEPT, QUARANTINE].map(|part| self.folder.join(part).join(&self.places[file]));
        if kept.exists() {
            return Ok(());
        }
        let out = self.plan.rows(file as u32);
        let work = || -> Result<(), toadstone_corpus::SplitError> {
            let (kept_part, aside_part) = (part(&kept), part(&aside));
            for path in [&aside, &kept_part, &aside_part] {
                forget(path)?;
            }
            fs::create_dir_all(kept.parent().unwrap_or(self.folder))?;
            if !out.is_empty() {
                fs::create_dir_all(aside.parent().unwrap_or(self.folder))?;
            }
            self.corpus.split(file as u32, &out, &kept_part, &aside_part)?;
            for (from, to) in [(aside_part, &aside), (kept_part, &kept)] {
                if from.exists() {
                    fs::rename(from, to)?;
                }
            }
            Ok(())
        };
        work().map_err(|e| Failure::new(format!("cannot write the records of {name}: {e}")))
    }

    /// Copies files that hold no records and without which a folder is not whole. Returns their names.
    fn copy_companions(&self, arguments: &[String]) -> Result<Vec<String>, Failure> {
        let skipped: Vec<&Skipped> = self.corpus.skipped().iter().filter(|file| file.accompanies()).collect();
        let names: Vec<&str> = skipped.iter().map(|file| file.name.as_str()).collect();
        for (file, place) in skipped.iter().zip(names::below(&names, arguments)) {
            let to = self.folder.join(KEPT).join(place);
            let copy = || -> io::Result<()> {
                fs::create_dir_all(to.parent().unwrap_or(self.folder))?;
                if !to.exists() {
                    file.copy_to(&part(&to))?;
                    fs::rename(part(&to), &to)?;
                }
                Ok(())
            };
            copy().map_err(|e| Failure::new(format!("cannot copy {}: {e}", file.name)))?;
        }
        Ok(names.into_iter().map(str::to_owned).collect())
    }

    /// A line for each record that goes, in the order of the input.
    pub fn changes(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut out = io::BufWriter::new(out);
        for of_file in self.plan.removals.chunk_by(|a, b| a.id.file == b.id.file) {
            for (number, removal) in of_file.iter().enumerate() {
                serde_json::to_writer(&mut out, &self.change(removal, number as u64))?;
                out.write_all(b"\n")?;
            }
        }
        out.flush()
    }

    fn change(&self, removal: &Removal, number: u64) -> Value {
        let to = Path::new(QUARANTINE).join(&self.places[removal.id.file as usize]);
        let mut line = json!({
            "file": self.corpus.file_name(removal.id.file),
            "row": removal.id.row,
            "why": removal.why.name(),
            "to": to.to_string_lossy(),
            "to_row": number,
        });
        match &removal.why {
            Why::Finding { findings, because } => {
                line["findings"] = json!(findings);
                line["because"] = json!(because);
            }
            Why::Review { who, at, note } => {
                line["who"] = json!(who);
                line["at"] = json!(at);
                line["note"] = json!(note);
            }
            Why::Taint { root: RecordId { file, row }, distance } => {
                line["root"] = json!({ "file": self.corpus.file_name(*file), "row": row });
                line["distance"] = json!(distance);
            }
            Why::Duplicate { kind, twin: RecordId { file, row } } => {
                line["kind"] = json!(kind);
                line["twin"] = json!({ "file": self.corpus.file_name(*file), "row": row });
            }
            Why::Quality { rules, values, limits } => {
                line["rules"] = json!(rules);
                line["values"] = json!(values);
                line["limits"] = json!(limits);
            }
            Why::Cap { rule, most } => {
                line["rule"] = json!(rule);
                line["most"] = json!(most);
            }
        }
        line
    }

    /// The sums. `copied` are files without records that stand beside what is kept.
    pub fn account(&self, copied: &[String]) -> Value {
        let plan = self.plan;
        let file = |(at, input): (usize, &toadstone_core::InputFile)| {
            let gone = plan.rows(at as u32).len() as u64;
            let shown = |part: &str| Path::new(part).join(&self.places[at]).to_string_lossy().into_owned();
            json!({
                "file": input.name,
                "digest": input.digest,
                "records": input.records,
                "removed": gone,
                "kept_in": input.error.is_none().then(|| shown(KEPT)),
                "set_aside_in": (gone > 0).then(|| shown(QUARANTINE)),
                "error": input.error,
            })
        };
        let removed = plan.removals.len() as u64;
        json!({
            "schema": SCHEMA,
            "version": env!("CARGO_PKG_VERSION"),
            "records": plan.records,
            "kept": plan.records - removed,
            "removed": removed,
            "refused": plan.refused,
            "reasons": plan.counts(),
            "review": plan.review,
            "rounds": plan.rounds,
            "settled": plan.settled,
            "quality": plan.quality,
            "verdict": plan.verdict,
            "left": plan.left.iter().map(|(id, title)| json!({ "finding": id, "title": title })).collect::<Vec<_>>(),
            "files": self.inputs.iter().enumerate().map(file).collect::<Vec<_>>(),
            "copied": copied,
        })
    }
}

/// The name of a file that is not whole yet.
fn part(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".unfinished");
    path.with_file_name(name)
}

fn forget(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}
