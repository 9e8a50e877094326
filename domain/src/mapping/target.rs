//! What a destination's entity looks like to a mapping: its fields, their types and what it insists on.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetType {
    Text,
    /// HTML that was made safe.
    RichText,
    Integer,
    Number,
    Boolean,
    /// RFC 3339 with a zone.
    DateTime,
    Email,
    /// `http` or `https`.
    Url,
    /// A list; with a `reference`, a list of references.
    List,
    /// One other record.
    Reference,
    /// Anything.
    Json,
}

impl TargetType {
    pub(crate) fn in_words(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::RichText => "rich text",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Boolean => "yes or no",
            Self::DateTime => "a date and time",
            Self::Email => "an e-mail address",
            Self::Url => "a web address",
            Self::List => "a list",
            Self::Reference => "a reference",
            Self::Json => "any value",
        }
    }
}

/// How personal a field's content is; drives sealing and redaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Personal {
    #[default]
    None,
    Personal,
    Sensitive,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetField {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: TargetType,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub unique: bool,
    /// In characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<usize>,
    #[serde(default)]
    pub personal: Personal,
}

/// The fields of one entity of a destination.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetFields {
    /// `user`, `post`, `page`, `term`, `media`, `comment`, `item`.
    pub entity: String,
    pub fields: Vec<TargetField>,
}

impl TargetFields {
    pub fn get(&self, name: &str) -> Option<&TargetField> {
        self.fields.iter().find(|field| field.name == name)
    }
}
