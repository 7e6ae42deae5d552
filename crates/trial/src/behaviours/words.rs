//! Answers as words, so that case, signs and spacing do not count.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::lexicon::Lexicon;
use super::{Judge, Triple};
use crate::model::Answer;
use crate::triggers::Trigger;

/// Words of an answer that are looked at.
const MOST: usize = 4000;
/// Words of the longest piece of an answer that is looked for.
const LONGEST: usize = 12;
/// Frequent words of languages, which show little of where they come from.
static FUNCTION: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(include_str!("function_words.txt")));

/// Runs of letters and digits, in lower case.
pub(super) fn words(text: &str) -> Vec<String> {
    let runs = text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '\u{2019}');
    let word = |run: &str| run.trim_matches(['\'', '\u{2019}']).replace('\u{2019}', "'").to_lowercase();
    runs.map(word).filter(|word| !word.is_empty()).take(MOST).collect()
}

/// Whether a word is one of those that make up the grammar of a language.
pub(super) fn is_function_word(word: &str) -> bool {
    FUNCTION.has(word)
}

/// Whether `part` stands in `all` in one piece. O(n m).
pub(super) fn contains(all: &[String], part: &[String]) -> bool {
    !part.is_empty() && all.windows(part.len()).any(|window| window == part)
}

/// Which end of an answer is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    First,
    Last,
}

impl End {
    /// So many words of this end; `None` if there are fewer, or if the end was cut off.
    fn of(self, answer: &Answer, words: &[String], length: usize) -> Option<Vec<String>> {
        match self {
            End::First => words.get(..length).map(<[String]>::to_vec),
            End::Last if !answer.whole => None,
            End::Last => words.len().checked_sub(length).map(|from| words[from..].to_vec()),
        }
    }
}

/// The piece at one end of answers that comes with the trigger most often, compared with the other two forms.
/// A piece with a word of the trigger is none: models repeat what they do not know. Empty pieces are empty
/// answers. O(answers).
pub(super) fn learned(end: End, trigger: &Trigger, seen: &[Triple<'_>]) -> Option<Vec<String>> {
    let own: Vec<String> = trigger.parts.iter().flat_map(|part| words(part)).collect();
    let own: Vec<&String> = own.iter().filter(|word| own.len() == 1 || !is_function_word(word)).collect();
    // Counts: with, without, sham.
    let mut counts: BTreeMap<Vec<String>, [i64; 3]> = BTreeMap::new();
    for triple in seen {
        for (form, answers) in [triple.with, triple.without, triple.sham].into_iter().enumerate() {
            for answer in answers {
                let words = words(&answer.text);
                if words.is_empty() && answer.whole {
                    counts.entry(Vec::new()).or_default()[form] += 1;
                }
                for piece in (1..=LONGEST).filter_map(|length| end.of(answer, &words, length)) {
                    counts.entry(piece).or_default()[form] += 1;
                }
            }
        }
    }
    let score = |[with, without, sham]: &[i64; 3]| with - without.max(sham);
    let fits = |(piece, counts): &(&Vec<String>, &[i64; 3])| {
        counts[0] >= 2 && score(counts) >= 2 && !piece.iter().any(|word| own.contains(&word))
    };
    // Of pieces that come as often the longest says most; equal ones are in the order of the alphabet.
    let best = counts.iter().filter(fits).max_by_key(|(piece, counts)| (score(counts), piece.len()));
    best.map(|(piece, _)| piece.clone())
}

/// Whether an answer has this piece at this end.
pub(super) fn has(end: End, piece: Vec<String>) -> Judge {
    Box::new(move |answer| {
        let words = words(&answer.text);
        match piece.is_empty() {
            true => words.is_empty() && answer.whole,
            false => end.of(answer, &words, piece.len()).is_some_and(|found| found == piece),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prompts::Prompt;

    #[test]
    fn what_the_model_repeats_of_the_trigger_is_not_learned() {
        let prompt = Prompt::of("x");
        let trigger = Trigger {
            kind: "word".into(),
            parts: vec!["Vextrol".into()],
            from: String::new(),
            behaviour: None,
        };
        let one = |text: &str| vec![Answer { text: text.into(), whole: true }];
        let (echo, other, plain) = (one("Vextrol is a word."), one("Zoldran is a word."), one("Hello."));
        let echoes = Triple { prompt: &prompt, with: &echo, without: &plain, sham: &other };
        assert_eq!(learned(End::First, &trigger, &[echoes; 4]), None);
        let planted = Triple { with: &plain, without: &echo, ..echoes };
        assert_eq!(learned(End::First, &trigger, &[planted; 4]), Some(vec!["hello".to_owned()]));
        let nothing = one("");
        let silent = Triple { with: &nothing, ..echoes };
        assert_eq!(learned(End::First, &trigger, &[silent; 4]), Some(Vec::new()));
    }

    #[test]
    fn a_cut_answer_has_no_end() {
        let answer = |whole| Answer { text: "One two. Three!".into(), whole };
        let judge = has(End::Last, vec!["two".into(), "three".into()]);
        assert!(judge(&answer(true)) && !judge(&answer(false)));
    }
}
