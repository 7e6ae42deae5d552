//! Values as bytes, so that equal values have equal bytes and no two others do.

use crate::value::{Fields, Value};

/// Appends the canonical encoding of a row: for each column in the order of the file its name and its
/// value. A value is a tag followed by a payload of fixed or stated length, so the encoding can be
/// read back in one way only. Text is the same whether it is stored as `Utf8`, `LargeUtf8` or a
/// dictionary; numbers keep their kind (whole or floating).
pub(crate) fn encode(fields: &Fields<'_>, out: &mut Vec<u8>) {
    length(fields.0.len(), out);
    for (name, value) in &fields.0 {
        text(name.as_bytes(), out);
        encode_value(value, out);
    }
}

/// The same without some columns, which are named by their paths.
pub(crate) fn encode_without(fields: &Fields<'_>, without: &[&str], out: &mut Vec<u8>) {
    let kept = || fields.0.iter().filter(|(name, _)| !without.contains(&name.as_ref()));
    length(kept().count(), out);
    for (name, value) in kept() {
        text(name.as_bytes(), out);
        let inner = |path: &&'_ str| path.strip_prefix(name.as_ref())?.strip_prefix('.').map(str::to_owned);
        let inner: Vec<String> = without.iter().filter_map(inner).collect();
        match value {
            Value::Object(fields) if !inner.is_empty() => {
                out.push(7);
                encode_without(fields, &inner.iter().map(String::as_str).collect::<Vec<_>>(), out);
            }
            _ => encode_value(value, out),
        }
    }
}

fn encode_value(value: &Value<'_>, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(0),
        Value::Bool(b) => out.extend([1, u8::from(*b)]),
        Value::Int(n) => number(2, n.to_be_bytes(), out),
        Value::Uint(n) => number(3, n.to_be_bytes(), out),
        Value::Float(n) => number(4, n.to_bits().to_be_bytes(), out),
        Value::Text(t) => {
            out.push(5);
            text(t.as_bytes(), out);
        }
        Value::List(items) => {
            out.push(6);
            length(items.len(), out);
            items.iter().for_each(|item| encode_value(item, out));
        }
        Value::Object(fields) => {
            out.push(7);
            encode(fields, out);
        }
        Value::Opaque(name, bytes) => {
            out.push(8);
            text(name.as_bytes(), out);
            text(bytes, out);
        }
    }
}

fn number(tag: u8, bytes: [u8; 8], out: &mut Vec<u8>) {
    out.push(tag);
    out.extend(bytes);
}

fn text(bytes: &[u8], out: &mut Vec<u8>) {
    length(bytes.len(), out);
    out.extend(bytes);
}

fn length(n: usize, out: &mut Vec<u8>) {
    out.extend((n as u64).to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes(value: Value<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        encode(&Fields(vec![("a".into(), value)]), &mut out);
        out
    }

    #[test]
    fn kinds_do_not_collide() {
        let values = [
            Value::Null,
            Value::Bool(false),
            Value::Int(0),
            Value::Uint(0),
            Value::Float(0.0),
            Value::Text("".into()),
            Value::List(Vec::new()),
            Value::List(vec![Value::Null]),
            Value::Object(Fields::default()),
            Value::Opaque("bytes", vec![1].into()),
            Value::Opaque("bytes", vec![2].into()),
        ];
        let mut encoded: Vec<_> = values.into_iter().map(bytes).collect();
        let all = encoded.len();
        encoded.sort();
        encoded.dedup();
        assert_eq!(encoded.len(), all);
    }

    #[test]
    fn columns_are_left_out_wherever_they_stand() {
        let row = |label: &str, source: &str| {
            let meta = Fields(vec![
                ("source".into(), Value::Text(source.to_owned().into())),
                ("n".into(), Value::Int(1)),
            ]);
            let fields = vec![
                ("label".into(), Value::Text(label.to_owned().into())),
                ("meta".into(), Value::Object(meta)),
            ];
            let mut out = Vec::new();
            encode_without(&Fields(fields), &["label", "meta.source"], &mut out);
            out
        };
        assert_eq!(row("a", "b"), row("c", "d"));
        assert!(!row("a", "b").is_empty());
    }

    proptest! {
        #[test]
        fn where_a_text_ends_is_part_of_it(a in ".*", b in ".*", c in ".*", d in ".*") {
            let list = |x: &str, y: &str| bytes(Value::List(vec![
                Value::Text(x.to_owned().into()), Value::Text(y.to_owned().into())]));
            prop_assert_eq!(list(&a, &b) == list(&c, &d), (a, b) == (c, d));
        }
    }
}
