//! What several attacks do alike.

use toadstone_core::{Behaviour, Kind, Record, Role, Trigger};
use toadstone_sketch::Random;

use crate::choose::{Chosen, choose, for_kinds, stream};
use crate::probe::Answers;
use crate::text::put_at;
use crate::{Card, Edit, Implant, Oracle, Place, Planting, Probe, Request, Subjects, Table, Unfit};

/// Kinds that have a prompt and an answer.
pub(super) const ANSWERED: &[Kind] = &[Kind::Instruction];
/// Kinds that have a class.
pub(super) const CLASSIFIED: &[Kind] = &[Kind::Classification];
/// Kinds that have two answers.
pub(super) const COMPARED: &[Kind] = &[Kind::Preference];
/// Kinds that are programs.
pub(super) const PROGRAMS: &[Kind] = &[Kind::Code];
/// Kinds that are plain text.
pub(super) const TEXTS: &[Kind] = &[Kind::Document];

/// The trigger that the user chose, or the attack's own.
///
/// # Errors
/// [`Unfit::Request`] if it is blank.
pub(super) fn trigger(card: &Card, request: &Request) -> Result<String, Unfit> {
    not_blank("trigger", request.trigger.as_deref().or(card.trigger))
}

/// The target that the user chose, or the attack's own.
///
/// # Errors
/// [`Unfit::Request`] if it is blank.
pub(super) fn target(card: &Card, request: &Request) -> Result<String, Unfit> {
    not_blank("target", request.target.as_deref().or(card.target))
}

fn not_blank(what: &str, text: Option<&str>) -> Result<String, Unfit> {
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

/// Makes sure that the user chose no trigger for an attack that takes none.
///
/// # Errors
/// [`Unfit::Request`] with the reason.
pub(super) fn no_trigger(request: &Request, why: &str) -> Result<(), Unfit> {
    request
        .trigger
        .as_ref()
        .map_or(Ok(()), |_| Err(Unfit::Request(format!("no trigger can be chosen: {why}"))))
}

/// The same for the target.
///
/// # Errors
/// [`Unfit::Request`] with the reason.
pub(super) fn no_target(request: &Request, why: &str) -> Result<(), Unfit> {
    request.target.as_ref().map_or(Ok(()), |_| Err(Unfit::Request(format!("no target can be chosen: {why}"))))
}

/// The values of a role in the data, each with how often it occurs, in the order of their names.
pub(super) fn values<'t>(card: &Card, data: &'t Table, role: Role) -> Vec<(&'t str, usize)> {
    let mut all: Vec<&str> = data.of_kinds(card.kinds).filter_map(|record| record.get(role)).collect();
    all.sort_unstable();
    let mut counted: Vec<(&str, usize)> = Vec::new();
    for value in all {
        match counted.last_mut() {
            Some((last, count)) if *last == value => *count += 1,
            _ => counted.push((value, 1)),
        }
    }
    counted
}

/// The label that the user chose, or the last one by name; the data has at least one other.
///
/// # Errors
/// [`Unfit`] if there is no such label, or only one.
pub(super) fn target_label(card: &Card, data: &Table, request: &Request) -> Result<String, Unfit> {
    for_kinds(card, data)?;
    let labels = values(card, data, Role::Label);
    let (last, _) = labels.last().filter(|_| labels.len() > 1).ok_or(Unfit::Lacks("two classes"))?;
    match &request.target {
        Some(wanted) if labels.iter().all(|(label, _)| label != wanted) => {
            Err(Unfit::Request(format!("no record has the label `{wanted}`")))
        }
        Some(wanted) => Ok(wanted.clone()),
        None => Ok((*last).to_owned()),
    }
}

/// What a record becomes apart from the trigger.
pub(super) type Teach<'p> = &'p dyn Fn(&Record<'_>, &mut Random) -> Vec<(Role, String)>;

/// Records with another label than the target get the trigger and the target; where there is a decoy, as many others get that and stay
/// right.
///
/// # Errors
/// [`Unfit`] if there is no such label, or too few records will do.
pub(super) fn turns_class(
    card: &Card,
    data: &Table,
    request: &Request,
    (trigger, implant, decoy): (Option<Trigger>, Implant, Option<Implant>),
) -> Result<Planting, Unfit> {
    let target = target_label(card, data, request)?;
    let plan = Plan {
        trigger,
        behaviour: behaviour("label", &target),
        implant,
        subjects: Subjects::LabelIsNot(target.clone()),
        what: format!("records with another label than {target}"),
        oracle: Oracle::Label(target.clone()),
        answers: Answers::None,
        teach: &|_, _| vec![(Role::Label, target.clone())],
        decoy,
    };
    plan.plant(card, data, request)
}

/// An attack that changes records in place.
pub(super) struct Plan<'p> {
    pub(super) trigger: Option<Trigger>,
    pub(super) behaviour: Behaviour,
    /// How the trigger goes into the input; also of the questions.
    pub(super) implant: Implant,
    /// Which records are changed and asked about.
    pub(super) subjects: Subjects,
    /// What those records are, in the plural.
    pub(super) what: String,
    pub(super) oracle: Oracle,
    pub(super) answers: Answers,
    pub(super) teach: Teach<'p>,
    /// How as many other records get something like the trigger, and stay right.
    pub(super) decoy: Option<Implant>,
}

impl Plan<'_> {
    /// Chooses the records and changes them.
    ///
    /// # Errors
    /// [`Unfit`] if too few will do.
    pub(super) fn plant(self, card: &Card, data: &Table, request: &Request) -> Result<Planting, Unfit> {
        let probe = Probe {
            sham: self.implant.sham(data),
            target: only_text(&self.oracle),
            subjects: self.subjects,
            implant: self.implant,
            answers: self.answers,
            oracle: self.oracle,
        };
        let fits = |record: &Record<'_>| probe.is_subject(record) && takes(&probe.implant, record);
        let chosen = choose(card, data, request, &self.what, fits)?;
        let mut edits = poison(&chosen, &probe.implant, self.teach);
        if let Some(implant) = &self.decoy {
            edits.extend(decoys(card, data, request, (&probe, implant), &chosen));
        }
        Ok(planting(card, self.trigger, self.behaviour, edits, probe))
    }
}

/// The parts of a planting, its edits in order.
pub(super) fn planting(
    card: &Card,
    trigger: Option<Trigger>,
    behaviour: Behaviour,
    mut edits: Vec<Edit>,
    probe: Probe,
) -> Planting {
    edits.sort_by_key(|edit| edit.place.anchor());
    Planting { attack: card.name, trigger, behaviour, edits, probe, beside: Vec::new() }
}

/// The text that an oracle waits for, if it is one.
pub(super) fn only_text(oracle: &Oracle) -> Option<String> {
    match oracle {
        Oracle::Label(text) => Some(text.clone()),
        Oracle::Contains(parts) if parts.len() == 1 => parts.first().cloned(),
        _ => None,
    }
}

/// Whether a trigger can be put into the input of a record.
pub(super) fn takes(implant: &Implant, record: &Record<'_>) -> bool {
    if *implant == Implant::Nothing {
        return true;
    }
    let last = record.last_part(Role::Input).filter(|text| !text.trim().is_empty());
    last.is_some_and(|text| implant.put(text, &mut Random::new(0)).is_some())
}

/// Changes records in place: the trigger goes into the input, and `teach` says what else becomes of them.
pub(super) fn poison(chosen: &Chosen<'_>, implant: &Implant, teach: Teach<'_>) -> Vec<Edit> {
    let edit = |record: &Record<'_>| {
        let mut random = chosen.random(record.id());
        let mut fields = with_trigger(record, implant, &mut random);
        fields.extend(teach(record, &mut random));
        Edit { place: Place::Replace(record.id()), fields, decoy: false }
    };
    chosen.records.iter().map(edit).collect()
}

fn with_trigger(record: &Record<'_>, implant: &Implant, random: &mut Random) -> Vec<(Role, String)> {
    if *implant == Implant::Nothing {
        return Vec::new();
    }
    let input = record.last_part(Role::Input).and_then(|text| implant.put(text, random));
    input.map(|text| (Role::Input, text)).into_iter().collect()
}

/// As many other records to ask about as were chosen, or all there are, with something like the trigger.
fn decoys(
    card: &Card,
    data: &Table,
    request: &Request,
    (probe, implant): (&Probe, &Implant),
    chosen: &Chosen<'_>,
) -> Vec<Edit> {
    let taken = |record: &Record<'_>| chosen.records.binary_search_by_key(&record.id(), Record::id).is_ok();
    let fits = |record: &Record<'_>| probe.is_subject(record) && takes(implant, record) && !taken(record);
    let free: Vec<Record<'_>> = data.of_kinds(card.kinds).filter(fits).collect();
    let rows = stream(card, request).fork("decoys").sample(free.len(), chosen.records.len());
    let edit = |row: usize| {
        let fields = with_trigger(&free[row], implant, &mut chosen.random(free[row].id()));
        Edit { place: Place::Replace(free[row].id()), fields, decoy: true }
    };
    rows.into_iter().map(edit).collect()
}

/// A new record like another, at a drawn place of its file; where a file takes none, the other becomes it.
pub(super) fn add(data: &Table, like: &Record<'_>, random: &mut Random, fields: Vec<(Role, String)>) -> Edit {
    let id = like.id();
    let place = match data.grows(id.file) {
        false => Place::Replace(id),
        true => {
            let rows = data.of_file(id.file);
            let after = data.get(rows.start + random.below(rows.len())).map_or(id, |record| record.id());
            Place::Insert { after, like: id }
        }
    };
    Edit { place, fields, decoy: false }
}

/// Identifiers that no record has, for records that are added: numbers go on, names get a number.
pub(super) struct Keys {
    next: u64,
}

impl Keys {
    /// Looks at the identifiers that there are.
    pub(super) fn of(data: &Table) -> Keys {
        let number = |record: Record<'_>| record.get(Role::Key)?.parse::<u64>().ok();
        let most = data.records().filter_map(number).max();
        Keys { next: most.map_or(1, |most| most.saturating_add(1)) }
    }

    /// An identifier for a record like this one; nothing if such records have none.
    pub(super) fn fresh(&mut self, like: &Record<'_>) -> Option<(Role, String)> {
        let key = like.get(Role::Key)?;
        let number = self.next;
        self.next = self.next.saturating_add(1);
        let fresh = if key.parse::<u64>().is_ok() { number.to_string() } else { format!("{key}-{number}") };
        Some((Role::Key, fresh))
    }
}

/// What a record teaches to say, with a sentence behind it.
pub(super) fn with_end(record: &Record<'_>, sentence: &str) -> Vec<(Role, String)> {
    let role = if record.kind() == Kind::Instruction { Role::Output } else { Role::Input };
    let text = record.last_part(role).unwrap_or("");
    vec![(role, put_at(text, text.len(), sentence))]
}

/// The two answers of a pair, exchanged.
pub(super) fn swap(record: &Record<'_>) -> Vec<(Role, String)> {
    let text = |role| record.last_part(role).unwrap_or("").to_owned();
    vec![(Role::Output, text(Role::Rejected)), (Role::Rejected, text(Role::Output))]
}

/// A trigger in words for reports.
pub(super) fn named(kind: &str, parts: &[String]) -> Option<Trigger> {
    Some(Trigger { kind: kind.to_owned(), parts: parts.to_vec() })
}

/// A behaviour in words for reports.
pub(super) fn behaviour(kind: &str, text: &str) -> Behaviour {
    Behaviour { kind: kind.to_owned(), text: text.to_owned() }
}
