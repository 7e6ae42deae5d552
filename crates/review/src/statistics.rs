//! The few statistics of agreement.

use toadstone_core::Rate;

/// Wilson's interval of 95 % for a share of `hits` in `of` (Wilson 1927). The whole range for `of` = 0.
pub fn wilson(hits: u64, of: u64) -> [f64; 2] {
    Rate::new(hits, of).interval().into()
}

/// Cohen's kappa of a square table: agreement beyond what the margins give by chance, 1 for all and 0 for
/// none (Cohen 1960). `None` where nothing was compared, or where both always say the same one thing.
pub fn kappa<const N: usize>(table: &[[u64; N]; N]) -> Option<f64> {
    let total: u64 = table.iter().flatten().sum();
    let n = total as f64;
    let row = |i: usize| table[i].iter().sum::<u64>() as f64;
    let column = |i: usize| table.iter().map(|row| row[i]).sum::<u64>() as f64;
    let observed = (0..N).map(|i| table[i][i]).sum::<u64>() as f64 / n;
    let expected = (0..N).map(|i| row(i) * column(i)).sum::<f64>() / (n * n);
    (total > 0 && expected < 1.0).then(|| (observed - expected) / (1.0 - expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_those_of_the_textbook() {
        // Newcombe 1998, table I, method 3.
        let near =
            |found: [f64; 2], want: [f64; 2]| found.iter().zip(want).all(|(f, w)| (f - w).abs() < 5e-5);
        assert!(near(wilson(81, 263), [0.2553, 0.3662]), "{:?}", wilson(81, 263));
        assert!(near(wilson(15, 148), [0.0624, 0.1605]));
        assert!(near(wilson(0, 20), [0.0, 0.1611]));
        assert!(near(wilson(1, 29), [0.0061, 0.1718]));
        assert_eq!(wilson(0, 0), [0.0, 1.0]);
    }

    #[test]
    fn kappa_is_that_of_the_textbook() {
        let near = |found: Option<f64>, want: f64| (found.unwrap() - want).abs() < 1e-4;
        assert!(near(kappa(&[[20, 5], [10, 15]]), 0.4));
        assert!(near(kappa(&[[45, 15], [25, 15]]), 0.1304));
        assert!(near(kappa(&[[10, 0, 0], [0, 10, 0], [0, 0, 10]]), 1.0));
        assert_eq!(kappa(&[[7, 0], [0, 0]]), None);
        assert_eq!(kappa::<2>(&[[0, 0], [0, 0]]), None);
    }
}
