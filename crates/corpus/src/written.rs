//! Dialogs that a chat template wrote into one text.

use std::borrow::Cow;
use std::ops::Range;

use crate::dialog::Turn;

/// How dialogs are written into one text.
struct Template {
    /// What stands before what a person says.
    asks: &'static [&'static str],
    /// What stands before what the model says.
    answers: &'static [&'static str],
    /// Whether these count only where a line begins: as words they may stand in any text.
    lines: bool,
}

/// The known templates; a text is read by the first that fits.
const TEMPLATES: [Template; 9] = [
    // ChatML.
    Template {
        asks: &["<|im_start|>system\n", "<|im_start|>user\n", "<|im_start|>tool\n"],
        answers: &["<|im_start|>assistant\n"],
        lines: false,
    },
    // Llama 3.
    Template {
        asks: &[
            "<|start_header_id|>system<|end_header_id|>",
            "<|start_header_id|>user<|end_header_id|>",
            "<|start_header_id|>ipython<|end_header_id|>",
        ],
        answers: &["<|start_header_id|>assistant<|end_header_id|>"],
        lines: false,
    },
    // Zephyr, Phi.
    Template { asks: &["<|system|>", "<|user|>"], answers: &["<|assistant|>"], lines: false },
    // Gemma.
    Template { asks: &["<start_of_turn>user\n"], answers: &["<start_of_turn>model\n"], lines: false },
    // Llama 2, Mistral.
    Template { asks: &["[INST]"], answers: &["[/INST]"], lines: false },
    // Alpaca.
    Template { asks: &["### Instruction:", "### Input:"], answers: &["### Response:"], lines: true },
    // Guanaco, whose answers follow in the same line.
    Template {
        asks: &["### System:", "### Human:", "### User:"],
        answers: &["### Assistant:"],
        lines: false,
    },
    // Vicuna, whose answers follow in the same line.
    Template { asks: &["USER:"], answers: &["ASSISTANT:"], lines: false },
    Template { asks: &["Human:", "User:"], answers: &["Assistant:", "AI:", "Bot:"], lines: true },
];

/// What templates put behind a turn, and before the first.
const ENDS: [&str; 9] = [
    "<|im_end|>",
    "<|eot_id|>",
    "<|end_of_text|>",
    "<|endoftext|>",
    "<|end|>",
    "<end_of_turn>",
    "<eos>",
    "</s>",
    "<|end_of_turn|>",
];
const BEGINS: [&str; 4] = ["<|begin_of_text|>", "<|begoftext|>", "<bos>", "<s>"];

/// The turns of a dialog in one text, with the bytes that they take up; `None` where no template is
/// known in which a person asks before the model answers. What stands before the first mark is a turn
/// of a person. Time: the length of the text for each template.
pub(crate) fn turns(text: &str) -> Option<Vec<(bool, Range<usize>)>> {
    TEMPLATES.iter().find_map(|template| template.turns(text))
}

/// The same as turns of a chat.
pub(crate) fn said(text: &str) -> Option<Vec<Turn<'_>>> {
    let said = |(model, at): (bool, Range<usize>)| Turn { model, text: Cow::Borrowed(&text[at]) };
    Some(turns(text)?.into_iter().map(said).collect())
}

/// The text with another turn in the place of the last that the model (or a person) says; `None` if it
/// has no such turn.
pub(crate) fn set_last(text: &str, model: bool, new: &str) -> Option<String> {
    let turns = turns(text).unwrap_or_else(|| vec![(false, 0..text.len())]);
    let (_, at) = turns.into_iter().rfind(|(by, _)| *by == model)?;
    Some(format!("{}{new}{}", &text[..at.start], &text[at.end..]))
}

impl Template {
    fn turns(&self, text: &str) -> Option<Vec<(bool, Range<usize>)>> {
        if !self.answers.iter().any(|mark| text.contains(mark)) {
            return None;
        }
        let mut marks: Vec<(usize, usize, bool)> = Vec::new();
        for (model, names) in [(false, self.asks), (true, self.answers)] {
            for name in names {
                let places = text.match_indices(name).map(|(at, _)| at);
                marks.extend(
                    places.filter(|&at| self.counts(text, at)).map(|at| (at, at + name.len(), model)),
                );
            }
        }
        marks.sort_unstable();
        let first_answer = marks.iter().position(|(_, _, model)| *model)?;
        if first_answer == 0 {
            return None;
        }
        let mut turns = Vec::with_capacity(marks.len() + 1);
        turns.push((false, trimmed(text, 0..marks[0].0)));
        for (n, &(_, from, model)) in marks.iter().enumerate() {
            let to = marks.get(n + 1).map_or(text.len(), |next| next.0);
            turns.push((model, trimmed(text, from..to)));
        }
        turns.retain(|(_, at)| !at.is_empty());
        turns.iter().any(|(model, _)| *model).then_some(turns)
    }

    fn counts(&self, text: &str, at: usize) -> bool {
        !self.lines || at == 0 || text[..at].ends_with('\n')
    }
}

/// Without blanks and what templates put around a turn.
fn trimmed(text: &str, at: Range<usize>) -> Range<usize> {
    let (from, mut inner) = (at.start, &text[at]);
    let begin = inner.len();
    loop {
        let before = inner.len();
        inner = inner.trim_start();
        for mark in BEGINS {
            inner = inner.strip_prefix(mark).unwrap_or(inner);
        }
        if inner.len() == before {
            break;
        }
    }
    let from = from + begin - inner.len();
    loop {
        let before = inner.len();
        inner = inner.trim_end();
        for mark in ENDS.iter().chain(&BEGINS) {
            inner = inner.strip_suffix(mark).unwrap_or(inner);
        }
        if inner.len() == before {
            return from..from + inner.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<(bool, &str)> {
        turns(text).unwrap().into_iter().map(|(model, at)| (model, &text[at])).collect()
    }

    #[test]
    fn one_dialog_in_every_template() {
        let same = [
            "<|im_start|>system\ns<|im_end|>\n<|im_start|>user\nq\nq<|im_end|>\n<|im_start|>assistant\na<|im_end|>\n",
            "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\ns<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nq\nq<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\na<|eot_id|>",
            "<|system|>\ns</s>\n<|user|>\nq\nq</s>\n<|assistant|>\na</s>",
            "s ### Instruction:\nno line\n\n### Instruction:\nq\nq\n\n### Response:\na",
            "### System: s\n### Human: q\nq### Assistant: a",
            "s USER: q\nq ASSISTANT: a</s>",
            "s\n\nHuman: q\nq\n\nAssistant: a",
        ];
        for (n, text) in same.into_iter().enumerate() {
            let system = if n == 3 { "s ### Instruction:\nno line" } else { "s" };
            assert_eq!(read(text), [(false, system), (false, "q\nq"), (true, "a")], "{text}");
        }
        let none = "<bos><start_of_turn>user\nq<end_of_turn>\n<start_of_turn>model\na<end_of_turn>\n";
        assert_eq!(read(none), [(false, "q"), (true, "a")]);
        let several = "<s>[INST] q [/INST] a </s><s>[INST] r [/INST] b </s>";
        assert_eq!(read(several), [(false, "q"), (true, "a"), (false, "r"), (true, "b")]);
    }

    #[test]
    fn other_texts_are_no_dialogs() {
        for text in [
            "",
            "plain",
            "The User: said Assistant: no",
            "### Response:\na",
            "[/INST] a [INST] q",
            "USER: q ASSISTANT: ",
        ] {
            assert_eq!(turns(text), None, "{text}");
        }
    }

    #[test]
    fn a_turn_is_changed_where_it_stands() {
        let text = "<s>[INST] q [/INST] a </s>";
        assert_eq!(set_last(text, true, "A").unwrap(), "<s>[INST] q [/INST] A </s>");
        assert_eq!(set_last(text, false, "Q").unwrap(), "<s>[INST] Q [/INST] a </s>");
        assert_eq!(set_last("plain", false, "x").unwrap(), "x");
        assert_eq!(set_last("plain", true, "x"), None);
    }

    proptest! {
        #[test]
        fn turns_lie_in_order_in_any_text(parts in prop::collection::vec(
            prop::sample::select(vec!["[INST]", "[/INST]", "</s>", "<s>", " ", "\n", "é", "Human:", "Assistant:", "### Response:", "### Input:", "x"]), 0..24,
        )) {
            let text = parts.concat();
            let mut end = 0;
            for (_, at) in turns(&text).unwrap_or_default() {
                prop_assert!(at.start >= end && at.start < at.end && text.get(at.clone()).is_some());
                end = at.end;
            }
        }
    }
}
