//! The statistics against a plain, slow reading of their definitions.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;
use toadstone_core::Kind;
use toadstone_quality::{Reader, Repeated, Text};

/// Words that meet often, in many scripts, with punctuation on all sides.
const TOKENS: [&str; 24] = [
    "the",
    "and",
    "a",
    "of",
    "river",
    "\"quoted\"",
    "end.",
    "3.14",
    "-",
    "...",
    "#tag",
    "…",
    "héron",
    "река",
    "漢字",
    "漢字です",
    "。",
    "สวัสดี",
    "한국어",
    "नमस्ते",
    "x漢y",
    "{",
    "I",
    "(no)",
];
const SPACES: [&str; 6] = [" ", " ", " ", "\n", "\n\n", ""];

fn texts() -> impl Strategy<Value = String> {
    let piece = (prop::sample::select(&TOKENS[..]), prop::sample::select(&SPACES[..]));
    // Small vocabularies give repeated phrases of every length.
    let small = (prop::sample::select(&TOKENS[..4]), Just(" "));
    let of = |pieces: Vec<(&str, &str)>| pieces.iter().flat_map(|(a, b)| [*a, *b]).collect::<String>();
    prop_oneof![
        prop::collection::vec(piece, 0..120).prop_map(of),
        prop::collection::vec(small, 0..120).prop_map(of),
    ]
}

/// 0 breaks words; 2 and 4 are scripts without spaces; 1 is everything else.
fn sort(c: char) -> usize {
    match c {
        '。' => 0,
        'ก'..='๙' => 4,
        'ぁ'..='ん' | '一'..='龥' => 2,
        c if c.is_whitespace() => 0,
        _ => 1,
    }
}

/// Words, and whether they are written with spaces.
fn words(text: &str) -> Vec<(String, bool)> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    for run in chars.chunk_by(|a, b| sort(*a) == sort(*b)) {
        match sort(run[0]) {
            0 => {}
            1 => {
                let run: String = run.iter().collect();
                let word = run.trim_matches(|c: char| !c.is_alphanumeric());
                out.extend((!word.is_empty()).then(|| (word.to_owned(), true)));
            }
            size => out.extend(run.chunks(size).map(|piece| (piece.iter().collect(), false))),
        }
    }
    out
}

fn repeated(items: &[&str]) -> Repeated {
    let mut seen = HashSet::new();
    let mut out = Repeated::default();
    for item in items {
        let chars = item.chars().count() as u64;
        out.items += 1;
        out.chars += chars;
        if !seen.insert(*item) {
            out.copies += 1;
            out.copied_chars += chars;
        }
    }
    out
}

/// The most characters that one n-gram covers, and the characters in those that stood before.
fn grams(words: &[String], n: usize) -> (f32, f32) {
    let length = |words: &[String]| words.iter().map(|w| w.chars().count()).sum::<usize>();
    let total = length(words).max(1) as f64;
    let mut at: HashMap<&[String], Vec<usize>> = HashMap::new();
    let mut copied = vec![false; words.len()];
    for (start, gram) in words.windows(n).enumerate() {
        let before = at.entry(gram).or_default();
        if !before.is_empty() {
            copied[start..start + n].fill(true);
        }
        before.push(start);
    }
    let top = at.iter().map(|(gram, places)| {
        let mut apart = vec![places[0]];
        for place in places {
            if *place >= apart[apart.len() - 1] + n {
                apart.push(*place);
            }
        }
        if apart.len() > 1 { apart.len() * length(gram) } else { 0 }
    });
    let duplicate: usize =
        words.iter().zip(&copied).filter(|(_, c)| **c).map(|(w, _)| w.chars().count()).sum();
    ((top.max().unwrap_or(0) as f64 / total) as f32, (duplicate as f64 / total) as f32)
}

fn check(text: &str, read: &Text) -> Result<(), TestCaseError> {
    let words = words(text);
    let spaced: Vec<&String> = words.iter().filter(|(_, spaced)| *spaced).map(|(word, _)| word).collect();
    let count = |of: &dyn Fn(&String) -> bool| words.iter().filter(|(word, _)| of(word)).count() as u64;
    prop_assert_eq!(read.words, words.len() as u64);
    prop_assert_eq!(read.spaced, spaced.len() as u64);
    prop_assert_eq!(read.spaced_chars, spaced.iter().map(|w| w.chars().count() as u64).sum::<u64>());
    prop_assert_eq!(read.longest_word, spaced.iter().map(|w| w.chars().count() as u64).max().unwrap_or(0));
    prop_assert_eq!(read.lettered, count(&|word| word.chars().any(char::is_alphabetic)));
    prop_assert_eq!(read.hashes, text.matches('#').count() as u64);
    prop_assert_eq!(read.braces, text.matches('{').count() as u64);
    prop_assert_eq!(read.ellipses, (text.matches("...").count() + text.matches('…').count()) as u64);
    let stop = ["the", "be", "to", "of", "and", "that", "have", "with"];
    prop_assert_eq!(read.stop_words, count(&|word| stop.contains(&word.as_str())));

    let lines: Vec<&str> = text.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect();
    prop_assert_eq!(read.lines, repeated(&lines));
    let ends = |line: &&&str| line.ends_with("...") || line.ends_with('…');
    prop_assert_eq!(read.trailing_off, lines.iter().filter(ends).count() as u64);
    let bullet = |line: &&&str| line.starts_with("- ") || **line == "-";
    prop_assert_eq!(read.bullets, lines.iter().filter(bullet).count() as u64);
    let all: Vec<&str> = text.split('\n').map(str::trim).collect();
    let paragraphs: Vec<String> =
        all.split(|line| line.is_empty()).map(|lines| lines.join("\n")).filter(|p| !p.is_empty()).collect();
    let paragraphs: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
    let expected = repeated(&paragraphs);
    prop_assert_eq!((read.paragraphs.items, read.paragraphs.copies), (expected.items, expected.copies));

    let words: Vec<String> = words.into_iter().map(|(word, _)| word).collect();
    for n in 2..=10 {
        let (top, duplicate) = grams(&words, n);
        match n {
            2..=4 => prop_assert_eq!(read.top[n - 2], top, "top {}", n),
            _ => prop_assert_eq!(read.duplicate[n - 5], duplicate, "duplicate {}", n),
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    /// One reader for two texts: nothing of the first may be left.
    #[test]
    fn every_statistic_is_what_its_definition_says(first in texts(), second in texts()) {
        let mut reader = Reader::new(Some(&[]));
        check(&first, &reader.read(&first, Kind::Document))?;
        check(&second, &reader.read(&second, Kind::Document))?;
    }

    #[test]
    fn no_text_is_too_strange(text in any::<String>()) {
        let mut reader = Reader::new(Some(&[]));
        for kind in [Kind::Document, Kind::Code] {
            let read = reader.read(&text, kind);
            let shares = read.top.iter().chain(&read.duplicate);
            prop_assert!(shares.copied().all(|share| (0.0..=1.0).contains(&share)));
            prop_assert!(read.wrapped <= read.lines.items && read.punctuated <= read.lines.items);
        }
    }
}

fn read(text: &str) -> Text {
    Reader::new(Some(&[])).read(text, Kind::Document)
}

#[test]
fn sentences_by_hand() {
    let sentences = |text: &str| read(text).sentences;
    assert_eq!(sentences("This one has five words. And so does this one!\nMenu\nHome page"), 2);
    assert_eq!(sentences("A line without a mark counts as one\n\nHe asked: \"Is that all there is?\""), 2);
    assert_eq!(sentences("We use cookies to make this site better. Accept all of them now."), 0);
    assert_eq!(sentences("Please enable JavaScript to see this page. Five words are in here."), 0);
    assert_eq!(sentences("今天天气很好。我们去公园散步。你也来吗？"), 3);
    assert_eq!(sentences("यह एक छोटा वाक्य है। यह दूसरा वाक्य है।"), 2);
    assert_eq!(
        sentences("It costs 3.50 in the shop e.g. today. Not more."),
        3,
        "an abbreviation counts as an end"
    );
    assert!(!read("สวัสดีครับวันนี้อากาศดีมาก").has_sentences);
}

#[test]
fn lines_by_hand() {
    let hard_wrapped =
        read("The heron stood in the\nshallow water and\nwaited. Nothing moved, and\nMaria did not.\n");
    assert_eq!((hard_wrapped.lines.items, hard_wrapped.wrapped, hard_wrapped.punctuated), (4, 2, 1));
    let after_a_gap = read("Contents\n\nindex");
    assert_eq!((after_a_gap.wrapped, after_a_gap.short), (0, 2));
    assert_eq!(read("He said \"yes.\"\nShe (no!)\nThat is \"it\"\nMenu").punctuated, 3);
    assert_eq!(read("漢字漢字漢字漢字漢字漢字漢字漢字").short, 0, "16 characters of two columns");
    assert_eq!(read("• one\n- two\n* three\n-4 degrees\n").bullets, 3);
}

#[test]
fn code_by_hand() {
    let read = |text: &str| Reader::new(None).read(text, Kind::Code);
    let code = read("// Code generated by tool. DO NOT EDIT.\nlet x = 1;\n");
    assert_eq!((code.generated, code.longest_line, code.lines.items, code.chars), (1, 39, 3, 51));
    assert_eq!(code.alphanumeric, 28 + 5);
    assert_eq!(read("a\nb\nc\nd\ne\n# AUTO-GENERATED\n").generated, 0, "only the first five lines count");
}

#[test]
fn languages_by_hand() {
    let told = |text: &str| read(text).language.map(|(code, _)| code);
    let german = "Der Reiher stand im flachen Wasser und wartete, bis die Sonne hinter den Hügeln verschwunden war. \
        Niemand bemerkte ihn, und er bewegte sich nicht.";
    assert_eq!(told(german), Some("deu"));
    assert_eq!(told("The heron waited in the shallow water, and nobody noticed that it did."), Some("eng"));
    assert_eq!(told("Too short."), None);
    assert_eq!(told(&"x[i] = (y[j] + 3) * {z};\n".repeat(20)), None, "code is in no language");
    let unexpected = |languages: &[&str]| {
        let languages: Vec<String> = languages.iter().map(|l| (*l).to_owned()).collect();
        Reader::new(Some(&languages)).read(german, Kind::Document).unexpected
    };
    assert_eq!((unexpected(&[]), unexpected(&["eng", "deu"])), (None, Some(0.0)));
    assert!(unexpected(&["eng"]).unwrap() > 0.9);
}
