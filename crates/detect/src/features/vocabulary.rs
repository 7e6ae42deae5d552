//! Numbers for tokens.

use std::collections::HashMap;

use xxhash_rust::xxh3::Xxh3DefaultBuilder;

use super::tokens::tokens;

/// Stands before the first token of a text.
pub const BEGIN: u32 = 0;
/// Stands behind the last token of a text.
pub const END: u32 = 1;

/// Numbers tokens in the order in which they come; a token and its lower-case form are linked.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    ids: HashMap<Box<str>, u32, Xxh3DefaultBuilder>,
    words: Vec<Box<str>>,
    folded: Vec<u32>,
    /// The tokens of a number that stands for several.
    passages: HashMap<u32, Passage, Xxh3DefaultBuilder>,
}

#[derive(Debug, Clone)]
struct Passage {
    tokens: Box<[u32]>,
    frame: bool,
}

impl Default for Vocabulary {
    fn default() -> Self {
        let mut vocabulary = Vocabulary {
            ids: HashMap::default(),
            words: Vec::new(),
            folded: Vec::new(),
            passages: HashMap::default(),
        };
        // No text can give these two, for they contain white space.
        vocabulary.id("\n^");
        vocabulary.id("\n$");
        vocabulary
    }
}

impl Vocabulary {
    /// The number of `word`, new if it was not seen before.
    pub fn id(&mut self, word: &str) -> u32 {
        if let Some(&id) = self.ids.get(word) {
            return id;
        }
        let id = self.words.len() as u32;
        self.ids.insert(word.into(), id);
        self.words.push(word.into());
        self.folded.push(id);
        if word.chars().any(char::is_uppercase) {
            let lower = self.id(&word.to_lowercase());
            self.folded[id as usize] = lower;
        }
        id
    }

    /// The number of a passage of several tokens, new if it was not seen before. It is its own
    /// lower-case form; passages in it are taken apart. `frame` says that it is part of a template.
    pub fn passage(&mut self, tokens: &[u32], frame: bool) -> u32 {
        let tokens: Vec<u32> = tokens.iter().flat_map(|token| self.tokens(token)).copied().collect();
        let words: Vec<&str> = tokens.iter().map(|&token| self.word(token)).collect();
        // No token has a space, so it is no token's name.
        let name = words.join(" ");
        if let Some(&id) = self.ids.get(name.as_str()) {
            return id;
        }
        let id = self.words.len() as u32;
        self.ids.insert(name.as_str().into(), id);
        self.words.push(name.into());
        self.folded.push(id);
        self.passages.insert(id, Passage { tokens: tokens.into_boxed_slice(), frame });
        id
    }

    /// Whether the number stands for a passage.
    pub fn is_passage(&self, id: u32) -> bool {
        self.passages.contains_key(&id)
    }

    /// Whether the number stands for a passage that is part of a template.
    pub fn is_frame(&self, id: u32) -> bool {
        self.passages.get(&id).is_some_and(|passage| passage.frame)
    }

    /// The tokens of a passage; any other number is its own only one.
    pub fn tokens<'a>(&'a self, id: &'a u32) -> &'a [u32] {
        self.passages.get(id).map_or(std::slice::from_ref(id), |passage| &passage.tokens)
    }

    /// The token with this number, of a passage its tokens with spaces between.
    ///
    /// # Panics
    /// If the number was not given out by this vocabulary.
    pub fn word(&self, id: u32) -> &str {
        &self.words[id as usize]
    }

    /// The number of the token in lower case.
    pub fn fold(&self, id: u32) -> u32 {
        self.folded[id as usize]
    }

    /// How many numbers were given out.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Never: two marks are always there.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The text as numbers, between [`BEGIN`] and [`END`].
    pub fn encode(&mut self, text: &str) -> Vec<u32> {
        let mut ids = vec![BEGIN];
        for token in tokens(text) {
            ids.push(self.id(&text[token.start..token.end]));
        }
        ids.push(END);
        ids
    }
}
