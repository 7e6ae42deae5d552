//! Spherical k-means over sparse vectors (Dhillon and Modha 2001), begun as k-means++ (Arthur and
//! Vassilvitskii 2007).

use toadstone_sketch::mix;

/// A vector of length 1: places and values.
pub(super) type Sparse = Vec<(u32, f32)>;

/// Rounds after which the clusters are taken as they are.
const ROUNDS: usize = 8;

/// Centres, all places of one beside one another in memory: `centres[place * count + cluster]`.
pub(super) struct Centres {
    pub(super) count: usize,
    pub(super) values: Vec<f32>,
}

impl Centres {
    /// Fills `scores` with the vector's cosine with each centre. O(entries x clusters).
    pub(super) fn scores(&self, vector: &[(u32, f32)], scores: &mut Vec<f32>) {
        scores.clear();
        scores.resize(self.count, 0.0);
        for &(place, value) in vector {
            let from = place as usize * self.count;
            for (score, centre) in scores.iter_mut().zip(&self.values[from..from + self.count]) {
                *score += value * centre;
            }
        }
    }

    /// The nearest centre and the cosine with it; the first of equals.
    pub(super) fn nearest(&self, vector: &[(u32, f32)], scores: &mut Vec<f32>) -> (usize, f32) {
        self.scores(vector, scores);
        let mut best = (0, f32::MIN);
        for (cluster, &score) in scores.iter().enumerate() {
            if score > best.1 {
                best = (cluster, score);
            }
        }
        best
    }
}

/// At most `count` clusters of `vectors` in `width` dimensions. The same input gives the same bits:
/// one thread, one order, and draws from `seed`. O(rounds x entries x clusters).
pub(super) fn cluster(vectors: &[Sparse], width: usize, count: usize, seed: u64) -> Centres {
    let chosen = begin(vectors, width, count, seed);
    let mut centres = Centres { count: chosen.len(), values: vec![0.0; width * chosen.len()] };
    for (cluster, &at) in chosen.iter().enumerate() {
        for &(place, value) in &vectors[at] {
            centres.values[place as usize * centres.count + cluster] = value;
        }
    }
    let mut scores = Vec::new();
    let mut before = Vec::new();
    for _ in 0..ROUNDS {
        let nearest: Vec<usize> = vectors.iter().map(|v| centres.nearest(v, &mut scores).0).collect();
        if nearest == before {
            break;
        }
        centres = means(vectors, &nearest, width, &centres);
        before = nearest;
    }
    centres
}

/// The means of the members, of length 1; a cluster without members stays where it was.
fn means(vectors: &[Sparse], nearest: &[usize], width: usize, old: &Centres) -> Centres {
    let count = old.count;
    let mut values = vec![0.0f32; width * count];
    let mut filled = vec![false; count];
    for (vector, &cluster) in vectors.iter().zip(nearest) {
        filled[cluster] = true;
        for &(place, value) in vector {
            values[place as usize * count + cluster] += value;
        }
    }
    let mut squares = vec![0.0f32; count];
    for row in values.chunks_exact(count) {
        squares.iter_mut().zip(row).for_each(|(square, value)| *square += value * value);
    }
    for (row, before) in values.chunks_exact_mut(count).zip(old.values.chunks_exact(count)) {
        for cluster in 0..count {
            row[cluster] =
                if filled[cluster] { row[cluster] / squares[cluster].sqrt() } else { before[cluster] };
        }
    }
    Centres { count, values }
}

/// Vectors to begin with: each is drawn with a chance that grows with how far it is from those drawn.
fn begin(vectors: &[Sparse], width: usize, count: usize, seed: u64) -> Vec<usize> {
    let mut distance = vec![1.0f32; vectors.len()];
    let mut chosen = Vec::new();
    let mut dense = vec![0.0f32; width];
    while chosen.len() < count {
        let total: f64 = distance.iter().map(|d| f64::from(*d)).sum();
        if total < 1e-3 {
            break;
        }
        let draw = mix(seed ^ mix(chosen.len() as u64 + 1)) as f64 / u64::MAX as f64 * total;
        let mut sum = 0.0;
        let reached = distance.iter().position(|d| {
            sum += f64::from(*d);
            sum > draw
        });
        let Some(at) = reached.or_else(|| distance.iter().rposition(|d| *d > 0.0)) else { break };
        chosen.push(at);
        vectors[at].iter().for_each(|&(place, value)| dense[place as usize] = value);
        for (left, vector) in distance.iter_mut().zip(vectors) {
            let cosine: f32 = vector.iter().map(|&(place, value)| value * dense[place as usize]).sum();
            *left = left.min((1.0 - cosine).max(0.0));
        }
        vectors[at].iter().for_each(|&(place, _)| dense[place as usize] = 0.0);
        distance[at] = 0.0;
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_points_one_way_is_together() {
        let vector = |axis: u32, noise: u32| vec![(axis, 0.96f32), (4 + noise % 6, 0.28f32)];
        let vectors: Vec<Sparse> = (0..400).map(|at| vector(at % 4, mix(u64::from(at)) as u32)).collect();
        let centres = cluster(&vectors, 10, 4, 1);
        let mut scores = Vec::new();
        let found: Vec<usize> = vectors.iter().map(|v| centres.nearest(v, &mut scores).0).collect();
        assert!((0..400).all(|at| found[at] == found[at % 4]));
        let mut distinct = found[..4].to_vec();
        distinct.sort_unstable();
        assert_eq!(distinct, [0, 1, 2, 3]);
        assert_eq!(cluster(&vectors[..1], 10, 4, 1).count, 1);
    }
}
