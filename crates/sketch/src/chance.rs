//! Chances.

/// At most the chance of `k` or more of `n` where each has chance `p` (Chernoff 1952).
pub fn binomial_tail(n: f64, k: f64, p: f64) -> f64 {
    let share = k / n;
    if share <= p {
        return 1.0;
    }
    let rest = if k < n { (1.0 - share) * ((1.0 - share) / (1.0 - p)).ln() } else { 0.0 };
    (-n * (share * (share / p).ln() + rest)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_above_the_exact_chance() {
        // Ten heads of ten: 2^-10; nine or more: 11 / 1024.
        assert!((binomial_tail(10.0, 10.0, 0.5) - 1.0 / 1024.0).abs() < 1e-9);
        let nine = binomial_tail(10.0, 9.0, 0.5);
        assert!(nine > 11.0 / 1024.0 && nine < 0.05);
        assert_eq!(binomial_tail(10.0, 3.0, 0.5), 1.0);
    }
}
