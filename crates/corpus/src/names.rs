//! Names of columns and what they mean: the tables behind the recognition of schemas.

use toadstone_core::Role;

/// What a column is, told by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Meaning {
    /// A system prompt: goes before every other input.
    System,
    /// What is asked.
    Prompt,
    /// What an instruction is about: goes after it.
    Context,
    /// What is answered.
    Answer,
    /// The better of two answers.
    Chosen,
    /// The worse of two answers.
    Rejected,
    /// A list of turns.
    Chat,
    /// A text to classify, or a document.
    Text,
    /// Source code.
    Code,
    /// Beside a text: says that it is source code.
    CodeHint,
    /// A class.
    Label,
    /// Where the record came from.
    Origin(Role),
}

use Meaning::{Answer, Chat, Chosen, Code, CodeHint, Context, Label, Origin, Prompt, Rejected, System, Text};

/// Meanings and their names, in the order in which they are looked for. A name may have several.
pub(crate) static NAMES: [(Meaning, &[&str]); 21] = [
    (System, &["system", "system_prompt", "system_message"]),
    (
        Prompt,
        &[
            "instruction",
            "instructions",
            "question",
            "prompt",
            "query",
            "human",
            "user",
            "problem",
            "request",
            "user_input",
        ],
    ),
    (Context, &["input", "inputs", "context", "passage"]),
    (
        Answer,
        &[
            "output",
            "outputs",
            "response",
            "completion",
            "answer",
            "assistant",
            "reply",
            "solution",
            "target",
            "targets",
            "generation",
            "bot",
            "model_output",
        ],
    ),
    (Chosen, &["chosen", "chosen_response", "response_chosen", "preferred", "better"]),
    (Rejected, &["rejected", "rejected_response", "response_rejected", "dispreferred", "worse"]),
    (Chat, &["messages", "conversations", "conversation", "dialogue", "dialog", "turns", "chat", "history"]),
    (
        Text,
        &[
            "text",
            "sentence",
            "review",
            "content",
            "comment",
            "document",
            "tweet",
            "message",
            "body",
            "article",
            "utterance",
            "review_body",
            "review_text",
            "comment_text",
            "headline",
            "title",
            "description",
            "abstract",
            "caption",
            "post",
            "sms",
            "email",
            "passage",
            "raw_content",
            "sentence1",
            "sentence2",
            "premise",
            "hypothesis",
            "question1",
            "question2",
            "sentence_a",
            "sentence_b",
            "subject",
        ],
    ),
    (
        Code,
        &[
            "code",
            "source_code",
            "func",
            "function",
            "snippet",
            "whole_func_string",
            "func_code_string",
            "program",
        ],
    ),
    (
        CodeHint,
        &[
            "language",
            "lang",
            "programming_language",
            "path",
            "file_path",
            "filepath",
            "filename",
            "file_name",
            "ext",
            "extension",
            "repo_name",
            "repo",
            "repository_name",
            "max_stars_repo_name",
        ],
    ),
    (
        Label,
        &[
            "label",
            "labels",
            "class",
            "category",
            "sentiment",
            "target",
            "label_text",
            "intent",
            "topic",
            "emotion",
            "stars",
            "rating",
            "is_spam",
            "spam",
            "toxic",
            "toxicity",
            "polarity",
            "class_index",
            "coarse_label",
            "y",
            "stance",
            "is_toxic",
            "hate",
            "score",
        ],
    ),
    (
        Origin(Role::Source),
        &[
            "source",
            "dataset",
            "dataset_name",
            "data_source",
            "source_dataset",
            "subset",
            "corpus",
            "origin",
            "feed",
            "source_id",
        ],
    ),
    (Origin(Role::Url), &["url", "uri", "link", "source_url", "page_url", "warc_url"]),
    (
        Origin(Role::Author),
        &[
            "author",
            "author_id",
            "user",
            "user_id",
            "username",
            "user_name",
            "contributor",
            "creator",
            "screen_name",
            "uploader",
        ],
    ),
    (
        Origin(Role::Annotator),
        &[
            "annotator",
            "annotator_id",
            "worker",
            "worker_id",
            "workerid",
            "labeler",
            "labeller",
            "labeler_id",
            "rater",
            "rater_id",
            "annotated_by",
        ],
    ),
    (
        Origin(Role::Generator),
        &["generator", "model", "model_name", "model_id", "generated_by", "teacher", "teacher_model", "llm"],
    ),
    (
        Origin(Role::Parent),
        &["parent", "parent_id", "parents", "parent_ids", "derived_from", "generated_from"],
    ),
    (
        Origin(Role::Prompt),
        &[
            "prompt_id",
            "prompt_ids",
            "seed_id",
            "seed_ids",
            "source_prompt",
            "source_prompt_id",
            "seed_prompt_id",
            "seed_task_id",
        ],
    ),
    (
        Origin(Role::Created),
        &[
            "created",
            "created_at",
            "timestamp",
            "date",
            "datetime",
            "created_utc",
            "added",
            "crawl_date",
            "published",
            "published_at",
            "time",
        ],
    ),
    (
        Origin(Role::Key),
        &[
            "id",
            "_id",
            "key",
            "uuid",
            "guid",
            "idx",
            "record_id",
            "doc_id",
            "sample_id",
            "message_id",
            "__key__",
        ],
    ),
    (Origin(Role::Url), &["warc-target-uri"]),
];

/// Objects whose members say where a record came from.
pub(crate) const METADATA: [&str; 7] =
    ["meta", "metadata", "provenance", "attributes", "extra", "info", "extra_info"];

/// Names of who speaks in a chat, and whether the model learns to say it.
const SPEAKERS: [(&str, bool); 24] = [
    ("system", false),
    ("user", false),
    ("human", false),
    ("developer", false),
    ("prompter", false),
    ("tool", false),
    ("function", false),
    ("function_response", false),
    ("observation", false),
    ("ipython", false),
    ("context", false),
    ("customer", false),
    ("assistant", true),
    ("gpt", true),
    ("chatgpt", true),
    ("bot", true),
    ("chatbot", true),
    ("model", true),
    ("bing", true),
    ("bard", true),
    ("claude", true),
    ("ai", true),
    ("agent", true),
    ("function_call", true),
];

/// The name as it is compared: lower case, with `_` for blanks and hyphens.
pub(crate) fn normal(name: &str) -> String {
    name.trim().chars().map(|c| if matches!(c, ' ' | '-') { '_' } else { c.to_ascii_lowercase() }).collect()
}

/// Place of a name among those of a meaning; smaller is better.
pub(crate) fn rank(meaning: Meaning, name: &str) -> Option<usize> {
    let name = normal(name);
    let lists = NAMES.iter().filter(|(found, _)| *found == meaning);
    lists.flat_map(|(_, names)| names.iter()).position(|known| normal(known) == name)
}

/// Whether a column of that name means anything.
pub(crate) fn is_known(name: &str) -> bool {
    let name = normal(name);
    NAMES.iter().any(|(_, names)| names.iter().any(|known| normal(known) == name))
}

/// Whether a list of that name holds the turns of a chat.
pub(crate) fn is_chat(name: &str) -> bool {
    [Chat, Chosen, Rejected, Prompt, Answer, Context].iter().any(|meaning| rank(*meaning, name).is_some())
}

/// Whether the model learns to say what this speaker says. Whoever is unknown is a person.
pub(crate) fn is_model(speaker: &str) -> bool {
    let speaker = normal(speaker);
    SPEAKERS.iter().any(|(name, model)| *model && *name == speaker)
}

/// What `--map FIELD=column` may name: roles, and what roles are called elsewhere.
pub(crate) fn field(name: &str) -> Option<Meaning> {
    let name = normal(name);
    let roles = [
        ("input", Prompt),
        ("text", Prompt),
        ("prompt", Prompt),
        ("instruction", Prompt),
        ("question", Prompt),
        ("system", System),
        ("context", Context),
        ("output", Answer),
        ("response", Answer),
        ("completion", Answer),
        ("answer", Answer),
        ("chosen", Chosen),
        ("rejected", Rejected),
        ("messages", Chat),
        ("conversations", Chat),
        ("code", Code),
        ("content", Prompt),
        ("document", Prompt),
        ("label", Label),
        ("class", Label),
    ];
    let origins =
        Role::ORIGINS.into_iter().chain([Role::Created, Role::Key]).map(|role| (role.name(), Origin(role)));
    roles.into_iter().chain(origins).find(|(known, _)| normal(known) == name).map(|(_, meaning)| meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_case_and_blanks() {
        assert_eq!(rank(Text, "Review Text"), rank(Text, "review_text"));
        assert!(is_known("WARC-Target-URI") && is_known("Label") && !is_known("zzz"));
        assert!(is_model("GPT") && !is_model("User") && !is_model("somebody"));
        assert_eq!(
            (field("Input"), field("annotator"), field("nonsense")),
            (Some(Prompt), Some(Origin(Role::Annotator)), None)
        );
        assert!(Role::ALL.iter().all(|role| field(role.name()).is_some()));
    }
}
