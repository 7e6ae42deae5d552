//! Values on the command line.

use std::time::Duration;

/// A number of bytes: `256M`, `1G`, `1GiB`, `500000`. Units are powers of 1024.
pub fn bytes(text: &str) -> Result<usize, String> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let unit = unit.trim().to_ascii_uppercase();
    let shift = match unit.strip_suffix("IB").or(unit.strip_suffix('B')).unwrap_or(&unit) {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        _ => return Err("write a number of bytes such as 256M or 1G".to_owned()),
    };
    let number: usize =
        number.parse().map_err(|_| "write a number of bytes such as 256M or 1G".to_owned())?;
    let bytes =
        number.checked_mul(1usize << shift).ok_or_else(|| "that is more than any machine has".to_owned())?;
    if bytes < LEAST { Err("at least 64M are needed".to_owned()) } else { Ok(bytes) }
}

const LEAST: usize = 64 << 20;

/// `field=column`.
pub fn mapping(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((field, column)) if !field.is_empty() && !column.is_empty() => {
            Ok((field.to_owned(), column.to_owned()))
        }
        _ => Err("write field=column, such as input=question".to_owned()),
    }
}

/// A time: `90s`, `10m`, `2h`.
pub fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "write a time such as 90s, 10m or 2h".to_owned();
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        _ => return Err(wrong()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(bytes("256M"), Ok(256 << 20));
        assert_eq!(bytes("1G"), Ok(1 << 30));
        assert_eq!(bytes("2gib"), Ok(2 << 30));
        assert_eq!(bytes("100000000"), Ok(100_000_000));
        for wrong in ["", "G", "1X", "-1G", "1.5G", "12", "99999999999T"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_have_units() {
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("10m"), Ok(Duration::from_secs(600)));
        assert_eq!(duration("2h"), Ok(Duration::from_secs(7200)));
        for wrong in ["", "m", "10", "1.5h", "-1s", "10d", "99999999999999999999s", "10ｍ"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn mappings_have_two_sides() {
        assert_eq!(mapping("input=a.b=c"), Ok(("input".to_owned(), "a.b=c".to_owned())));
        assert!(mapping("input").is_err() && mapping("=x").is_err());
    }
}
