//! Calendar days and times, as far as waivers and decisions need them.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970 in UTC.
fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs())
}

/// Today in UTC, as `YYYY-MM-DD`.
pub fn today() -> String {
    day_in(0)
}

/// The day in UTC in so many days, as `YYYY-MM-DD`.
pub fn day_in(days: u64) -> String {
    let (year, month, day) = civil(seconds() / 86_400 + days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Now in UTC, as `YYYY-MM-DDTHH:MM:SSZ`.
pub fn now() -> String {
    let seconds = seconds();
    let (year, month, day) = civil(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The day that is `days` after 1970-01-01, in the Gregorian calendar.
///
/// Counts in years that begin on 1 March, so that the leap day is the last of its year
/// (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn civil(days: u64) -> (u64, u64, u64) {
    let z = days + 719_468;
    let era = z / 146_097;
    let of_era = z % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

/// Whether `text` is a day that exists, written `YYYY-MM-DD`.
pub fn is_day(text: &str) -> bool {
    let bytes = text.as_bytes();
    let shape = bytes.len() == 10
        && bytes
            .iter()
            .enumerate()
            .all(|(i, b)| if i == 4 || i == 7 { *b == b'-' } else { b.is_ascii_digit() });
    let part =
        |range: std::ops::Range<usize>| text.get(range).and_then(|p| p.parse::<u32>().ok()).unwrap_or(0);
    shape && (1..=12).contains(&part(5..7)) && (1..=days_in(part(0..4), part(5..7))).contains(&part(8..10))
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_the_calendar_does() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(civil(19_782), (2024, 2, 29));
        assert_eq!(civil(19_783), (2024, 3, 1));
        assert_eq!(civil(20_453), (2025, 12, 31));
        assert!(is_day(&today()) && is_day(&day_in(100_000)) && is_day(&now()[..10]));
    }

    #[test]
    fn only_days_that_exist_are_days() {
        for good in ["2026-01-31", "2024-02-29", "2000-02-29", "1999-12-01"] {
            assert!(is_day(good), "{good}");
        }
        for bad in
            ["2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "31.01.2026", "2026-04-31"]
        {
            assert!(!is_day(bad), "{bad}");
        }
        assert!(!is_day("２０２６-01-01") && !is_day(""));
    }
}
