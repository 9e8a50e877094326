//! Lends the mentioned parts of a JSON value to CEL: texts are borrowed, never copied.

use std::collections::HashMap;

use cel::common::types::{
    CelBool, CelDouble, CelInt, CelList, CelMap, CelMapKey as Key, CelNull, CelString, CelUInt,
};
use cel::common::value::Val;
use serde_json::Value;

use crate::mapping::Code;
use crate::mapping::problem::Fault;

/// Most values lent to one condition.
pub const VALUES_MAX: usize = 10_000;
/// Most text lent to one condition, in bytes.
pub const TEXT_BYTES_MAX: usize = 1 << 20;

/// What one condition has been lent so far.
#[derive(Default)]
pub(super) struct Room {
    values: usize,
    bytes: usize,
}

type Lent<'v> = Box<dyn Val + 'v>;

/// The top-level fields named in `keys`; all of them without.
pub(super) fn lend<'v>(
    value: &'v Value,
    keys: Option<&[String]>,
    room: &mut Room,
) -> Result<Lent<'v>, Fault> {
    let Value::Object(entries) = value else { return Ok(Box::new(CelMap::from(HashMap::new()))) };
    let Some(keys) = keys else { return whole(value, room) };
    let mut map = HashMap::with_capacity(keys.len());
    for key in keys {
        if let Some((key, value)) = entries.get_key_value(key) {
            map.insert(Key::from(key.as_str()), whole(value, room)?);
        }
    }
    Ok(Box::new(CelMap::from(map)))
}

fn whole<'v>(value: &'v Value, room: &mut Room) -> Result<Lent<'v>, Fault> {
    room.take(1, 0)?;
    Ok(match value {
        Value::Null => Box::new(CelNull),
        Value::Bool(yes) => Box::new(CelBool::from(*yes)),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(whole), _) => Box::new(CelInt::from(whole)),
            (None, Some(whole)) => Box::new(CelUInt::from(whole)),
            (None, None) => Box::new(CelDouble::from(number.as_f64().unwrap_or(f64::NAN))),
        },
        Value::String(text) => {
            room.take(0, text.len())?;
            Box::new(CelString::from(text.as_str()))
        }
        Value::Array(items) => {
            room.take(items.len(), 0)?;
            let items = items.iter().map(|item| whole(item, room)).collect::<Result<Vec<_>, _>>()?;
            Box::new(CelList::from(items))
        }
        Value::Object(entries) => {
            let mut map = HashMap::with_capacity(entries.len().min(VALUES_MAX));
            for (key, value) in entries {
                room.take(0, key.len())?;
                map.insert(Key::from(key.as_str()), whole(value, room)?);
            }
            Box::new(CelMap::from(map))
        }
    })
}

impl Room {
    fn take(&mut self, values: usize, bytes: usize) -> Result<(), Fault> {
        self.values += values;
        self.bytes += bytes;
        if self.values > VALUES_MAX || self.bytes > TEXT_BYTES_MAX {
            return Err(Fault::new(
                Code::TooLarge,
                "the condition would have to look at too much of the record",
                "name a smaller part of the record in the condition",
            ));
        }
        Ok(())
    }
}
