//! Words of a document as hashes, fast: a table for ASCII, one pass, no allocation when reused.

use toadstone_sketch::mix;

use crate::features::tokens::is_unspaced;

/// Bytes of a document that are looked at.
pub const LOOKED_AT: usize = 1 << 20;
/// A run of letters and digits longer than this is a blob (an encoded file, a key), whatever it says.
const BLOB: usize = 28;
/// What all blobs look like.
const BLOB_HASH: u64 = 0x6a09_e667_f3bc_c908;

/// What a word is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// ASCII letters, perhaps with digits.
    Plain,
    /// Letters beyond ASCII.
    Foreign,
    /// Digits, or anything with a digit in it: only its length counts.
    Number,
    /// One sign.
    Sign,
    /// A run too long for a word.
    Blob,
}

/// A word.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    /// Hash of what it says; the same in capitals.
    pub hash: u64,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// What it is made of.
    pub class: Class,
}

/// The words of the first [`LOOKED_AT`] bytes of `text`. About 200 MB/s on ASCII.
pub fn split(text: &str, out: &mut Vec<Word>) {
    out.clear();
    let text = &text[..text.floor_char_boundary(LOOKED_AT)];
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let kind = KIND[usize::from(bytes[at])];
        if kind == SPACE {
            at += 1;
            continue;
        }
        let start = at;
        let (hash, class) = if kind == SIGN {
            at += 1;
            (u64::from(bytes[start]), Class::Sign)
        } else {
            run(text, &mut at)
        };
        out.push(Word {
            hash: mix(hash.wrapping_add(0x9e37_79b9)),
            start: start as u32,
            end: at as u32,
            class,
        });
    }
}

/// A run of letters and digits, or one character of a script without spaces, or one sign.
fn run(text: &str, at: &mut usize) -> (u64, Class) {
    let bytes = text.as_bytes();
    let start = *at;
    let (mut hash, mut digits, mut foreign) = (0u64, false, false);
    while let Some(&byte) = bytes.get(*at) {
        let kind = KIND[usize::from(byte)];
        match kind {
            LETTER | DIGIT => {
                hash = (hash ^ u64::from(LOWER[usize::from(byte)])).wrapping_mul(0x0000_0100_0000_01b3);
                digits |= kind == DIGIT;
                *at += 1;
            }
            BEYOND => {
                let Some(c) = text[*at..].chars().next() else { break };
                let alone = is_unspaced(c) || !c.is_alphanumeric();
                if alone && *at > start {
                    break;
                }
                for c in c.to_lowercase() {
                    hash = (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0000_0100_0000_01b3);
                }
                *at += c.len_utf8();
                foreign = true;
                if alone {
                    return (hash, if c.is_alphanumeric() { Class::Foreign } else { Class::Sign });
                }
            }
            _ => break,
        }
    }
    let length = *at - start;
    match () {
        () if length > BLOB && !foreign => (BLOB_HASH, Class::Blob),
        () if digits => (length as u64, Class::Number),
        () if foreign => (hash, Class::Foreign),
        () => (hash, Class::Plain),
    }
}

/// Scrambles the hashes of `words` to that of the string they make.
pub fn string(words: &[Word]) -> u64 {
    words.iter().fold(0, |state, word| follow(state, word.hash))
}

/// The hash of what `state` stands for, followed by another word.
pub fn follow(state: u64, word: u64) -> u64 {
    mix(state.rotate_left(23) ^ word.wrapping_mul(0x9fb2_1c65_1e98_df25))
}

const SPACE: u8 = 0;
const LETTER: u8 = 1;
const DIGIT: u8 = 2;
const SIGN: u8 = 3;
const BEYOND: u8 = 4;

const KIND: [u8; 256] = {
    let mut table = [BEYOND; 256];
    let mut byte = 0usize;
    while byte < 128 {
        let b = byte as u8;
        table[byte] = match () {
            () if b.is_ascii_alphabetic() || b == b'_' => LETTER,
            () if b.is_ascii_digit() => DIGIT,
            () if b.is_ascii_graphic() => SIGN,
            () => SPACE,
        };
        byte += 1;
    }
    table
};

const LOWER: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0usize;
    while byte < 256 {
        table[byte] = (byte as u8).to_ascii_lowercase();
        byte += 1;
    }
    table
};
