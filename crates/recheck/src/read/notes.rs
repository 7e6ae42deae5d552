//! What could not be used of a look.

use std::collections::BTreeMap;

/// Counts of what could not be used, by reason, each with the first place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    file: String,
    reasons: BTreeMap<String, (u64, String)>,
}

impl Notes {
    /// Notes on one file.
    pub fn of(file: &str) -> Notes {
        Notes { file: file.to_owned(), ..Notes::default() }
    }

    /// Counts something that cannot be used, and where it stands: a row, a line or an offset.
    pub fn refuse(&mut self, why: &str, at: u64) {
        let file = &self.file;
        let entry = self.reasons.entry(why.to_owned()).or_insert_with(|| (0, format!("{file}:{at}")));
        entry.0 += 1;
    }

    /// Counts several at once, whose place is known elsewhere.
    pub fn refuse_many(&mut self, why: &str, count: u64) {
        self.reasons.entry(why.to_owned()).or_default().0 += count;
    }

    /// Adds the notes on another file. The first place is that of the file that comes first by name.
    pub fn merge(&mut self, other: Notes) {
        for (why, (count, place)) in other.reasons {
            let entry = self.reasons.entry(why).or_insert_with(|| (0, place.clone()));
            entry.0 += count;
            if place < entry.1 {
                entry.1 = place;
            }
        }
    }

    /// How much could not be used.
    pub fn refused(&self) -> u64 {
        self.reasons.values().map(|(count, _)| count).sum()
    }

    /// Whether everything could be used.
    pub fn is_empty(&self) -> bool {
        self.reasons.is_empty()
    }

    /// One phrase for each reason.
    pub fn phrases(&self) -> Vec<String> {
        let phrase = |(why, (count, place)): (&String, &(u64, String))| match place.as_str() {
            "" => format!("{count} refused: {why}"),
            place => format!("{count} refused: {why} (first at {place})"),
        };
        self.reasons.iter().map(phrase).collect()
    }
}
