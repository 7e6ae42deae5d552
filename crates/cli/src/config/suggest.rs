//! "Did you mean ...?"

/// The word of `known` that is nearest to `word`, if it is near enough to have been meant.
pub fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).max(1) + 1;
    let distances = known.into_iter().map(|k| (distance(&word.to_lowercase().replace('_', "-"), k), k));
    distances.min_by_key(|(d, _)| *d).filter(|(d, _)| *d <= limit).map(|(_, k)| k)
}

/// Number of characters to insert, remove or replace to make `b` out of `a`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        assert_eq!(closest("fail_on", ["fail-on", "block"]), Some("fail-on"));
        assert_eq!(closest("sevrity", ["severity", "confidence"]), Some("severity"));
        assert_eq!(closest("colour", ["severity", "confidence"]), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
