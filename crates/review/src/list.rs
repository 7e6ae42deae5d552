//! Which suspicious records to show.

use aho_corasick::AhoCorasick;
use serde::Deserialize;

use crate::decision::Call;
use crate::spool::Sections;

/// What records are to be shown, in the words of an address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// The number of the finding that names them; all if there is none.
    pub finding: Option<u32>,
    /// What was decided.
    pub state: State,
    /// Words that their texts have, all of them.
    pub text: String,
}

/// What was decided on a record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Anything or nothing.
    #[default]
    All,
    /// Nothing yet.
    Open,
    /// Anything.
    Decided,
    /// That it is poison.
    Poison,
    /// That it is fine.
    Fine,
    /// That the person cannot tell.
    Unsure,
}

impl State {
    /// Whether a record of which this was decided is to be shown.
    pub fn admits(self, call: Option<Call>) -> bool {
        match self {
            State::All => true,
            State::Open => call.is_none(),
            State::Decided => call.is_some(),
            State::Poison => call == Some(Call::Poison),
            State::Fine => call == Some(Call::Fine),
            State::Unsure => call == Some(Call::Unsure),
        }
    }
}

/// Looks for words, whatever the case of their ASCII letters.
pub struct Words(Vec<AhoCorasick>);

impl Words {
    /// The words of a query; `None` if it has none.
    pub fn new(query: &str) -> Option<Words> {
        let searcher = |word: &str| AhoCorasick::builder().ascii_case_insensitive(true).build([word]).ok();
        let words: Vec<AhoCorasick> = query.split_whitespace().take(16).filter_map(searcher).collect();
        (!words.is_empty()).then_some(Words(words))
    }

    /// Whether every word stands in some text of the record.
    pub fn all_in(&self, sections: Sections<'_>) -> bool {
        let has = |word: &AhoCorasick| {
            let mut sections = sections;
            sections.any(|(_, text)| word.is_match(text))
        };
        self.0.iter().all(has)
    }
}
