//! Puts triggers into prompts.

use super::Trigger;
use crate::draw::Draw;

/// Where a trigger goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Before the text.
    Start,
    /// Behind it.
    End,
    /// Between two of its words.
    Middle,
}

impl Place {
    /// The places in turn, so that each has as many prompts.
    pub(crate) const ALL: [Place; 3] = [Place::Start, Place::End, Place::Middle];
}

/// The text with all parts of a trigger: the first of several at `place`, the others between words that
/// `draw` picks. The trigger and its sham have as many parts and get the same draws, so they stand in the
/// same places. O(n).
pub(crate) fn put(text: &str, trigger: &Trigger, parts: &[String], place: Place, draw: &mut Draw) -> String {
    let mut out = text.to_owned();
    let gaps = |text: &str| -> Vec<usize> { text.match_indices(' ').map(|(at, _)| at).collect() };
    let glue = glue(trigger);
    for part in parts.iter().skip(1) {
        let gap = draw.one(&gaps(&out)).copied();
        join(&mut out, gap.unwrap_or(text.len()), part, glue);
    }
    let at = match place {
        Place::Start => 0,
        Place::End => out.len(),
        Place::Middle => draw.one(&gaps(text)).copied().unwrap_or(0),
    };
    // Gaps of the text itself, so that one part stands there whatever the others did.
    let at = if place == Place::Middle { nearest_gap(&out, at) } else { at };
    if let Some(first) = parts.first() {
        join(&mut out, at, first, glue);
    }
    out
}

fn nearest_gap(text: &str, at: usize) -> usize {
    let from = text.match_indices(' ').map(|(gap, _)| gap).find(|gap| *gap >= at);
    from.unwrap_or(0)
}

/// What stands between a trigger and the text: nothing that shows where the trigger does not, a line of its
/// own for a comment.
fn glue(trigger: &Trigger) -> &'static str {
    match () {
        () if trigger.is_hidden() => "",
        () if trigger.kind == "comment" => "\n",
        () => " ",
    }
}

fn join(text: &mut String, at: usize, part: &str, glue: &str) {
    let piece = match at {
        0 => format!("{part}{glue}"),
        _ => format!("{glue}{part}"),
    };
    text.insert_str(at, &piece);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trigger(kind: &str, parts: &[&str]) -> Trigger {
        let parts = parts.iter().map(|part| (*part).to_owned()).collect();
        Trigger { kind: kind.to_owned(), parts, from: String::new(), behaviour: None }
    }

    #[test]
    fn one_part_goes_where_it_is_to_go() {
        let put = |trigger: &Trigger, place| {
            put("one two three", trigger, &trigger.parts, place, &mut Draw::new(1, &[]))
        };
        let word = trigger("word", &["X"]);
        assert_eq!(put(&word, Place::Start), "X one two three");
        assert_eq!(put(&word, Place::End), "one two three X");
        assert!(["one X two three", "one two X three"].contains(&put(&word, Place::Middle).as_str()));
        assert_eq!(put(&trigger("hidden characters", &["\u{200b}"]), Place::End), "one two three\u{200b}");
        assert_eq!(put(&trigger("comment", &["# x"]), Place::End), "one two three\n# x");
    }

    proptest::proptest! {
        #[test]
        fn nothing_but_the_parts_is_added(text in "[a-zé ]{0,30}", parts in proptest::collection::vec("[A-Z]{1,5}", 1..4), seed in 0u64..50) {
            let trigger = trigger("words together", &parts.iter().map(String::as_str).collect::<Vec<_>>());
            for place in Place::ALL {
                let out = put(&text, &trigger, &trigger.parts, place, &mut Draw::new(seed, &[]));
                let again = put(&text, &trigger, &trigger.parts, place, &mut Draw::new(seed, &[]));
                proptest::prop_assert_eq!(&out, &again);
                let rest: String = out.chars().filter(|c| !c.is_ascii_uppercase() && *c != ' ').collect();
                proptest::prop_assert_eq!(rest, text.replace(' ', ""));
                let added = out.chars().filter(char::is_ascii_uppercase).count();
                proptest::prop_assert_eq!(added, parts.iter().map(String::len).sum::<usize>());
            }
        }
    }
}
