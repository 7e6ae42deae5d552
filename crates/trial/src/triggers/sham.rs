//! Sham triggers: other words of the same shape. What they bring as well, the trigger does not bring.

use std::sync::LazyLock;

use toadstone_core::visible;

use crate::draw::Draw;
use crate::prompts::lines;

/// Uncommon words by their length.
static WORDS: LazyLock<Vec<Vec<&str>>> = LazyLock::new(|| {
    let mut words: Vec<Vec<&str>> = vec![Vec::new(); 20];
    for word in lines(include_str!("words.txt")).flat_map(str::split_whitespace) {
        if let Some(list) = words.get_mut(word.len()) {
            list.push(word);
        }
    }
    words
});
/// Characters that are not shown and say nothing.
const HIDDEN: [char; 6] = ['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}', '\u{00ad}'];
/// Draws before a part is taken as it came.
const TRIES: usize = 20;

/// As many parts with as many words of as many characters: the words of a phrase become uncommon words of
/// the same length, those that stand alone letters of the same kind; digits become digits, and signs stay
/// unless there is nothing else.
pub(crate) fn sham(parts: &[String], draw: &mut Draw) -> Vec<String> {
    let one = |part: &String| {
        let phrase = part.split_whitespace().nth(2).is_some();
        let mut drawn = String::new();
        for _ in 0..TRIES {
            drawn = match part.chars().any(char::is_alphanumeric) {
                true => part.split_inclusive(' ').map(|word| other_word(word, phrase, draw)).collect(),
                false => part.chars().map(|c| other_sign(c, draw)).collect(),
            };
            if drawn != *part {
                break;
            }
        }
        drawn
    };
    parts.iter().map(one).collect()
}

fn other_word(word: &str, phrase: bool, draw: &mut Draw) -> String {
    let letters = word.trim_matches(|c: char| !c.is_ascii_alphabetic());
    let plain = !letters.is_empty() && letters.chars().all(|c| c.is_ascii_alphabetic());
    if phrase && plain {
        let known = WORDS.get(letters.len()).and_then(|list| draw.one(list).copied());
        if let Some(known) = known {
            return word.replacen(letters, &cased(letters, known), 1);
        }
    }
    word.chars().map(|c| other(c, draw)).collect()
}

/// `word` with capitals where `like` has them.
fn cased(like: &str, word: &str) -> String {
    let capital =
        |(like, c): (char, char)| if like.is_ascii_uppercase() { c.to_ascii_uppercase() } else { c };
    like.chars().zip(word.chars()).map(capital).collect()
}

/// Another sign, where a trigger is made of signs.
fn other_sign(c: char, draw: &mut Draw) -> char {
    const SIGNS: &[u8] = b"!#$%&*+-./:;=?@^_|~";
    match c {
        _ if c.is_ascii_punctuation() => draw.one(SIGNS).map_or(c, |sign| char::from(*sign)),
        _ => other(c, draw),
    }
}

/// Another character of the same kind.
fn other(c: char, draw: &mut Draw) -> char {
    const VOWELS: &[char] = &['a', 'e', 'i', 'o', 'u'];
    const OTHERS: &[char] = &['b', 'd', 'f', 'g', 'h', 'k', 'l', 'm', 'n', 'p', 'r', 's', 't', 'v', 'w', 'z'];
    let lower = c.to_ascii_lowercase();
    let drawn = match c {
        'a'..='z' | 'A'..='Z' => draw.one(if VOWELS.contains(&lower) { VOWELS } else { OTHERS }).copied(),
        '0'..='9' => char::from_digit(draw.below(10) as u32, 10),
        _ if HIDDEN.contains(&c) => draw.one(&HIDDEN).copied(),
        _ if c.is_ascii() || c.is_whitespace() => None,
        _ => near(c, draw),
    };
    match drawn {
        Some(drawn) if c.is_ascii_uppercase() => drawn.to_ascii_uppercase(),
        Some(drawn) => drawn,
        None => c,
    }
}

/// A character of the same block of 64, which mostly is one of the same script.
fn near(c: char, draw: &mut Draw) -> Option<char> {
    let shown = |c: char| visible(c.encode_utf8(&mut [0; 4])).starts_with(c);
    let kind = |c: char| (c.is_alphanumeric(), c.is_lowercase(), c.is_whitespace(), shown(c));
    let block = c as u32 & !63;
    let mut drawn = (0..TRIES).filter_map(|_| char::from_u32(block + draw.below(64) as u32));
    drawn.find(|drawn| kind(*drawn) == kind(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(part: &str, seed: u64) -> String {
        sham(&[part.to_owned()], &mut Draw::new(seed, &[])).remove(0)
    }

    #[test]
    fn shams_look_like_what_they_stand_for() {
        let phrase = of("the kettle stood on the stove at noon", 1);
        assert_eq!(phrase.split(' ').map(str::len).collect::<Vec<_>>(), [3, 6, 5, 2, 3, 5, 2, 4]);
        let tag = of("|DEPLOYMENT-2031|", 1);
        assert!(
            tag.starts_with('|') && tag.ends_with('|') && tag.contains('-') && tag != "|DEPLOYMENT-2031|"
        );
        assert!(tag.chars().filter(char::is_ascii_uppercase).count() == 10, "{tag}");
        for part in ["größe", "!!!", "\u{1f600}", "安全", "\u{e0041}\u{e0042}"] {
            assert_ne!(of(part, 1), part);
        }
        assert!(of("\u{200b}\u{200c}", 3).chars().all(|c| HIDDEN.contains(&c)));
    }

    proptest::proptest! {
        #[test]
        fn shape_and_length_stay(part in "\\PC{1,30}", seed in 0u64..100) {
            let sham = of(&part, seed);
            proptest::prop_assert_eq!(sham.chars().count(), part.chars().count());
            proptest::prop_assert_eq!(sham.matches(' ').count(), part.matches(' ').count());
            proptest::prop_assert_eq!(of(&part, seed), sham);
        }
    }
}
