//! JSON from somebody who may want two programs to read two things.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

/// Deepest nesting that any file of a seal needs, with room.
const DEPTH: usize = 32;

/// Why JSON is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// More bytes than such a file can have.
    #[error("larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: u64,
    },
    /// It is no JSON, holds a name twice, nests too deeply, or is not what it should be.
    #[error("{0}")]
    Invalid(String),
}

/// Reads JSON strictly: valid, at most `limit` bytes, nothing behind it, at most 32 levels, and no
/// name twice in one object, wherever it stands. Programs differ in which of two equal names counts,
/// so such a file could mean one thing to who signs and another to who checks.
///
/// # Errors
/// [`JsonError`]; also if the value is not a `T`.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8], limit: u64) -> Result<T, JsonError> {
    if bytes.len() as u64 > limit {
        return Err(JsonError::TooLarge { limit });
    }
    let invalid = |error: serde_json::Error| JsonError::Invalid(error.to_string());
    let mut json = serde_json::Deserializer::from_slice(bytes);
    Strict { depth: DEPTH }.deserialize(&mut json).and_then(|()| json.end()).map_err(invalid)?;
    serde_json::from_slice(bytes).map_err(invalid)
}

/// Looks at every value and keeps none.
struct Strict {
    /// Levels that may still follow.
    depth: usize,
}

impl Strict {
    fn inner<E: serde::de::Error>(&self) -> Result<Strict, E> {
        let depth = self
            .depth
            .checked_sub(1)
            .ok_or_else(|| E::custom(format!("nested deeper than {DEPTH} levels")))?;
        Ok(Strict { depth })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(self.inner()?)?.is_some() {}
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut names = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            map.next_value_seed(self.inner()?)?;
            if let Some(twice) = names.replace(name) {
                return Err(A::Error::custom(format!("the name `{twice}` stands twice in one object")));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn read(text: &str) -> Result<Value, JsonError> {
        parse(text.as_bytes(), 1000)
    }

    #[test]
    fn what_two_programs_may_read_differently_is_refused() {
        assert!(read(r#"{"a":[1,2.5,"x",null,true,{"b":{}}]}"#).is_ok());
        for bad in [
            r#"{"a":1,"a":2}"#,
            r#"{"x":[{"a":1,"\u0061":2}]}"#,
            r#"{"a":1} {"a":1}"#,
            r#"{"a":1,}"#,
            "",
            "{",
            r#"{"a":1e999}"#,
        ] {
            assert!(matches!(read(bad), Err(JsonError::Invalid(_))), "{bad}");
        }
        assert!(parse::<Value>(b"\xff", 1000).is_err());
    }

    #[test]
    fn depth_and_size_are_bounded() {
        let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(read(&nested(DEPTH)).is_ok());
        assert!(read(&nested(DEPTH + 1)).is_err());
        assert!(parse::<Value>(nested(1_000_000).as_bytes(), u64::MAX).is_err());
        assert_eq!(read(&" ".repeat(1001)), Err(JsonError::TooLarge { limit: 1000 }));
    }
}
