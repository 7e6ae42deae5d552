//! Texts as numbers.

use std::collections::HashMap;

/// Different texts that are kept; what comes later is one and the same.
const MOST: usize = 1 << 20;
/// Stands for no text.
pub(super) const NONE: u32 = u32::MAX;
/// Stands for every text beyond [`MOST`].
const OTHER: u32 = u32::MAX - 1;

/// Gives each text a number, in the order in which they come.
#[derive(Debug, Default)]
pub(super) struct Interner {
    numbers: HashMap<Box<str>, u32>,
    texts: Vec<Box<str>>,
}

impl Interner {
    /// The number of a text.
    pub(super) fn number(&mut self, text: Option<&str>) -> u32 {
        let Some(text) = text else { return NONE };
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        if self.texts.len() >= MOST {
            return OTHER;
        }
        let number = self.texts.len() as u32;
        self.numbers.insert(text.into(), number);
        self.texts.push(text.into());
        number
    }

    /// The text of a number.
    pub(super) fn text(&self, number: u32) -> Option<String> {
        match number {
            NONE => None,
            OTHER => Some("(one of many others)".to_owned()),
            _ => self.texts.get(number as usize).map(|text| text.to_string()),
        }
    }
}
