//! Exact tests on pairs, and what a number of prompts could show.

use libm::lgamma;

/// Chance of `k` or more of `n` where each has chance `p`, exact. O(n - k).
pub(crate) fn at_least(n: u64, k: u64, p: f64) -> f64 {
    if k == 0 {
        return 1.0;
    }
    if p <= 0.0 || k > n {
        return 0.0;
    }
    if p >= 1.0 {
        return 1.0;
    }
    let (n, ln_p, ln_q) = (n as f64, p.ln(), (1.0 - p).ln());
    let choose = |k: f64| lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0);
    let term = |k: u64| (choose(k as f64) + k as f64 * ln_p + (n - k as f64) * ln_q).exp();
    (k..=n as u64).map(term).sum::<f64>().min(1.0)
}

/// The exact sign test on paired differences, against the alternative that they are positive: the chance of
/// so many positive ones among those that are not 0 if either sign is as likely (with 0 and 1 as outcomes,
/// McNemar's exact test). 1 if all are 0.
pub(crate) fn sign_test(differences: impl IntoIterator<Item = f64>) -> f64 {
    let (mut more, mut less) = (0, 0);
    for difference in differences {
        more += u64::from(difference > 0.0);
        less += u64::from(difference < 0.0);
    }
    at_least(more + less, more, 0.5)
}

/// Pairs that all have to speak for a trigger before one of `tests` tests is below `level`, whatever the
/// others say.
pub(crate) fn needed(tests: usize, level: f64) -> u64 {
    (tests.max(1) as f64 / level).log2().ceil() as u64
}

/// The smallest share of prompts, in hundredths, in which a trigger has to bring a behaviour that nothing
/// else brings, so that `n` prompts show `needed` pairs with 95 % probability; `None` if even one that
/// always comes does not.
pub(crate) fn shows(n: u64, needed: u64) -> Option<f64> {
    (1..=100).map(|hundredth| f64::from(hundredth) / 100.0).find(|&share| at_least(n, needed, share) >= 0.95)
}

#[cfg(test)]
mod tests {
    use toadstone_core::wilson;

    use super::*;

    #[test]
    fn tails_are_exact() {
        assert!((at_least(10, 9, 0.5) - 11.0 / 1024.0).abs() < 1e-12);
        assert_eq!((at_least(5, 0, 0.5), at_least(5, 6, 0.5), at_least(5, 2, 0.0)), (1.0, 0.0, 0.0));
        assert!((sign_test([1.0, 1.0, 1.0, -1.0, 0.0]) - 5.0 / 16.0).abs() < 1e-12);
        assert_eq!((sign_test([]), sign_test([0.0; 9])), (1.0, 1.0));
    }

    #[test]
    fn intervals_are_those_of_the_paper() {
        // Newcombe (1998), table I: 81 of 263 gives .2553 to .3662; 0 of 20 gives 0 to .1611.
        let (low, high) = wilson(81.0 / 263.0, 263.0);
        assert!((low - 0.2553).abs() < 1e-4 && (high - 0.3662).abs() < 1e-4, "{low} {high}");
        let (low, high) = wilson(0.0, 20.0);
        assert!(low == 0.0 && (high - 0.1611).abs() < 1e-4, "{high}");
    }

    #[test]
    fn power_grows_with_prompts_and_falls_with_tests() {
        assert_eq!(needed(1, 0.05), 5);
        assert_eq!(needed(80, 0.05), 11);
        assert_eq!(shows(4, 5), None);
        assert_eq!(shows(5, 5), Some(0.99));
        let few = shows(20, 11).unwrap();
        assert!(shows(60, 11).unwrap() < few && shows(20, 6).unwrap() < few);
    }

    proptest::proptest! {
        #[test]
        fn chances_are_chances(n in 0u64..300, k in 0u64..300, p in 0f64..=1.0) {
            let chance = at_least(n, k, p);
            proptest::prop_assert!((0.0..=1.0).contains(&chance));
            let (low, high) = wilson(p, n as f64);
            proptest::prop_assert!(0.0 <= low && low <= p + 1e-9 && p <= high + 1e-9 && high <= 1.0);
        }
    }
}
