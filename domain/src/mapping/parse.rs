//! Reading a definition from JSON that a person or a file supplied: bounded, and each problem named by its field.

use serde::Deserialize;
use serde_json::Value;

use super::convert::EACH_DEPTH_MAX;
use super::definition::{Conversion, Definition, FieldRule, Rule};
use super::{DEFINITION_BYTES_MAX, FIELDS_MAX};
use crate::budget;
use crate::problem::Rejection;

impl Definition {
    /// Reads the text of a definition.
    pub fn parse(json: &[u8]) -> Result<Self, Vec<Rejection>> {
        if json.len() > DEFINITION_BYTES_MAX {
            return Err(vec![Rejection::new(
                "TOO_LARGE",
                format!("the mapping is larger than {} KiB", DEFINITION_BYTES_MAX >> 10),
                "shorten its tables and constants",
            )]);
        }
        budget::check_json(json).map_err(|problem| vec![problem])?;
        let value: Value = serde_json::from_slice(json).map_err(|error| {
            let detail = format!("this is not JSON: {error}");
            vec![Rejection::new("NOT_JSON", detail, "correct the text")]
        })?;
        Self::from_value(&value)
    }

    /// Reads a definition that is already JSON. Unknown words are refused and named.
    pub fn from_value(value: &Value) -> Result<Self, Vec<Rejection>> {
        budget::check_value(value).map_err(|problem| vec![problem])?;
        let outer = Outer::deserialize(value).map_err(|error| vec![malformed(&error)])?;
        if outer.fields.len() > FIELDS_MAX {
            let detail = format!("the mapping has more than {FIELDS_MAX} fields");
            return Err(vec![Rejection::new("TOO_MANY_FIELDS", detail, "map fewer fields")]);
        }
        let (mut fields, mut problems) = (Vec::new(), Vec::new());
        for (n, field) in outer.fields.iter().enumerate() {
            let name =
                field.get("to").and_then(Value::as_str).map_or_else(|| format!("fields[{n}]"), str::to_owned);
            let name: String = name.chars().take(100).collect();
            let problem =
                unknown_conversion(field.get("convert"), 0).or_else(|| unknown_rule(field.get("rules")));
            match problem.map_or_else(|| FieldRule::deserialize(field).map_err(|e| malformed(&e)), Err) {
                Ok(field) => fields.push(field),
                Err(problem) => problems.push(problem.at(name)),
            }
        }
        if problems.is_empty() { Ok(Self { entity: outer.entity, fields }) } else { Err(problems) }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Outer {
    entity: String,
    fields: Vec<Value>,
}

fn malformed(error: &serde_json::Error) -> Rejection {
    let detail: String =
        format!("the definition does not have the right shape: {error}").chars().take(400).collect();
    Rejection::new(
        "MALFORMED",
        detail,
        "correct the definition; the documentation lists every word it may use",
    )
}

fn unknown_conversion(steps: Option<&Value>, depth: usize) -> Option<Rejection> {
    if depth > EACH_DEPTH_MAX {
        let detail = format!("each inside each goes deeper than {EACH_DEPTH_MAX} levels");
        return Some(Rejection::new("TOO_DEEP", detail, "convert it in fewer levels"));
    }
    steps?.as_array()?.iter().find_map(|step| {
        let kind = step.get("kind").and_then(Value::as_str).unwrap_or("");
        if !Conversion::KINDS.contains(&kind) {
            return Some(unknown("UNKNOWN_CONVERSION", "conversion", kind, &Conversion::KINDS));
        }
        unknown_conversion(step.get("convert"), depth + 1)
    })
}

fn unknown_rule(rules: Option<&Value>) -> Option<Rejection> {
    rules?.as_array()?.iter().find_map(|rule| {
        let kind = rule.get("kind").and_then(Value::as_str).unwrap_or("");
        (!Rule::KINDS.contains(&kind)).then(|| unknown("UNKNOWN_RULE", "rule", kind, &Rule::KINDS))
    })
}

fn unknown(code: &'static str, noun: &str, kind: &str, known: &[&str]) -> Rejection {
    let shown: String = kind.chars().take(50).collect();
    Rejection::new(
        code,
        format!("there is no {noun} \"{shown}\""),
        format!("use one of: {}", known.join(", ")),
    )
}
