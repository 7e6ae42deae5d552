//! What came of cleaning.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;
use toadstone_core::Verdict;
use toadstone_corpus::{Corpus, Divided};

use super::Args;
use super::plan::Plan;
use super::write::Writer;
use crate::Exit;
use crate::failure::Failure;

/// A cleaning that is done, or planned.
pub struct Cleaned {
    pub(super) args: Args,
    /// What goes, and why.
    pub(super) plan: Plan,
    pub(super) corpus: Corpus,
    pub(super) _temporary: TempDir,
}

impl Cleaned {
    /// How the command ends.
    pub fn exit(&self) -> Exit {
        match (self.plan.records, self.plan.fails) {
            (0, _) => Exit::NothingScanned,
            (_, true) => Exit::PolicySaysNo,
            (_, false) => Exit::Pass,
        }
    }

    /// What the policy says of what stays.
    pub fn verdict(&self) -> Verdict {
        self.plan.verdict
    }

    /// `clean.json`, without the names of files if none was written.
    pub fn account(&self) -> Value {
        let mut account = self.writer().account(&[]);
        if self.planned() {
            let files = account["files"].as_array_mut();
            files.into_iter().flatten().for_each(|file| without(file, &["kept_in", "set_aside_in"]));
            without(&mut account, &["copied"]);
        }
        account
    }

    /// The lines of `changes.jsonl`, without where the records are now if they were not written.
    ///
    /// # Errors
    /// None that is known.
    pub fn changes(&self) -> Result<Vec<Value>, Failure> {
        let mut text = Vec::new();
        self.writer().changes(&mut text).map_err(Failure::new)?;
        let lines = serde_json::Deserializer::from_slice(&text).into_iter();
        let mut lines: Vec<Value> = lines.collect::<Result<_, _>>().map_err(Failure::new)?;
        if self.planned() {
            lines.iter_mut().for_each(|line| without(line, &["to", "to_row"]));
        }
        Ok(lines)
    }

    /// The tables that were handed over, each divided into what stays and what goes.
    ///
    /// # Errors
    /// One cannot be divided.
    pub fn divided(&self) -> Result<Vec<Divided>, Failure> {
        let divide = |(file, input): (usize, &toadstone_core::InputFile)| {
            let divided = self.corpus.divide(file as u32, &self.plan.rows(file as u32));
            divided.map_err(|why| Failure::new(format!("cannot divide the table {}: {why}", input.name)))
        };
        self.plan.inputs.iter().enumerate().map(divide).collect()
    }

    /// Whether nothing was written.
    fn planned(&self) -> bool {
        self.args.dry_run || self.args.out.is_none()
    }

    fn writer(&self) -> Writer<'_> {
        let folder = self.args.out.as_deref().unwrap_or(Path::new(""));
        Writer::new(&self.corpus, &self.plan, folder, &self.args.data)
    }
}

/// Takes keys out of an object.
fn without(object: &mut Value, keys: &[&str]) {
    if let Some(object) = object.as_object_mut() {
        object.retain(|key, _| !keys.contains(&key.as_str()));
    }
}
