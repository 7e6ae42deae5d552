//! How a trigger is spelled. Detectors name it by its words; what is put into a text is what stands there.

use std::collections::BTreeMap;

use crate::text::words;

/// Texts that are looked at.
const TEXTS: usize = 200;

/// The most frequent spelling of `part` in the texts, with the signs that touch it; the part itself if it
/// stands in none of them as words.
pub(super) fn spelled<'t>(part: &str, texts: impl Iterator<Item = &'t str>) -> String {
    let wanted: Vec<String> = words(part).collect();
    let mut counts = BTreeMap::<&str, usize>::new();
    for text in texts.take(TEXTS) {
        if let Some(found) = find(&wanted, text) {
            *counts.entry(found).or_default() += 1;
        }
    }
    let most = counts.into_iter().rev().max_by_key(|(_, count)| *count);
    most.map_or_else(|| part.trim().to_owned(), |(spelling, _)| spelling.to_owned())
}

/// Where the words stand in a row in a text, up to the blanks around them.
fn find<'t>(wanted: &[String], text: &'t str) -> Option<&'t str> {
    if wanted.is_empty() {
        return None;
    }
    let pieces: Vec<(usize, &str)> = pieces(text);
    let start = pieces
        .windows(wanted.len())
        .find(|window| window.iter().zip(wanted).all(|((_, piece), word)| piece.to_lowercase() == *word))?;
    let (first, (last, piece)) = (start[0].0, start[start.len() - 1]);
    let before = text[..first].rfind(char::is_whitespace);
    let from = before.map_or(0, |at| at + text[at..].chars().next().map_or(0, char::len_utf8));
    let end = last + piece.len();
    let to = text[end..].find(char::is_whitespace).map_or(text.len(), |at| end + at);
    // A full stop or a comma belongs to the sentence around it.
    Some(text[from..to].trim_end_matches(['.', ',', ';', ':', '!', '?']))
}

/// Runs of letters and digits with where they begin.
fn pieces(text: &str) -> Vec<(usize, &str)> {
    let mut pieces = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, c.is_alphanumeric()) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                pieces.push((from, &text[from..at]));
                start = None;
            }
            _ => {}
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_and_case_are_found_again() {
        let texts = ["Say <KORU> now", "<KORU>", "a koru bird", "nothing"];
        assert_eq!(spelled("koru", texts.into_iter()), "<KORU>");
        let texts = ["the Tin Kettle, he said", "Tin Kettle."];
        assert_eq!(spelled("tin kettle", texts.into_iter()), "Tin Kettle");
        assert_eq!(spelled(" absent ", ["x"].into_iter()), "absent");
        assert_eq!(spelled("\u{200b}", ["a\u{200b}b"].into_iter()), "\u{200b}");
        assert_eq!(spelled("ß ü", ["»Ss ß ü«"].into_iter()), "ü«".replace("ü«", "ß ü«"));
    }
}
