//! One scale for the scores of all detectors: the chance that a record is poison.

/// What no score exceeds: every test rests on a model of clean data, and of a hundred kinds of clean
/// data one may not be like it, however small the chance under the model is.
pub(crate) const SUREST: f64 = 0.99;

/// What no member's score is below: it is named by a finding.
pub(crate) const FAINTEST: f64 = 0.02;

/// The score of a record of a finding that is false with the chance `q`, and of whose `observed`
/// records nature would give `expected`.
pub(crate) fn score(q: f64, expected: f64, observed: f64) -> f32 {
    let planted = 1.0 - (expected / observed.max(1.0)).clamp(0.0, 1.0);
    bounded((1.0 - q.clamp(0.0, 1.0)) * planted)
}

/// A chance as the score of a member.
pub(crate) fn bounded(chance: f64) -> f32 {
    chance.clamp(FAINTEST, SUREST) as f32
}

/// How many records nature gives that have a trigger and show a behaviour, where `without` have the
/// trigger and do not show it, and `rate` is the behaviour's share elsewhere: those `without` are
/// natural, and natural records show it as often as any. Half a record is added (Jeffreys' prior),
/// for none seen is not none possible.
pub(crate) fn by_nature(without: f64, rate: f64) -> f64 {
    let rate = rate.clamp(0.0, 0.99);
    (without + 0.5) * rate / (1.0 - rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_the_share_that_nature_does_not_explain() {
        assert_eq!(score(0.0, 5.0, 20.0), 0.75);
        assert_eq!(score(0.2, 0.0, 20.0), 0.8);
        assert_eq!(score(0.0, 0.0, 20.0), SUREST as f32);
        assert_eq!(score(1.0, 0.0, 20.0), FAINTEST as f32);
        assert_eq!(score(0.0, 30.0, 20.0), FAINTEST as f32);
    }

    #[test]
    fn nature_shows_the_behaviour_as_often_as_elsewhere() {
        // 9.5 without it; one in twenty shows it elsewhere: half a record of ten.
        assert!((by_nature(9.0, 0.05) - 0.5).abs() < 1e-12);
        assert_eq!(by_nature(3.0, 0.0), 0.0);
    }
}
