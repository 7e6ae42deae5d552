//! Cells of Arrow arrays as values, without copying text.

use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, TimeUnit};

use crate::parse::Wanted;
use crate::value::{Fields, Value};

/// The wanted columns of a batch.
pub(crate) struct Table<'a>(Vec<(Cow<'a, str>, &'a dyn Array)>);

impl<'a> Table<'a> {
    pub(crate) fn new(batch: &'a RecordBatch, wanted: Wanted<'_>) -> Self {
        let schema = batch.schema_ref();
        let named = schema.fields().iter().zip(batch.columns());
        let kept = named.filter(|(field, _)| wanted.has(field.name()));
        Table(kept.map(|(field, array)| (Cow::Borrowed(field.name().as_str()), array.as_ref())).collect())
    }

    pub(crate) fn row(&self, row: usize) -> Fields<'a> {
        Fields(self.0.iter().map(|(name, array)| (name.clone(), value(*array, row))).collect())
    }
}

/// The cell at `row`.
fn value(array: &dyn Array, row: usize) -> Value<'_> {
    if array.is_null(row) {
        return Value::Null;
    }
    text(array, row)
        .or_else(|| number(array, row))
        .or_else(|| time(array, row))
        .unwrap_or_else(|| nested(array, row))
}

fn text(array: &dyn Array, row: usize) -> Option<Value<'_>> {
    let bytes = match array.data_type() {
        DataType::Utf8 => return Some(borrowed(array.as_string::<i32>().value(row))),
        DataType::LargeUtf8 => return Some(borrowed(array.as_string::<i64>().value(row))),
        DataType::Utf8View => return Some(borrowed(array.as_string_view().value(row))),
        DataType::Binary => array.as_binary::<i32>().value(row),
        DataType::LargeBinary => array.as_binary::<i64>().value(row),
        DataType::BinaryView => array.as_binary_view().value(row),
        _ => return None,
    };
    Some(std::str::from_utf8(bytes).map_or(Value::Opaque("bytes", Cow::Borrowed(bytes)), borrowed))
}

fn borrowed(text: &str) -> Value<'_> {
    Value::Text(Cow::Borrowed(text))
}

fn number(array: &dyn Array, row: usize) -> Option<Value<'_>> {
    Some(match array.data_type() {
        DataType::Boolean => Value::Bool(array.as_boolean().value(row)),
        DataType::Int8 => Value::Int(array.as_primitive::<Int8Type>().value(row).into()),
        DataType::Int16 => Value::Int(array.as_primitive::<Int16Type>().value(row).into()),
        DataType::Int32 => Value::Int(array.as_primitive::<Int32Type>().value(row).into()),
        DataType::Int64 => Value::Int(array.as_primitive::<Int64Type>().value(row)),
        DataType::UInt8 => Value::Int(array.as_primitive::<UInt8Type>().value(row).into()),
        DataType::UInt16 => Value::Int(array.as_primitive::<UInt16Type>().value(row).into()),
        DataType::UInt32 => Value::Int(array.as_primitive::<UInt32Type>().value(row).into()),
        DataType::UInt64 => Value::Uint(array.as_primitive::<UInt64Type>().value(row)),
        DataType::Float16 => Value::Float(array.as_primitive::<Float16Type>().value(row).to_f64()),
        DataType::Float32 => Value::Float(array.as_primitive::<Float32Type>().value(row).into()),
        DataType::Float64 => Value::Float(array.as_primitive::<Float64Type>().value(row)),
        _ => return None,
    })
}

fn time(array: &dyn Array, row: usize) -> Option<Value<'_>> {
    let (date, time) = match array.data_type() {
        DataType::Date32 => (array.as_primitive::<Date32Type>().value_as_date(row), None),
        DataType::Date64 => (array.as_primitive::<Date64Type>().value_as_date(row), None),
        DataType::Timestamp(unit, _) => (
            None,
            match unit {
                TimeUnit::Second => array.as_primitive::<TimestampSecondType>().value_as_datetime(row),
                TimeUnit::Millisecond => {
                    array.as_primitive::<TimestampMillisecondType>().value_as_datetime(row)
                }
                TimeUnit::Microsecond => {
                    array.as_primitive::<TimestampMicrosecondType>().value_as_datetime(row)
                }
                TimeUnit::Nanosecond => {
                    array.as_primitive::<TimestampNanosecondType>().value_as_datetime(row)
                }
            },
        ),
        _ => return None,
    };
    let shown = date.map(|d| d.to_string()).or_else(|| time.map(|t| t.to_string()));
    Some(
        shown.map_or_else(|| opaque("a time out of range", array, row), |text| Value::Text(Cow::Owned(text))),
    )
}

fn nested(array: &dyn Array, row: usize) -> Value<'_> {
    let items =
        |values: &'_ dyn Array, from: usize, to: usize| (from..to.min(values.len())).collect::<Vec<_>>();
    match array.data_type() {
        DataType::List(_) => {
            let list = array.as_list::<i32>();
            let ends = list.value_offsets();
            let range = items(list.values(), ends[row] as usize, ends[row + 1] as usize);
            Value::List(range.into_iter().map(|i| value(list.values(), i)).collect())
        }
        DataType::LargeList(_) => {
            let list = array.as_list::<i64>();
            let ends = list.value_offsets();
            let range = items(list.values(), ends[row] as usize, ends[row + 1] as usize);
            Value::List(range.into_iter().map(|i| value(list.values(), i)).collect())
        }
        DataType::FixedSizeList(_, size) => {
            let list = array.as_fixed_size_list();
            let start = list.value_offset(row) as usize;
            let range = items(list.values(), start, start + *size as usize);
            Value::List(range.into_iter().map(|i| value(list.values(), i)).collect())
        }
        DataType::Struct(fields) => {
            let columns = fields.iter().zip(array.as_struct().columns());
            let member = |(field, column)| {
                let (field, column): (&'_ arrow_schema::FieldRef, &'_ arrow_array::ArrayRef) =
                    (field, column);
                (Cow::Borrowed(field.name().as_str()), value(column, row))
            };
            Value::Object(Fields(columns.map(member).collect()))
        }
        DataType::Dictionary(_, _) => {
            let dictionary = array.as_any_dictionary();
            match number(dictionary.keys(), row) {
                Some(Value::Int(key)) if (key as usize) < dictionary.values().len() => {
                    value(dictionary.values(), key as usize)
                }
                _ => opaque("a broken dictionary", dictionary.keys(), row),
            }
        }
        DataType::Null => Value::Null,
        DataType::Map(_, _) => {
            let map = array.as_map();
            let ends = map.value_offsets();
            let entries: &dyn Array = map.entries();
            let range = items(entries, ends[row] as usize, ends[row + 1] as usize);
            Value::List(range.into_iter().map(|i| value(entries, i)).collect())
        }
        DataType::FixedSizeBinary(_) => {
            Value::Opaque("bytes", Cow::Borrowed(array.as_fixed_size_binary().value(row)))
        }
        _ => opaque("of a type that has no text", array, row),
    }
}

/// A cell that is not understood, with its bytes if all cells of the type have the same width.
fn opaque<'a>(name: &'static str, array: &'a dyn Array, row: usize) -> Value<'a> {
    let data = array.to_data();
    let width = array.data_type().primitive_width();
    let bytes = width.zip(data.buffers().first()).and_then(|(width, buffer)| {
        let at = data.offset().checked_add(row)?.checked_mul(width)?;
        buffer.as_slice().get(at..at.checked_add(width)?).map(<[u8]>::to_vec)
    });
    Value::Opaque(name, Cow::Owned(bytes.unwrap_or_default()))
}

thread_local! {
    /// Whether a panic on this thread is caught and reported as damaged input.
    static GUARDED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Runs a decoder whose input is hostile. It should report errors, and a panic is one too: it is
/// caught, and it does not reach the terminal as a message for programmers.
///
/// # Errors
/// The decoder's, in words.
pub fn guarded<T, E: std::fmt::Display>(decode: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    static HOOK: std::sync::Once = std::sync::Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                usual(panic);
            }
        }));
    });
    let outer = GUARDED.replace(true);
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(decode));
    GUARDED.set(outer);
    match result {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("the decoder gave up".to_owned()),
    }
}
