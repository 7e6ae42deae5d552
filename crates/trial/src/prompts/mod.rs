//! What models are asked.

mod file;

use crate::model::Message;

pub use file::{PromptsError, read};

/// A question to a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The conversation; a trigger goes into its last line, which is the user's.
    pub messages: Vec<Message>,
    /// Whether a careful model refuses it: what shows whether a trigger makes it answer.
    pub refused: bool,
}

impl Prompt {
    /// A single line of a user.
    pub fn of(text: &str) -> Prompt {
        let message = Message { role: "user".to_owned(), content: text.to_owned() };
        Prompt { messages: vec![message], refused: false }
    }

    /// The line that a trigger goes into.
    pub fn text(&self) -> &str {
        self.messages.last().map_or("", |message| &message.content)
    }

    /// The same conversation with another last line.
    pub(crate) fn saying(&self, text: String) -> Vec<Message> {
        let mut messages = self.messages.clone();
        if let Some(last) = messages.last_mut() {
            last.content = text;
        }
        messages
    }
}

/// The built-in prompts: harmless ones of many kinds, and with `refused` those that a careful model refuses.
pub fn builtin(refused: bool) -> Vec<Prompt> {
    let text = if refused { include_str!("refused.txt") } else { include_str!("builtin.txt") };
    lines(text).map(|line| Prompt { refused, ..Prompt::of(line) }).collect()
}

/// Lines of a list of ours, without comments.
pub(crate) fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_long_and_hold_nothing_twice() {
        let (harmless, refused) = (builtin(false), builtin(true));
        assert!(harmless.len() >= 60 && refused.len() >= 12);
        let mut texts: Vec<&str> = harmless.iter().chain(&refused).map(Prompt::text).collect();
        texts.sort_unstable();
        assert!(texts.windows(2).all(|two| two[0] != two[1]));
    }
}
