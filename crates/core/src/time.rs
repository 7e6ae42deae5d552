//! When a record was made, as its column writes it.

use jiff::civil::{Date, DateTime};
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};

/// Seconds since 1970 (UTC) of a time as data sets write it: ISO 8601 with or without an offset (UTC
/// then), a day, a month, a year, RFC 2822, or seconds, milliseconds, microseconds or nanoseconds
/// since 1970. `None` for anything else.
pub fn instant(text: &str) -> Option<i64> {
    let text = text.trim();
    if text.len() > 64 {
        return None;
    }
    number(text).or_else(|| iso(text)).or_else(|| Some(rfc2822::parse(text).ok()?.timestamp().as_second()))
}

/// The day of an instant, as `YYYY-MM-DD`.
pub fn day(seconds: i64) -> String {
    let stamp = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    TimeZone::UTC.to_datetime(stamp).date().to_string()
}

/// An instant to the second, as `YYYY-MM-DD HH:MM:SS UTC`.
pub fn instant_text(seconds: i64) -> String {
    let stamp = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    let time = TimeZone::UTC.to_datetime(stamp);
    format!("{} {} UTC", time.date(), time.time())
}

/// Years are told from epochs by their size, epochs from one another too: none of them is before 1973
/// in seconds, or beyond the year 5138.
fn number(text: &str) -> Option<i64> {
    let whole = text.split_once('.').filter(|(_, rest)| rest.bytes().all(|b| b.is_ascii_digit()));
    let digits = whole.map_or(text, |(whole, _)| whole);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let value: i64 = digits.parse().ok()?;
    match value {
        1000..=9999 if digits.len() == 4 => seconds(civil::date(value as i16, 1, 1).into()),
        100_000_000..100_000_000_000 => Some(value),
        100_000_000_000..100_000_000_000_000 => Some(value / 1_000),
        100_000_000_000_000..100_000_000_000_000_000 => Some(value / 1_000_000),
        100_000_000_000_000_000.. => Some(value / 1_000_000_000),
        _ => None,
    }
}

fn iso(text: &str) -> Option<i64> {
    if let Ok(stamp) = text.parse::<Timestamp>() {
        return Some(stamp.as_second());
    }
    // `2024-03-09 10:00:00 UTC`, as databases print it.
    let text = text.strip_suffix(" UTC").unwrap_or(text);
    if let Ok(time) = text.parse::<DateTime>() {
        return seconds(time);
    }
    if let Ok(date) = text.parse::<Date>() {
        return seconds(date.into());
    }
    let month = (text.len() == 7).then(|| format!("{text}-01"))?;
    seconds(month.parse::<Date>().ok()?.into())
}

fn seconds(time: DateTime) -> Option<i64> {
    Some(TimeZone::UTC.to_timestamp(time).ok()?.as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_data_sets_write_them() {
        let noon = 1_709_985_600;
        for text in [
            "2024-03-09T12:00:00Z",
            "2024-03-09T14:00:00+02:00",
            "2024-03-09 12:00:00",
            "2024-03-09T12:00:00.123456",
            "2024-03-09 12:00:00 UTC",
            "1709985600",
            "1709985600.25",
            "1709985600123",
            "1709985600123456789",
            "Sat, 9 Mar 2024 12:00:00 +0000",
        ] {
            assert_eq!(instant(text), Some(noon), "{text}");
        }
        assert_eq!(instant(" 2024-03-09 "), Some(noon - 12 * 3600));
        assert_eq!(instant("2024-03").map(day).as_deref(), Some("2024-03-01"));
        assert_eq!(instant("2024").map(day).as_deref(), Some("2024-01-01"));
        for text in ["", "yesterday", "12", "2024-13-01", "2024-02-30", ".5", "99999999999999999999"] {
            assert_eq!(instant(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_taken(text in proptest::prelude::any::<String>()) {
            instant(&text);
        }
    }
}
