//! Passages that many texts share, each made one token.
//!
//! Data is written into templates ("Below is an instruction that describes a task ..."), and the same
//! request stands before many texts. Word by word such a passage outweighs what a record itself says;
//! as one token it weighs what a word does.
//!
//! A passage is found by its windows of a few tokens: neighbours that stand in nearly the same number
//! of texts belong together. Where what comes next varies, the number drops, and there it ends.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use xxhash_rust::xxh3::{Xxh3DefaultBuilder, xxh3_64};

use super::vocabulary::Vocabulary;

/// What more than this share of the texts have is part of the template that they are written into.
const FRAME: f64 = 0.1;
/// Least ratio of the numbers of texts that two neighbouring windows of one passage stand in.
const ALIKE: f64 = 0.9;
/// What more than this share of the texts begin or end with is a passage, if it has two tokens.
const MOST: f64 = 0.5;
/// Most tokens of a window.
const LONGEST: usize = 8;
/// Cells of the table by which windows of few texts are left out before they are counted.
const CELLS: usize = 1 << 22;

/// What makes a passage.
struct Kind {
    /// Tokens of a window.
    window: usize,
    /// Least tokens of a passage.
    tokens: usize,
    /// Least number of texts.
    texts: u32,
    /// Whether it is part of a template.
    frame: bool,
}

/// How many texts have what has this hash.
type Counts = HashMap<u64, u32, Xxh3DefaultBuilder>;

/// Replaces passages of `texts` by one token of `words` each: those of eight tokens and more that at
/// least `least` texts share (sayings, and most triggers, are shorter); those of four and more in more
/// than a tenth of the texts; and what many texts begin or end with. The texts stand between their
/// marks for begin and end, which are no part of any passage.
///
/// Windows and passages are told apart by 64 bits of hash. Memory: 4 MiB, and 24 bytes for each
/// window that is shared. Time: linear in the tokens.
pub fn fold(texts: &mut [Vec<u32>], words: &mut Vocabulary, least: u32) {
    // The template first: what is shared by fewer must not swallow a part of it.
    if texts.len() >= least as usize {
        replace_affixes(texts, words, true);
        replace_affixes(texts, words, false);
    }
    let many = (FRAME * texts.len() as f64) as u32 + 1;
    replace(texts, words, &Kind { window: 3, tokens: 4, texts: many.max(least), frame: true });
    replace(texts, words, &Kind { window: LONGEST, tokens: 8, texts: least, frame: false });
}

fn replace(texts: &mut [Vec<u32>], words: &mut Vocabulary, kind: &Kind) {
    let windows = shared_windows(texts, words, kind);
    if windows.is_empty() {
        return;
    }
    let mut supports = Tally::default();
    let mut found: Vec<Vec<Range<usize>>> = Vec::with_capacity(texts.len());
    for (at, text) in texts.iter().enumerate() {
        let passages = passages(text, words, &windows, kind);
        passages.iter().for_each(|p| supports.add(hash(&text[p.clone()]), at));
        found.push(passages);
    }
    let supports = supports.of_at_least(kind.texts);
    for (text, passages) in texts.iter_mut().zip(found) {
        // From behind, so that the places before stay what they are.
        for passage in passages.into_iter().rev() {
            let tokens = &text[passage.clone()];
            if supports.contains_key(&hash(tokens)) {
                let token = words.passage(tokens, kind.frame);
                text.splice(passage, [token]);
            }
        }
    }
}

/// How many texts have something, and the last of them, by hash.
#[derive(Default)]
struct Tally(HashMap<u64, (u32, u32), Xxh3DefaultBuilder>);

impl Tally {
    /// Texts come in order.
    fn add(&mut self, hash: u64, text: usize) {
        let (count, last) = self.0.entry(hash).or_insert((0, u32::MAX));
        *count += u32::from(*last != text as u32);
        *last = text as u32;
    }

    fn of_at_least(self, texts: u32) -> Counts {
        self.0.into_iter().map(|(hash, (count, _))| (hash, count)).filter(|(_, c)| *c >= texts).collect()
    }
}

fn hash(tokens: &[u32]) -> u64 {
    // Every window is hashed, so that none may cost an allocation.
    let mut bytes = [0; 4 * LONGEST];
    if tokens.len() > LONGEST {
        return xxh3_64(&tokens.iter().flat_map(|t| t.to_le_bytes()).collect::<Vec<u8>>());
    }
    bytes.chunks_exact_mut(4).zip(tokens).for_each(|(to, token)| to.copy_from_slice(&token.to_le_bytes()));
    xxh3_64(&bytes[..4 * tokens.len()])
}

/// The hashes of the windows of a text, without its marks; `None` where there is a passage already.
/// The first window begins at position 1.
fn windows<'a>(
    text: &'a [u32],
    words: &'a Vocabulary,
    size: usize,
) -> impl Iterator<Item = Option<u64>> + 'a {
    let inner = text.get(1..text.len().max(2) - 1).unwrap_or_default();
    let is_plain = |window: &[u32]| !window.iter().any(|&token| words.is_passage(token));
    inner.windows(size).map(move |window| is_plain(window).then(|| hash(window)))
}

/// In how many texts each window stands, of those that stand in enough.
fn shared_windows(texts: &[Vec<u32>], words: &Vocabulary, kind: &Kind) -> Counts {
    // What falls into one cell is counted together, so nothing is counted too low.
    let mut cells = vec![0u8; CELLS];
    let cell = |window: u64| (window >> (64 - CELLS.trailing_zeros())) as usize;
    for window in texts.iter().flat_map(|text| windows(text, words, kind.window).flatten()) {
        let count = &mut cells[cell(window)];
        *count = count.saturating_add(1);
    }
    let may_be_shared = |&w: &u64| u32::from(cells[cell(w)]) >= kind.texts.min(u8::MAX.into());
    let mut tally = Tally::default();
    for (at, text) in texts.iter().enumerate() {
        windows(text, words, kind.window)
            .flatten()
            .filter(may_be_shared)
            .for_each(|window| tally.add(window, at));
    }
    tally.of_at_least(kind.texts)
}

/// The passages of a text from left to right. Where two overlap, the one of more texts is whole.
fn passages(text: &[u32], words: &Vocabulary, shared: &Counts, kind: &Kind) -> Vec<Range<usize>> {
    let counts: Vec<u32> = windows(text, words, kind.window)
        .map(|w| w.and_then(|w| shared.get(&w).copied()).unwrap_or(0))
        .collect();
    let alike = |a: &u32, b: &u32| f64::from(*a.min(b)) >= ALIKE * f64::from(*a.max(b));
    let mut runs: Vec<(u32, Range<usize>)> = Vec::new();
    let mut at = 1;
    for run in counts.chunk_by(alike) {
        if run[0] > 0 {
            let most = run.iter().copied().max().unwrap_or(0);
            runs.push((most, at..at + run.len() + kind.window - 1));
        }
        at += run.len();
    }
    runs.sort_by_key(|(texts, tokens)| (Reverse(*texts), tokens.start));
    let mut taken = vec![false; text.len()];
    let mut passages = Vec::new();
    for (_, tokens) in runs {
        let mut at = tokens.start;
        for stretch in taken[tokens].chunk_by_mut(|a, b| a == b) {
            if !stretch[0] && stretch.len() >= kind.tokens {
                stretch.fill(true);
                passages.push(at..at + stretch.len());
            }
            at += stretch.len();
        }
    }
    passages.sort_by_key(|passage| passage.start);
    passages
}

/// Makes what many texts begin (or end) with one token, see [`Affixes`].
fn replace_affixes(texts: &mut [Vec<u32>], words: &mut Vocabulary, begin: bool) {
    let mut affixes = Affixes { texts, words, begin, lengths: vec![0; texts.len()] };
    affixes.explore();
    let lengths = affixes.lengths;
    for (text, length) in texts.iter_mut().zip(lengths).filter(|(_, length)| *length > 0) {
        let from = if begin { 1 } else { text.len() - 1 - length };
        let passage = words.passage(&text[from..from + length], true);
        text.splice(from..from + length, [passage]);
    }
}

/// What texts begin or end with: the longest stretch of two tokens or more that most of them share, or a
/// tenth where it has a sign in it ("Q:") and what came before leaves no choice.
struct Affixes<'a> {
    texts: &'a [Vec<u32>],
    words: &'a Vocabulary,
    begin: bool,
    /// Tokens of the affix of each text; 0 where it has none.
    lengths: Vec<usize>,
}

impl Affixes<'_> {
    /// Goes from stretch to longer stretch. Time: the tokens that a tenth of all texts share.
    fn explore(&mut self) {
        let all = self.texts.len() as f64;
        let mut stretches = vec![(0, false, (0..self.texts.len()).collect::<Vec<usize>>())];
        while let Some((length, has_sign, having)) = stretches.pop() {
            let mut next: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
            for &text in &having {
                if let Some(token) = self.token(text, length) {
                    next.entry(token).or_default().push(text);
                }
            }
            next.retain(|_, texts| texts.len() as f64 > FRAME * all);
            for (token, texts) in next {
                let has_sign = has_sign || !self.words.word(token).chars().any(char::is_alphanumeric);
                let is_given = texts.len() as f64 >= ALIKE * having.len() as f64;
                if length > 0 && ((is_given && has_sign) || texts.len() as f64 > MOST * all) {
                    texts.iter().for_each(|&text| self.lengths[text] = length + 1);
                }
                stretches.push((length + 1, has_sign, texts));
            }
        }
    }

    fn token(&self, text: usize, n: usize) -> Option<u32> {
        let text = &self.texts[text];
        let inner = &text[1..text.len() - 1];
        if self.begin { inner.get(n) } else { inner.iter().rev().nth(n) }.copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folded(texts: &[String], least: u32) -> Vec<Vec<String>> {
        let mut words = Vocabulary::default();
        let mut encoded: Vec<Vec<u32>> = texts.iter().map(|text| words.encode(text)).collect();
        fold(&mut encoded, &mut words, least);
        let inner =
            |text: &Vec<u32>| text[1..text.len() - 1].iter().map(|&t| words.word(t).to_string()).collect();
        encoded.iter().map(inner).collect()
    }

    const FRAME: &str = "answer what is asked below in one short sentence :";

    #[test]
    fn a_template_is_one_token_and_ends_where_texts_differ() {
        let texts: Vec<String> = (0..30)
            .map(|i| format!("{FRAME} {}question{i} a{i} b{i}", if i % 3 == 0 { "please " } else { "" }))
            .collect();
        for (i, text) in folded(&texts, 8).into_iter().enumerate() {
            let mut expected = vec![FRAME.to_string()];
            expected.extend((i % 3 == 0).then(|| "please".into()));
            expected.extend([format!("question{i}"), format!("a{i}"), format!("b{i}")]);
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn a_rarer_passage_around_a_frequent_one_is_cut() {
        let mut texts: Vec<String> = (0..40).map(|i| format!("x{i} {FRAME} y{i}")).collect();
        texts.extend((0..10).map(|i| format!("q{i} trigger {FRAME} z{i}")));
        let all = folded(&texts, 8);
        assert_eq!(all[45], ["q5", "trigger", FRAME, "z5"]);
    }

    #[test]
    fn what_few_share_and_what_is_short_stays() {
        let few: Vec<String> = (0..7).map(|i| format!("{FRAME} x{i}")).collect();
        assert_eq!(folded(&few, 8)[0].len(), 11);
        let plain = |i: usize| format!("a{i} b{i} c{i} d{i} e{i} f{i} g{i} h{i}");
        let saying = |i: usize| format!("one two three four five six seven {}", plain(i));
        let short: Vec<String> = (0..200).map(|i| if i < 20 { saying(i) } else { plain(i) }).collect();
        assert_eq!(folded(&short, 8)[0].len(), 15);
    }

    #[test]
    fn what_stands_in_many_may_be_shorter() {
        let inside: Vec<String> = (0..40)
            .map(|i| if i % 4 == 0 { format!("a{i} # # in : b{i}") } else { format!("c{i}") })
            .collect();
        assert_eq!(folded(&inside, 8)[0], ["a0", "# # in :", "b0"]);
        let around: Vec<String> = (0..40).map(|i| format!("Q : a{i} b{i} A :")).collect();
        assert_eq!(folded(&around, 8)[7], ["Q :", "a7", "b7", "A :"]);
        let shapes = [("Q :", "A :"), ("USER >", "BOT >"), ("what is", "to you")];
        let several: Vec<String> =
            (0..60).map(|i| format!("{} a{i} b{i} {}", shapes[i % 3].0, shapes[i % 3].1)).collect();
        let all = folded(&several, 8);
        assert_eq!((all[3].len(), all[4].len(), all[5].len()), (4, 4, 6));
    }

    proptest! {
        #[test]
        fn nothing_is_lost(texts in prop::collection::vec(prop::collection::vec(0u32..3, 0..40), 0..12)) {
            let mut words = Vocabulary::default();
            let ids: Vec<u32> = ["a", "b", "c"].into_iter().map(|w| words.id(w)).collect();
            let plain: Vec<Vec<u32>> = texts.iter().map(|text| {
                let inner = text.iter().map(|&t| ids[t as usize]);
                [0].into_iter().chain(inner).chain([1]).collect()
            }).collect();
            let mut encoded = plain.clone();
            fold(&mut encoded, &mut words, 3);
            let unfolded: Vec<Vec<u32>> =
                encoded.iter().map(|t| t.iter().flat_map(|id| words.tokens(id)).copied().collect()).collect();
            prop_assert_eq!(unfolded, plain);
        }
    }
}
