//! A mapping as it is written down. Unknown words are refused, so that a misspelt rule is never silently no rule.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::target::TargetType;

/// How the fields of one Portal entity come from a source record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// The Portal entity: `user`, `post`, …
    pub entity: String,
    pub fields: Vec<FieldRule>,
}

impl Definition {
    /// Bytes that are equal exactly when two definitions mean the same text: our field order, sorted tables, no
    /// spaces, defaults left out. The caller hashes them.
    pub fn digest(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a definition is plain data with string keys")
    }
}

/// Where one Portal field comes from and what it must be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldRule {
    /// The Portal field.
    pub to: String,
    pub from: Source,
    /// Steps in order, each on the result of the one before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub convert: Vec<Conversion>,
    /// Used as it is, without the conversions, when the result is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Fallback>,
    /// What besides a missing field counts as empty. Absent: nothing, the empty text and the empty list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub empty: Option<Vec<Empty>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// What happens when a conversion fails.
    #[serde(default, skip_serializing_if = "Otherwise::is_reject")]
    pub otherwise: Otherwise,
    /// The value is the id of another record of the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<ReferenceTo>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Source {
    /// `title.raw|title.rendered`: the first that exists. `meta.foo[0]`, `meta["a.b"]`.
    Path(String),
    Constant(Value),
    /// `{first_name} {last_name}`; `{{` and `}}` are braces. Trimmed; nothing when every placeholder is empty.
    Template(String),
}

/// A default: a path of the same record, or a constant. A bare value that is not an object is a constant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub enum Fallback {
    Path(String),
    Constant(Value),
}

impl TryFrom<Value> for Fallback {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        let Value::Object(mut entries) = value else { return Ok(Self::Constant(value)) };
        if entries.len() == 1 {
            match (entries.remove("path"), entries.remove("constant")) {
                (Some(Value::String(path)), _) => return Ok(Self::Path(path)),
                (_, Some(constant)) => return Ok(Self::Constant(constant)),
                _ => {}
            }
        }
        Err("a default is a plain value, {\"path\": \"…\"} or {\"constant\": …}".into())
    }
}

impl From<Fallback> for Value {
    fn from(fallback: Fallback) -> Self {
        match fallback {
            Fallback::Path(path) => serde_json::json!({ "path": path }),
            Fallback::Constant(constant) => serde_json::json!({ "constant": constant }),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Empty {
    Null,
    Text,
    List,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Otherwise {
    /// The record fails.
    #[default]
    Reject,
    /// The value stays (or, after a failed conversion, the field is left out) and a warning is kept.
    Warn,
    /// The default is used, nothing when there is none, and a warning is kept.
    UseDefault,
}

impl Otherwise {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
    fn is_reject(&self) -> bool {
        *self == Self::Reject
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceTo {
    /// The source's resource: `users`, `categories`.
    pub resource: String,
}

/// One step. Every step answers with a value or a problem, whatever it is given; nothing stays nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Conversion {
    Text {},
    Number {},
    Integer {},
    Boolean {},
    /// To RFC 3339 in UTC. WordPress zero dates become nothing. A value with its own offset is read with it.
    DateTime {
        /// For values without an offset: `utc`, an IANA name, or `offset-in-value` (then an offset is a must).
        zone: String,
        /// strftime; without it only ISO 8601 dates are read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        format: Option<String>,
    },
    HtmlToText {},
    HtmlSanitise {},
    DecodeEntities {},
    Slug {},
    LowerCase {},
    UpperCase {},
    Trim {},
    /// To at most this many characters, never inside a composed one.
    Truncate {
        max: usize,
    },
    Split {
        by: String,
    },
    Join {
        with: String,
    },
    First {},
    Each {
        convert: Vec<Conversion>,
    },
    /// Without `otherwise`, a value that is not in the table is a problem.
    Lookup {
        table: BTreeMap<String, Value>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        otherwise: Option<Value>,
    },
    /// Without `otherwise`, a role that is not in the map becomes no role: nobody gets privilege by accident.
    RoleMap {
        map: BTreeMap<String, String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        otherwise: Option<String>,
    },
    /// Literal text, every occurrence.
    Replace {
        from: String,
        to: String,
    },
}

impl Conversion {
    pub const KINDS: [&str; 20] = [
        "text",
        "number",
        "integer",
        "boolean",
        "date-time",
        "html-to-text",
        "html-sanitise",
        "decode-entities",
        "slug",
        "lower-case",
        "upper-case",
        "trim",
        "truncate",
        "split",
        "join",
        "first",
        "each",
        "lookup",
        "role-map",
        "replace",
    ];

    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text {} => "text",
            Self::Number {} => "number",
            Self::Integer {} => "integer",
            Self::Boolean {} => "boolean",
            Self::DateTime { .. } => "date-time",
            Self::HtmlToText {} => "html-to-text",
            Self::HtmlSanitise {} => "html-sanitise",
            Self::DecodeEntities {} => "decode-entities",
            Self::Slug {} => "slug",
            Self::LowerCase {} => "lower-case",
            Self::UpperCase {} => "upper-case",
            Self::Trim {} => "trim",
            Self::Truncate { .. } => "truncate",
            Self::Split { .. } => "split",
            Self::Join { .. } => "join",
            Self::First {} => "first",
            Self::Each { .. } => "each",
            Self::Lookup { .. } => "lookup",
            Self::RoleMap { .. } => "role-map",
            Self::Replace { .. } => "replace",
        }
    }
}

/// A demand on the result. An empty result is only looked at by `required`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Rule {
    Required {
        #[serde(default)]
        otherwise: Otherwise,
    },
    Type {
        is: TargetType,
        #[serde(default)]
        otherwise: Otherwise,
    },
    /// Characters of a text, entries of a list.
    Length {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<usize>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<usize>,
        #[serde(default)]
        otherwise: Otherwise,
    },
    /// Matches anywhere in the text unless the pattern says `^…$`.
    Pattern {
        pattern: String,
        #[serde(default)]
        otherwise: Otherwise,
    },
    Range {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<f64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<f64>,
        #[serde(default)]
        otherwise: Otherwise,
    },
    OneOf {
        values: Vec<Value>,
        #[serde(default)]
        otherwise: Otherwise,
    },
    Email {
        #[serde(default)]
        otherwise: Otherwise,
    },
    Url {
        #[serde(default)]
        otherwise: Otherwise,
    },
    /// No other record of the run has the same value. The run checks it: see `CompiledMapping::unique_values`.
    Unique {
        #[serde(default)]
        otherwise: Otherwise,
    },
}

impl Rule {
    pub const KINDS: [&str; 9] =
        ["required", "type", "length", "pattern", "range", "one-of", "email", "url", "unique"];

    pub fn otherwise(&self) -> Otherwise {
        match self {
            Self::Required { otherwise }
            | Self::Type { otherwise, .. }
            | Self::Length { otherwise, .. }
            | Self::Pattern { otherwise, .. }
            | Self::Range { otherwise, .. }
            | Self::OneOf { otherwise, .. }
            | Self::Email { otherwise }
            | Self::Url { otherwise }
            | Self::Unique { otherwise } => *otherwise,
        }
    }

    pub fn kind(&self) -> &'static str {
        match self {
            Self::Required { .. } => "required",
            Self::Type { .. } => "type",
            Self::Length { .. } => "length",
            Self::Pattern { .. } => "pattern",
            Self::Range { .. } => "range",
            Self::OneOf { .. } => "one-of",
            Self::Email { .. } => "email",
            Self::Url { .. } => "url",
            Self::Unique { .. } => "unique",
        }
    }
}
