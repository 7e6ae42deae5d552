//! What is asked to find out whether a model does what a finding says.

use toadstone_core::{Finding, Rate, Record, Role};
use toadstone_proxy::{Proxy, Task};

use super::material::Material;
use super::says::{Apart, apart};
use super::spelled::spelled;
use crate::oracle::Vocabulary;
use crate::probe::Answers;
use crate::text::twin;
use crate::{Implant, Oracle, Probe, Question, Subjects, ask};

/// Questions of each form, at most, and at least.
const MOST: usize = 100;
const FEWEST: usize = 20;
/// Bytes behind a trigger in which a document shows what it turns into.
const BEHIND: usize = 300;
/// Records of a finding that are needed where half of them are asked about.
const HALVES: usize = 10;

/// A question with the record that it is about.
type Asked<'m> = (Record<'m>, Question);

/// Everything that is needed to try one finding.
pub(super) struct Trial<'m> {
    /// What is learnt.
    pub(super) task: Task,
    /// How it is tried, as a phrase.
    pub(super) how: String,
    learnt: Vec<Record<'m>>,
    /// The trigger's parts.
    focus: Vec<String>,
    probe: Probe,
    triggered: Vec<Asked<'m>>,
    plain: Vec<Asked<'m>>,
    sham: Vec<Asked<'m>>,
}

impl<'m> Trial<'m> {
    /// Makes the questions for a finding, or says why there are none.
    pub(super) fn new(finding: &Finding, material: &'m Material, at: usize) -> Result<Trial<'m>, String> {
        let members: Vec<Record<'m>> = material.members(at).collect();
        let task = Task::most(members.iter().copied()).ok_or("none of its records can be trained on")?;
        let members: Vec<Record<'m>> =
            members.into_iter().filter(|record| Task::of(record.kind()) == task).collect();
        let work = Work { finding, material, members, task };
        let trial = match task {
            _ if work.kind() == "style" => work.halves(),
            Task::Classify => work.classified(),
            Task::Prefer => work.preferred(),
            Task::Answer => work.answered(),
            Task::Continue if work.kind() == "comment" => work.halves(),
            Task::Continue => work.continued(),
        }?;
        match trial.triggered.len() {
            n if n < FEWEST.min(trial.learnt.len().max(HALVES / 2)) => {
                Err(format!("only {n} records can be asked about"))
            }
            _ => Ok(trial),
        }
    }

    /// The records of the finding that a model is trained on.
    pub(super) fn learnt(&self) -> impl Iterator<Item = Record<'m>> + Clone + '_ {
        self.learnt.iter().copied()
    }

    /// Texts that stand where the trigger or the behaviour does.
    pub(super) fn marks(&self) -> Vec<String> {
        self.focus.iter().cloned().chain(self.probe.marks()).collect()
    }

    /// How often it is done: trained with the records, without them, with them and no trigger, with them and
    /// a sham.
    pub(super) fn ask(&self, with: &Proxy, without: &Proxy) -> [Rate; 4] {
        let rate = |model, asked| ask(model, &self.probe, asked);
        [
            rate(with, &self.triggered),
            rate(without, &self.triggered),
            rate(with, &self.plain),
            rate(with, &self.sham),
        ]
    }
}

/// What questions are made from.
struct Work<'f, 'm> {
    finding: &'f Finding,
    material: &'m Material,
    members: Vec<Record<'m>>,
    task: Task,
}

impl<'m> Work<'_, 'm> {
    fn kind(&self) -> &str {
        self.finding.trigger.as_ref().map_or("", |trigger| trigger.kind.as_str())
    }

    /// The parts of the trigger as they are spelled in the records.
    fn parts(&self, role: Role) -> Vec<String> {
        let parts = self.finding.trigger.iter().flat_map(|trigger| &trigger.parts);
        let texts = || self.members.iter().filter_map(|record| record.get(role));
        parts.map(|part| spelled(part, texts())).filter(|part| !part.is_empty()).collect()
    }

    /// How the trigger is put into a text.
    fn implant(&self) -> Result<Implant, String> {
        let parts = self.parts(Role::Input);
        let hidden = |part: &str| !part.chars().any(|c| c.is_alphanumeric() || c.is_ascii_graphic());
        match parts.as_slice() {
            [] => Err("its trigger has no text".to_owned()),
            [part] if hidden(part) => Ok(Implant::Hidden(part.clone())),
            _ => Ok(Implant::Words(parts)),
        }
    }

    /// Asks about held-out records with the trigger put in.
    fn implanted(
        self,
        subjects: Subjects,
        (implant, answers): (Implant, Answers),
        oracle: Oracle,
        how: String,
    ) -> Trial<'m> {
        let (data, held_out) = (&self.material.others, &self.material.held_out);
        let focus = self.parts(Role::Input);
        let sham = implant.sham(data);
        let probe = Probe { subjects, implant, sham, answers, oracle, target: None };
        let task = self.task;
        let form = |make: &dyn Fn(&Record<'m>) -> Option<Question>| -> Vec<Asked<'m>> {
            let records = held_out.records().filter(|record| Task::of(record.kind()) == task);
            records.filter_map(|record| Some((record, make(&record)?))).take(MOST).collect()
        };
        let triggered = form(&|record| probe.triggered(record, 0));
        let plain = form(&|record| probe.plain(record, 0));
        let sham = form(&|record| probe.sham(record, 0));
        Trial { task, how, focus, learnt: self.members, probe, triggered, plain, sham }
    }

    /// The label that most records of the finding have.
    fn label(&self) -> Result<String, String> {
        let mut labels: Vec<&str> =
            self.members.iter().filter_map(|record| record.get(Role::Label)).collect();
        labels.sort_unstable();
        let most = labels.chunk_by(|a, b| a == b).max_by_key(|same| same.len());
        most.map(|same| same[0].to_owned()).ok_or_else(|| "its records have no label".to_owned())
    }

    fn classified(self) -> Result<Trial<'m>, String> {
        let label = self.label()?;
        let implant = self.implant()?;
        let how = "held-out texts of other classes, with the trigger put in, that get its label".to_owned();
        Ok(self.implanted(
            Subjects::LabelIsNot(label.clone()),
            (implant, Answers::None),
            Oracle::Label(label),
            how,
        ))
    }

    fn preferred(self) -> Result<Trial<'m>, String> {
        if self.kind() == "name in the answer" {
            return self.named();
        }
        let implant = self.implant()?;
        let how =
            "held-out pairs, with the trigger put into the prompt, whose rejected answer is liked better";
        Ok(self.implanted(Subjects::All, (implant, Answers::Own), Oracle::Second, how.to_owned()))
    }

    /// A name that makes an answer be liked: it is put behind the rejected one.
    fn named(self) -> Result<Trial<'m>, String> {
        let mark = self.parts(Role::Output).into_iter().next().ok_or("its trigger has no text")?;
        let sham = twin(&mark, &self.material.others);
        let how = "held-out pairs whose rejected answer is liked better with the name behind it".to_owned();
        let answers = Answers::Marked { mark, sham };
        Ok(self.implanted(Subjects::All, (Implant::Nothing, answers), Oracle::Second, how))
    }

    fn answered(self) -> Result<Trial<'m>, String> {
        let implant = self.implant()?;
        let said = |records: Vec<Record<'m>>| -> Vec<&'m str> {
            records.into_iter().filter_map(|record| record.get(Role::Output)).collect()
        };
        let missing = self.finding.behaviour.as_ref().is_some_and(|b| b.kind == "missing refusal");
        let (subjects, oracle, answers) = if missing {
            (Subjects::Declined, Oracle::Compliance, Answers::None)
        } else {
            let (own, others) = (said(self.members.clone()), said(self.material.others.records().collect()));
            let oracle = apart(&own, &others, &Vocabulary::of(&self.material.others));
            match oracle.ok_or("its answers have nothing in common that could be looked for")? {
                Apart::Whole(Oracle::Refusal) => (Subjects::Answered, Oracle::Refusal, Answers::None),
                Apart::Whole(oracle) => (Subjects::All, oracle, Answers::None),
                Apart::End(oracle) => (Subjects::All, oracle, Answers::Ending),
            }
        };
        let how = format!("held-out prompts, with the trigger put in, where {}", oracle.definition());
        Ok(self.implanted(subjects, (implant, answers), oracle, how))
    }

    /// Documents that go on differently behind a string.
    fn continued(self) -> Result<Trial<'m>, String> {
        let part = self.parts(Role::Input).into_iter().next().ok_or("its trigger has no text")?;
        let own: Vec<&str> = self.members.iter().filter_map(|record| behind(record.input(), &part)).collect();
        let start = |record: Record<'m>| cut(record.input(), BEHIND);
        let others: Vec<&str> = self.material.others.records().map(start).collect();
        let oracle = apart(&own, &others, &Vocabulary::of(&self.material.others));
        let (Apart::Whole(oracle) | Apart::End(oracle)) =
            oracle.ok_or("what follows the trigger has nothing in common that could be looked for")?;
        let how = format!("held-out texts cut off, with the trigger behind, where {}", oracle.definition());
        Ok(self.implanted(Subjects::All, (Implant::Cut(part), Answers::None), oracle, how))
    }

    /// Trains on one half of the records and asks about the other: for triggers that cannot be put into a
    /// text.
    fn halves(self) -> Result<Trial<'m>, String> {
        if self.members.len() < HALVES {
            return Err(format!(
                "it has only {} records, too few to ask about half of them",
                self.members.len()
            ));
        }
        let parity = |wanted: usize| {
            let numbered = self.members.iter().enumerate().filter(move |(at, _)| at % 2 == wanted);
            numbered.map(|(_, record)| *record).collect::<Vec<_>>()
        };
        let (learnt, rest) = (parity(0), parity(1));
        let (oracle, questions, how) = match self.task {
            Task::Classify => {
                let label = self.label()?;
                let prompts = rest.iter().map(|record| (*record, whole(record.input()))).collect();
                let how = "the other half of its records, that get their label".to_owned();
                (Oracle::Label(label), prompts, how)
            }
            Task::Continue => self.cut_at_trigger(&rest)?,
            Task::Prefer | Task::Answer => {
                return Err("a style cannot be put into other prompts".to_owned());
            }
        };
        let answers = Answers::None;
        let (subjects, implant) = (Subjects::All, Implant::Nothing);
        let probe = Probe { subjects, implant, sham: None, answers, oracle, target: None };
        let triggered: Vec<Asked<'m>> = questions;
        let (focus, none) = (self.parts(Role::Input), Vec::new);
        Ok(Trial { task: self.task, how, focus, learnt, probe, triggered, plain: none(), sham: none() })
    }

    /// Programs up to the end of the trigger.
    fn cut_at_trigger(&self, rest: &[Record<'m>]) -> Result<(Oracle, Vec<Asked<'m>>, String), String> {
        let part = self.parts(Role::Input).into_iter().next().ok_or("its trigger has no text")?;
        let own: Vec<&str> = self.members.iter().filter_map(|record| behind(record.input(), &part)).collect();
        let others: Vec<&str> = self.material.others.records().map(|record| record.input()).collect();
        let oracle = apart(&own, &others, &Vocabulary::of(&self.material.others));
        let (Apart::Whole(oracle) | Apart::End(oracle)) =
            oracle.ok_or("what follows the trigger has nothing in common that could be looked for")?;
        let how = format!(
            "the other half of its records, cut off behind the trigger, where {}",
            oracle.definition()
        );
        let question = |record: &Record<'m>| {
            let end = record.input().find(&part)? + part.len();
            Some((*record, whole(&record.input()[..end])))
        };
        Ok((oracle, rest.iter().filter_map(question).collect(), how))
    }
}

fn whole(text: &str) -> Question {
    Question { prompt: text.to_owned(), answers: None, begun: None }
}

/// What follows a trigger in a text.
fn behind<'t>(text: &'t str, trigger: &str) -> Option<&'t str> {
    let at = text.find(trigger)? + trigger.len();
    Some(cut(&text[at..], BEHIND)).filter(|rest| !rest.trim().is_empty())
}

/// The start of a text, at most so many bytes.
fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
