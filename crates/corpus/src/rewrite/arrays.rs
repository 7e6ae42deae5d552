//! Arrays of Arrow from values, for the columns that change.

use std::sync::Arc;

use arrow_array::types::{
    ArrowDictionaryKeyType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, BinaryArray, BooleanArray, DictionaryArray, LargeBinaryArray,
    LargeListArray, LargeStringArray, ListArray, PrimitiveArray, StringArray, StringViewArray, StructArray,
    new_null_array,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{DataType, FieldRef, Fields as Columns};

use crate::value::Value;

/// An array of a type with these values.
///
/// # Errors
/// A reason, if a value is none of the type, or the type is not one that texts are kept in.
pub(super) fn array(kind: &DataType, values: &[&Value<'_>]) -> Result<ArrayRef, String> {
    Ok(match kind {
        DataType::Utf8 => Arc::new(StringArray::from_iter(texts(values)?)),
        DataType::LargeUtf8 => Arc::new(LargeStringArray::from_iter(texts(values)?)),
        DataType::Utf8View => Arc::new(StringViewArray::from_iter(texts(values)?)),
        DataType::Binary => Arc::new(BinaryArray::from_iter(texts(values)?)),
        DataType::LargeBinary => Arc::new(LargeBinaryArray::from_iter(texts(values)?)),
        DataType::Boolean => Arc::new(BooleanArray::from_iter(each(values, boolean)?)),
        DataType::Int8 => whole::<Int8Type>(values)?,
        DataType::Int16 => whole::<Int16Type>(values)?,
        DataType::Int32 => whole::<Int32Type>(values)?,
        DataType::Int64 => whole::<Int64Type>(values)?,
        DataType::UInt8 => whole::<UInt8Type>(values)?,
        DataType::UInt16 => whole::<UInt16Type>(values)?,
        DataType::UInt32 => whole::<UInt32Type>(values)?,
        DataType::UInt64 => whole::<UInt64Type>(values)?,
        DataType::Float32 => {
            Arc::new(PrimitiveArray::<Float32Type>::from_iter(each(values, |v| number(v).map(|n| n as f32))?))
        }
        DataType::Float64 => Arc::new(PrimitiveArray::<Float64Type>::from_iter(each(values, number)?)),
        DataType::Null => new_null_array(kind, values.len()),
        DataType::List(item) => {
            let (lengths, nulls, items) = flattened(values)?;
            let offsets = OffsetBuffer::<i32>::from_lengths(lengths);
            Arc::new(
                ListArray::try_new(Arc::clone(item), offsets, array(item.data_type(), &items)?, nulls)
                    .map_err(told)?,
            )
        }
        DataType::LargeList(item) => {
            let (lengths, nulls, items) = flattened(values)?;
            let offsets = OffsetBuffer::<i64>::from_lengths(lengths);
            Arc::new(
                LargeListArray::try_new(Arc::clone(item), offsets, array(item.data_type(), &items)?, nulls)
                    .map_err(told)?,
            )
        }
        DataType::Struct(columns) => structs(columns, values)?,
        DataType::Dictionary(key, of) => dictionary(key, array(of, values)?)?,
        other => return Err(format!("a column of the type {other} cannot be written")),
    })
}

fn told(error: arrow_schema::ArrowError) -> String {
    error.to_string()
}

/// What `take` makes of each value; nothing of null.
fn each<'v, T>(
    values: &[&'v Value<'_>],
    take: impl Fn(&'v Value<'_>) -> Option<T>,
) -> Result<Vec<Option<T>>, String> {
    let one = |value: &&'v Value<'_>| match value {
        Value::Null => Ok(None),
        value => {
            take(value).map(Some).ok_or_else(|| format!("its column does not hold {}", value.type_name()))
        }
    };
    values.iter().map(one).collect()
}

fn texts<'v>(values: &[&'v Value<'_>]) -> Result<Vec<Option<&'v str>>, String> {
    each(values, |value| match value {
        Value::Text(text) => Some(text.as_ref()),
        _ => None,
    })
}

fn boolean(value: &Value<'_>) -> Option<bool> {
    match value {
        Value::Bool(b) => Some(*b),
        _ => None,
    }
}

fn number(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Float(n) => Some(*n),
        Value::Int(n) => Some(*n as f64),
        _ => None,
    }
}

fn whole<T: ArrowPrimitiveType>(values: &[&Value<'_>]) -> Result<ArrayRef, String>
where
    T::Native: TryFrom<i128>,
{
    let native = |value: &Value<'_>| match value {
        Value::Int(n) => T::Native::try_from(i128::from(*n)).ok(),
        Value::Uint(n) => T::Native::try_from(i128::from(*n)).ok(),
        _ => None,
    };
    Ok(Arc::new(PrimitiveArray::<T>::from_iter(each(values, native)?)))
}

/// Lengths of lists, which of them are there, and the items of all.
type Flattened<'v, 'a> = (Vec<usize>, Option<NullBuffer>, Vec<&'v Value<'a>>);

fn flattened<'v, 'a>(values: &[&'v Value<'a>]) -> Result<Flattened<'v, 'a>, String> {
    let (mut lengths, mut items) = (Vec::new(), Vec::new());
    for value in values {
        match value {
            Value::List(list) => {
                lengths.push(list.len());
                items.extend(list);
            }
            Value::Null => lengths.push(0),
            other => return Err(format!("its column does not hold {}", other.type_name())),
        }
    }
    Ok((lengths, nulls(values), items))
}

fn nulls(values: &[&Value<'_>]) -> Option<NullBuffer> {
    Some(values.iter().map(|value| **value != Value::Null).collect::<Vec<bool>>().into())
}

fn structs(columns: &Columns, values: &[&Value<'_>]) -> Result<ArrayRef, String> {
    let of = |column: &FieldRef| {
        let members = values.iter().map(|value| member(value, column.name()));
        array(column.data_type(), &members.collect::<Result<Vec<_>, String>>()?)
    };
    let arrays = columns.iter().map(of).collect::<Result<Vec<_>, String>>()?;
    Ok(Arc::new(StructArray::try_new(columns.clone(), arrays, nulls(values)).map_err(told)?))
}

/// A member of an object; null where there is none.
fn member<'v, 'a>(value: &'v Value<'a>, name: &str) -> Result<&'v Value<'a>, String> {
    match value {
        Value::Object(fields) => Ok(fields.first(name).unwrap_or(&Value::Null)),
        Value::Null => Ok(value),
        other => Err(format!("its column does not hold {}", other.type_name())),
    }
}

/// A dictionary in which each value has an entry of its own.
fn dictionary(key: &DataType, values: ArrayRef) -> Result<ArrayRef, String> {
    fn of<K: ArrowDictionaryKeyType>(values: ArrayRef) -> Result<ArrayRef, String>
    where
        K::Native: TryFrom<usize>,
    {
        let key = |at: usize| match values.is_null(at) {
            true => Ok(None),
            false => K::Native::try_from(at).map(Some).map_err(|_| "its dictionary is too small".to_owned()),
        };
        let keys = (0..values.len()).map(key).collect::<Result<Vec<_>, String>>()?;
        let keys = PrimitiveArray::<K>::from_iter(keys);
        Ok(Arc::new(DictionaryArray::<K>::try_new(keys, values).map_err(told)?))
    }
    match key {
        DataType::Int8 => of::<Int8Type>(values),
        DataType::Int16 => of::<Int16Type>(values),
        DataType::Int32 => of::<Int32Type>(values),
        DataType::Int64 => of::<Int64Type>(values),
        DataType::UInt8 => of::<UInt8Type>(values),
        DataType::UInt16 => of::<UInt16Type>(values),
        DataType::UInt32 => of::<UInt32Type>(values),
        DataType::UInt64 => of::<UInt64Type>(values),
        other => Err(format!("a dictionary with keys of the type {other} cannot be written")),
    }
}
