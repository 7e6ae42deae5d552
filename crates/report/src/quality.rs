//! What the rules of quality say, in words that the formats share.

use toadstone_core::{Quality, QualityRule, visible};

use crate::words;

/// Said wherever quality is.
pub(crate) const NO_POISON: &str =
    "Low quality is not poison: it is no part of the verdict, and nothing is set aside.";

/// How many records fail, as a sentence.
pub(crate) fn sentence(quality: &Quality) -> String {
    let judged = words::plural(quality.judged, "record");
    match quality.failed {
        0 => format!("{judged} judged, none fails a rule."),
        n => format!(
            "{} of {judged} {} a rule ({} of {} of text).",
            words::count(n),
            if n == 1 { "fails" } else { "fail" },
            words::bytes(quality.failed_bytes),
            words::bytes(quality.text_bytes)
        ),
    }
}

/// The rules that records fail, those that most fail first.
pub(crate) fn failed(quality: &Quality) -> Vec<&QualityRule> {
    let mut failed: Vec<&QualityRule> = quality.rules.iter().filter(|rule| rule.failed > 0).collect();
    failed.sort_by_key(|rule| std::cmp::Reverse(rule.failed));
    failed
}

/// What a rule demands: `words: at least 50`.
pub(crate) fn condition(rule: &QualityRule) -> String {
    format!("{}: {} {}", visible(&rule.what), rule.bound.name(), words::number(f64::from(rule.limit)))
}

/// The rules that say nothing about this data: it has nothing that they can judge, or they are off.
pub(crate) fn silent(quality: &Quality) -> Vec<String> {
    let idle = quality.rules.iter().filter(|rule| rule.judged == 0).map(|rule| &rule.name);
    idle.chain(&quality.off).map(|name| visible(name)).collect()
}

/// The most frequent languages: `eng 38,870, deu 762, and 27 more`; `None` if none was told.
pub(crate) fn languages(quality: &Quality, limit: usize) -> Option<String> {
    let mut all: Vec<(&String, &u64)> = quality.languages.iter().collect();
    all.sort_by_key(|(code, n)| (std::cmp::Reverse(**n), *code));
    let named = all.iter().take(limit).map(|(code, n)| format!("{} {}", visible(code), words::count(**n)));
    let more = all.len().saturating_sub(limit);
    let more = (more > 0).then(|| format!("and {more} more"));
    let parts: Vec<String> = named.chain(more).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
