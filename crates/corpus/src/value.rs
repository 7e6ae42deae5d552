//! One cell of a record, whatever format it came from.

use std::borrow::Cow;

use serde::ser::{Serialize, Serializer};

use crate::rejected::Reason;

/// A value, borrowed from the chunk it was parsed from wherever that is possible.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Text(Cow<'a, str>),
    List(Vec<Value<'a>>),
    Object(Fields<'a>),
    /// Something that has no text: what it is, and its bytes where they are known.
    Opaque(&'static str, Cow<'a, [u8]>),
}

impl<'a> Value<'a> {
    /// What it is, for a person.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Int(_) | Value::Uint(_) | Value::Float(_) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Object(_) => "an object",
            Value::Opaque(name, _) => name,
        }
    }

    /// Text, number or boolean as text; `None` for everything else.
    pub(crate) fn scalar(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Value::Text(text) => Cow::Borrowed(text.as_ref()),
            Value::Bool(b) => Cow::Borrowed(if *b { "true" } else { "false" }),
            Value::Int(n) => Cow::Owned(n.to_string()),
            Value::Uint(n) => Cow::Owned(n.to_string()),
            Value::Float(n) => Cow::Owned(n.to_string()),
            Value::Null | Value::List(_) | Value::Object(_) | Value::Opaque(..) => return None,
        })
    }

    fn size(&self) -> usize {
        match self {
            Value::Text(text) => text.len(),
            Value::List(items) => items.iter().map(Value::size).sum(),
            Value::Object(fields) => fields.size(),
            _ => size_of::<Self>(),
        }
    }

    /// A copy that borrows nothing.
    pub(crate) fn to_static(&self) -> Value<'static> {
        match self {
            Value::Null => Value::Null,
            Value::Bool(b) => Value::Bool(*b),
            Value::Int(n) => Value::Int(*n),
            Value::Uint(n) => Value::Uint(*n),
            Value::Float(n) => Value::Float(*n),
            Value::Text(text) => Value::Text(Cow::Owned(text.clone().into_owned())),
            Value::List(items) => Value::List(items.iter().map(Value::to_static).collect()),
            Value::Object(fields) => Value::Object(fields.to_static()),
            Value::Opaque(name, bytes) => Value::Opaque(name, Cow::Owned(bytes.clone().into_owned())),
        }
    }
}

/// The members of an object, in the order of the file, a repeated name included.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Fields<'a>(pub(crate) Vec<(Cow<'a, str>, Value<'a>)>);

impl<'a> Fields<'a> {
    /// The member of that name.
    ///
    /// A name that occurs twice is refused: programs differ in which of the two they train on, so
    /// whichever one is scanned here, another one may be learnt.
    pub(crate) fn get(&self, name: &str) -> Result<Option<&Value<'a>>, Reason> {
        let mut found = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value);
        let first = found.next();
        match found.next() {
            Some(_) => Err(Reason::DuplicateColumn { column: name.to_owned() }),
            None => Ok(first),
        }
    }

    /// The first member of that name.
    pub(crate) fn first(&self, name: &str) -> Option<&Value<'a>> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The same, to be changed.
    pub(crate) fn first_mut(&mut self, name: &str) -> Option<&mut Value<'a>> {
        self.0.iter_mut().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Bytes of text in it, about.
    pub(crate) fn size(&self) -> usize {
        self.0.iter().map(|(key, value)| key.len() + value.size()).sum()
    }

    /// A copy that borrows nothing.
    pub(crate) fn to_static(&self) -> Fields<'static> {
        let copy =
            |(key, value): &(Cow<'a, str>, Value<'a>)| (Cow::Owned(key.to_string()), value.to_static());
        Fields(self.0.iter().map(copy).collect())
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(b) => serializer.serialize_bool(*b),
            Value::Int(n) => serializer.serialize_i64(*n),
            Value::Uint(n) => serializer.serialize_u64(*n),
            Value::Float(n) => serializer.serialize_f64(*n),
            Value::Text(text) => serializer.serialize_str(text),
            Value::List(items) => serializer.collect_seq(items),
            Value::Object(fields) => fields.serialize(serializer),
            Value::Opaque(name, _) => serializer.serialize_str(&format!("<{name}>")),
        }
    }
}

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}
