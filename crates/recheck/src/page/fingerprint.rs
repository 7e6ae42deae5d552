//! What is kept of a page, so that a later look at it can be compared.

use sha1::Sha1;
use sha2::{Digest, Sha256};
use toadstone_sketch::{MinHasher, mix};
use unicode_script::{Script, UnicodeScript};
use xxhash_rust::xxh3::xxh3_64;

use super::address::domain;
use super::decode::decode;
use super::markup::{addresses, is_html, shown};
use super::normal::{normal, words};

/// Bins of the sketch of runs of words.
pub const SHINGLE_BINS: usize = 128;
/// Bins of the sketch of words.
pub const WORD_BINS: usize = 128;
/// Words that make a shingle.
const SHINGLE: usize = 5;
/// Letters from which on a word of a script with spaces counts as vocabulary: shorter ones are the same on
/// any subject.
const VOCABULARY: usize = 4;
/// Domains that a page links to, of which so many are kept: those with the least digests.
const LINKS: usize = 8;

/// What is kept of a page: about half a kilobyte, from which no sentence can be read.
///
/// Sketches are MinHash signatures of which 16 bits a bin are kept (b-bit minwise hashing, Li and König
/// 2010): two bins that do not stem from the same element agree with probability 2^-16.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// SHA-1 of the bytes, which indexes of web archives use. It proves nothing against an attacker.
    pub sha1: [u8; 20],
    /// SHA-256 of the normal text.
    pub text: [u8; 32],
    /// Sketch of the runs of five words; zeros if there is no word.
    pub shingles: [u16; SHINGLE_BINS],
    /// Sketch of the words; zeros if there is none.
    pub words: [u16; WORD_BINS],
    /// Different runs of five words.
    pub shingle_count: u32,
    /// Different words of the vocabulary.
    pub word_count: u32,
    /// Words, repeated ones too.
    pub length: u32,
    /// Character set, by its name in the Encoding Standard.
    pub charset: &'static str,
    /// Script of most of its letters, by its name in Unicode; `Common` without letters.
    pub script: &'static str,
    /// Registrable domains that it links to, its own left out: eight at most, in the order of their names.
    pub links: Vec<String>,
}

impl Fingerprint {
    /// The fingerprint of a page that is known as a text. Linear in its length.
    ///
    /// The text may be HTML. `address` is the page's own, whose domain is no link.
    pub fn of(text: &str, address: &str) -> Fingerprint {
        Fingerprint::build(text.as_bytes(), text, "UTF-8", is_html(text), address)
    }

    /// The fingerprint of a page that is known as bytes, with the `Content-Type` that the server named.
    pub fn of_bytes(bytes: &[u8], content_type: Option<&str>, address: &str) -> Fingerprint {
        let (text, charset) = decode(bytes, content_type.and_then(super::decode::charset));
        let html =
            content_type.is_some_and(|kind| kind.to_ascii_lowercase().contains("html")) || is_html(&text);
        Fingerprint::build(bytes, &text, charset, html, address)
    }

    fn build(bytes: &[u8], text: &str, charset: &'static str, html: bool, address: &str) -> Fingerprint {
        let (visible, links) = match html {
            true => {
                let page = shown(text);
                (normal(&page.text), page.links)
            }
            false => (normal(text), addresses(text)),
        };
        let sketched = Sketched::of(&visible);
        Fingerprint {
            sha256: Sha256::digest(bytes).into(),
            sha1: Sha1::digest(bytes).into(),
            text: Sha256::digest(&visible).into(),
            shingles: bins(&sketched.shingles),
            words: bins(&sketched.words),
            shingle_count: sketched.shingles.len() as u32,
            word_count: sketched.words.len() as u32,
            length: sketched.length,
            charset,
            script: script(&visible),
            links: domains(&links, address),
        }
    }
}

/// Hashed elements of a text, each once.
struct Sketched {
    shingles: Vec<u64>,
    words: Vec<u64>,
    length: u32,
}

impl Sketched {
    fn of(normal: &str) -> Sketched {
        let mut all = Vec::new();
        let mut vocabulary = Vec::new();
        words(normal, |word| {
            let hash = xxh3_64(word.as_bytes());
            if word.chars().count() >= VOCABULARY || !word.is_ascii() {
                vocabulary.push(hash);
            }
            all.push(hash);
        });
        let run = |run: &[u64]| run.iter().fold(0, |hash, word| mix(hash ^ word).wrapping_add(*word));
        let mut shingles: Vec<u64> = match all.len() {
            0 => Vec::new(),
            n if n < SHINGLE => vec![run(&all)],
            _ => all.windows(SHINGLE).map(run).collect(),
        };
        for set in [&mut shingles, &mut vocabulary] {
            set.sort_unstable();
            set.dedup();
        }
        Sketched { shingles, words: vocabulary, length: all.len() as u32 }
    }
}

fn bins<const BINS: usize>(set: &[u64]) -> [u16; BINS] {
    let mut hasher = MinHasher::<BINS>::default();
    // Never 0, so that a page without words is like no other.
    hasher.signature(set).map_or([0; BINS], |bins| bins.map(|bin| (mix(bin) as u16).max(1)))
}

/// The script of most letters of the beginning.
fn script(text: &str) -> &'static str {
    let mut counts: Vec<(Script, usize)> = Vec::new();
    for c in text.chars().filter(|c| c.is_alphabetic()).take(2000) {
        let script = c.script();
        match counts.iter_mut().find(|(known, _)| *known == script) {
            Some((_, n)) => *n += 1,
            None => counts.push((script, 1)),
        }
    }
    counts.iter().max_by_key(|(script, n)| (*n, script.full_name())).map_or("Common", |(s, _)| s.full_name())
}

fn domains(links: &[String], own: &str) -> Vec<String> {
    let own = domain(own);
    let web =
        |link: &&String| link.starts_with("http:") || link.starts_with("https:") || link.starts_with("//");
    let mut found: Vec<String> = links.iter().filter(web).map(|link| domain(link)).collect();
    found.retain(|domain| !domain.is_empty() && *domain != own && domain.len() <= 253);
    found.sort_by_cached_key(|domain| (mix(xxh3_64(domain.as_bytes())), domain.clone()));
    found.dedup();
    found.truncate(LINKS);
    found.sort();
    found
}

/// Bins that agree; 0 if either page has no word.
pub fn agreeing(a: &[u16], b: &[u16]) -> usize {
    a.iter().zip(b).filter(|(a, b)| a == b && **a != 0).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "The heron stands still at the edge of the pond and waits until a fish comes close enough to be caught";

    #[test]
    fn markup_and_character_set_change_the_bytes_and_not_the_text() {
        let text = format!("{TEXT}, déjà vu");
        let plain = Fingerprint::of(&text, "");
        let page = format!("<html><body><p>{text}</p><script>x</script></body></html>");
        let page = Fingerprint::of_bytes(page.as_bytes(), Some("text/html"), "");
        let (latin, ..) = encoding_rs::WINDOWS_1252.encode(&text);
        let latin = Fingerprint::of_bytes(&latin, Some("text/plain; charset=iso-8859-1"), "");
        assert!(plain.text == page.text && plain.text == latin.text);
        assert!(plain.sha256 != page.sha256 && plain.sha256 != latin.sha256);
        assert_eq!((plain.script, latin.charset), ("Latin", "windows-1252"));
    }

    #[test]
    fn an_edit_leaves_most_of_the_sketch_and_another_text_nothing() {
        let long = (0..30).map(|i| format!("{TEXT} number {i} of many")).collect::<Vec<_>>().join(". ");
        let edited = Fingerprint::of(&long.replace("number 7 ", "figure seven "), "");
        let long = Fingerprint::of(&long, "");
        let other =
            Fingerprint::of("Quarterly figures of the company were above what analysts had expected", "");
        assert!(agreeing(&long.shingles, &edited.shingles) > 90);
        assert_eq!(agreeing(&long.shingles, &other.shingles), 0);
        assert_eq!(agreeing(&Fingerprint::of("", "").words, &Fingerprint::of("", "").words), 0);
    }

    #[test]
    fn links_are_domains_and_not_its_own() {
        let page = "<html><a href='https://a.own.example/x'><a href='//shop.buy.example/'><a href='/x'>";
        assert_eq!(Fingerprint::of(page, "http://own.example/").links, ["buy.example"]);
    }
}
