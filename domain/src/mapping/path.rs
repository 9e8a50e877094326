//! Paths into a source record: `title.raw`, `meta.foo[0]`, `meta["a.b"]`, and alternatives `title.raw|title.rendered`.
//! A path only ever reads the record; names such as `constructor` are names and nothing else.

use serde_json::Value;

/// Longest path text, in bytes.
pub const PATH_BYTES_MAX: usize = 1024;
/// Most steps in one path.
pub const PATH_STEPS_MAX: usize = 32;
/// Most alternatives.
const ALTERNATIVES_MAX: usize = 8;

/// Alternatives, in order of preference.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Path(Vec<Way>);

#[derive(Clone, Debug, PartialEq)]
struct Way {
    text: String,
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Key(String),
    Index(usize),
}

impl Path {
    /// Reads the text of a path; the error says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > PATH_BYTES_MAX {
            return Err(format!("it is longer than {PATH_BYTES_MAX} bytes"));
        }
        let ways = alternatives(text).into_iter().map(Way::parse).collect::<Result<Vec<_>, _>>()?;
        if ways.len() > ALTERNATIVES_MAX {
            return Err(format!("it has more than {ALTERNATIVES_MAX} alternatives"));
        }
        Ok(Self(ways))
    }

    /// The first alternative that exists; a `null` exists. When only nulls exist, the first of them.
    pub(crate) fn read<'a>(&self, record: &'a Value) -> Option<&'a Value> {
        self.find(record).map(|(_, value)| value)
    }

    /// The same, with the text of the alternative that was taken.
    pub(crate) fn find<'a>(&self, record: &'a Value) -> Option<(&str, &'a Value)> {
        let mut nothing = None;
        for way in &self.0 {
            match way.read(record) {
                Some(value) if !value.is_null() => return Some((&way.text, value)),
                Some(null) if nothing.is_none() => nothing = Some((way.text.as_str(), null)),
                _ => {}
            }
        }
        nothing
    }

    /// Every alternative up to its first index or unusual key, dotted: what to ask the source for.
    pub(crate) fn sources(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(Way::source)
    }

    /// As it was written.
    pub(crate) fn text(&self) -> &str {
        self.0.first().map_or("", |way| way.text.as_str())
    }
}

impl Way {
    fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let mut steps = Vec::new();
        let mut rest = text;
        while !rest.is_empty() || steps.is_empty() {
            let (step, after) = if let Some(inside) = rest.strip_prefix('[') {
                bracket(inside)?
            } else {
                let plain = if steps.is_empty() {
                    rest
                } else {
                    rest.strip_prefix('.').ok_or("a dot is missing between two names")?
                };
                name(plain)?
            };
            steps.push(step);
            rest = after;
            if steps.len() > PATH_STEPS_MAX {
                return Err(format!("it has more than {PATH_STEPS_MAX} steps"));
            }
        }
        Ok(Self { text: text.to_owned(), steps })
    }

    fn read<'a>(&self, record: &'a Value) -> Option<&'a Value> {
        self.steps.iter().try_fold(record, |value, step| match (step, value) {
            (Step::Key(key), Value::Object(entries)) => entries.get(key),
            (Step::Index(index), Value::Array(items)) => items.get(*index),
            _ => None,
        })
    }

    fn source(&self) -> String {
        let mut dotted = String::new();
        for step in &self.steps {
            match step {
                Step::Key(key) if !key.contains(['.', ',', '[', ']', '|']) => {
                    if !dotted.is_empty() {
                        dotted.push('.');
                    }
                    dotted.push_str(key);
                }
                _ => break,
            }
        }
        dotted
    }
}

/// Splits at `|`, but not inside brackets with a quoted key.
fn alternatives(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'|' if !quoted => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn name(text: &str) -> Result<(Step, &str), String> {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() || name != name.trim() {
        return Err("a name in it is empty or begins or ends with a space".into());
    }
    if name.chars().any(|c| c.is_control() || matches!(c, ']' | '"' | '{' | '}' | '|')) {
        return Err("a name in it holds a character that needs the form [\"…\"]".into());
    }
    Ok((Step::Key(name.to_owned()), rest))
}

fn bracket(inside: &str) -> Result<(Step, &str), String> {
    if let Some(quoted) = inside.strip_prefix('"') {
        let (key, rest) = quoted.split_once("\"]").ok_or("a [\"…\"] is not closed")?;
        return Ok((Step::Key(key.to_owned()), rest));
    }
    let (digits, rest) = inside.split_once(']').ok_or("a [ is not closed")?;
    let plain = !digits.is_empty() && digits.len() <= 6 && digits.bytes().all(|b| b.is_ascii_digit());
    let index = digits.parse().ok().filter(|_| plain).ok_or("an index is not a number from 0 to 999999")?;
    Ok((Step::Index(index), rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(path: &str, record: &Value) -> Option<Value> {
        Path::parse(path).unwrap().read(record).cloned()
    }

    #[test]
    fn names_indexes_and_quoted_keys_reach_their_value() {
        let record = json!({"title": {"raw": "A"}, "meta": {"foo": [7, 8], "a.b": 1, "x|y": 2}, "n": null});
        assert_eq!(read("title.raw", &record), Some(json!("A")));
        assert_eq!(read("meta.foo[1]", &record), Some(json!(8)));
        assert_eq!(read("meta[\"a.b\"]", &record), Some(json!(1)));
        assert_eq!(read("meta[\"x|y\"]|title", &record), Some(json!(2)));
        assert_eq!(read("n", &record), Some(Value::Null));
    }

    #[test]
    fn the_first_alternative_that_exists_is_taken_and_null_is_the_last_resort() {
        let record = json!({"title": {"rendered": "B"}, "n": null});
        assert_eq!(read("title.raw|title.rendered", &record), Some(json!("B")));
        assert_eq!(read("n|title.rendered", &record), Some(json!("B")));
        assert_eq!(read("gone|n", &record), Some(Value::Null));
        assert_eq!(read("gone|gone.too", &record), None);
    }

    #[test]
    fn bad_input_117_an_index_of_a_thousand_million_is_refused() {
        for bad in ["a[1000000000]", "a[-1]", "a[+1]", "a[]", "a[x]", "a[0"] {
            assert!(Path::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn bad_input_120_missing_parts_and_wrong_types_are_absent_not_a_crash() {
        let record = json!({"a": null, "b": 3, "c": [1]});
        for path in ["a.b.c", "b.c", "c.d", "c[9]", "b[0]", "z"] {
            assert_eq!(read(path, &record), None, "{path}");
        }
        assert_eq!(read("a", &json!([1, 2])), None);
    }

    #[test]
    fn a_path_that_is_not_one_is_refused() {
        let long = "a.".repeat(600);
        let deep = vec!["a"; 40].join(".");
        for bad in ["", " ", ".", "a.", ".a", "a..b", "a b .c", "a]", "a|", "a\u{0}b", "a[\"x", &long, &deep]
        {
            assert!(Path::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn sources_stop_at_an_index_or_an_unusual_key() {
        let path = Path::parse("meta.foo[0].x|meta[\"a.b\"].c|title.raw").unwrap();
        assert_eq!(path.sources().collect::<Vec<_>>(), ["meta.foo", "meta", "title.raw"]);
    }
}
