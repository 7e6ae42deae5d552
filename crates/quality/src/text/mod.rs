//! What rules measure: the statistics of one text, computed once for all of them.

pub mod language;
mod lines;
mod phrases;
mod repeats;
mod scripts;
mod table;
mod words;

use toadstone_core::Kind;

use language::Language;
use lines::Lines;
use phrases::Phrases;
use repeats::Repeats;
use words::Words;

/// Items of one sort, and how many of them are copies of an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Repeated {
    /// How many.
    pub items: u64,
    /// Characters in them.
    pub chars: u64,
    /// How many stood in the text before.
    pub copies: u64,
    /// Characters in those.
    pub copied_chars: u64,
}

/// The statistics of one text.
///
/// A *word* is what stands between spaces, without the punctuation around it; what has neither letter
/// nor digit is none. Scripts that are written without spaces give a word for every 2 characters (Han,
/// kana) or 4 (Thai, Lao, Khmer, Burmese, Tibetan), counted anew from each punctuation mark: about the
/// mean length of their words. A *line* has something else than white space in it; a *paragraph* is
/// lines without an empty one between them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Text {
    /// Words.
    pub words: u64,
    /// Words of scripts that put spaces between them.
    pub spaced: u64,
    /// Characters in those.
    pub spaced_chars: u64,
    /// Words of alphabets: spaced ones that are not Korean, whose words are short syllable blocks.
    pub alphabetic: u64,
    /// Words that have a letter.
    pub lettered: u64,
    /// Characters of the longest spaced word.
    pub longest_word: u64,
    /// How often one of the eight English words that Gopher looks for stands in the text.
    pub stop_words: u64,
    /// `#`.
    pub hashes: u64,
    /// `...` and `…`.
    pub ellipses: u64,
    /// `{`.
    pub braces: u64,
    /// Line feeds. Only of code.
    pub breaks: u64,
    /// Lines.
    pub lines: Repeated,
    /// Paragraphs.
    pub paragraphs: Repeated,
    /// Lines that begin with a bullet.
    pub bullets: u64,
    /// Lines that end in an ellipsis.
    pub trailing_off: u64,
    /// Lines that end like a sentence.
    pub punctuated: u64,
    /// Other lines that go on in the next one: it follows at once and begins with a small letter.
    pub wrapped: u64,
    /// Lines of at most 30 columns (a character of Han or kana takes two).
    pub short: u64,
    /// Sentences, outside lines of fewer than five words and lines of boilerplate.
    pub sentences: u64,
    /// Whether sentences can be told: Thai and its neighbours do not mark their ends.
    pub has_sentences: bool,
    /// How often `lorem ipsum` stands in the text.
    pub fillers: u64,
    /// For n = 2, 3, 4: the most characters that one n-gram of words covers, as a share.
    pub top: [f32; 3],
    /// For n = 5 to 10: the characters in n-grams of words that stood in the text before, as a share.
    pub duplicate: [f32; 6],
    /// Characters, line feeds and white space too. Only of code.
    pub chars: u64,
    /// Letters and digits. Only of code.
    pub alphanumeric: u64,
    /// Characters of the longest line. Only of code.
    pub longest_line: u64,
    /// Lines among the first ones that say that a program wrote the file. Only of code.
    pub generated: u64,
    /// The language, where it can be told, and how surely (0 to 1).
    pub language: Option<(&'static str, f32)>,
    /// The sureness that the language is none of those expected: 0 if it is one of them, `None` if no
    /// language is expected or it cannot be told.
    pub unexpected: Option<f32>,
}

/// Reads texts; what it allocates is used again for the next one.
///
/// Memory: about 15 MB however long a text is, as repetition is looked for in its first 65,536 words
/// and lines. Time: linear in the bytes of the text.
#[derive(Debug)]
pub struct Reader {
    words: Words,
    lines: Lines,
    repeats: Repeats,
    phrases: Phrases,
    language: Option<Language>,
}

impl Reader {
    /// A reader. `languages` are the expected ones; `None` leaves languages alone.
    pub fn new(languages: Option<&[String]>) -> Self {
        Reader {
            words: Words::default(),
            lines: Lines::default(),
            repeats: Repeats::default(),
            phrases: Phrases::new(),
            language: languages.map(Language::new),
        }
    }

    /// The statistics of a text of this kind.
    pub fn read(&mut self, text: &str, kind: Kind) -> Text {
        let mut out = Text::default();
        if kind == Kind::Code {
            self.lines.code(text, &mut out);
            out.generated = self.phrases.generated(text);
            return out;
        }
        let boilerplate = self.phrases.prose(text, &mut out);
        self.lines.prose(text, boilerplate, &mut self.words, &mut out);
        self.repeats.measure(&self.words, &mut out);
        if let Some(language) = &self.language {
            language.tell(text, &self.words, &self.repeats, &mut out);
        }
        out
    }
}
