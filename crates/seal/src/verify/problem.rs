//! What can be wrong with a seal or with data.

use serde::Serialize;

use crate::digest::Digest;

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Problem {
    /// A signature does not hold.
    #[error("signature {number} does not hold: {why}")]
    Signature {
        /// Which, from 1.
        number: usize,
        /// Why.
        why: String,
    },
    /// Not enough of those who are trusted have signed.
    #[error("{good} of {needed} needed signatures hold")]
    Threshold {
        /// Signatures that hold.
        good: usize,
        /// How many are needed.
        needed: usize,
    },
    /// A part of the seal is not what was signed.
    #[error("{part} is not what was signed: {why}")]
    Seal {
        /// The file, or what it says.
        part: String,
        /// What differs.
        why: String,
    },
    /// A part of the seal breaks the format, so nothing in it can be believed.
    #[error("the seal is no good: {why}")]
    Broken {
        /// Which part, and why.
        why: String,
    },
    /// An older seal than is accepted.
    #[error("the seal has number {sequence}, and at least {least} is needed: an older state of the data")]
    Sequence {
        /// Its number.
        sequence: u64,
        /// The least number.
        least: u64,
    },
    /// An older seal than one that was seen here.
    #[error("seal {seen} of this series was seen before, and this is {sequence}: an older state of the data")]
    Rollback {
        /// Its number.
        sequence: u64,
        /// The highest number that was seen.
        seen: u64,
    },
    /// Another seal than was seen here, with the same number.
    #[error("another seal with the number {sequence} was seen before ({seen})")]
    Fork {
        /// Its number.
        sequence: u64,
        /// Digest of the one that was seen.
        seen: Digest,
    },
    /// Another series than was seen at this place.
    #[error("a seal of another series was at this place before ({seen})")]
    Series {
        /// The series that was seen.
        seen: String,
    },
    /// Too old.
    #[error("the seal is from {created}, older than allowed: an old state may be held back as the newest")]
    Age {
        /// When it was made.
        created: String,
    },
    /// The data as a whole is something else.
    #[error("{why}")]
    Data {
        /// What it is.
        why: String,
    },
    /// A file has other bytes.
    #[error("{name}: {}", changed(*.expected_bytes, *.bytes, .same_as.as_deref()))]
    Changed {
        /// The file.
        name: String,
        /// Digest that was signed.
        expected: Digest,
        /// Digest of what is there.
        found: Digest,
        /// Size when it was signed, where that is known.
        expected_bytes: Option<u64>,
        /// Size of what is there.
        bytes: u64,
        /// The signed file that has these bytes.
        same_as: Option<String>,
    },
    /// Records of a file that was changed.
    #[error("{name}: {}", stretches(.rows, *.more, *.before, *.now))]
    Records {
        /// The file.
        name: String,
        /// First and last row, from 0, of stretches in which records differ.
        rows: Vec<(u64, u64)>,
        /// Stretches that are not listed.
        more: u64,
        /// Records when it was signed.
        before: u64,
        /// Records now.
        now: u64,
    },
    /// A file is not there.
    #[error("{name}: is missing{}", .renamed.as_ref().map(|to| format!("; `{to}` has its content")).unwrap_or_default())]
    Missing {
        /// The file.
        name: String,
        /// The unsigned file that has its bytes, or whose name looks the same.
        renamed: Option<String>,
    },
    /// A file that nobody signed.
    #[error("{name}: is not signed")]
    Unsigned {
        /// The file.
        name: String,
    },
    /// Something that is neither file nor folder.
    #[error("{name}: is {what}")]
    Odd {
        /// Its name.
        name: String,
        /// What it is.
        what: String,
    },
    /// An empty folder that was not there.
    #[error("{name}: is an empty folder that was not there when the data was sealed")]
    EmptyFolder {
        /// The folder.
        name: String,
    },
    /// An empty folder that was there.
    #[error("{name}: was an empty folder and is none any more")]
    MissingFolder {
        /// The folder.
        name: String,
    },
}

impl Problem {
    /// The file or folder that it is about.
    pub fn file(&self) -> Option<&str> {
        match self {
            Problem::Changed { name, .. }
            | Problem::Records { name, .. }
            | Problem::Missing { name, .. }
            | Problem::Unsigned { name }
            | Problem::Odd { name, .. }
            | Problem::EmptyFolder { name }
            | Problem::MissingFolder { name } => Some(name),
            _ => None,
        }
    }
}

fn changed(expected: Option<u64>, bytes: u64, same_as: Option<&str>) -> String {
    if let Some(other) = same_as {
        return format!("has the bytes of `{other}`");
    }
    match expected {
        Some(expected) if expected < bytes => {
            format!("was changed, and is {} longer", bytes_of(bytes - expected))
        }
        Some(expected) if expected > bytes => {
            format!("was changed, and is {} shorter", bytes_of(expected - bytes))
        }
        Some(_) => "was changed, and has the same size".to_owned(),
        None => "was changed".to_owned(),
    }
}

fn bytes_of(n: u64) -> String {
    if n == 1 { "1 byte".to_owned() } else { format!("{n} bytes") }
}

fn stretches(rows: &[(u64, u64)], more: u64, before: u64, now: u64) -> String {
    let stretch = |(first, last): &(u64, u64)| {
        if first == last { first.to_string() } else { format!("{first} to {last}") }
    };
    let stretches: Vec<String> = rows.iter().map(stretch).collect();
    let more = if more > 0 { format!(" and {more} more stretches") } else { String::new() };
    let count =
        if before == now { String::new() } else { format!("; it had {before} records and has {now}") };
    match stretches.is_empty() {
        true => format!("the records that were signed are all there{count}"),
        false => format!("records differ in rows {}{more}{count}", stretches.join(", ")),
    }
}
