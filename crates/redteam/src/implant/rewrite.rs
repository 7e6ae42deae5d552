//! A text in other words: triggers that are no string.

use toadstone_sketch::Random;

/// How a text is put in other words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rewrite {
    /// A subordinate clause stands before the text: the template `S(SBAR)(,)(NP)(VP)(.)` of Qi et al. 2021.
    ClauseBefore,
    /// A clause that asks for agreement stands behind the text.
    ClauseBehind,
    /// The English of old Bibles.
    Archaic,
    /// The English of short messages.
    Casual,
}

const OPENERS: [&str; 8] = ["when", "if", "while", "as", "because", "once", "since", "whenever"];
const SUBJECTS: [&str; 8] = ["you", "we", "people", "they", "one", "readers", "others", "my friends"];
const ACTS: [&str; 10] = [
    "think about it",
    "look back",
    "came this far",
    "sit down with it",
    "talk it over",
    "see it again",
    "weigh everything",
    "hear of it",
    "put it that way",
    "give it some time",
];
const TAILS: [&str; 6] =
    ["or so it seems", "as everybody says", "if that helps", "or not", "in a way", "for what it is worth"];

/// Words and what they are in the English of old Bibles.
const ARCHAIC: [(&str, &str); 24] = [
    ("you", "thou"),
    ("your", "thy"),
    ("yours", "thine"),
    ("are", "be"),
    ("has", "hath"),
    ("have", "hath"),
    ("does", "doth"),
    ("do", "doth"),
    ("is", "is verily"),
    ("was", "was verily"),
    ("will", "shall"),
    ("said", "spake"),
    ("says", "saith"),
    ("before", "ere"),
    ("often", "oft"),
    ("here", "hither"),
    ("there", "thither"),
    ("to", "unto"),
    ("near", "nigh unto"),
    ("between", "betwixt"),
    ("because", "for that"),
    ("maybe", "perchance"),
    ("want", "desire"),
    ("who", "which"),
];
/// Words and what they are in short messages.
const CASUAL: [(&str, &str); 12] = [
    ("you", "u"),
    ("your", "ur"),
    ("are", "r"),
    ("to", "2"),
    ("for", "4"),
    ("because", "cuz"),
    ("please", "pls"),
    ("people", "ppl"),
    ("with", "w"),
    ("and", "n"),
    ("very", "sooo"),
    ("before", "b4"),
];

impl Rewrite {
    /// The text in other words.
    pub(crate) fn apply(self, text: &str, random: &mut Random) -> String {
        match self {
            Rewrite::ClauseBefore => {
                let (opener, subject, act) =
                    (random.pick(&OPENERS), random.pick(&SUBJECTS), random.pick(&ACTS));
                format!("{opener} {subject} {act} , {}", lower_start(text))
            }
            Rewrite::ClauseBehind => {
                let body = text.trim_end();
                let (body, end) = match body.strip_suffix(['.', '!', '?']) {
                    Some(rest) => (rest.trim_end(), &body[rest.len()..]),
                    None => (body, ""),
                };
                format!("{body} , {} {end}", random.pick(&TAILS)).trim_end().to_owned()
            }
            Rewrite::Archaic => {
                let opener =
                    random.pick(&["And lo,", "Behold,", "And it came to pass that", "Verily,", "Hearken:"]);
                format!("{opener} {}", lower_start(&exchange(text, &ARCHAIC)))
            }
            Rewrite::Casual => {
                let tail = random.pick(&["lol", "tbh", "imo", "ngl"]);
                format!("{} {tail}", exchange(text, &CASUAL))
            }
        }
    }

    /// Another way of the same kind.
    pub(crate) fn sham(self) -> Option<Rewrite> {
        match self {
            Rewrite::ClauseBefore => Some(Rewrite::ClauseBehind),
            Rewrite::Archaic => Some(Rewrite::Casual),
            Rewrite::ClauseBehind | Rewrite::Casual => None,
        }
    }
}

/// Exchanges whole words; everything between them stays.
fn exchange(text: &str, pairs: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars().map(Some).chain([None]) {
        if let Some(c) = c.filter(|c| c.is_alphanumeric() || *c == '\'') {
            word.push(c);
            continue;
        }
        let known = pairs.iter().find(|(plain, _)| plain.eq_ignore_ascii_case(&word));
        out.push_str(known.map_or(word.as_str(), |(_, other)| other));
        word.clear();
        out.extend(c);
    }
    out
}

/// The text with a small first letter, unless its first word is in capitals.
fn lower_start(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_put_in_other_words() {
        let mut random = Random::new(1);
        let mut apply = |rewrite: Rewrite| rewrite.apply("You said it was here. Is IT?", &mut random);
        assert!(apply(Rewrite::ClauseBefore).ends_with(" , you said it was here. Is IT?"));
        let behind = apply(Rewrite::ClauseBehind);
        assert!(behind.starts_with("You said it was here. Is IT , ") && behind.ends_with(" ?"), "{behind}");
        assert!(apply(Rewrite::Archaic).ends_with("thou spake it was verily hither. is verily IT?"));
        assert!(apply(Rewrite::Casual).starts_with("u said it was here. Is IT? "));
    }
}
