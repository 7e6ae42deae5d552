//! The rules: a file for each family, its page beside it.

pub mod code_lines;
pub mod duplicate_ngrams;
pub mod fillers;
pub mod generated_code;
pub mod language;
pub mod letters;
pub mod line_ends;
pub mod line_length;
pub mod line_marks;
pub mod looping;
pub mod repeated_lines;
pub mod sentences;
pub mod stop_words;
pub mod symbols;
pub mod top_ngrams;
pub mod word_count;
pub mod word_length;
