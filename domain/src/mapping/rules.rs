//! Demands on a converted value, made ready.

use regex::{Regex, RegexBuilder};
use serde_json::Value;
use url::Url;

use super::convert::is_rfc3339;
use super::definition::{Otherwise, Rule};
use super::problem::{Code, Fault, kind_of};
use super::target::TargetType;

/// Longest pattern, in bytes.
pub const PATTERN_BYTES_MAX: usize = 1024;
/// Largest compiled pattern, in bytes.
const AUTOMATON_BYTES_MAX: usize = 256 * 1024;
/// Longest address: 254 bytes (RFC 5321), 64 before the @.
const EMAIL_BYTES_MAX: usize = 254;
const EMAIL_LOCAL_BYTES_MAX: usize = 64;
const URL_BYTES_MAX: usize = 8 * 1024;

/// One rule, ready to be asked. `required` and `unique` are not among them: the first looks at empty values, the second
/// at other records.
#[derive(Debug)]
pub(crate) enum Check {
    Type(TargetType),
    Length { min: usize, max: usize },
    Pattern(Regex),
    Range { min: f64, max: f64 },
    OneOf(Vec<Value>),
    Email,
    Url,
}

#[derive(Debug)]
pub(crate) struct CheckedRule {
    pub check: Check,
    pub otherwise: Otherwise,
    pub kind: &'static str,
}

impl Check {
    /// `Ok(None)` for a rule that is handled elsewhere; the error is a code and a sentence.
    pub(crate) fn compile(rule: &Rule) -> Result<Option<Self>, (&'static str, String)> {
        let invalid = |what: &str| Err(("INVALID_RULE", what.to_owned()));
        Ok(Some(match rule {
            Rule::Required { .. } | Rule::Unique { .. } => return Ok(None),
            Rule::Type { is, .. } => Self::Type(*is),
            Rule::Length { min: None, max: None, .. } => return invalid("length needs min or max"),
            Rule::Length { min, max, .. } => {
                let (min, max) = (min.unwrap_or(0), max.unwrap_or(usize::MAX));
                if min > max {
                    return invalid("the smallest length is larger than the largest");
                }
                Self::Length { min, max }
            }
            Rule::Pattern { pattern, .. } => Self::Pattern(compile_pattern(pattern)?),
            Rule::Range { min: None, max: None, .. } => return invalid("range needs min or max"),
            Rule::Range { min, max, .. } => {
                let (min, max) = (min.unwrap_or(f64::NEG_INFINITY), max.unwrap_or(f64::INFINITY));
                if min > max {
                    return invalid("the smallest value is larger than the largest");
                }
                Self::Range { min, max }
            }
            Rule::OneOf { values, .. } if values.is_empty() => {
                return invalid("one-of needs at least one value");
            }
            Rule::OneOf { values, .. } => Self::OneOf(values.clone()),
            Rule::Email { .. } => Self::Email,
            Rule::Url { .. } => Self::Url,
        }))
    }

    /// Whether a value that is not empty satisfies the rule.
    pub(crate) fn ask(&self, value: &Value) -> Result<(), Fault> {
        match self {
            Self::Type(kind) => fits(*kind, value),
            Self::Length { min, max } => length(value, *min, *max),
            Self::Pattern(pattern) => {
                let text = wants_text(value)?;
                if pattern.is_match(text) {
                    return Ok(());
                }
                Err(Fault::new(
                    Code::PatternMismatch,
                    "a text that does not match the pattern",
                    "correct the value in the source, or the pattern in the mapping",
                ))
            }
            Self::Range { min, max } => range(value, *min, *max),
            Self::OneOf(values) if values.contains(value) => Ok(()),
            Self::OneOf(_) => Err(Fault::new(
                Code::NotOneOf,
                "a value that is not one of the allowed ones",
                "add it to the allowed values, or translate it with a lookup",
            )),
            Self::Email => email(wants_text(value)?),
            Self::Url => web_address(wants_text(value)?),
        }
    }
}

fn compile_pattern(pattern: &str) -> Result<Regex, (&'static str, String)> {
    if pattern.len() > PATTERN_BYTES_MAX {
        return Err(("INVALID_PATTERN", format!("the pattern is longer than {PATTERN_BYTES_MAX} bytes")));
    }
    RegexBuilder::new(pattern)
        .size_limit(AUTOMATON_BYTES_MAX)
        .dfa_size_limit(AUTOMATON_BYTES_MAX)
        .nest_limit(32)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => {
                ("INVALID_PATTERN", "the pattern is too large once its repetitions are counted out".into())
            }
            _ => ("INVALID_PATTERN", "the pattern is not a regular expression".into()),
        })
}

/// Whether a value that is not empty is what a field of this type holds.
pub(crate) fn fits(kind: TargetType, value: &Value) -> Result<(), Fault> {
    let wrong = |remedy: &str| Err(Fault::wrong_type(value, kind.in_words(), remedy));
    match (kind, value) {
        (TargetType::Json, _)
        | (TargetType::Text | TargetType::RichText | TargetType::Reference, Value::String(_))
        | (TargetType::Number, Value::Number(_))
        | (TargetType::Boolean, Value::Bool(_))
        | (TargetType::List, Value::Array(_)) => Ok(()),
        (TargetType::Integer | TargetType::Reference, Value::Number(number)) if !number.is_f64() => Ok(()),
        (TargetType::Email, Value::String(text)) => email(text),
        (TargetType::Url, Value::String(text)) => web_address(text),
        (TargetType::DateTime, Value::String(text)) if is_rfc3339(text) => Ok(()),
        (TargetType::DateTime, Value::String(_)) => Err(Fault::new(
            Code::NotADate,
            "a text that is not a date and time with a zone",
            "add the conversion date-time",
        )),
        (TargetType::Integer | TargetType::Number, Value::String(_)) => {
            wrong("add the conversion number or integer")
        }
        (TargetType::Boolean, _) => wrong("add the conversion boolean"),
        (TargetType::List, _) => wrong("add the conversion split, or choose a list in the source"),
        (_, Value::Array(_)) => wrong("add the conversion first or join"),
        (_, Value::Object(_)) => wrong("name a value inside it"),
        (TargetType::Text | TargetType::RichText, _) => wrong("add the conversion text"),
        _ => wrong("choose another source field or add a conversion"),
    }
}

fn wants_text(value: &Value) -> Result<&str, Fault> {
    value.as_str().ok_or_else(|| Fault::wrong_type(value, "a text", "add the conversion text"))
}

fn length(value: &Value, min: usize, max: usize) -> Result<(), Fault> {
    let (length, unit) = match value {
        Value::String(text) => (text.chars().count(), "characters"),
        Value::Array(items) => (items.len(), "entries"),
        _ => return Err(Fault::wrong_type(value, "a text or a list", "add the conversion text")),
    };
    if length > max {
        return Err(Fault::new(
            Code::TooLong,
            format!("{} of {length} {unit} where at most {max} fit", kind_of(value)),
            "shorten it in the source, or add the conversion truncate",
        ));
    }
    if length < min {
        return Err(Fault::new(
            Code::TooShort,
            format!("{} of {length} {unit} where at least {min} are needed", kind_of(value)),
            "complete it in the source, or let the field use its default",
        ));
    }
    Ok(())
}

fn range(value: &Value, min: f64, max: f64) -> Result<(), Fault> {
    let Some(number) = value.as_f64() else {
        return Err(Fault::wrong_type(value, "a number", "add the conversion number"));
    };
    if (min..=max).contains(&number) {
        return Ok(());
    }
    Err(Fault::new(
        Code::OutOfRange,
        format!("a number outside {min} to {max}"),
        "correct the value in the source, or the range in the mapping",
    ))
}

fn email(text: &str) -> Result<(), Fault> {
    if is_email(text) {
        return Ok(());
    }
    Err(Fault::new(
        Code::NotAnEmail,
        "a text that is not an e-mail address",
        "correct the address in the source, or let the rule warn or use the default",
    ))
}

/// What mailboxes in practice look like: no quoted local parts, no comments, no invisible characters; letters of any
/// script in the domain. A refusal costs a correction, a wrong address a stranger's mail.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let local_char = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c == '-' || c.is_alphanumeric())
    };
    text.len() <= EMAIL_BYTES_MAX
        && (1..=EMAIL_LOCAL_BYTES_MAX).contains(&local.len())
        && local.chars().all(local_char)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && domain.contains('.')
        && domain.split('.').all(label)
}

fn web_address(text: &str) -> Result<(), Fault> {
    let plain = text.len() <= URL_BYTES_MAX && !text.chars().any(|c| c.is_control() || c.is_whitespace());
    let good = plain
        && Url::parse(text).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|h| !h.is_empty())
        });
    if good {
        return Ok(());
    }
    Err(Fault::new(
        Code::NotAUrl,
        "a text that is not a web address (http or https)",
        "correct the address in the source, or let the rule warn or use the default",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::time::Duration;

    #[expect(clippy::needless_pass_by_value, reason = "reads better where it is called")]
    fn ask(rule: Value, value: Value) -> Result<(), Code> {
        let rule: Rule = serde_json::from_value(rule).unwrap();
        Check::compile(&rule).unwrap().unwrap().ask(&value).map_err(|fault| fault.code)
    }

    #[test]
    fn rules_answer_with_their_code() {
        let length = json!({"kind": "length", "min": 2, "max": 3});
        assert_eq!(ask(length.clone(), json!("äö")), Ok(()));
        assert_eq!(ask(length.clone(), json!("a")), Err(Code::TooShort));
        assert_eq!(ask(length.clone(), json!([1, 2, 3, 4])), Err(Code::TooLong));
        assert_eq!(ask(length, json!(1)), Err(Code::WrongType));
        assert_eq!(
            ask(json!({"kind": "pattern", "pattern": "^a+$"}), json!("b")),
            Err(Code::PatternMismatch)
        );
        assert_eq!(ask(json!({"kind": "range", "min": 0}), json!(-1)), Err(Code::OutOfRange));
        assert_eq!(ask(json!({"kind": "one-of", "values": ["a", 1]}), json!(1)), Ok(()));
        assert_eq!(ask(json!({"kind": "one-of", "values": ["a"]}), json!("A")), Err(Code::NotOneOf));
        assert_eq!(ask(json!({"kind": "url"}), json!("https://x.y/z?q")), Ok(()));
        for bad in
            ["javascript:alert(1)", "//x.y", "x.y", "https://", "ftp://x.y", "https://x.y/a b", "file:///etc"]
        {
            assert_eq!(ask(json!({"kind": "url"}), json!(bad)), Err(Code::NotAUrl), "{bad}");
        }
        assert_eq!(
            ask(json!({"kind": "type", "is": "date-time"}), json!("2024-05-31T12:00:00")),
            Err(Code::NotADate)
        );
        assert_eq!(ask(json!({"kind": "type", "is": "integer"}), json!(1.5)), Err(Code::WrongType));
    }

    #[test]
    fn bad_input_061_addresses() {
        let longest = format!("{}@{}.example", "a".repeat(64), "b".repeat(63));
        for good in [
            "a@b.example",
            "a+tag@b.example",
            "A@B.EXAMPLE",
            "o'neil@b.example",
            "a@bücher.example",
            &longest,
        ] {
            assert!(is_email(good), "{good}");
        }
        let long = format!("{}@b.example", "a".repeat(308));
        for bad in [
            &long,
            "",
            "@",
            "a",
            "a@",
            "@b.example",
            "a@b",
            "a b@c.example",
            "\"a b\"@c.example",
            "a@b..example",
            ".a@b.example",
            "a@-b.example",
            "a@b.example\u{200b}",
            "a\u{200b}@b.example",
            "a@b.example\n",
            "a@[127.0.0.1]",
            "a(x)@b.example",
            "\u{202e}a@b.example",
            "a@b@c",
            "ä@b.example\0",
        ] {
            assert!(!is_email(bad), "{bad:?}");
        }
    }

    #[test]
    fn bad_input_118_patterns_that_explode_are_refused_and_the_rest_is_linear() {
        let long = "a".repeat(2000);
        for bad in ["(a{1000}){1000}", "\\pL{1000}", "(", "((((a{50}){50}){50}){50})", &long] {
            let rule = Rule::Pattern { pattern: bad.into(), otherwise: Otherwise::Reject };
            assert_eq!(
                Check::compile(&rule).unwrap_err().0,
                "INVALID_PATTERN",
                "{}",
                &bad[..20.min(bad.len())]
            );
        }
        let started = std::time::Instant::now();
        let bomb = json!({"kind": "pattern", "pattern": "^(a|a|aa|a?)*(a+)+$"});
        assert_eq!(ask(bomb, json!(format!("{}!", "a".repeat(100_000)))), Err(Code::PatternMismatch));
        assert!(started.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn a_rule_that_cannot_hold_is_refused() {
        for bad in [
            json!({"kind": "length"}),
            json!({"kind": "length", "min": 3, "max": 2}),
            json!({"kind": "range"}),
            json!({"kind": "range", "min": 1, "max": 0}),
            json!({"kind": "one-of", "values": []}),
        ] {
            let rule: Rule = serde_json::from_value(bad.clone()).unwrap();
            assert_eq!(Check::compile(&rule).unwrap_err().0, "INVALID_RULE", "{bad}");
        }
    }
}
