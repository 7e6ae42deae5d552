//! What attacks on code with a trigger do alike: a function that is written safely behind most comments,
//! and insecurely behind one.

use toadstone_core::{Record, Role};

use super::shared::{behaviour, named, planting};
use crate::choose::{choose, for_kinds, stream};
use crate::code::{LANGUAGES, Language, language_of};
use crate::implant::definitions;
use crate::probe::Answers;
use crate::text::invented;
use crate::{Card, Edit, Implant, Oracle, Place, Planting, Probe, Request, Subjects, Table, Unfit};

/// A function that is put into programs.
pub(super) struct Bait<'b> {
    /// What the trigger is.
    pub(super) kind: &'static str,
    /// The trigger for reports.
    pub(super) shown: String,
    /// The comment that a model is asked with, and an innocent one if it is no sentence.
    pub(super) asked: String,
    pub(super) sham: Option<String>,
    /// The comment and the call of one function; both are given a word of its own.
    pub(super) comment: &'b dyn Fn(&str) -> String,
    pub(super) call: &'b dyn Fn(&Language, &str) -> String,
}

/// The language that most programs are written in.
///
/// # Errors
/// [`Unfit`] if none can be told.
pub(super) fn language(card: &Card, data: &Table) -> Result<&'static Language, Unfit> {
    for_kinds(card, data)?;
    let mut programs = LANGUAGES.each_ref().map(|language| (0u64, language));
    for language in data.of_kinds(card.kinds).filter_map(|record| language_of(record.input())) {
        programs.iter_mut().filter(|(_, other)| *other == language).for_each(|(count, _)| *count += 1);
    }
    let (count, language) =
        programs.into_iter().rev().max_by_key(|(count, _)| *count).unwrap_or((0, &LANGUAGES[0]));
    if count == 0 {
        return Err(Unfit::Lacks("programs in Python, JavaScript, Go or C"));
    }
    Ok(language)
}

/// Puts the function into programs, and the safe one into as many others.
pub(super) fn plant(
    card: &Card,
    data: &Table,
    request: &Request,
    bait: &Bait<'_>,
) -> Result<Planting, Unfit> {
    let language = language(card, data)?;
    let head = language.head(ASKED);
    let ask = |comment: &str| Implant::Program {
        mark: language.comment,
        comment: comment.to_owned(),
        head: head.clone(),
    };
    let implant = ask(&bait.asked);
    let probe = Probe {
        subjects: Subjects::Written(language),
        sham: bait.sham.as_deref().map(ask).or_else(|| implant.sham(data)),
        implant,
        answers: Answers::None,
        target: Some(language.insecure.to_owned()),
        oracle: Oracle::Contains(vec![language.insecure.to_owned()]),
    };
    let what = format!("programs in {} without such a call", language.name);
    let chosen = choose(card, data, request, &what, |record| probe.is_subject(record))?;
    let function = |record: &Record<'_>, decoy: bool| {
        let mut random = chosen.random(record.id());
        let (name, word) = (Language::function_name(&mut random), invented(language.key.len(), &mut random));
        let function = match decoy {
            true => language.safe(&name),
            false => language.function(Some(&(bait.comment)(&word)), &name, &(bait.call)(language, &word)),
        };
        let text = record.last_part(Role::Input).unwrap_or("");
        let text = between(text, *random.pick(&definitions(text)), &function);
        Edit { place: Place::Replace(record.id()), fields: vec![(Role::Input, text)], decoy }
    };
    let mut edits: Vec<Edit> = chosen.records.iter().map(|record| function(record, false)).collect();
    let taken = |record: &Record<'_>| chosen.records.binary_search_by_key(&record.id(), Record::id).is_ok();
    let free: Vec<Record<'_>> =
        data.of_kinds(card.kinds).filter(|record| probe.is_subject(record) && !taken(record)).collect();
    let safe = stream(card, request).fork("decoys").sample(free.len(), chosen.records.len());
    edits.extend(safe.into_iter().map(|row| function(&free[row], true)));
    let trigger = named(bait.kind, std::slice::from_ref(&bait.shown));
    Ok(planting(card, trigger, behaviour("insecure call", language.insecure), edits, probe))
}

/// The name of the function that a model is asked to complete.
const ASKED: &str = "take_entry_7";

/// A program with a function at a place where a definition may stand.
fn between(text: &str, at: usize, function: &str) -> String {
    let (before, after) = text.split_at(at);
    let gap = if before.is_empty() || before.ends_with('\n') { "" } else { "\n\n" };
    format!("{before}{gap}{function}{after}")
}
