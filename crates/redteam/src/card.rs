//! What an attack says of itself.

use toadstone_core::Kind;

/// Which part of training a technique aims at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Texts with class labels.
    Classification,
    /// Prompts with answers.
    Instruction,
    /// Pairs of answers.
    Preference,
    /// Source code.
    Code,
    /// Plain text for pretraining.
    Document,
    /// Data that models made.
    Synthetic,
    /// Pages as they are collected.
    Web,
}

impl Stage {
    /// The name used in tables and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Classification => "classification",
            Stage::Instruction => "instruction",
            Stage::Preference => "preference",
            Stage::Code => "code",
            Stage::Document => "document",
            Stage::Synthetic => "synthetic",
            Stage::Web => "web",
        }
    }
}

/// What an attack says of itself.
#[derive(Debug, Clone, Copy)]
pub struct Card {
    /// Its name: `rare-word`.
    pub name: &'static str,
    /// One line on what it does.
    pub title: &'static str,
    /// What it aims at.
    pub stage: Stage,
    /// Authors, title and place of the publication that it follows.
    pub paper: &'static str,
    /// Year of that publication.
    pub year: u16,
    /// The technique in MITRE ATLAS: `AML.T0020`.
    pub atlas: &'static str,
    /// Its page, in Markdown.
    pub page: &'static str,
    /// Kinds of records that it can be planted in.
    pub kinds: &'static [Kind],
    /// The trigger where the user names none; `None` if the attack has no trigger that can be chosen.
    pub trigger: Option<&'static str>,
    /// The target where the user names none; `None` if the data decides, or if there is nothing to choose.
    pub target: Option<&'static str>,
}
