//! One decision, and the line that it is kept as.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// Version of the lines. It grows when a field changes its meaning or goes away.
const SCHEMA: u32 = 1;
/// Characters of a note.
pub const LONGEST_NOTE: usize = 2000;
/// Characters of a person's name, a finding's id or a time.
const LONGEST_NAME: usize = 200;
/// Characters of the name of a file.
const LONGEST_FILE: usize = 4096;
/// Bytes of a line: all of these with every character as an escape of twelve bytes.
const LONGEST_LINE: usize = 128 << 10;

/// What a person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Call {
    /// It was planted: set it aside.
    Poison,
    /// It is fine: let it stay.
    Fine,
    /// The person looked and cannot tell.
    Unsure,
    /// An earlier decision does not hold any more.
    Withdrawn,
}

impl Call {
    /// The name in files and on the page.
    pub fn name(self) -> &'static str {
        match self {
            Call::Poison => "poison",
            Call::Fine => "fine",
            Call::Unsure => "unsure",
            Call::Withdrawn => "withdrawn",
        }
    }

    /// The call of that name.
    pub fn named(name: &str) -> Option<Call> {
        [Call::Poison, Call::Fine, Call::Unsure, Call::Withdrawn].into_iter().find(|call| call.name() == name)
    }
}

/// What is decided on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// All records of a finding, by its id.
    Finding(String),
    /// A record, by its file as in the run's list of inputs, and its row.
    Record(String, u64),
}

/// What somebody said of a record or a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// When, as `YYYY-MM-DDTHH:MM:SSZ`.
    pub at: String,
    /// Who (hostile text, as it may come from elsewhere).
    pub who: String,
    /// What.
    pub call: Call,
    /// Of what.
    pub subject: Subject,
    /// The finding under which a record was looked at, where there was one.
    pub under: Option<String>,
    /// The content that the person saw: [`crate::content_digest`], or [`crate::members_digest`].
    pub digest: Digest,
    /// Of a finding: how many records it had.
    pub records: Option<u64>,
    /// Why (hostile text); may be empty.
    pub note: String,
}

/// A line that is no decision.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct Fault {
    /// The line, counted from 1.
    pub line: u64,
    /// What is wrong with it (hostile text).
    pub why: String,
}

#[derive(Serialize, Deserialize)]
struct Line {
    schema: u32,
    at: String,
    who: String,
    decision: Call,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    row: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    finding: Option<String>,
    digest: Digest,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    records: Option<u64>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    note: String,
}

impl Decision {
    /// Reads a line.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_line(line: &[u8]) -> Result<Decision, String> {
        if line.len() > LONGEST_LINE {
            return Err(format!("longer than {LONGEST_LINE} bytes"));
        }
        let line: Line = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        if line.schema != SCHEMA {
            return Err(format!("schema {} was written by another version of toadstone", line.schema));
        }
        let (subject, under) = match (line.file, line.row, line.finding) {
            (Some(file), Some(row), under) => (Subject::Record(file, row), under),
            (None, None, Some(finding)) => (Subject::Finding(finding), None),
            _ => return Err("it names neither a record (file and row) nor a finding".to_owned()),
        };
        let decision = Decision {
            at: line.at,
            who: line.who,
            call: line.decision,
            subject,
            under,
            digest: line.digest,
            records: line.records,
            note: line.note,
        };
        decision.check()?;
        Ok(decision)
    }

    /// The line, with a line feed at its end and none before.
    pub fn to_line(&self) -> Vec<u8> {
        let (file, row, finding) = match &self.subject {
            Subject::Record(file, row) => (Some(file.clone()), Some(*row), self.under.clone()),
            Subject::Finding(id) => (None, None, Some(id.clone())),
        };
        let line = Line {
            schema: SCHEMA,
            at: self.at.clone(),
            who: self.who.clone(),
            decision: self.call,
            file,
            row,
            finding,
            digest: self.digest,
            records: self.records,
            note: self.note.clone(),
        };
        toadstone_report::json::line(&line)
    }

    /// Whether the texts have a length that a line can keep.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), String> {
        if self.who.trim().is_empty() {
            return Err("it does not say who decided".to_owned());
        }
        let (file, id) = match &self.subject {
            Subject::Record(file, _) => (file.as_str(), self.under.as_deref().unwrap_or_default()),
            Subject::Finding(id) => ("", id.as_str()),
        };
        if [&self.who, &self.at, id].into_iter().any(|text| text.chars().count() > LONGEST_NAME) {
            return Err(format!("a name, a time or an id has at most {LONGEST_NAME} characters"));
        }
        if file.chars().count() > LONGEST_FILE {
            return Err(format!("the name of a file has at most {LONGEST_FILE} characters"));
        }
        if self.note.chars().count() > LONGEST_NOTE {
            return Err(format!("a note has at most {LONGEST_NOTE} characters"));
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn any_decision() -> impl Strategy<Value = Decision> {
        let call =
            prop_oneof![Just(Call::Poison), Just(Call::Fine), Just(Call::Unsure), Just(Call::Withdrawn)];
        let subject = prop_oneof![
            any::<String>().prop_map(Subject::Finding),
            (any::<String>(), any::<u64>()).prop_map(|(file, row)| Subject::Record(file, row)),
        ];
        let digest = any::<[u8; 32]>().prop_map(|b| b.map(|b| format!("{b:02x}")).concat().parse().unwrap());
        (
            any::<String>(),
            "\\PC*[a-z]",
            call,
            subject,
            any::<Option<String>>(),
            digest,
            any::<String>(),
            any::<Option<u64>>(),
        )
            .prop_map(|(at, who, call, subject, under, digest, note, records)| {
                let under = under.filter(|_| matches!(subject, Subject::Record(..)));
                Decision { at, who, call, subject, under, digest, records, note }
            })
    }

    proptest! {
        #[test]
        fn lines_read_back_and_are_one_inert_line(decision in any_decision()) {
            let line = decision.to_line();
            prop_assert_eq!(line.iter().filter(|b| **b == b'\n').count(), 1);
            let text = std::str::from_utf8(&line).unwrap().trim_end_matches('\n').to_owned();
            prop_assert_eq!(toadstone_core::visible(&text), text);
            prop_assert_eq!(Decision::from_line(&line), Ok(decision));
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let digest = "0".repeat(64);
        let line = |rest: &str| {
            let line =
                format!(r#"{{"schema":1,"at":"","who":"a","decision":"fine","digest":"{digest}"{rest}}}"#);
            Decision::from_line(line.as_bytes()).map_err(|why| why.split(',').next().unwrap().to_owned())
        };
        assert!(line(r#","finding":"x-1""#).is_ok());
        assert!(line(r#","file":"x","row":1,"later":"field""#).is_ok());
        for wrong in ["", r#","file":"x""#, r#","row":1,"finding":"x""#] {
            assert!(line(wrong).unwrap_err().contains("neither"), "{wrong}");
        }
        assert!(Decision::from_line(b"{\"schema\":1,\"at").is_err());
        assert!(Decision::from_line(&vec![b' '; LONGEST_LINE + 1]).unwrap_err().contains("longer"));
    }
}
