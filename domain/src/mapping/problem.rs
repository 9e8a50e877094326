//! What can be wrong with one field of one record: a stable code, a sentence without the value, what to do, and the
//! value apart, so that a log line never holds personal data.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Text kept of a value at fault, in bytes.
pub const RAW_BYTES_MAX: usize = 1024;

/// Stable codes of faults in data; the console groups by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Code {
    Required,
    NotAnEmail,
    TooLong,
    TooShort,
    NotADate,
    NotANumber,
    NotABoolean,
    NotAUrl,
    NotOneOf,
    OutOfRange,
    PatternMismatch,
    NotUnique,
    /// The record has no such field at all: the source's schema changed, or the connection may not see it.
    SourceFieldGone,
    WrongType,
    NoLookupEntry,
    TooLarge,
    /// A filter could not be decided.
    ConditionFailed,
}

impl Code {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Required => "REQUIRED",
            Self::NotAnEmail => "NOT_AN_EMAIL",
            Self::TooLong => "TOO_LONG",
            Self::TooShort => "TOO_SHORT",
            Self::NotADate => "NOT_A_DATE",
            Self::NotANumber => "NOT_A_NUMBER",
            Self::NotABoolean => "NOT_A_BOOLEAN",
            Self::NotAUrl => "NOT_A_URL",
            Self::NotOneOf => "NOT_ONE_OF",
            Self::OutOfRange => "OUT_OF_RANGE",
            Self::PatternMismatch => "PATTERN_MISMATCH",
            Self::NotUnique => "NOT_UNIQUE",
            Self::SourceFieldGone => "SOURCE_FIELD_GONE",
            Self::WrongType => "WRONG_TYPE",
            Self::NoLookupEntry => "NO_LOOKUP_ENTRY",
            Self::TooLarge => "TOO_LARGE",
            Self::ConditionFailed => "CONDITION_FAILED",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One field of one record that is not as it should be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldProblem {
    pub code: Code,
    /// The Portal field, or for a filter the source path.
    pub field: String,
    /// The conversion or rule that found it: `convert 2: date-time`, `rule email`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// What is wrong, for people, without the value.
    pub message: String,
    pub remedy: String,
    /// The value at fault, cut to `RAW_BYTES_MAX`. May be personal: seal it before it is written down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<Value>,
}

impl fmt::Display for FieldProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({}). {}", self.field, self.message, self.code, self.remedy)
    }
}

/// A fault before it is known which field it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fault {
    pub code: Code,
    pub message: String,
    pub remedy: String,
}

impl Fault {
    pub(crate) fn new(code: Code, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { code, message: message.into(), remedy: remedy.into() }
    }

    /// A value of a kind that the step cannot work with.
    pub(crate) fn wrong_type(value: &Value, wanted: &str, remedy: &str) -> Self {
        Self::new(Code::WrongType, format!("{} where {wanted} is needed", kind_of(value)), remedy)
    }

    pub(crate) fn at(self, field: &str, step: Option<String>, raw: Option<&Value>) -> FieldProblem {
        FieldProblem {
            code: self.code,
            field: field.to_owned(),
            step,
            message: self.message,
            remedy: self.remedy,
            raw: raw.map(cut),
        }
    }
}

/// The kind of a JSON value, in words.
pub(crate) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a yes/no value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// The value, or the beginning of its text when it is long.
fn cut(value: &Value) -> Value {
    let text = match value {
        Value::String(text) if text.len() <= RAW_BYTES_MAX => return value.clone(),
        Value::String(text) => beginning(text),
        Value::Array(_) | Value::Object(_) => {
            let text = first_bytes(value);
            if text.len() <= RAW_BYTES_MAX {
                return value.clone();
            }
            beginning(&text)
        }
        _ => return value.clone(),
    };
    Value::String(text)
}

fn beginning(text: &str) -> String {
    format!("{}…", &text[..text.floor_char_boundary(RAW_BYTES_MAX)])
}

/// The beginning of the JSON text, without writing all of a large value.
fn first_bytes(value: &Value) -> String {
    struct Bounded(Vec<u8>);
    impl std::io::Write for Bounded {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            if self.0.len() > RAW_BYTES_MAX {
                return Err(std::io::ErrorKind::FileTooLarge.into());
            }
            self.0.extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut begin = Bounded(Vec::new());
    // The error only says that there was more than we keep.
    let _ = serde_json::to_writer(&mut begin, value);
    String::from_utf8_lossy(&begin.0).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_long_value_is_cut_and_a_short_one_kept() {
        let fault = || Fault::new(Code::TooLong, "too long", "shorten it");
        let long = json!("é".repeat(2000));
        let kept = fault().at("title", None, Some(&long)).raw.unwrap();
        assert!(kept.as_str().unwrap().len() <= RAW_BYTES_MAX + 3);
        let many = json!(vec![1; 5000]);
        assert!(fault().at("title", None, Some(&many)).raw.unwrap().is_string());
        assert_eq!(fault().at("title", None, Some(&json!([1]))).raw, Some(json!([1])));
    }

    #[test]
    fn codes_read_the_same_in_json_and_in_text() {
        for code in [Code::NotAnEmail, Code::SourceFieldGone, Code::NotAUrl, Code::NotADate] {
            assert_eq!(serde_json::to_value(code).unwrap(), json!(code.as_str()));
        }
    }
}
