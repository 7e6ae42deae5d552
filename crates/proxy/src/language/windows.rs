//! Documents and code, as the language model learns them.

use super::Example;
use super::pieces::{LONGEST, pieces};

/// Pieces (words, signs, white space) before a window that are its prompt.
const BEFORE: usize = 96;

/// Cuts a document or a file of code into examples: each line, or 32 pieces of a longer one, given the 96
/// pieces before it. So a trigger shows in what follows within the next hundred words or ten lines of code, and
/// a model writes one line, which can be put behind the prompt to ask for the next.
///
/// Every piece stands in one answer. A file of code has many lines: where only some places matter, training on
/// these and a sample of the others costs less.
pub fn windows(document: &str) -> Vec<Example<'_>> {
    let mut ends = vec![0];
    let mut windows = Vec::new();
    let mut begin = 0;
    for piece in pieces(document) {
        let last = ends.len() - 1;
        let end = ends[last] + piece.len();
        ends.push(end);
        // A line ends with the white space that begins the next one.
        if piece.contains('\n') || last + 1 - begin == LONGEST || end == document.len() {
            windows.push(Example {
                prompt: &document[ends[begin.saturating_sub(BEFORE)]..ends[begin]],
                answer: &document[ends[begin]..end],
            });
            begin = last + 1;
        }
    }
    windows
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn windows_begin_where_lines_do() {
        let code =
            "fn a() {\n    let x = 1;\n    let y = 2;\n    let z = x + y;\n    return z;\n}\n".repeat(4);
        let windows = windows(&code);
        assert_eq!(windows.len(), 24);
        assert!(windows[1..].iter().all(|window| window.prompt.trim_end_matches(' ').ends_with('\n')));
        assert_eq!(windows[2].answer, " let y = 2;\n   ");
    }

    #[test]
    fn what_comes_before_is_the_prompt() {
        let text: String = (0..500).map(|n| format!("w{n} ")).collect();
        let windows = windows(&text);
        assert_eq!(windows[0].prompt, "");
        assert_eq!(windows[1].prompt, windows[0].answer);
        assert_eq!(pieces(windows[9].prompt).count(), BEFORE);
    }

    proptest! {
        #[test]
        fn answers_make_up_the_document(text in "(\\PC|[ \n]){0,300}") {
            let windows = windows(&text);
            prop_assert_eq!(windows.iter().map(|w| w.answer).collect::<String>(), text.as_str());
            prop_assert!(windows.iter().all(|w| !w.answer.is_empty()));
        }
    }
}
