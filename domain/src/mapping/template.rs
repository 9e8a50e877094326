//! Templates: text with `{path}` placeholders, filled once. What comes out of a record is text, never a template again.

use serde_json::Value;

use super::bounds::Bounds;
use super::path::Path;
use super::problem::Fault;

/// Longest template, in bytes.
pub const TEMPLATE_BYTES_MAX: usize = 8 * 1024;
/// Most placeholders.
const PLACEHOLDERS_MAX: usize = 64;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Literal(String),
    Placeholder(Path),
}

impl Template {
    /// Reads a template; the error says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > TEMPLATE_BYTES_MAX {
            return Err(format!("it is longer than {TEMPLATE_BYTES_MAX} bytes"));
        }
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            literal.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                literal.push_str(brace);
                rest = after;
                continue;
            }
            if brace == "}" {
                return Err("a } has no {; write }} for a brace".into());
            }
            let (inside, after) = rest.split_once('}').ok_or("a { is not closed; write {{ for a brace")?;
            if !literal.is_empty() {
                parts.push(Part::Literal(std::mem::take(&mut literal)));
            }
            parts.push(Part::Placeholder(Path::parse(inside)?));
            rest = after;
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            parts.push(Part::Literal(literal));
        }
        let template = Self(parts);
        match template.paths().count() {
            0 => Err("it has no {placeholder}; use a constant".into()),
            n if n > PLACEHOLDERS_MAX => Err(format!("it has more than {PLACEHOLDERS_MAX} placeholders")),
            _ => Ok(template),
        }
    }

    /// The filled text, trimmed; `Null` when every placeholder is empty, `None` when each of them is missing.
    pub(crate) fn fill(&self, record: &Value, bounds: &mut Bounds) -> Result<Option<Value>, Fault> {
        let mut text = String::new();
        let (mut any, mut found) = (false, false);
        for part in &self.0 {
            let before = text.len();
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Placeholder(path) => {
                    let value = path.read(record);
                    found |= value.is_some();
                    put(&mut text, value.unwrap_or(&Value::Null), path)?;
                    any |= text.len() > before;
                }
            }
            bounds.fits(text.len())?;
        }
        if !any {
            return Ok(found.then_some(Value::Null));
        }
        bounds.charge(text.len())?;
        let trimmed = text.trim();
        Ok(Some(Value::String(if trimmed.len() == text.len() { text } else { trimmed.to_owned() })))
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().filter_map(|part| match part {
            Part::Placeholder(path) => Some(path),
            Part::Literal(_) => None,
        })
    }
}

fn put(text: &mut String, value: &Value, path: &Path) -> Result<(), Fault> {
    match value {
        Value::Null => {}
        Value::String(value) => text.push_str(value),
        Value::Number(number) => text.push_str(&number.to_string()),
        Value::Bool(yes) => text.push_str(if *yes { "true" } else { "false" }),
        Value::Array(_) | Value::Object(_) => {
            return Err(Fault::wrong_type(
                value,
                "a single value",
                &format!("in the template, name one value inside {}", path.text()),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fill(template: &str, record: &Value) -> Option<Value> {
        Template::parse(template).unwrap().fill(record, &mut Bounds::default()).unwrap()
    }

    #[test]
    fn placeholders_are_filled_and_the_ends_trimmed() {
        let record = json!({"first": "Ada", "last": "", "n": 7, "t": true});
        assert_eq!(fill("{first} {last}", &record), Some(json!("Ada")));
        assert_eq!(fill("{{{n}}} {t}", &record), Some(json!("{7} true")));
        assert_eq!(fill("{last} {last}", &record), Some(Value::Null));
        assert_eq!(fill("x {gone}", &record), None);
    }

    #[test]
    fn bad_input_122_data_that_looks_like_a_template_is_only_text() {
        let record = json!({"a": "{b}", "b": "{{constructor.constructor('x')()}}"});
        assert_eq!(fill("{a} {b}", &record), Some(json!("{b} {{constructor.constructor('x')()}}")));
    }

    #[test]
    fn a_template_that_is_not_one_is_refused() {
        for bad in ["{", "}", "{a", "a}", "{}", "{a..b}", "plain", "{{a}}", &"{a}".repeat(65)] {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_object_in_a_text_is_a_problem() {
        let template = Template::parse("{a}").unwrap();
        assert!(template.fill(&json!({"a": {"b": 1}}), &mut Bounds::default()).is_err());
    }
}
