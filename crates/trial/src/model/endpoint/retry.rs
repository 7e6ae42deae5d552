//! How long to wait before a further try.

use std::time::Duration;

use crate::draw::Draw;

/// The longest wait, whatever a server asks for.
const LONGEST: Duration = Duration::from_secs(120);
/// The longest wait that we choose ourselves.
const OWN: Duration = Duration::from_secs(30);

/// The wait before try `next` (the second is 1): doubling, and between half of that and all of it, so that
/// clients do not come back together. The seed and the question decide where, not the clock.
pub(super) fn wait(next: u32, first: Duration, asked: Option<Duration>, draw: &mut Draw) -> Duration {
    if let Some(asked) = asked {
        return asked.min(LONGEST);
    }
    let doubled = first.saturating_mul(1 << next.saturating_sub(1).min(16)).min(OWN);
    doubled.mul_f64(0.5 + draw.unit() / 2.0)
}

/// The wait that a `Retry-After` asks for, in seconds. A date is not read, as clocks differ.
pub(super) fn asked(header: &str) -> Option<Duration> {
    let seconds: f64 = header.trim().parse().ok()?;
    (seconds.is_finite() && seconds >= 0.0)
        .then(|| Duration::from_secs_f64(seconds.min(LONGEST.as_secs_f64())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_are_the_same_for_one_seed() {
        let second = Duration::from_secs(1);
        let waits = |seed| {
            let mut draw = Draw::new(seed, &["question"]);
            (1..8).map(|next| wait(next, second, None, &mut draw)).collect::<Vec<_>>()
        };
        assert_eq!(waits(1), waits(1));
        assert_ne!(waits(1), waits(2));
        for (next, wait) in waits(3).into_iter().enumerate() {
            let most = Duration::from_secs(1 << next).min(OWN);
            assert!(wait >= most / 2 && wait <= most, "{next}: {wait:?}");
        }
        assert_eq!(wait(1, second, asked("7"), &mut Draw::new(0, &[])), 7 * second);
        assert_eq!(asked("99999999"), Some(LONGEST));
        assert_eq!(
            [asked("-1"), asked("NaN"), asked("inf"), asked("Wed, 21 Oct 2026 07:28:00 GMT")],
            [None; 4]
        );
    }
}
