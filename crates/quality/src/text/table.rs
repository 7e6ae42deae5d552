//! A hash table for one text.

/// What is known of one key.
#[derive(Debug, Clone, Copy, Default)]
pub struct Entry {
    key: u64,
    /// How often it was met; 0 marks a free place.
    pub count: u32,
    /// Where it was met first.
    pub first: u32,
    /// Where it was counted last.
    pub last: u32,
}

/// A table from keys that are hashes already to [`Entry`], with open addressing.
///
/// It is cleared for every text, so only as much of it is used as the text needs: a table that has
/// grown for a long text costs a short one nothing.
#[derive(Debug, Default)]
pub struct Table {
    slots: Vec<Entry>,
    mask: usize,
}

impl Table {
    /// Empties the table and makes room for `keys` different keys.
    pub fn clear(&mut self, keys: usize) {
        let size = (keys * 2).next_power_of_two().max(16);
        if self.slots.len() < size {
            self.slots.resize(size, Entry::default());
        }
        self.slots[..size].fill(Entry::default());
        self.mask = size - 1;
    }

    /// The entry of a key, which is new if its count is 0. The caller has to count it.
    pub fn entry(&mut self, key: u64) -> &mut Entry {
        let at = self.find(key);
        self.slots[at].key = key;
        &mut self.slots[at]
    }

    /// How often a key was counted.
    pub fn count(&self, key: u64) -> u32 {
        if self.slots.is_empty() { 0 } else { self.slots[self.find(key)].count }
    }

    fn find(&self, key: u64) -> usize {
        let mut at = (key >> 20) as usize & self.mask;
        while self.slots[at].count > 0 && self.slots[at].key != key {
            at = (at + 1) & self.mask;
        }
        at
    }
}
