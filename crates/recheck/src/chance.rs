//! Chances of counts under base drift, which is not the same everywhere.

use libm::lgamma;

/// How often something happens to the pages of a domain: a rate, and how much it differs between domains.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Drift {
    /// Share of pages.
    pub(crate) rate: f64,
    /// Correlation of two pages of one domain, 0 to 1: 0 if domains do not differ.
    pub(crate) within: f64,
}

impl Drift {
    /// Estimated from domains given as (pages, pages to which it happened), by moments: the variance
    /// of the counts beyond that of a binomial is put down to the domains (Williams 1982).
    pub(crate) fn of(domains: impl Iterator<Item = (u64, u64)> + Clone) -> Drift {
        let (mut n, mut k) = (0.0, 0.0);
        for (pages, hit) in domains.clone() {
            n += pages as f64;
            k += hit as f64;
        }
        // As if half a page more had been hit: a rate of 0 would make one page a certain proof.
        let rate = (k + 0.5) / (n + 1.0);
        let (mut excess, mut pairs) = (0.0, 0.0);
        for (pages, hit) in domains.filter(|(pages, _)| *pages > 1) {
            let (pages, hit) = (pages as f64, hit as f64);
            let binomial = pages * rate * (1.0 - rate);
            excess += (hit - pages * rate).powi(2) - binomial;
            pairs += pages * (pages - 1.0) * rate * (1.0 - rate);
        }
        let within = if pairs > 0.0 { (excess / pairs).clamp(0.0, 0.5) } else { 0.0 };
        Drift { rate, within }
    }

    /// Chance that at least `hit` of `pages` pages are hit: the tail of a beta-binomial, or of a binomial
    /// if domains do not differ. O(pages - hit).
    pub(crate) fn tail(self, pages: u64, hit: u64) -> f64 {
        if hit == 0 {
            return 1.0;
        }
        let terms = (hit..=pages).map(|k| self.log_chance(pages as f64, k as f64));
        let mut sum = 0.0;
        for term in terms {
            let chance = term.exp();
            sum += chance;
            // Beyond the mean the terms fall; what is left then is less than what counts.
            if chance < sum * 1e-12 {
                break;
            }
        }
        f64::min(sum, 1.0)
    }

    fn log_chance(self, n: f64, k: f64) -> f64 {
        let choose = lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0);
        if self.within < 1e-6 {
            return choose + k * self.rate.ln() + (n - k) * (1.0 - self.rate).ln();
        }
        let spread = 1.0 / self.within - 1.0;
        let (a, b) = (self.rate * spread, (1.0 - self.rate) * spread);
        let beta = |a: f64, b: f64| lgamma(a) + lgamma(b) - lgamma(a + b);
        choose + beta(k + a, n - k + b) - beta(a, b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_those_of_the_distributions() {
        let plain = Drift { rate: 0.5, within: 0.0 };
        assert!((plain.tail(10, 9) - 11.0 / 1024.0).abs() < 1e-12);
        assert!((plain.tail(10, 0) - 1.0).abs() < 1e-12);
        // With a = b = 1 every count is as likely as any other.
        let flat = Drift { rate: 0.5, within: 1.0 / 3.0 };
        assert!((flat.tail(9, 8) - 0.2).abs() < 1e-9, "{}", flat.tail(9, 8));
    }

    #[test]
    fn differences_between_domains_are_seen() {
        let same = Drift::of((0..400).map(|i| (20, 1 + u64::from(i % 2 == 0))));
        assert!(same.within < 0.01 && (same.rate - 0.075).abs() < 0.001, "{same:?}");
        let other = Drift::of((0..400).map(|i| (20, if i % 20 == 0 { 20 } else { 0 })));
        assert!(other.within > 0.4, "{other:?}");
        assert!(Drift::of([(5, 0)].into_iter()).rate > 0.0);
    }
}
