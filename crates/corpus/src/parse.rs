//! JSON as values: every byte is checked, only what is wanted is kept.

use std::borrow::Cow;
use std::fmt;

use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use crate::rejected::Reason;
use crate::value::{Fields, Value};

/// Which members of a record are needed; `All` when the columns are still to be recognised.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted<'w> {
    All,
    Columns(&'w [String]),
}

impl Wanted<'_> {
    pub(crate) fn has(self, name: &str) -> bool {
        match self {
            Wanted::All => true,
            Wanted::Columns(names) => names.iter().any(|n| n == name),
        }
    }
}

/// Reads one JSON object. The whole text is checked, the members that are not wanted included.
///
/// `depth` bounds the nesting and with it the stack.
pub(crate) fn parse_object<'a>(
    bytes: &'a [u8],
    wanted: Wanted<'_>,
    depth: usize,
) -> Result<Fields<'a>, Reason> {
    let text = utf8(bytes)?;
    if deeper_than(bytes, depth) {
        return Err(Reason::TooDeep { limit: depth });
    }
    match bytes.iter().find(|b| !b.is_ascii_whitespace()) {
        Some(b'{') | None => {}
        Some(b'[') => return Err(Reason::NotAnObject { found: "a list" }),
        Some(b'"') => return Err(Reason::NotAnObject { found: "text" }),
        Some(b'-' | b'0'..=b'9') => return Err(Reason::NotAnObject { found: "a number" }),
        Some(_) => return Err(Reason::InvalidJson { at: 0 }),
    }
    let mut json = sonic_rs::Deserializer::from_str(text);
    let parsed = Row(wanted).deserialize(&mut json).and_then(|fields| json.end().map(|()| fields));
    parsed.map_err(|error| match error.classify() {
        sonic_rs::error::Category::Eof => Reason::CutJson,
        _ => Reason::InvalidJson { at: error.offset().min(bytes.len()) },
    })
}

/// Reads any JSON value from text that stands inside another value.
pub(crate) fn parse_nested(text: &str, depth: usize) -> Option<Value<'_>> {
    if deeper_than(text.as_bytes(), depth) {
        return None;
    }
    sonic_rs::from_str(text).ok()
}

/// The bytes as text.
pub(crate) fn utf8(bytes: &[u8]) -> Result<&str, Reason> {
    simdutf8::compat::from_utf8(bytes).map_err(|error| Reason::NotUtf8 { at: error.valid_up_to() })
}

/// Whether JSON nests deeper than `limit`, for bytes that need not be valid.
fn deeper_than(bytes: &[u8], limit: usize) -> bool {
    // Nearly every record has fewer brackets than the limit, and counting is all it takes to know.
    if bytes.iter().filter(|&&b| b == b'{' || b == b'[').count() <= limit {
        return false;
    }
    let (mut depth, mut at, mut in_text) = (0usize, 0usize, false);
    while let Some(&b) = bytes.get(at) {
        match (in_text, b) {
            (true, b'\\') => at += 1,
            (_, b'"') => in_text = !in_text,
            (false, b'{' | b'[') => depth += 1,
            (false, b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limit {
            return true;
        }
        at += 1;
    }
    false
}

/// A string, borrowed if it has no escapes.
struct Str<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Str<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct StrVisitor;
        impl<'de> Visitor<'de> for StrVisitor {
            type Value = Str<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E: de::Error>(self, v: &'de str) -> Result<Self::Value, E> {
                Ok(Str(Cow::Borrowed(v)))
            }
            fn visit_str<E: de::Error>(self, v: &str) -> Result<Self::Value, E> {
                Ok(Str(Cow::Owned(v.to_owned())))
            }
        }
        deserializer.deserialize_str(StrVisitor)
    }
}

/// Reads an object and keeps the members that are wanted.
struct Row<'w>(Wanted<'w>);

impl<'de> DeserializeSeed<'de> for Row<'_> {
    type Value = Fields<'de>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = Fields<'de>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(Str(key)) = map.next_key()? {
            if self.0.has(&key) {
                fields.push((key, map.next_value()?));
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Fields(fields))
    }
}

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value<'de>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E: de::Error>(self, v: bool) -> Result<Self::Value, E> {
        Ok(Value::Bool(v))
    }
    fn visit_i64<E: de::Error>(self, v: i64) -> Result<Self::Value, E> {
        Ok(Value::Int(v))
    }
    fn visit_u64<E: de::Error>(self, v: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(v).map_or(Value::Uint(v), Value::Int))
    }
    fn visit_f64<E: de::Error>(self, v: f64) -> Result<Self::Value, E> {
        Ok(Value::Float(v))
    }
    fn visit_borrowed_str<E: de::Error>(self, v: &'de str) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Borrowed(v)))
    }
    fn visit_str<E: de::Error>(self, v: &str) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Owned(v.to_owned())))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Row(Wanted::All).visit_map(map).map(Value::Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(json: &[u8]) -> Result<Fields<'_>, Reason> {
        parse_object(json, Wanted::All, 128)
    }

    #[test]
    fn only_wanted_members_are_kept_and_all_are_checked() {
        let wanted = ["a".to_owned()];
        let parse = |json: &'static str| parse_object(json.as_bytes(), Wanted::Columns(&wanted), 128);
        let fields = parse(r#"{"b":[1,{"c":null}],"a":"x\ty"}"#).unwrap();
        assert_eq!(fields.0, vec![("a".into(), Value::Text("x\ty".into()))]);
        for bad in
            [r#"{"b":[1,}],"a":"x"}"#, r#"{"b":tru,"a":"x"}"#, r#"{"b":"\q","a":"x"}"#, r#"{"b":01,"a":"x"}"#]
        {
            assert!(matches!(parse(bad), Err(Reason::InvalidJson { .. })), "{bad}");
        }
        assert_eq!(parse(r#"{"a":"x""#), Err(Reason::CutJson));
        assert_eq!(parse("[1]"), Err(Reason::NotAnObject { found: "a list" }));
        assert!(matches!(parse(r#"{"a":"x"} {"a":"y"}"#), Err(Reason::InvalidJson { .. })));
        assert_eq!(all(b"{\"a\":\"\xff\"}"), Err(Reason::NotUtf8 { at: 6 }));
    }

    #[test]
    fn nesting_is_bounded_and_brackets_in_text_do_not_count() {
        let nested = |n: usize| format!(r#"{{"a":{}1{}}}"#, "[".repeat(n), "]".repeat(n));
        assert!(all(nested(127).as_bytes()).is_ok());
        assert_eq!(all(nested(128).as_bytes()), Err(Reason::TooDeep { limit: 128 }));
        assert_eq!(all(nested(1_000_000).as_bytes()), Err(Reason::TooDeep { limit: 128 }));
        let quoted = format!(r#"{{"a":"{}\"{}"}}"#, "[".repeat(500), "{".repeat(500));
        assert!(all(quoted.as_bytes()).is_ok());
    }

    #[test]
    fn a_name_that_occurs_twice_is_refused() {
        let fields = all(br#"{"a":1,"a":2,"b":3}"#).unwrap();
        assert_eq!(fields.get("a"), Err(Reason::DuplicateColumn { column: "a".into() }));
        assert_eq!(fields.get("b"), Ok(Some(&Value::Int(3))));
        assert_eq!(fields.get("c"), Ok(None));
    }

    proptest! {
            /// The fast parser takes and refuses exactly what a plain one does, also where it skips.
            #[test]
            fn agrees_with_serde_json(mutated in mutated_json(), skip in any::<bool>()) {
                let wanted = [];
                let ours = parse_object(&mutated, if skip { Wanted::Columns(&wanted) } else { Wanted::All }, 128);
                let theirs = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&mutated);
    // A number too large for a double is JSON all the same.
                prop_assume!(!theirs.as_ref().is_err_and(|error| error.to_string().starts_with("number out of range")));
                            prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{:?} {:?} {:?}", String::from_utf8_lossy(&mutated), ours, theirs);
            }
        }

    fn json_value() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_filter("finite", |f| f.is_finite()).prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::btree_map(any::<String>(), inner, 0..4)
                    .prop_map(|m| serde_json::Value::Object(m.into_iter().collect())),
            ]
        })
    }

    fn mutated_json() -> impl Strategy<Value = Vec<u8>> {
        let object = prop::collection::btree_map("[a-c]", json_value(), 0..4);
        let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..4), 0..3);
        (object, edits).prop_map(|(object, edits)| {
            let mut bytes = serde_json::to_vec(&object).unwrap();
            for (at, byte, kind) in edits {
                if bytes.is_empty() {
                    break;
                }
                let at = at.index(bytes.len());
                match kind {
                    0 => bytes[at] = byte,
                    1 => {
                        bytes.remove(at);
                    }
                    2 => bytes.insert(at, byte),
                    _ => bytes.insert(at, b",:{}[]\"\\0-.e\x01 "[byte as usize % 14]),
                }
            }
            bytes
        })
    }
}
