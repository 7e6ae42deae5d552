//! From two looks to what became of every page and every domain.

mod account;
mod alike;
mod domains;
mod fates;
mod first;
mod hands;
mod left;
mod score;
mod second;
mod subject;
mod table;

pub use account::{Compared, PageChange, compare};
pub use first::{First, Known};
pub use second::Second;
pub use table::write_changes;

/// The share of replaced pages of which so many random ones show at least one with 95 % probability
/// ("rule of three", exactly: 1 - 0.05^(1/n)); 1 for none.
pub fn shows(seen: u64) -> f64 {
    if seen == 0 { 1.0 } else { -libm::expm1(0.05f64.ln() / seen as f64) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_a_sample_shows() {
        assert!(super::shows(29_956) <= 0.0001 && super::shows(29_955) > 0.0001);
        assert!(super::shows(2_995) <= 0.001 && super::shows(2_994) > 0.001, "{}", super::shows(2_994));
        assert_eq!(super::shows(0), 1.0);
    }
}
