//! How often something happened, and how sure that figure is.

use serde::{Deserialize, Serialize};

/// Normal quantile of intervals that hold in 95 of 100 cases.
const Z: f64 = 1.959_963_984_540_054;

/// The interval that holds the true share in 95 of 100 cases (Wilson, 1927) where `share` was seen among `n`;
/// 0 to 1 if nothing was tried.
pub fn wilson(share: f64, n: f64) -> (f64, f64) {
    if n == 0.0 {
        return (0.0, 1.0);
    }
    let middle = share + Z * Z / (2.0 * n);
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    // At either end the formula gives the end itself, but for rounding.
    let low = if share <= 0.0 { 0.0 } else { (middle - half) / scale };
    let high = if share >= 1.0 { 1.0 } else { (middle + half) / scale };
    (low, high)
}

/// Successes among trials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rate {
    /// How often it happened.
    pub successes: u64,
    /// How often it could have.
    pub trials: u64,
}

impl Rate {
    /// `successes` of `trials`.
    pub fn new(successes: u64, trials: u64) -> Rate {
        Rate { successes, trials }
    }

    /// Counts those for which it holds.
    pub fn count(happened: impl IntoIterator<Item = bool>) -> Rate {
        happened.into_iter().fold(Rate::default(), |rate, yes| rate.plus(Rate::new(u64::from(yes), 1)))
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Rate) -> Rate {
        Rate::new(self.successes + other.successes, self.trials + other.trials)
    }

    /// The share, 0 to 1; 0 if nothing was tried.
    pub fn share(self) -> f64 {
        if self.trials == 0 { 0.0 } else { self.successes as f64 / self.trials as f64 }
    }

    /// The interval that holds the true share in 95 of 100 cases: [`wilson`].
    pub fn interval(self) -> (f64, f64) {
        wilson(self.share(), self.trials as f64)
    }

    /// By how much this share is above `base`, and the interval of that difference (Newcombe, 1998, method
    /// 10). Trials on the same prompts are taken as independent, which makes it wider than need be.
    pub fn excess(self, base: Rate) -> Excess {
        let difference = self.share() - base.share();
        let ((low, high), (base_low, base_high)) = (self.interval(), base.interval());
        let below = ((self.share() - low).powi(2) + (base_high - base.share()).powi(2)).sqrt();
        let above = ((high - self.share()).powi(2) + (base.share() - base_low).powi(2)).sqrt();
        Excess { difference, low: difference - below, high: difference + above }
    }
}

/// A difference of two shares, -1 to 1, with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Excess {
    /// The difference.
    pub difference: f64,
    /// Its interval begins here.
    pub low: f64,
    /// And ends here.
    pub high: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_of_the_literature() {
        // Newcombe (1998), table II: 81 of 263 and 15 of 148, Wilson.
        let (low, high) = Rate::new(81, 263).interval();
        assert!((low - 0.2553).abs() < 1e-4 && (high - 0.3662).abs() < 1e-4, "{low} {high}");
        let (low, high) = Rate::new(15, 148).interval();
        assert!((low - 0.0624).abs() < 1e-4 && (high - 0.1605).abs() < 1e-4, "{low} {high}");
        // Newcombe (1998, part 2), table II, method 10: 56/70 - 48/80 = .2, .0524 to .3339.
        let excess = Rate::new(56, 70).excess(Rate::new(48, 80));
        assert!((excess.difference - 0.2).abs() < 1e-9);
        assert!((excess.low - 0.0524).abs() < 1e-4 && (excess.high - 0.3339).abs() < 1e-4, "{excess:?}");
    }

    #[test]
    fn nothing_tried_is_nothing_known() {
        assert_eq!(Rate::default().interval(), (0.0, 1.0));
        assert_eq!(Rate::new(0, 10).interval().0, 0.0);
        assert_eq!(Rate::new(10, 10).interval().1, 1.0);
    }
}
