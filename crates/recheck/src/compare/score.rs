//! One scale for all pages: how much a change looks like a replacement on purpose.

use toadstone_core::Became;

use super::fates::Fate;

/// What is known of the domain of a page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Site {
    /// Whether its pages were replaced beyond base drift.
    pub(super) named: bool,
    /// Share of its pages that were replaced.
    pub(super) replaced: f64,
}

/// The score of a page, 0 to 1.
///
/// Not a probability, but an order: what leaves the text is below what does not, a new text on the old
/// subject below a stranger's, and a page that was replaced alone below one of a domain that lost more
/// pages than base drift explains. Such a page has .9 and more, any other less than .8.
pub(super) fn score(fate: &Fate, site: Site) -> f32 {
    let left = fate.left.unwrap_or(0.0);
    let strange = fate.strange.unwrap_or(0.0);
    let score = match fate.change {
        Became::Identical | Became::ReEncoded | Became::Unreachable => 0.0,
        Became::Gone | Became::Truncated => 0.05,
        Became::Unknown => 0.1,
        Became::Edited => 0.25 * (1.0 - left),
        Became::Placeholder => 0.3,
        Became::Rewritten if site.named => 0.75 + 0.2 * strange,
        Became::Rewritten => 0.3 + 0.2 * strange + 0.1 * site.replaced,
        Became::Replaced if site.named => 0.9 + 0.1 * strange,
        Became::Replaced => 0.45 + 0.15 * strange + 0.15 * site.replaced,
    };
    score as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_suspicion() {
        let fate = |change, left, strange| Fate {
            page: 0,
            domain: 0,
            change,
            left: Some(left),
            strange: Some(strange),
        };
        let site = |named, replaced| Site { named, replaced };
        let scores = [
            score(&fate(Became::ReEncoded, 1.0, 0.0), site(true, 1.0)),
            score(&fate(Became::Gone, 0.0, 0.0), site(false, 0.0)),
            score(&fate(Became::Edited, 0.1, 0.0), site(false, 0.0)),
            score(&fate(Became::Placeholder, 0.0, 1.0), site(false, 1.0)),
            score(&fate(Became::Rewritten, 0.0, 0.4), site(false, 0.2)),
            score(&fate(Became::Replaced, 0.0, 0.9), site(false, 0.0)),
            score(&fate(Became::Replaced, 0.0, 0.9), site(false, 0.5)),
            score(&fate(Became::Rewritten, 0.0, 0.4), site(true, 0.9)),
            score(&fate(Became::Replaced, 0.0, 0.9), site(true, 0.9)),
        ];
        assert!(scores.is_sorted() && scores.iter().all(|s| (0.0..=1.0).contains(s)), "{scores:?}");
    }
}
