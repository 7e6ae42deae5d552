//! What the topics are: learnt from a sample of the texts.

use ahash::AHashMap;

use super::clusters::{Centres, Sparse, cluster};
use super::words::words;

/// Least texts of the sample that have a word, and the most, as a share: rarer words tell nothing of a
/// topic, and more frequent ones belong to all.
const LEAST_TEXTS: u32 = 4;
const MOST_TEXTS: f64 = 0.15;
/// Words that texts are compared by.
const WORDS: usize = 16_384;
/// Texts of the sample for each topic, and the most topics.
const TEXTS_EACH: usize = 60;
const TOPICS: usize = 256;
/// Least texts and least words for which topics make sense.
const LEAST: usize = 200;
/// A text belongs to a topic if it is as near as all but one in so many of the sample's members.
const FAR: usize = 20;
/// Words of a topic's name.
const NAMED: usize = 4;

/// Topics, and the words that tell them.
pub(crate) struct Model {
    /// A word's place and its weight.
    vocabulary: AHashMap<u64, (u32, f32)>,
    centres: Centres,
    /// Least cosine with its centre that a topic's texts have.
    reach: Vec<f32>,
    names: Vec<Vec<String>>,
}

/// What [`Model::topic`] works with; one for each worker.
#[derive(Default)]
pub(crate) struct Scratch {
    vector: Sparse,
    scores: Vec<f32>,
}

impl Model {
    /// Learns topics from `texts`; `None` where there is too little text. The result depends on the
    /// texts, their order and `seed`.
    pub(crate) fn learn(texts: &[&str], seed: u64) -> Option<Model> {
        let (vocabulary, shown) = vocabulary(texts);
        if texts.len() < LEAST || vocabulary.len() < LEAST {
            return None;
        }
        let mut vectors = Vec::with_capacity(texts.len());
        for text in texts {
            let mut vector = Sparse::new();
            vectorise(&vocabulary, std::iter::once(*text), &mut vector);
            if !vector.is_empty() {
                vectors.push(vector);
            }
        }
        let count = (vectors.len() / TEXTS_EACH).clamp(2, TOPICS);
        let centres = cluster(&vectors, vocabulary.len(), count, seed);
        let reach = reach(&centres, &vectors);
        let names = (0..centres.count).map(|topic| name(&centres, topic, &shown)).collect();
        Some(Model { vocabulary, centres, reach, names })
    }

    /// Number of topics.
    pub(crate) fn len(&self) -> usize {
        self.centres.count
    }

    /// A topic's words.
    pub(crate) fn words(&self, topic: usize) -> &[String] {
        &self.names[topic]
    }

    /// The topic of a record's texts; `None` where they are near none.
    pub(crate) fn topic<'t>(
        &self,
        texts: impl Iterator<Item = &'t str>,
        scratch: &mut Scratch,
    ) -> Option<usize> {
        vectorise(&self.vocabulary, texts, &mut scratch.vector);
        let (topic, cosine) = self.centres.nearest(&scratch.vector, &mut scratch.scores);
        (!scratch.vector.is_empty() && cosine >= self.reach[topic]).then_some(topic)
    }
}

/// The words to compare by, and how they are shown, by place.
fn vocabulary(texts: &[&str]) -> (AHashMap<u64, (u32, f32)>, Vec<String>) {
    /// Texts with the word, the last text with it, and the word.
    type Seen = (u32, u32, String);
    let mut seen: AHashMap<u64, Seen> = AHashMap::new();
    for (number, text) in texts.iter().enumerate() {
        let number = number as u32 + 1;
        words(text, |hash, word| {
            let entry = seen.entry(hash).or_insert_with(|| (0, 0, word.to_owned()));
            if entry.1 != number {
                (entry.0, entry.1) = (entry.0 + 1, number);
            }
        });
    }
    let most = MOST_TEXTS * texts.len() as f64;
    let mut kept: Vec<(u64, u32, String)> =
        seen.into_iter().map(|(hash, (texts, _, word))| (hash, texts, word)).collect();
    kept.retain(|(_, texts, _)| *texts >= LEAST_TEXTS && f64::from(*texts) <= most);
    kept.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    kept.truncate(WORDS);
    let mut places = AHashMap::new();
    let mut shown = Vec::new();
    for (place, (hash, count, word)) in kept.into_iter().enumerate() {
        let weight = libm::logf(texts.len() as f32 / count as f32);
        places.insert(hash, (place as u32, weight));
        shown.push(word);
    }
    (places, shown)
}

/// The text as a vector of length 1, each of its words once.
fn vectorise<'t>(
    vocabulary: &AHashMap<u64, (u32, f32)>,
    texts: impl Iterator<Item = &'t str>,
    vector: &mut Sparse,
) {
    vector.clear();
    for text in texts {
        words(text, |hash, _| vector.extend(vocabulary.get(&hash)));
    }
    vector.sort_unstable_by_key(|(place, _)| *place);
    vector.dedup_by_key(|(place, _)| *place);
    let length = vector.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
    vector.iter_mut().for_each(|(_, weight)| *weight /= length);
}

/// How far from their centre the members of each cluster are, without the farthest.
fn reach(centres: &Centres, vectors: &[Sparse]) -> Vec<f32> {
    let mut cosines: Vec<Vec<f32>> = vec![Vec::new(); centres.count];
    let mut scores = Vec::new();
    for vector in vectors {
        let (cluster, cosine) = centres.nearest(vector, &mut scores);
        cosines[cluster].push(cosine);
    }
    let floor = |mut cosines: Vec<f32>| {
        cosines.sort_unstable_by(f32::total_cmp);
        cosines.get(cosines.len() / FAR).copied().unwrap_or(1.0)
    };
    cosines.into_iter().map(floor).collect()
}

fn name(centres: &Centres, topic: usize, shown: &[String]) -> Vec<String> {
    let value = |place: usize| centres.values[place * centres.count + topic];
    let mut places: Vec<usize> = (0..shown.len()).filter(|place| value(*place) > 0.0).collect();
    places.sort_unstable_by(|a, b| value(*b).total_cmp(&value(*a)).then(a.cmp(b)));
    places.into_iter().take(NAMED).map(|place| shown[place].clone()).collect()
}
