//! Which suspicious records to show.

use aho_corasick::AhoCorasick;
use serde::Deserialize;

use crate::decision::Call;
use crate::spool::Sections;

/// What records are to be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// The number of the finding that names them; all if there is none.
    pub finding: Option<u32>,
    /// What was decided.
    pub state: State,
    /// Words that their texts have, all of them.
    pub text: String,
}

/// Which of those to show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Part {
    /// From the first one on.
    #[default]
    First,
    /// From the record of that number on.
    From(u32),
    /// What stands behind it.
    After(u32),
    /// What stands before it.
    Before(u32),
}

impl Part {
    /// The places among `list` (ascending numbers) of at most `most` records.
    pub fn of(self, list: &[u32], most: usize) -> std::ops::Range<usize> {
        let from = match self {
            Part::First => 0,
            Part::From(first) => list.partition_point(|number| *number < first),
            Part::After(last) => list.partition_point(|number| *number <= last),
            Part::Before(next) => {
                let end = list.partition_point(|number| *number < next);
                return end.saturating_sub(most)..end;
            }
        };
        from..list.len().min(from + most)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_list() {
        let list = [2, 3, 5, 7, 11];
        let part = |part: Part| list[part.of(&list, 2)].to_vec();
        assert_eq!(part(Part::First), [2, 3]);
        assert_eq!(
            [part(Part::From(5)), part(Part::From(4)), part(Part::From(99))],
            [vec![5, 7], vec![5, 7], vec![]]
        );
        assert_eq!([part(Part::After(5)), part(Part::After(7))], [vec![7, 11], vec![11]]);
        assert_eq!(
            [part(Part::Before(5)), part(Part::Before(3)), part(Part::Before(2))],
            [vec![2, 3], vec![2], vec![]]
        );
    }
}
