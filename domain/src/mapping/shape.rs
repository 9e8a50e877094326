//! What is known about a value before there is one: enough to refuse a mapping whose last step cannot fit its field.

use serde_json::Value;

use super::definition::{Conversion, Source};
use super::target::TargetType;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Unknown,
    Text,
    DateTime,
    Number,
    Integer,
    Boolean,
    List,
    Object,
}

impl Shape {
    pub(crate) fn of_source(source: &Source) -> Self {
        match source {
            Source::Path(_) => Self::Unknown,
            Source::Template(_) => Self::Text,
            Source::Constant(value) => Self::of_value(value),
        }
    }

    pub(crate) fn of_value(value: &Value) -> Self {
        match value {
            Value::Null => Self::Unknown,
            Value::Bool(_) => Self::Boolean,
            Value::Number(number) if number.is_f64() => Self::Number,
            Value::Number(_) => Self::Integer,
            Value::String(_) => Self::Text,
            Value::Array(_) => Self::List,
            Value::Object(_) => Self::Object,
        }
    }

    /// What a conversion makes of this shape; `Err` names what it wants when it can only fail.
    pub(crate) fn after(self, conversion: &Conversion) -> Result<Self, &'static str> {
        use Conversion as C;
        let text = matches!(self, Self::Text | Self::DateTime);
        let known = self != Self::Unknown;
        match conversion {
            C::Text {} if matches!(self, Self::List | Self::Object) => Err("a single value"),
            C::Number {} | C::Integer {} | C::Boolean {} if matches!(self, Self::List | Self::Object) => {
                Err("a single value")
            }
            C::Lookup { .. } | C::RoleMap { .. } if matches!(self, Self::List | Self::Object) => {
                Err("a single value")
            }
            C::Join { .. } | C::First {} | C::Each { .. } if known && self != Self::List => Err("a list"),
            C::DateTime { .. }
            | C::HtmlToText {}
            | C::HtmlSanitise {}
            | C::DecodeEntities {}
            | C::Slug {}
            | C::LowerCase {}
            | C::UpperCase {}
            | C::Trim {}
            | C::Truncate { .. }
            | C::Split { .. }
            | C::Replace { .. }
                if known && !text =>
            {
                Err("a text")
            }
            C::Number {} => Ok(if self == Self::Integer { self } else { Self::Number }),
            C::Integer {} => Ok(Self::Integer),
            C::Boolean {} => Ok(Self::Boolean),
            C::DateTime { .. } => Ok(Self::DateTime),
            C::Split { .. } | C::Each { .. } => Ok(Self::List),
            C::First {} | C::Lookup { .. } => Ok(Self::Unknown),
            _ => Ok(Self::Text),
        }
    }

    /// Whether a field of this type could ever take it.
    pub(crate) fn may_be(self, kind: TargetType) -> bool {
        use TargetType as T;
        match self {
            Self::Unknown => true,
            Self::Text => !matches!(kind, T::Integer | T::Number | T::Boolean | T::List),
            Self::DateTime => matches!(kind, T::DateTime | T::Text | T::RichText | T::Json),
            Self::Number => matches!(kind, T::Number | T::Integer | T::Reference | T::Json),
            Self::Integer => matches!(kind, T::Number | T::Integer | T::Reference | T::Json),
            Self::Boolean => matches!(kind, T::Boolean | T::Json),
            Self::List => matches!(kind, T::List | T::Json),
            Self::Object => kind == T::Json,
        }
    }

    /// Whether every value of this shape fits, so that the run need not look again.
    pub(crate) fn always_is(self, kind: TargetType) -> bool {
        use TargetType as T;
        match kind {
            T::Json => true,
            T::Text | T::RichText => matches!(self, Self::Text | Self::DateTime),
            T::DateTime => self == Self::DateTime,
            T::Number => matches!(self, Self::Number | Self::Integer),
            T::Integer => self == Self::Integer,
            T::Boolean => self == Self::Boolean,
            T::List => self == Self::List,
            T::Email | T::Url | T::Reference => false,
        }
    }

    pub(crate) fn in_words(self) -> &'static str {
        match self {
            Self::Unknown => "any value",
            Self::Text => "a text",
            Self::DateTime => "a date and time",
            Self::Number => "a number",
            Self::Integer => "a whole number",
            Self::Boolean => "yes or no",
            Self::List => "a list",
            Self::Object => "an object",
        }
    }
}
