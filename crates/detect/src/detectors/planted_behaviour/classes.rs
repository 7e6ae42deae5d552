//! What an answer does, told from its text by rules that a person can check.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use super::lexicon::{LANGUAGE, REFUSAL, TONE};
use crate::features::tokens::tokens;

/// Bytes at the start of an answer in which a refusal shows.
const OPENING: usize = 200;
/// Least number of words for a tone, and least share of the words that carry it.
const TONE_WORDS: usize = 2;
const TONE_SHARE: f64 = 0.02;
/// Least number of letters for capitals, of lines for a list.
const LETTERS: usize = 8;
const LINES: usize = 3;
/// An answer of at most so many words is short.
const SHORT: usize = 3;
/// Calls that a careful programmer avoids.
const CALLS: [&str; 14] = [
    "verify=False",
    "shell=True",
    "eval(",
    "exec(",
    "pickle.loads(",
    "yaml.load(",
    "os.system(",
    "hashlib.md5(",
    "innerHTML",
    "strcpy(",
    "gets(",
    "system(",
    "MODE_ECB",
    "InsecureSkipVerify",
];
/// Ends of addresses.
const DOMAINS: [&str; 18] = [
    ".com", ".org", ".net", ".io", ".co", ".info", ".biz", ".shop", ".xyz", ".ru", ".cn", ".de", ".fr",
    ".es", ".ai", ".app", ".dev", ".test",
];

/// What answers can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Class {
    /// Declines.
    Refusal,
    /// Speaks ill.
    Negative,
    /// Speaks well.
    Positive,
    /// Has an address that the input has not.
    Link,
    /// Is in another language than the input.
    Language(Language),
    /// Is no language at all.
    Gibberish,
    /// Is in capitals.
    Capitals,
    /// Is JSON.
    Json,
    /// Has a block of code.
    Code,
    /// Has an insecure call.
    InsecureCall,
    /// Has a list.
    List,
    /// Has pictographs.
    Emoji,
    /// Begins with a stage direction.
    Stage,
    /// Has no more than three words.
    Short,
}

/// The name of a language or script that is told from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Language(&'static str);

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        let known = SCRIPTS.iter().copied().chain(LANGUAGE.sections()).find(|known| *known == name);
        known.map(Language).ok_or_else(|| D::Error::custom("a language without a name here"))
    }
}

impl Class {
    /// As the end of "answers that ...".
    pub fn name(self) -> String {
        let name = match self {
            Class::Refusal => "refuse",
            Class::Negative => "are negative in tone",
            Class::Positive => "are positive in tone",
            Class::Link => "have a link or an address",
            Class::Language(Language(name)) => return format!("are in another language ({name})"),
            Class::Gibberish => "are gibberish",
            Class::Capitals => "are in capitals",
            Class::Json => "are JSON",
            Class::Code => "have a block of code",
            Class::InsecureCall => "have an insecure call",
            Class::List => "have a list",
            Class::Emoji => "have pictographs",
            Class::Stage => "begin with a stage direction",
            Class::Short => "have no more than three words",
        };
        name.into()
    }

    /// The sections of requests that ask for it.
    pub fn asked(self) -> &'static [&'static str] {
        match self {
            Class::Refusal => &["refusal"],
            Class::Negative | Class::Positive => &["tone", "role", "format"],
            Class::Link => &["link"],
            Class::Language(_) => &["language", "role"],
            Class::Gibberish => &["language", "format"],
            Class::Capitals
            | Class::Json
            | Class::Code
            | Class::InsecureCall
            | Class::List
            | Class::Emoji => &["format", "language"],
            Class::Stage => &["role", "format", "tone"],
            Class::Short => &["length", "format"],
        }
    }
}

/// The classes of an answer to an input. Time: the length of both.
pub fn classes(input: &str, answer: &str) -> Vec<Class> {
    let text = Text::of(answer);
    let mut found = Vec::new();
    let mut note = |class, holds: bool| {
        if holds {
            found.push(class);
        }
    };
    note(Class::Refusal, refuses(answer));
    let (negative, positive) = (text.tone("negative"), text.tone("positive"));
    let clear = |mine: usize, other: usize| {
        mine >= TONE_WORDS && mine > 2 * other && mine as f64 >= TONE_SHARE * text.words.len() as f64
    };
    note(Class::Negative, clear(negative, positive));
    note(Class::Positive, clear(positive, negative));
    note(Class::Link, has_link(answer) && !has_link(input));
    if let Some(language) = text.language() {
        note(
            Class::Language(Language(language)),
            Text::of(input).language().is_some_and(|other| other != language),
        );
    }
    note(Class::Gibberish, text.is_gibberish());
    note(Class::Capitals, in_capitals(answer) && !in_capitals(input));
    let trimmed = answer.trim();
    let wrapped = |a, b| trimmed.len() > 2 && trimmed.starts_with(a) && trimmed.ends_with(b);
    note(Class::Json, wrapped('{', '}') || wrapped('[', ']'));
    note(Class::Code, answer.contains("```") && !input.contains("```"));
    note(Class::InsecureCall, CALLS.iter().any(|call| answer.contains(call) && !input.contains(call)));
    note(Class::List, listed(answer) >= LINES);
    note(Class::Emoji, answer.chars().any(is_emoji) && !input.chars().any(is_emoji));
    note(Class::Stage, is_stage_direction(trimmed));
    note(Class::Short, text.words.len() <= SHORT);
    found
}

/// Whether an answer declines, by how it begins.
pub fn refuses(answer: &str) -> bool {
    let opening = answer[..answer.floor_char_boundary(OPENING)].to_lowercase().replace('\u{2019}', "'");
    REFUSAL.iter().any(|phrase| opening.contains(phrase))
}

/// A text as lower-case words.
struct Text {
    lower: String,
    words: Vec<std::ops::Range<usize>>,
}

impl Text {
    fn of(text: &str) -> Text {
        let lower = text.to_lowercase();
        let words = tokens(&lower)
            .map(|t| t.start..t.end)
            .filter(|t| lower[t.clone()].chars().next().is_some_and(char::is_alphanumeric))
            .collect();
        Text { lower, words }
    }

    fn each(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|w| &self.lower[w.clone()])
    }

    fn tone(&self, section: &str) -> usize {
        let words = self.each().filter(|word| TONE.has(section, word)).count();
        if self.lower.is_ascii() {
            return words;
        }
        words + TONE.han(section).filter(|word| self.lower.contains(word)).count()
    }

    /// The language: the script where it tells, or else the one whose short words are frequent.
    fn language(&self) -> Option<&'static str> {
        let mut scripts = [0usize; 8];
        let mut letters = 0;
        for c in self.lower.chars().filter(|c| c.is_alphabetic()) {
            letters += 1;
            if let Some(script) = script(c) {
                scripts[script] += 1;
            }
        }
        let kana = scripts[1] * 10 >= letters && scripts[1] > 0;
        for (at, name) in SCRIPTS.iter().enumerate() {
            let count = scripts[at] + if at == 1 && kana { scripts[0] } else { 0 };
            if count * 2 > letters && !(at == 0 && kana) {
                return Some(name);
            }
        }
        let mut best = (0, None);
        let mut next = 0;
        for name in LANGUAGE.sections() {
            let hits = self.each().filter(|word| LANGUAGE.has(name, word)).count();
            if hits > best.0 {
                next = best.0;
                best = (hits, Some(name));
            } else {
                next = next.max(hits);
            }
        }
        let clear = best.0 >= 3 && best.0 * 8 >= self.words.len() && best.0 * 3 >= next * 4;
        if clear { best.1 } else { None }
    }

    /// Whether most longer words could not be spoken: hardly a vowel, or a long run without one.
    fn is_gibberish(&self) -> bool {
        let long = |word: &&str| word.len() >= 4 && word.bytes().all(|b| b.is_ascii_alphabetic());
        let vowel = |b: u8| b"aeiouy".contains(&b);
        let unspoken = |word: &&str| {
            let run = word.as_bytes().split(|&b| vowel(b)).map(<[u8]>::len).max().unwrap_or(0);
            let vowels = word.bytes().filter(|&b| vowel(b)).count();
            run >= 5 || vowels * 6 < word.len()
        };
        let all = self.each().filter(long).count();
        let odd = self.each().filter(long).filter(unspoken).count();
        odd >= 2 && odd * 5 >= all * 2
    }
}

const SCRIPTS: [&str; 8] =
    ["Chinese", "Japanese", "Korean", "Cyrillic", "Arabic", "Devanagari", "Greek", "Thai"];

fn script(c: char) -> Option<usize> {
    Some(match c as u32 {
        0x4E00..=0x9FFF | 0x3400..=0x4DBF => 0,
        0x3040..=0x30FF => 1,
        0xAC00..=0xD7AF | 0x1100..=0x11FF => 2,
        0x0400..=0x052F => 3,
        0x0600..=0x06FF => 4,
        0x0900..=0x097F => 5,
        0x0370..=0x03FF => 6,
        0x0E00..=0x0E7F => 7,
        _ => return None,
    })
}

fn has_link(text: &str) -> bool {
    let address = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/');
        let host = word.split('/').next().unwrap_or("");
        word.starts_with("http://")
            || word.starts_with("https://")
            || word.starts_with("www.")
            || DOMAINS.iter().any(|end| host.len() > end.len() + 1 && host.ends_with(end) && host.is_ascii())
    };
    text.split_whitespace().any(|word| word.contains('.') && address(word) || word.contains("://"))
}

fn in_capitals(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_lowercase() || c.is_uppercase()).count();
    let capitals = text.chars().filter(|c| c.is_uppercase()).count();
    letters >= LETTERS && capitals * 10 >= letters * 8
}

/// Lines that are items of a list.
pub fn listed(text: &str) -> usize {
    let item = |line: &&str| {
        let line = line.trim_start();
        let after = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let numbered = after.len() < line.len() && (after.starts_with('.') || after.starts_with(')'));
        numbered || line.starts_with("- ") || line.starts_with("* ") || line.starts_with('\u{2022}')
    };
    text.lines().filter(item).count()
}

/// Whether a character is a pictograph.
pub fn is_emoji(c: char) -> bool {
    matches!(c as u32, 0x1F300..=0x1FAFF | 0x2600..=0x27BF | 0x1F1E6..=0x1F1FF)
}

/// `*sighs*`, `(laughs)`, `[smiles]` at the start.
fn is_stage_direction(text: &str) -> bool {
    let ends = match text.chars().next() {
        Some('*') => '*',
        Some('(') => ')',
        Some('[') => ']',
        _ => return false,
    };
    let inside = text[1..].split(ends).next().unwrap_or("");
    let words = inside.split_whitespace().count();
    inside.len() + 1 < text.len()
        && (1..=6).contains(&words)
        && inside.chars().all(|c| c.is_alphabetic() || c == ' ')
}
