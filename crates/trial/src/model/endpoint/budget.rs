//! What a trial may cost.

use std::sync::atomic::{AtomicU64, Ordering};

/// Requests and tokens that are left.
#[derive(Debug)]
pub(super) struct Budget {
    requests: AtomicU64,
    made: AtomicU64,
    tokens: Option<AtomicU64>,
}

impl Budget {
    pub(super) fn new(requests: u64, tokens: Option<u64>) -> Budget {
        Budget { requests: requests.into(), made: 0.into(), tokens: tokens.map(AtomicU64::new) }
    }

    /// Takes one request; `false` if none, or no token, is left.
    pub(super) fn take(&self) -> bool {
        if self.tokens.as_ref().is_some_and(|left| left.load(Ordering::Relaxed) == 0) {
            return false;
        }
        let one =
            self.requests.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        self.made.fetch_add(u64::from(one.is_ok()), Ordering::Relaxed);
        one.is_ok()
    }

    /// Notes what an answer has cost. It is known afterwards only, so the last answers may cost more than
    /// was left.
    pub(super) fn spend(&self, tokens: u64) {
        if let Some(left) = &self.tokens {
            let _ = left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| Some(left.saturating_sub(tokens)));
        }
    }

    pub(super) fn made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_ends() {
        let budget = Budget::new(2, None);
        assert_eq!((budget.take(), budget.take(), budget.take(), budget.made()), (true, true, false, 2));
        let budget = Budget::new(9, Some(10));
        assert!(budget.take());
        budget.spend(11);
        assert!(!budget.take());
    }
}
