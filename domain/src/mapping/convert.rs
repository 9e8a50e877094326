//! Conversions made ready: zones, formats and tables are looked up once, when the mapping is compiled.

mod date_time;
mod list;
mod number;
mod text;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use super::bounds::Bounds;
use super::definition::Conversion;
use super::problem::{Code, Fault, kind_of};
pub(crate) use date_time::{Reading, is_rfc3339};

/// Deepest nesting of `each`.
pub const EACH_DEPTH_MAX: usize = 16;
/// Most steps of one field, those inside `each` counted.
pub const CONVERSIONS_MAX: usize = 64;

/// One conversion, ready to run.
#[derive(Debug)]
pub(crate) enum Step {
    Text,
    Number,
    Integer,
    Boolean,
    DateTime(Reading),
    HtmlToText,
    HtmlSanitise,
    DecodeEntities,
    Slug,
    LowerCase,
    UpperCase,
    Trim,
    Truncate(usize),
    Split(String),
    Join(String),
    First,
    Each(Vec<Step>),
    Lookup(BTreeMap<String, Value>, Option<Value>),
    RoleMap(BTreeMap<String, Value>, Value),
    Replace(String, String),
}

impl Step {
    /// Makes a conversion ready; the error is a code and a sentence.
    pub(crate) fn compile(conversion: &Conversion) -> Result<Self, (&'static str, String)> {
        Ok(match conversion {
            Conversion::Text {} => Self::Text,
            Conversion::Number {} => Self::Number,
            Conversion::Integer {} => Self::Integer,
            Conversion::Boolean {} => Self::Boolean,
            Conversion::DateTime { zone, format } => {
                Self::DateTime(Reading::compile(zone, format.as_deref())?)
            }
            Conversion::HtmlToText {} => Self::HtmlToText,
            Conversion::HtmlSanitise {} => Self::HtmlSanitise,
            Conversion::DecodeEntities {} => Self::DecodeEntities,
            Conversion::Slug {} => Self::Slug,
            Conversion::LowerCase {} => Self::LowerCase,
            Conversion::UpperCase {} => Self::UpperCase,
            Conversion::Trim {} => Self::Trim,
            Conversion::Truncate { max } => Self::Truncate(*max),
            Conversion::Split { by } => Self::Split(not_empty("by", by)?),
            Conversion::Join { with } => Self::Join(with.clone()),
            Conversion::First {} => Self::First,
            Conversion::Each { convert } => {
                Self::Each(convert.iter().map(Self::compile).collect::<Result<_, _>>()?)
            }
            Conversion::Lookup { table, otherwise } => Self::Lookup(table.clone(), otherwise.clone()),
            Conversion::RoleMap { map, otherwise } => Self::RoleMap(
                map.iter().map(|(from, to)| (from.clone(), Value::String(to.clone()))).collect(),
                otherwise.clone().map_or(Value::Null, Value::String),
            ),
            Conversion::Replace { from, to } => Self::Replace(not_empty("from", from)?, to.clone()),
        })
    }

    /// Converts one value: total and deterministic. Nothing stays nothing, except where a table says otherwise.
    pub(crate) fn run<'a>(
        &'a self,
        value: Cow<'a, Value>,
        bounds: &mut Bounds,
    ) -> Result<Cow<'a, Value>, Fault> {
        bounds.step()?;
        match self {
            Self::Lookup(table, otherwise) => return look_up(table, otherwise.as_ref(), value),
            Self::RoleMap(map, otherwise) => return look_up(map, Some(otherwise), value),
            _ if value.is_null() => return Ok(value),
            _ => {}
        }
        match self {
            Self::Text => text::to_text(value),
            Self::Number => number::to_number(value),
            Self::Integer => number::to_integer(value),
            Self::Boolean => number::to_boolean(value),
            Self::DateTime(reading) => reading.run(&value),
            Self::HtmlToText => text::html_to_text(value, bounds),
            Self::HtmlSanitise => text::html_sanitise(value, bounds),
            Self::DecodeEntities => text::decode_entities(value, bounds),
            Self::Slug => text::slug(value, bounds),
            Self::LowerCase => text::lower_case(value, bounds),
            Self::UpperCase => text::upper_case(value, bounds),
            Self::Trim => text::trim(value),
            Self::Truncate(max) => text::truncate(value, *max),
            Self::Split(by) => list::split(&value, by, bounds),
            Self::Join(with) => list::join(&value, with, bounds),
            Self::First => list::first(value),
            Self::Each(steps) => list::each(value, steps, bounds),
            Self::Replace(from, to) => text::replace(value, from, to, bounds),
            Self::Lookup(..) | Self::RoleMap(..) => Ok(value),
        }
    }
}

fn not_empty(name: &str, text: &str) -> Result<String, (&'static str, String)> {
    if text.is_empty() {
        return Err(("INVALID_CONVERSION", format!("{name} is empty")));
    }
    Ok(text.to_owned())
}

fn look_up<'a>(
    table: &'a BTreeMap<String, Value>,
    otherwise: Option<&'a Value>,
    value: Cow<'a, Value>,
) -> Result<Cow<'a, Value>, Fault> {
    let entry = match value.as_ref() {
        Value::String(key) => table.get(key),
        Value::Number(number) => table.get(&number.to_string()),
        Value::Bool(yes) => table.get(if *yes { "true" } else { "false" }),
        Value::Null => match otherwise {
            Some(otherwise) => return Ok(Cow::Borrowed(otherwise)),
            None => return Ok(value),
        },
        Value::Array(_) | Value::Object(_) => {
            return Err(Fault::wrong_type(&value, "a single value", "put first or each before it"));
        }
    };
    entry.or(otherwise).map(Cow::Borrowed).ok_or_else(|| {
        Fault::new(
            Code::NoLookupEntry,
            format!("{} that the table has no entry for", kind_of(&value)),
            "add the value to the table, or give the table an otherwise",
        )
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use serde_json::json;

    /// Runs steps written as JSON on a value.
    pub(crate) fn convert(steps: Value, value: Value) -> Result<Value, Code> {
        let conversions: Vec<Conversion> = serde_json::from_value(steps).unwrap();
        let steps: Vec<Step> = conversions.iter().map(|c| Step::compile(c).unwrap()).collect();
        let mut bounds = Bounds::default();
        let mut value = Cow::Owned(value);
        for step in &steps {
            value = step.run(value, &mut bounds).map_err(|fault| fault.code)?;
        }
        Ok(value.into_owned())
    }

    #[test]
    fn a_table_answers_or_says_that_it_cannot() {
        let table = json!([{"kind": "lookup", "table": {"a": 1, "7": "seven", "true": null}}]);
        assert_eq!(convert(table.clone(), json!("a")), Ok(json!(1)));
        assert_eq!(convert(table.clone(), json!(7)), Ok(json!("seven")));
        assert_eq!(convert(table.clone(), json!(true)), Ok(Value::Null));
        assert_eq!(convert(table.clone(), json!("__proto__")), Err(Code::NoLookupEntry));
        assert_eq!(convert(table.clone(), Value::Null), Ok(Value::Null));
        assert_eq!(convert(table, json!([])), Err(Code::WrongType));
    }

    #[test]
    fn an_unknown_role_gets_no_privilege() {
        let map = json!([{"kind": "first"}, {"kind": "role-map", "map": {"editor": "author"}}]);
        assert_eq!(convert(map.clone(), json!(["administrator"])), Ok(Value::Null));
        assert_eq!(convert(map.clone(), json!([])), Ok(Value::Null));
        assert_eq!(convert(map, json!(["editor", "administrator"])), Ok(json!("author")));
        let otherwise = json!([{"kind": "role-map", "map": {}, "otherwise": "member"}]);
        assert_eq!(convert(otherwise, Value::Null), Ok(json!("member")));
    }
}
