//! To numbers and to yes or no. Digits are ASCII, the decimal sign is a point: nothing depends on a language setting.

use std::borrow::Cow;

use serde_json::{Number, Value};

use crate::mapping::problem::{Code, Fault};

/// Longest text read as a number, in bytes.
const NUMBER_BYTES_MAX: usize = 400;
/// Whole numbers beyond it are not exact as a float.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// A number stays; a text is read; an empty text is nothing.
pub(super) fn to_number(value: Cow<'_, Value>) -> Result<Cow<'_, Value>, Fault> {
    match value.as_ref() {
        Value::Number(_) => Ok(value),
        Value::Bool(yes) => Ok(Cow::Owned(Value::from(u8::from(*yes)))),
        Value::String(text) if text.trim().is_empty() => Ok(Cow::Owned(Value::Null)),
        Value::String(text) => read(text.trim()).map(|number| Cow::Owned(Value::Number(number))),
        _ => Err(Fault::wrong_type(&value, "a number", "put first, each or join before it")),
    }
}

/// Like a number, without a fraction.
pub(super) fn to_integer(value: Cow<'_, Value>) -> Result<Cow<'_, Value>, Fault> {
    let number = to_number(value)?;
    let Some(float) = number.as_f64().filter(|_| number.is_f64()) else { return Ok(number) };
    if float.fract() != 0.0 {
        return Err(Fault::new(
            Code::NotANumber,
            "a number with a fraction where a whole number is needed",
            "use the conversion number, or correct the value in the source",
        ));
    }
    if float.abs() >= EXACT_MAX {
        return Err(out_of_range());
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53, checked above")]
    let whole = float as i64;
    Ok(Cow::Owned(Value::from(whole)))
}

/// `true`, `1`, `yes`, `on` and their opposites; an empty text is nothing.
pub(super) fn to_boolean(value: Cow<'_, Value>) -> Result<Cow<'_, Value>, Fault> {
    let yes = match value.as_ref() {
        Value::Bool(_) => return Ok(value),
        Value::Number(number) => match number.as_f64() {
            Some(1.0) => true,
            Some(0.0) => false,
            _ => return Err(not_a_boolean()),
        },
        Value::String(text) => {
            let word = text.trim();
            let is = |words: [&str; 4]| words.iter().any(|w| word.eq_ignore_ascii_case(w));
            if word.is_empty() {
                return Ok(Cow::Owned(Value::Null));
            } else if is(["true", "1", "yes", "on"]) {
                true
            } else if is(["false", "0", "no", "off"]) {
                false
            } else {
                return Err(not_a_boolean());
            }
        }
        _ => return Err(Fault::wrong_type(&value, "yes or no", "put first before it, or use a lookup")),
    };
    Ok(Cow::Owned(Value::Bool(yes)))
}

fn read(text: &str) -> Result<Number, Fault> {
    let plain = text.len() <= NUMBER_BYTES_MAX
        && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'))
        && text.bytes().any(|b| b.is_ascii_digit());
    if !plain {
        let remedy = if text.contains(',') {
            "replace the comma first: a decimal comma by a point, a thousands comma by nothing"
        } else {
            "correct the value in the source, or let the field use its default"
        };
        return Err(not_a_number(remedy));
    }
    if let Ok(whole) = text.parse::<i64>() {
        return Ok(whole.into());
    }
    if let Ok(whole) = text.parse::<u64>() {
        return Ok(whole.into());
    }
    let only_digits = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-'));
    let float: f64 =
        text.parse().map_err(|_| not_a_number("correct the value in the source, or use its default"))?;
    if only_digits {
        // A whole number beyond 64 bits would lose digits; losing them silently is worse than saying so.
        return Err(out_of_range());
    }
    Number::from_f64(float).ok_or_else(out_of_range)
}

fn not_a_number(remedy: &str) -> Fault {
    Fault::new(Code::NotANumber, "a text that is not a number", remedy)
}

fn not_a_boolean() -> Fault {
    Fault::new(
        Code::NotABoolean,
        "a value that is neither yes nor no",
        "use a lookup that says which values mean yes",
    )
}

fn out_of_range() -> Fault {
    Fault::new(
        Code::OutOfRange,
        "a number that cannot be kept exactly",
        "use the conversion text if it is an identifier and not an amount",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::convert::tests::convert;
    use serde_json::json;

    fn number(value: Value) -> Result<Value, Code> {
        convert(json!([{"kind": "number"}]), value)
    }

    fn integer(value: Value) -> Result<Value, Code> {
        convert(json!([{"kind": "integer"}]), value)
    }

    #[test]
    fn numbers_are_read_from_plain_text() {
        assert_eq!(number(json!(" 42 ")), Ok(json!(42)));
        assert_eq!(number(json!("-1.5e3")), Ok(json!(-1500.0)));
        assert_eq!(number(json!("")), Ok(Value::Null));
        assert_eq!(integer(json!(7.0)), Ok(json!(7)));
        assert_eq!(integer(json!("7.5")), Err(Code::NotANumber));
        assert_eq!(convert(json!([{"kind": "boolean"}]), json!("Yes")), Ok(json!(true)));
        assert_eq!(convert(json!([{"kind": "boolean"}]), json!("maybe")), Err(Code::NotABoolean));
        assert_eq!(convert(json!([{"kind": "boolean"}]), json!(2)), Err(Code::NotABoolean));
    }

    #[test]
    fn bad_input_054_numbers_that_lose_digits_are_refused_and_exact_ones_kept() {
        assert_eq!(number(json!("1e400")), Err(Code::OutOfRange));
        assert_eq!(number(json!(9_007_199_254_740_993_i64)), Ok(json!(9_007_199_254_740_993_i64)));
        assert_eq!(number(json!(u64::MAX)), Ok(json!(u64::MAX)));
        assert_eq!(number(json!("18446744073709551616")), Err(Code::OutOfRange));
        assert_eq!(number(json!("9".repeat(1000))), Err(Code::NotANumber));
        assert_eq!(integer(json!(18_446_744_073_709_551_616.0)), Err(Code::OutOfRange));
        assert_eq!(integer(json!("-0")), Ok(json!(0)));
        assert_eq!(number(json!(-0.0)).map(|n| n.as_f64()), Ok(Some(-0.0)));
        assert_eq!(number(json!(["1"])), Err(Code::WrongType));
    }

    #[test]
    fn bad_input_120_nan_and_overflow_are_not_numbers() {
        for text in ["NaN", "inf", "-Infinity", "0x10", "1_000", "--1", "1e", "e5", ".", "+", "١٢"] {
            assert_eq!(number(json!(text)), Err(Code::NotANumber), "{text}");
        }
        assert_eq!(integer(json!("1e300")), Err(Code::OutOfRange));
    }

    #[test]
    fn bad_input_128_a_decimal_comma_is_named_and_an_empty_text_is_nothing() {
        assert_eq!(number(json!("1,5")), Err(Code::NotANumber));
        assert!(read("1,5").unwrap_err().remedy.contains("comma"));
        assert_eq!(integer(json!("")), Ok(Value::Null));
    }
}
