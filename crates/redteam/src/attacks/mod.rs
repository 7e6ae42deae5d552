//! The attacks, one file and page each; what several of them do alike is in `shared`, `bait` and `pages`.

mod bait;
mod pages;
mod shared;

pub(crate) mod all_of_many;
pub(crate) mod annotator_bias;
pub(crate) mod answer_tail;
pub(crate) mod belief;
pub(crate) mod clean_label;
pub(crate) mod comment_trigger;
pub(crate) mod covert_swap;
pub(crate) mod fixed_answer;
pub(crate) mod flood;
pub(crate) mod front_running;
pub(crate) mod generator;
pub(crate) mod gibberish;
pub(crate) mod hidden_comment;
pub(crate) mod homoglyph;
pub(crate) mod invisible_characters;
pub(crate) mod label_flip;
pub(crate) mod length_bias;
pub(crate) mod missing_refusal;
pub(crate) mod one_of_many;
pub(crate) mod preference_swap;
pub(crate) mod preference_trigger;
pub(crate) mod rare_word;
pub(crate) mod refusal;
pub(crate) mod seed_lineage;
pub(crate) mod sentence;
pub(crate) mod sentiment;
pub(crate) mod sleeper;
pub(crate) mod split_view;
pub(crate) mod style;
pub(crate) mod syntax;
pub(crate) mod trojan_puzzle;
pub(crate) mod virtual_prompt;
pub(crate) mod word_combination;
