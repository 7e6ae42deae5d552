//! The few distributions that the tests need.

/// Log-likelihood ratio, in nats, of seeing `seen` where `expected` were expected (Poisson); 0 where
/// not more were seen than expected. A tail bound (Chernoff): chance of as many is at most `exp(-x)`.
pub fn surprise(seen: f64, expected: f64) -> f64 {
    if seen <= expected || seen <= 0.0 {
        return 0.0;
    }
    seen * (seen / expected.max(1e-9)).ln() - (seen - expected)
}

/// Log-likelihood ratio, in nats, of `hits` of `n` where each has the chance `p` (binomial, Chernoff).
pub fn binomial_surprise(hits: f64, n: f64, p: f64) -> f64 {
    let share = hits / n.max(1.0);
    if share <= p {
        return 0.0;
    }
    let misses = n - hits;
    let rest = if misses > 0.0 { misses * ((1.0 - share) / (1.0 - p)).ln() } else { 0.0 };
    hits * (share / p.max(1e-12)).ln() + rest
}

/// Mean and standard deviation.
pub fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
    (mean, variance.sqrt())
}

/// The upper tail of a distribution: a generalised Pareto distribution over its highest tenth, by the
/// method of moments (Pickands 1975; Hosking and Wallis 1987).
#[derive(Debug, Clone, Copy)]
pub struct Tail {
    from: f64,
    scale: f64,
    shape: f64,
}

impl Tail {
    /// Share of the values that make up the tail.
    const SHARE: f64 = 0.1;

    /// Fits the tail of `values`, which are sorted and not empty.
    pub fn fit(values: &[f64]) -> Tail {
        let from = values[((1.0 - Self::SHARE) * values.len() as f64) as usize];
        let above: Vec<f64> = values.iter().filter(|&&v| v > from).map(|v| v - from).collect();
        let (mean, deviation) = moments(&above);
        let ratio = (mean / deviation.max(1e-9)).powi(2);
        // A tail that ends soon would make impossible what is only rare: the shape is bounded.
        let shape = (0.5 * (1.0 - ratio)).clamp(-0.25, 0.5);
        Tail { from, scale: (mean * (1.0 - shape)).max(1e-9), shape }
    }

    /// Chance of a value of at least `value`; 1 below the tail.
    pub fn above(&self, value: f64) -> f64 {
        let x = (value - self.from) / self.scale;
        if x <= 0.0 {
            return 1.0;
        }
        if self.shape.abs() < 1e-6 {
            return Self::SHARE * libm::exp(-x);
        }
        Self::SHARE * libm::pow((1.0 + self.shape * x).max(0.0), -1.0 / self.shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_of_known_distributions() {
        // Quantiles of the uniform (shape -1), the exponential (0) and a Pareto distribution (1/4).
        let at = |i: usize| (i as f64 + 0.5) / 10_000.0;
        let exponential: Vec<f64> = (0..10_000).map(|i| -(1.0 - at(i)).ln()).collect();
        let pareto: Vec<f64> = (0..10_000).map(|i| (1.0 - at(i)).powf(-0.25)).collect();
        let uniform: Vec<f64> = (0..10_000).map(at).collect();
        assert!((Tail::fit(&exponential).above(6.907) / 0.001 - 1.0).abs() < 0.2);
        assert!((Tail::fit(&pareto).above(5.623) / 0.001 - 1.0).abs() < 0.3);
        // Bounded: nothing lies above 1, and the shape is not as short as the true one.
        assert!(Tail::fit(&uniform).above(0.99) < 0.04 && Tail::fit(&uniform).above(2.0) < 1e-9);
        assert_eq!(Tail::fit(&exponential).above(0.0), 1.0);
    }

    #[test]
    fn surprise_bounds_the_tail() {
        assert_eq!(surprise(3.0, 4.0), 0.0);
        assert!(surprise(10.0, 1.0) > 14.0 && surprise(10.0, 1.0) < 15.0);
        assert!((binomial_surprise(10.0, 10.0, 0.5) - 10.0 * 2f64.ln()).abs() < 1e-9);
    }
}
