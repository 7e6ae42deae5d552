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

/// Chance that a standard normal is below `z`, exact in the tail too.
pub fn normal_below(z: f64) -> f64 {
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
}

/// False-discovery rates of a family of tests from their p-values (Benjamini and Hochberg, 1995).
pub fn discovery_rates(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let mut q = vec![1.0; p.len()];
    let mut least: f64 = 1.0;
    for (rank, &i) in order.iter().enumerate().rev() {
        least = least.min(p[i] * p.len() as f64 / (rank + 1) as f64);
        q[i] = least;
    }
    q
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

    #[test]
    fn the_normal_distribution() {
        for (z, p) in [(0.0, 0.5), (-1.959_964, 0.025), (1.959_964, 0.975), (-6.0, 9.865_876e-10)] {
            assert!((normal_below(z) / p - 1.0).abs() < 1e-3, "{z}");
        }
    }

    #[test]
    fn discovery_rates_of_the_paper() {
        // Benjamini and Hochberg (1995), section 2.2: fifteen p-values, four rejected at .05.
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
            0.6528, 0.7590, 1.0,
        ];
        assert_eq!(discovery_rates(&p).iter().filter(|&&q| q <= 0.05).count(), 4);
    }
}
