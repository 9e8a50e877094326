//! Conversions between texts and lists.

use std::borrow::Cow;

use serde_json::Value;

use super::Step;
use crate::mapping::bounds::Bounds;
use crate::mapping::problem::Fault;

/// Memory of one list entry, for the bounds.
const ENTRY_BYTES: usize = size_of::<Value>();

/// Entries are trimmed and empty ones left out, so that `"a, b,"` is two.
pub(super) fn split<'a>(value: &Value, by: &str, bounds: &mut Bounds) -> Result<Cow<'a, Value>, Fault> {
    let Value::String(text) = value else {
        return Err(Fault::wrong_type(value, "a text", "remove split: the value is not a text"));
    };
    let entries = || text.split(by).map(str::trim).filter(|entry| !entry.is_empty());
    bounds.charge(entries().count() * ENTRY_BYTES + text.len())?;
    Ok(Cow::Owned(Value::Array(entries().map(Value::from).collect())))
}

/// Nothing and empty texts are left out.
pub(super) fn join<'a>(value: &Value, with: &str, bounds: &mut Bounds) -> Result<Cow<'a, Value>, Fault> {
    let Value::Array(items) = value else {
        return Err(Fault::wrong_type(value, "a list", "remove join: the value is not a list"));
    };
    let mut joined = String::new();
    for item in items {
        let entry = match item {
            Value::Null => continue,
            Value::String(text) if text.is_empty() => continue,
            Value::String(text) => Cow::Borrowed(text.as_str()),
            Value::Number(number) => Cow::Owned(number.to_string()),
            Value::Bool(yes) => Cow::Borrowed(if *yes { "true" } else { "false" }),
            Value::Array(_) | Value::Object(_) => {
                return Err(Fault::wrong_type(item, "a single value in the list", "put each before join"));
            }
        };
        bounds.fits(joined.len() + with.len() + entry.len())?;
        if !joined.is_empty() {
            joined.push_str(with);
        }
        joined.push_str(&entry);
    }
    bounds.charge(joined.len())?;
    Ok(Cow::Owned(Value::String(joined)))
}

/// Of an empty list, nothing.
pub(super) fn first(value: Cow<'_, Value>) -> Result<Cow<'_, Value>, Fault> {
    match value {
        Cow::Borrowed(Value::Array(items)) => {
            Ok(items.first().map_or(Cow::Owned(Value::Null), Cow::Borrowed))
        }
        Cow::Owned(Value::Array(items)) => Ok(Cow::Owned(items.into_iter().next().unwrap_or(Value::Null))),
        other => Err(Fault::wrong_type(&other, "a list", "remove first: the value is not a list")),
    }
}

/// Runs the steps on each entry; the first entry that fails fails the list.
pub(super) fn each<'a>(
    value: Cow<'a, Value>,
    steps: &'a [Step],
    bounds: &mut Bounds,
) -> Result<Cow<'a, Value>, Fault> {
    let count = match value.as_ref() {
        Value::Array(items) => items.len(),
        other => return Err(Fault::wrong_type(other, "a list", "remove each: the value is not a list")),
    };
    bounds.charge(count * ENTRY_BYTES)?;
    let mut done = Vec::with_capacity(count);
    let mut size = 0;
    let entries: Box<dyn Iterator<Item = Cow<'a, Value>>> = match value {
        Cow::Borrowed(Value::Array(items)) => Box::new(items.iter().map(Cow::Borrowed)),
        Cow::Owned(Value::Array(items)) => Box::new(items.into_iter().map(Cow::Owned)),
        _ => Box::new(std::iter::empty()),
    };
    for mut entry in entries {
        bounds.step()?;
        for step in steps {
            entry = step.run(entry, bounds)?;
        }
        size += crate::mapping::bounds::weight(&entry);
        bounds.fits(size)?;
        done.push(entry.into_owned());
    }
    Ok(Cow::Owned(Value::Array(done)))
}

#[cfg(test)]
mod tests {
    use crate::mapping::convert::tests::convert;
    use crate::mapping::problem::Code;
    use serde_json::{Value, json};

    #[test]
    fn texts_and_lists_convert_both_ways() {
        assert_eq!(convert(json!([{"kind": "split", "by": ","}]), json!("a, b,,")), Ok(json!(["a", "b"])));
        assert_eq!(
            convert(json!([{"kind": "join", "with": "; "}]), json!(["a", null, 7, ""])),
            Ok(json!("a; 7"))
        );
        assert_eq!(convert(json!([{"kind": "first"}]), json!([])), Ok(Value::Null));
        let each = json!([{"kind": "each", "convert": [{"kind": "upper-case"}]}]);
        assert_eq!(convert(each.clone(), json!(["a", null])), Ok(json!(["A", null])));
        assert_eq!(convert(each, json!("a")), Err(Code::WrongType));
        assert_eq!(convert(json!([{"kind": "join", "with": ""}]), json!([[1]])), Err(Code::WrongType));
    }

    #[test]
    fn bad_input_117_nested_lists_and_doubling_end_at_the_bounds() {
        let double: Vec<Value> = vec![json!({"kind": "replace", "from": "a", "to": "aa"}); 40];
        assert_eq!(convert(json!(double), json!("a")), Err(Code::TooLarge));
        let many = json!(vec![json!(["x"]); 60_000]);
        let steps = json!([{"kind": "each", "convert": [{"kind": "each", "convert": [{"kind": "trim"}]}]}]);
        assert_eq!(convert(steps, many), Err(Code::TooLarge));
        let apart = json!([{"kind": "split", "by": ","}]);
        assert_eq!(convert(apart, json!("a,".repeat(1 << 20))), Err(Code::TooLarge));
        let glue = json!([{"kind": "join", "with": "x".repeat(100)}]);
        assert_eq!(convert(glue, json!(vec!["a"; 90_000])), Err(Code::TooLarge));
    }
}
