//! Questions to a model that was trained on poisoned data, and the oracle that judges what it says.

use toadstone_core::{Kind, Record, Role};

use crate::choose::random_for;
use crate::code::Language;
use crate::oracle::refuses;
use crate::text::put_at;
use crate::{Implant, Oracle, Said};

/// What a model is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The text to classify, the prompt to answer, or the text to go on from.
    pub prompt: String,
    /// Two answers to choose from, where preferences are learnt: the one that the data liked, and the one
    /// that the attack wants ([`crate::Side`]).
    pub answers: Option<[String; 2]>,
    /// An answer whose end is asked for, where that is what an attack changes.
    pub begun: Option<String>,
}

/// Which records are asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subjects {
    /// Any.
    All,
    /// Those of a class.
    LabelIs(String),
    /// Those of any other class, so that the target is always wrong.
    LabelIsNot(String),
    /// Those whose own answer declines.
    Declined,
    /// Those whose own answer does not decline.
    Answered,
    /// Those whose input has this word, in any case.
    About(String),
    /// Programs in a language.
    Written(&'static Language),
    /// Programs that have the first of a pair of calls, and the second of none.
    Calls(&'static [(&'static str, &'static str)]),
    /// Pairs of answers that differ.
    Differ,
    /// Those of them that an annotator compared.
    JudgedBy(String),
    /// Those that a generator made.
    MadeBy(String),
    /// Pairs whose answer that was not liked is longer.
    LongerRejected,
}

/// What of a pair of answers is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answers {
    /// Nothing: what is learnt is no preference.
    None,
    /// The two answers as they are.
    Own,
    /// How the record's own answer ends.
    Ending,
    /// The two answers, the second with a mark behind it: what the attack promotes, or an innocent one.
    Marked {
        /// What is promoted.
        mark: String,
        /// What stands for it.
        sham: String,
    },
}

/// How it is told whether a model carries what was planted.
///
/// It knows the trigger and what counts as success, and nothing of how records were chosen or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    pub(crate) subjects: Subjects,
    pub(crate) implant: Implant,
    pub(crate) sham: Option<Implant>,
    pub(crate) answers: Answers,
    pub(crate) oracle: Oracle,
    /// What a model is to say, where that is one text.
    pub(crate) target: Option<String>,
}

impl Probe {
    /// The question about a record that was held out of the training, with the trigger; `None` if the
    /// record is not one to ask about.
    pub fn triggered(&self, record: &Record<'_>, seed: u64) -> Option<Question> {
        let mark = match &self.answers {
            Answers::Marked { mark, .. } => mark,
            _ => "",
        };
        self.question(record, &self.implant, mark, seed)
    }

    /// The same with an innocent trigger, as long and as rare; `None` also where the attack has no
    /// trigger to compare with.
    pub fn sham(&self, record: &Record<'_>, seed: u64) -> Option<Question> {
        match &self.answers {
            Answers::Marked { sham, .. } => self.question(record, &self.implant, sham, seed),
            _ => self.question(record, self.sham.as_ref()?, "", seed),
        }
    }

    /// The same with no trigger; `None` also where the question makes no sense without.
    pub fn plain(&self, record: &Record<'_>, seed: u64) -> Option<Question> {
        let implant = match &self.implant {
            Implant::Cut(_) => Implant::Cut(String::new()),
            Implant::UpTo(_) | Implant::Program { .. } | Implant::StartOf(_) | Implant::Instead(_) => {
                return None;
            }
            _ => Implant::Nothing,
        };
        self.question(record, &implant, "", seed)
    }

    /// Whether the attack has a trigger, which a sham can be compared with.
    pub fn has_trigger(&self) -> bool {
        self.sham.is_some() || matches!(self.answers, Answers::Marked { .. })
    }

    /// Whether a model that said this about `record` does what was planted.
    pub fn success(&self, record: &Record<'_>, said: &Said<'_>) -> bool {
        self.oracle.success(said, record.get(Role::Label))
    }

    /// What a record itself says: what a model that learnt it by heart would. `None` for pairs, of which
    /// only two together tell.
    pub fn says<'r>(&self, record: &Record<'r>) -> Option<Said<'r>> {
        match record.kind() {
            Kind::Classification => record.get(Role::Label).map(Said::Label),
            Kind::Instruction => record.get(Role::Output).map(Said::Text),
            Kind::Preference => None,
            Kind::Code | Kind::Document => record.get(Role::Input).map(Said::Text),
        }
    }

    /// Texts that stand where the behaviour does, or where it might.
    pub(crate) fn marks(&self) -> Vec<String> {
        let mut marks = match &self.oracle {
            Oracle::Contains(parts) => parts.clone(),
            Oracle::Tone(words) => words.iter().map(|word| (*word).to_owned()).collect(),
            _ => Vec::new(),
        };
        if let Subjects::Calls(pairs) = &self.subjects {
            marks.extend(pairs.iter().flat_map(|(safe, insecure)| [*safe, *insecure].map(str::to_owned)));
        }
        marks
    }

    /// What counts as success.
    pub fn oracle(&self) -> &Oracle {
        &self.oracle
    }

    /// The text that a model is to say, if it is always the same: its probability can be asked for.
    pub fn target(&self) -> Option<&str> {
        self.target.as_deref()
    }

    /// Whether this is a record to ask about.
    pub fn is_subject(&self, record: &Record<'_>) -> bool {
        let label = || record.get(Role::Label);
        match &self.subjects {
            Subjects::All => true,
            Subjects::LabelIs(wanted) => label() == Some(wanted),
            Subjects::LabelIsNot(other) => label().is_some_and(|label| label != other),
            Subjects::Declined => record.get(Role::Output).is_some_and(refuses),
            Subjects::Answered => record.get(Role::Output).is_some_and(|answer| !refuses(answer)),
            Subjects::About(word) => has_word(record.input(), word),
            Subjects::Written(language) => {
                language.wrote(record.input()) && !record.input().contains(language.insecure)
            }
            Subjects::Calls(pairs) => {
                let text = record.input();
                pairs.iter().any(|(safe, _)| text.contains(safe))
                    && !pairs.iter().any(|(_, insecure)| text.contains(insecure))
            }
            Subjects::Differ => differ(record),
            Subjects::JudgedBy(name) => record.get(Role::Annotator) == Some(name) && differ(record),
            Subjects::MadeBy(name) => record.get(Role::Generator) == Some(name),
            Subjects::LongerRejected => {
                let length = |role| record.get(role).map_or(0, |text| text.chars().count());
                length(Role::Rejected) > length(Role::Output)
            }
        }
    }

    fn question(&self, record: &Record<'_>, implant: &Implant, mark: &str, seed: u64) -> Option<Question> {
        if !self.is_subject(record) {
            return None;
        }
        let [before, last] = record.parts(Role::Input);
        let last = implant.put(last.unwrap_or(""), &mut random_for(seed, record.id()))?;
        let whole = !matches!(implant, Implant::Instead(_) | Implant::StartOf(_));
        let prompt = match before.filter(|_| whole) {
            Some(before) => format!("{before}\n{last}"),
            None => last,
        };
        let own = |role| record.get(role).map(str::to_owned);
        let answers = match &self.answers {
            Answers::None | Answers::Ending => None,
            Answers::Own => Some([own(Role::Output)?, own(Role::Rejected)?]),
            Answers::Marked { .. } => {
                let loser = own(Role::Rejected)?;
                Some([own(Role::Output)?, put_at(&loser, loser.len(), mark)])
            }
        };
        let begun = match &self.answers {
            Answers::Ending => Some(own(Role::Output)?),
            _ => None,
        };
        Some(Question { prompt, answers, begun })
    }
}

/// Whether the answers of a pair differ where one is to be exchanged for the other.
fn differ(record: &Record<'_>) -> bool {
    let answer = |role| record.last_part(role);
    answer(Role::Output).zip(answer(Role::Rejected)).is_some_and(|(a, b)| a != b)
}

/// Whether a text has a word, in any case.
pub(crate) fn has_word(text: &str, word: &str) -> bool {
    let wanted = word.to_lowercase();
    let text = text.to_lowercase();
    text.match_indices(&wanted).any(|(at, _)| {
        let beside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        !beside(text[..at].chars().next_back()) && !beside(text[at + wanted.len()..].chars().next())
    })
}
