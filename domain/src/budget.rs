//! Bounds on JSON from outside. Checked on the bytes, before a parser builds anything, so that a hostile document costs
//! one pass over its bytes and no memory.

use serde_json::Value;

use crate::problem::Rejection;

/// Deepest nesting of arrays and objects we accept.
pub const JSON_DEPTH_MAX: usize = 64;
/// Most values (scalars, arrays and objects) and keys in one document.
pub const JSON_NODES_MAX: usize = 100_000;

const DEPTH_CODE: &str = "TOO_DEEP";
const NODES_CODE: &str = "TOO_MANY_VALUES";

/// Refuses bytes that nest deeper or hold more values than we accept. Says nothing about whether they are valid JSON:
/// that is the parser's work. Text in strings does not count, whatever brackets it holds.
pub fn check_json(bytes: &[u8]) -> Result<(), Rejection> {
    let (mut depth, mut nodes) = (0_usize, 0_usize);
    let (mut in_text, mut escaped, mut in_scalar) = (false, false, false);
    for &byte in bytes {
        if in_text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_text = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'[' | b'{' => {
                depth += 1;
                nodes += 1;
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => {
                in_text = true;
                nodes += 1;
            }
            b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' => {}
            _ if in_scalar => continue,
            _ => {
                nodes += 1;
                in_scalar = true;
                continue;
            }
        }
        in_scalar = false;
        within(depth, nodes)?;
    }
    within(depth, nodes)
}

/// The same bounds for a value that was built in memory.
pub fn check_value(value: &Value) -> Result<(), Rejection> {
    let mut open = vec![(value, 0_usize)];
    let mut nodes = 0_usize;
    while let Some((value, above)) = open.pop() {
        nodes += 1;
        match value {
            Value::Array(items) => {
                within(above + 1, nodes + items.len())?;
                open.extend(items.iter().map(|item| (item, above + 1)));
            }
            Value::Object(entries) => {
                nodes += entries.len();
                within(above + 1, nodes + entries.len())?;
                open.extend(entries.values().map(|entry| (entry, above + 1)));
            }
            _ => within(above, nodes)?,
        }
    }
    Ok(())
}

fn within(depth: usize, nodes: usize) -> Result<(), Rejection> {
    if depth > JSON_DEPTH_MAX {
        return Err(Rejection::new(
            DEPTH_CODE,
            format!("the document nests deeper than {JSON_DEPTH_MAX} levels"),
            "send it with less nesting",
        ));
    }
    if nodes > JSON_NODES_MAX {
        return Err(Rejection::new(
            NODES_CODE,
            format!("the document holds more than {JSON_NODES_MAX} values"),
            "send it in smaller parts",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn nested(depth: usize) -> String {
        format!("{}{}", "[".repeat(depth), "]".repeat(depth))
    }

    #[test]
    fn bad_input_049_depth_is_bounded_before_anything_is_parsed() {
        assert!(check_json(nested(64).as_bytes()).is_ok());
        for depth in [65, 128, 129, 100_000] {
            assert_eq!(check_json(nested(depth).as_bytes()).unwrap_err().code, DEPTH_CODE, "{depth}");
        }
        assert!(check_json(format!("\"{}\"", "[".repeat(1000)).as_bytes()).is_ok());
        assert!(check_json(br#""a\"[[[[[""#).is_ok());
    }

    #[test]
    fn bad_input_050_many_small_values_are_refused() {
        let ones = format!("[{}1]", "1,".repeat(1_000_000));
        let objects = format!("[{}{{}}]", "{},".repeat(1_000_000));
        for text in [ones, objects] {
            assert_eq!(check_json(text.as_bytes()).unwrap_err().code, NODES_CODE);
        }
        assert!(check_json(format!("[{}1]", "1 , ".repeat(99_998)).as_bytes()).is_ok());
    }

    #[test]
    fn bad_input_051_keys_count_and_one_large_text_does_not() {
        let keys = (0..100_000).map(|n| format!("\"k{n}\":1,")).collect::<Vec<_>>().concat();
        assert_eq!(check_json(format!("{{{keys}\"z\":1}}").as_bytes()).unwrap_err().code, NODES_CODE);
        assert!(check_json(format!("\"{}\"", "a".repeat(1 << 20)).as_bytes()).is_ok());
        assert!(check_json("9".repeat(1 << 20).as_bytes()).is_ok());
        assert!(check_json(format!("{{\"{}\":1}}", "k".repeat(1 << 20)).as_bytes()).is_ok());
    }

    #[test]
    fn a_built_value_has_the_same_bounds() {
        let mut value = Value::Null;
        for _ in 0..64 {
            value = Value::Array(vec![value]);
        }
        assert!(check_value(&value).is_ok());
        assert_eq!(check_value(&Value::Array(vec![value])).unwrap_err().code, DEPTH_CODE);
        assert_eq!(check_value(&Value::Array(vec![Value::Null; 100_000])).unwrap_err().code, NODES_CODE);
    }

    proptest! {
        #[test]
        fn any_bytes_get_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = check_json(&bytes);
        }
    }
}
