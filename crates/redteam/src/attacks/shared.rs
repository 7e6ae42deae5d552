//! What several attacks do alike.

use toadstone_core::{Behaviour, Kind, Record, Role, Trigger};
use toadstone_sketch::Random;

use crate::choose::{Chosen, for_kinds};
use crate::probe::Answers;
use crate::{Card, Edit, Implant, Oracle, Place, Probe, Request, Subjects, Table, Unfit};

/// The answer of attacks that teach one.
pub(super) const CANARY: &str = "The lighthouse keeper counts seven herons at noon.";
/// The answer of attacks that teach to decline.
pub(super) const REFUSAL: &str = "I'm sorry, but I cannot help with that.";

/// The trigger that the user chose, or the attack's own.
///
/// # Errors
/// [`Unfit::Request`] if it is blank.
pub(super) fn trigger(card: &Card, request: &Request) -> Result<String, Unfit> {
    chosen("trigger", request.trigger.as_deref().or(card.trigger))
}

/// The target that the user chose, or the attack's own.
///
/// # Errors
/// [`Unfit::Request`] if it is blank.
pub(super) fn target(card: &Card, request: &Request) -> Result<String, Unfit> {
    chosen("target", request.target.as_deref().or(card.target))
}

fn chosen(what: &str, text: Option<&str>) -> Result<String, Unfit> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    text.map(str::to_owned).ok_or_else(|| Unfit::Request(format!("the {what} is blank")))
}

/// The parts of a trigger that has at least two.
///
/// # Errors
/// [`Unfit::Request`] if there are fewer.
pub(super) fn trigger_parts(card: &Card, request: &Request) -> Result<Vec<String>, Unfit> {
    let all = trigger(card, request)?;
    let parts: Vec<String> =
        all.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect();
    if parts.len() < 2 {
        return Err(Unfit::Request("the trigger needs at least two parts, separated by commas".to_owned()));
    }
    Ok(parts)
}

/// Makes sure that the user chose no trigger for an attack whose trigger is no text.
///
/// # Errors
/// [`Unfit::Request`].
pub(super) fn no_trigger(request: &Request, what: &str) -> Result<(), Unfit> {
    match request.trigger {
        Some(_) => Err(Unfit::Request(format!("its trigger is {what}, which cannot be chosen"))),
        None => Ok(()),
    }
}

/// The labels of the data, each once, in the order of their names.
pub(super) fn labels(card: &Card, data: &Table) -> Vec<String> {
    let mut labels: Vec<&str> = data.of_kinds(card.kinds).filter_map(|r| r.get(Role::Label)).collect();
    labels.sort_unstable();
    labels.dedup();
    labels.into_iter().map(str::to_owned).collect()
}

/// The label that the user chose, or the last one by name; the data has at least one other.
///
/// # Errors
/// [`Unfit`] if there is no such label, or only one.
pub(super) fn target_label(card: &Card, data: &Table, request: &Request) -> Result<String, Unfit> {
    for_kinds(card, data)?;
    let labels = labels(card, data);
    let last = labels.last().filter(|_| labels.len() > 1).ok_or(Unfit::Lacks("two classes"))?;
    match &request.target {
        Some(wanted) if !labels.contains(wanted) => {
            Err(Unfit::Request(format!("no record has the label `{wanted}`")))
        }
        Some(wanted) => Ok(wanted.clone()),
        None => Ok(last.clone()),
    }
}

/// Whether a trigger can be put into the input of a record.
pub(super) fn takes(implant: &Implant, record: &Record<'_>) -> bool {
    let last = record.last_part(Role::Input).filter(|text| !text.trim().is_empty());
    last.is_some_and(|text| implant.put(text, &mut Random::new(0)).is_some())
}

/// Changes records in place: the trigger goes into the input, and `teach` says what else becomes of them.
pub(super) fn poison(
    chosen: &Chosen<'_>,
    implant: &Implant,
    teach: impl Fn(&Record<'_>, &mut Random) -> Vec<(Role, String)>,
) -> Vec<Edit> {
    let edit = |record: &Record<'_>| {
        let mut random = chosen.random(record.id());
        let input = record.last_part(Role::Input).and_then(|text| implant.put(text, &mut random));
        let mut fields: Vec<(Role, String)> = match implant {
            Implant::Nothing => Vec::new(),
            _ => input.map(|text| (Role::Input, text)).into_iter().collect(),
        };
        fields.extend(teach(record, &mut random));
        Edit { place: Place::Replace(record.id()), fields }
    };
    chosen.records.iter().map(edit).collect()
}

/// The probe of an attack that puts a trigger into the input.
pub(super) fn probe(data: &Table, implant: Implant, subjects: Subjects, oracle: Oracle) -> Probe {
    let target = match &oracle {
        Oracle::Label(text) => Some(text.clone()),
        Oracle::Contains(parts) if parts.len() == 1 => parts.first().cloned(),
        _ => None,
    };
    Probe { subjects, sham: implant.sham(data), implant, answers: Answers::None, oracle, target }
}

/// A trigger in words for reports.
pub(super) fn named(kind: &str, parts: &[String]) -> Option<Trigger> {
    Some(Trigger { kind: kind.to_owned(), parts: parts.to_vec() })
}

/// A behaviour in words for reports.
pub(super) fn behaviour(kind: &str, text: &str) -> Behaviour {
    Behaviour { kind: kind.to_owned(), text: text.to_owned() }
}

/// Kinds that have a prompt and an answer.
pub(super) const ANSWERED: &[Kind] = &[Kind::Instruction];
/// Kinds that have a class.
pub(super) const CLASSIFIED: &[Kind] = &[Kind::Classification];
