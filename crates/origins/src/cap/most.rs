//! How many records a source may keep.

/// The largest number of records that a source may keep so that no source has more than `share` of
/// all that is kept; `None` if there is none. `sizes` are the records of the named sources, and
/// `unnamed` records belong to none and stay.
///
/// What is kept shrinks as sources are cut, so the number is the largest fixed point of
/// most <= share x (unnamed + sum of min(size, most)); applied to what it leaves, it changes nothing.
/// O(n log n).
pub fn most(sizes: &[u64], unnamed: u64, share: f64) -> Option<u64> {
    let kept = |most: u64| unnamed + sizes.iter().map(|size| (*size).min(most)).sum::<u64>();
    let fits = |most: u64| most as f64 <= share * kept(most) as f64;
    let largest = sizes.iter().copied().max().unwrap_or(0);
    // What is kept is concave in `most`, so those that fit are an interval from 0 on.
    let (mut low, mut high) = (0, largest);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if fits(middle) { low = middle } else { high = middle - 1 }
    }
    (low > 0 || largest == 0).then_some(low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_largest_number_that_fits() {
        assert_eq!(most(&[100, 100, 100, 100], 0, 0.25), Some(100));
        assert_eq!(most(&[1000, 10, 10, 10], 70, 0.5), Some(100));
        assert_eq!(most(&[1000, 10, 10], 0, 0.5), Some(20));
        assert_eq!(most(&[50, 50], 0, 0.4), None, "two sources cannot have less than a half each");
        assert_eq!(most(&[], 10, 0.5), Some(0));
    }

    proptest! {
        #[test]
        fn a_fixed_point_and_the_largest(
            sizes in prop::collection::vec(1u64..400, 1..40),
            unnamed in 0u64..300,
            percent in 1u32..100,
        ) {
            let share = f64::from(percent) / 100.0;
            let kept = |most: u64| unnamed + sizes.iter().map(|size| (*size).min(most)).sum::<u64>();
            let largest = sizes.iter().copied().max().unwrap();
            let brute = (1..=largest).rev().find(|most| *most as f64 <= share * kept(*most) as f64);
            prop_assert_eq!(most(&sizes, unnamed, share), brute);
            if let Some(found) = brute {
                let after: Vec<u64> = sizes.iter().map(|size| (*size).min(found)).collect();
                let again = most(&after, unnamed, share).unwrap();
                prop_assert!(again >= *after.iter().max().unwrap(), "nothing goes the second time");
            }
        }
    }
}
