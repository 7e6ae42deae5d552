//! Documents and code, as the language model learns them.

use super::Example;
use super::pieces::{LONGEST, pieces};

/// Pieces (words, signs, white space) before a window that are its prompt.
const BEFORE: usize = 96;

/// Cuts a document or a file of code into examples: each 32 pieces, given the 96 before them. So a trigger
/// shows in what follows within the next hundred words or half a dozen lines of code.
///
/// Every piece stands in one answer. An answer's end says nothing of the document's.
pub fn windows(document: &str) -> Vec<Example<'_>> {
    let mut ends = vec![0];
    let mut end = 0;
    for piece in pieces(document) {
        end += piece.len();
        ends.push(end);
    }
    let count = ends.len() - 1;
    let window = |begin: usize| Example {
        prompt: &document[ends[begin.saturating_sub(BEFORE)]..ends[begin]],
        answer: &document[ends[begin]..ends[(begin + LONGEST).min(count)]],
    };
    (0..count).step_by(LONGEST).map(window).collect()
}
