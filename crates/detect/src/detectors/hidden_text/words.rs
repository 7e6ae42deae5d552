//! Words in which letters of another script pose as letters of the word's own.

use unicode_security::confusable_detection::skeleton;

/// The alphabets that can be told apart at a glance at the code point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    Latin,
    Greek,
    Cyrillic,
    /// Others with letters that look Latin: Armenian, Cherokee, Coptic, Lisu.
    Lookalike,
    /// Full-width letters and the letters of mathematics.
    Styled,
}

fn alphabet(c: char) -> Option<Alphabet> {
    Some(match c as u32 {
        0x41..=0x5A | 0x61..=0x7A | 0xC0..=0x24F | 0x1E00..=0x1EFF => Alphabet::Latin,
        0x370..=0x3FF | 0x1F00..=0x1FFF => Alphabet::Greek,
        0x400..=0x52F | 0x1C80..=0x1C8F | 0xA640..=0xA69F => Alphabet::Cyrillic,
        0x531..=0x587 | 0x13A0..=0x13FF | 0x2C80..=0x2CFF | 0xA4D0..=0xA4F7 | 0xAB70..=0xABBF => {
            Alphabet::Lookalike
        }
        0xFF21..=0xFF3A | 0xFF41..=0xFF5A | 0x1D400..=0x1D6A3 => Alphabet::Styled,
        _ => return None,
    })
}

/// Whether a word that holds `c` is worth a look.
pub(super) fn foreign(c: char) -> bool {
    alphabet(c).is_some_and(|a| a != Alphabet::Latin)
}

/// What poses as what, if `word` mixes alphabets in a way that only makes sense as a disguise.
///
/// A Latin word counts if it has two Latin letters and every other letter in it looks like a Latin
/// one (UTS 39, confusables); a Cyrillic word if every Latin letter in it looks Cyrillic. Letters
/// of mathematics at the edge of a word (νmax, αs) are units and variables.
pub(super) fn disguise(word: &str) -> Option<&'static str> {
    let letters: Vec<(char, Alphabet)> = word.chars().filter_map(|c| Some((c, alphabet(c)?))).collect();
    let count = |wanted| letters.iter().filter(|(_, a)| *a == wanted).count();
    let latin = count(Alphabet::Latin);
    if latin == letters.len() || latin == 0 || letters.len() < 3 {
        return None;
    }
    if count(Alphabet::Cyrillic) > latin && count(Alphabet::Cyrillic) + latin == letters.len() {
        let own = letters.iter().any(|&(c, a)| a == Alphabet::Cyrillic && looks_latin(c).is_none());
        let posing =
            letters.iter().all(|&(c, a)| a != Alphabet::Latin || "aceiopxyABCEHKMOPTXacs".contains(c));
        if own {
            return posing.then_some("Latin letters in Cyrillic words");
        }
    }
    let last = letters.len() - 1;
    let posing = |(at, &(c, a)): (usize, &(char, Alphabet))| match a {
        Alphabet::Latin => true,
        Alphabet::Greek => looks_latin(c).is_some() && (twin(c) || (at > 0 && at < last)),
        _ => looks_latin(c).is_some(),
    };
    if latin < 2 || !letters.iter().enumerate().all(posing) {
        return None;
    }
    let strangers = letters.iter().map(|(_, a)| *a).find(|a| *a != Alphabet::Latin);
    strangers.map(|alphabet| match alphabet {
        Alphabet::Cyrillic => "Cyrillic letters in Latin words",
        Alphabet::Greek => "Greek letters in Latin words",
        Alphabet::Styled => "full-width or mathematical letters in Latin words",
        _ => "letters of another script in Latin words",
    })
}

/// The ASCII letter that `c` is mistaken for.
fn looks_latin(c: char) -> Option<char> {
    let mut buffer = [0; 4];
    let mut shape = skeleton(c.encode_utf8(&mut buffer));
    let first = shape.next()?;
    (shape.next().is_none() && first.is_ascii_alphabetic()).then_some(first)
}

/// Greek letters drawn exactly like Latin ones, which nobody uses as symbols for that reason.
fn twin(c: char) -> bool {
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disguises() {
        for word in ["pаypal", "аррle", "Micrоsoft", "gοοgle", "ｂank", "Οffice", "pαssword"] {
            assert!(disguise(word).is_some(), "{word}");
        }
        assert_eq!(disguise("Рoссия"), Some("Latin letters in Cyrillic words"));
    }

    #[test]
    fn honest_words() {
        let honest = [
            "paypal",
            "привет",
            "αβ",
            "μm",
            "µm",
            "kΩ",
            "Ωm",
            "αs",
            "νmax",
            "Δx",
            "ΔT",
            "λx",
            "IPи",
            "USBкабель",
            "größe",
            "naïve",
            "Ελλάδα",
            "𝑥y",
            "σmax",
            "πr",
            "COVIDом",
        ];
        for word in honest {
            assert_eq!(disguise(word), None, "{word}");
        }
    }
}
